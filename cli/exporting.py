"""``glean export``: records and decisions as files that other tools read."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from cli.copies import note_copy
from cli.options import ConfigFile, Debug, StoreUrl
from cli.place import Place, check_place, place
from cli.terminal import counted, say, stored_json
from records import Cluster, InputError, Record, as_json, iso_time

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage import SqlStore

export = typer.Typer(
    help="Write records or decisions out.", add_completion=False, rich_markup_mode=None
)


@export.callback()
def formats() -> None:
    """Write records or decisions out, in one of the formats below."""


@export.command()
def jsonl(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Else, or for -, to stdout.")
    ] = None,
    unique: Annotated[
        bool, typer.Option("--unique", help="Of each cluster, the canonical record alone.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """One JSON object a line, a record each."""
    from storage import asking

    def lines(connection: "Connection") -> Iterator[dict[str, Any]]:
        standing = _standing(asking.clusters(connection))
        for record in asking.every(connection, unique=unique):
            yield _line(record, standing)

    _write(lines, "record", out, place(config, store))


@export.command()
def decisions(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Else, or for -, to stdout.")
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """One JSON object a line, a decision in effect each; glean dedup --decisions reads them."""
    from storage.decisions import in_effect

    def lines(connection: "Connection") -> Iterator[dict[str, Any]]:
        for each in in_effect(connection):
            yield {**as_json(each), "when": iso_time(each.when)}

    _write(lines, "decision", out, place(config, store))


def _write(
    lines: "Callable[[Connection], Iterable[dict[str, Any]]]",
    noun: str,
    out: Path | None,
    found: Place,
) -> None:
    """What a transaction gives, an object a line."""
    import json

    count = 0
    out = None if str(out) == "-" else out
    with found.open() as opened, _output(out, found, opened) as (file, connection):
        for each in lines(connection):
            file.write(json.dumps(each, ensure_ascii=False) + "\n")
            count += 1
    if out is not None:
        say(f"wrote {counted(count, noun)} to {out}")


def _standing(clusters: Iterable[Cluster]) -> dict[str, tuple[str, str]]:
    """Cluster id and canonical key of every record that stands in a cluster."""
    return {key: (cluster.id, cluster.canonical) for cluster in clusters for key in cluster.keys}


def _line(record: Record, standing: dict[str, tuple[str, str]]) -> dict[str, Any]:
    cluster, canonical = standing.get(record.key, (None, record.key))
    return {"id": record.key, **stored_json(record), "cluster": cluster, "canonical": canonical}


@contextmanager
def _output(
    out: Path | None, found: Place, opened: "SqlStore"
) -> Iterator[tuple[TextIO, "Connection"]]:
    """Standard output, or a file that appears under its name when it is whole and is noted in the
    store; with a transaction to fill it from."""
    if out is not None:
        check_place(out, found, opened.database.url.database)
    with opened.database.read() as connection, _file(out) as file:
        yield file, connection
    if out is not None:
        note_copy(opened, out, "export")


@contextmanager
def _file(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    target = out.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}; free some room") from error
    finally:
        partial.unlink(missing_ok=True)
