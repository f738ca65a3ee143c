"""``glean export``: records and decisions as files that other tools read."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.copies import note_copy
from cli.options import ConfigFile, Debug, StoreUrl
from cli.place import Place, check_place, place
from cli.selecting import (
    Compress,
    Languages,
    OutFile,
    Since,
    Sources,
    Unique,
    Years,
    compression,
    selection,
)
from cli.terminal import counted, is_terminal, say
from records import UsageError, as_json, iso_time

if TYPE_CHECKING:
    from storage.exports.exporting import Exported
    from storage.exports.selection import Selection
    from storage.exports.writing import Compression

export = typer.Typer(
    help="Write records or decisions out.", add_completion=False, rich_markup_mode=None
)


@export.callback()
def formats() -> None:
    """Write records or decisions out, in one of the formats below."""


def _format(name: str, words: str) -> None:
    """A command for a format that has no option of its own."""

    @export.command(name, help=words)
    def command(
        out: OutFile = None,
        unique: Unique = False,
        source: Sources = None,
        language: Languages = None,
        year: Years = None,
        since: Since = None,
        compress: Compress = None,
        store: StoreUrl = None,
        config: ConfigFile = None,
        debug: Debug = False,
    ) -> None:
        asked = selection(unique, source, language, year, since)
        _write(name, asked, out, compress, place(config, store))


_format("jsonl", "One JSON object a line, a record each.")


@export.command()
def csv(
    out: OutFile = None,
    unique: Unique = False,
    source: Sources = None,
    language: Languages = None,
    year: Years = None,
    since: Since = None,
    compress: Compress = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin with a byte order mark, for spreadsheets.")
    ] = False,
    formulas: Annotated[
        bool,
        typer.Option("--formulas", help="Texts as they are, also where they may be formulas."),
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """A table of text, a record a line, which no spreadsheet computes anything of."""
    asked = selection(unique, source, language, year, since)
    _write("csv", asked, out, compress, place(config, store), bom=bom, formulas=formulas)


_format(
    "parquet", "Columns for pyarrow, DuckDB, pandas and Polars, and a card that describes them."
)
_format("ris", "References for EndNote, Zotero, Mendeley and their like.")
_format("bibtex", "References for LaTeX, in UTF-8.")


@export.command()
def decisions(
    out: OutFile = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """One JSON object a line, a decision in effect each; glean dedup --decisions reads them."""
    import json

    from storage.decisions import in_effect
    from storage.publishing import published

    out, found = _file(out), place(config, store)
    with found.open(as_is=True) as opened:
        with opened.database.read() as connection:
            made = [
                {**as_json(each), "when": iso_time(each.when)} for each in in_effect(connection)
            ]
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in made)
        if out is None:
            sys.stdout.write(text)
            return
        check_place(out, found, opened.database.url.database)
        with published(out) as file:
            file.write(text.encode("utf-8"))
        note_copy(opened, out, "export")
    say(f"wrote {counted(len(made), 'decision')} to {out}")


def _write(
    name: str,
    asked: "Selection",
    out: Path | None,
    how: "Compression | None",
    found: Place,
    **options: Any,
) -> None:
    """Records in one format, to a file that appears when it is whole, or to stdout."""
    from storage.exports.exporting import Export, write, write_file
    from storage.exports.formats import FORMATS

    out, form = _file(out), FORMATS[name]
    packed = compression(how, out, packs=form.packs)
    made = Export(form=form, selection=asked, compression=packed, options=options)
    if out is None and (form.packs or packed != "none") and is_terminal(sys.stdout):
        raise UsageError("stdout is a terminal, and what is written no text; name a file by --out")
    with found.open(as_is=True) as opened:
        if out is None:
            _tell(write(made, opened.database, sys.stdout.buffer))
            return
        for path in (out, *made.beside(out)):
            check_place(path, found, opened.database.url.database)
        done = write_file(made, opened.database, out)
        note_copy(opened, out, "export")
    say(f"wrote {counted(done.records, 'record')} to {out}")
    _tell(done)


def _tell(done: "Exported") -> None:
    if done.settled_to < done.change_no:
        say("clusters are not up to date with all changes; glean settle brings them up")


def _file(out: Path | None) -> Path | None:
    return None if str(out) == "-" else out
