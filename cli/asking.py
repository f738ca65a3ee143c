"""``glean similar``: what the store knows of a text."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, print_table, say
from records import InputError, Match, Related, UsageError


def similar(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="An abstract, or part of one.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--id", metavar="KEY", help="A stored record, by its key.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="F", help="A file with the text; - is stdin.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="At most so many.")] = 20,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Find stored records of the same work as a text or another record, and related literature."""
    if sum(each is not None for each in (text, key, file)) != 1:
        raise UsageError("give one of TEXT, --id KEY and --file F")
    if limit < 1:
        raise UsageError(f"--limit {limit}: is not at least 1; write how many to list")
    if key is not None and not key.strip():
        raise UsageError("--id: the key is empty; glean export jsonl lists them")
    asked = text if file is None else _text_of(file)
    if asked is not None and not asked.strip():
        raise UsageError("the text is empty: give some words of an abstract")
    with place(config, store).open() as opened:
        from storage import answers

        said = answers.similar(opened, text=asked, key=key, limit=limit)
    if said.unusable is not None:
        say(said.unusable)
    if json:
        print_json(answers.similar_json(said))
    else:
        near, related = said.near_duplicates, said.related
        took = f"{said.took_ms:.1f} ms"
        say(f"{counted(len(near), 'near-duplicate')}, {len(related):,} related, {took}")
        _show_matches(near)
        _show_related(related)


def _show_related(related: list[Related]) -> None:
    if not related:
        return
    print_table(
        ("#", "#score", "#year", "~related"),
        (
            (
                number,
                f"{each.score:.1f}",
                str(each.record.year or ""),
                each.record.title or each.record.abstract or each.record.text,
            )
            for number, each in enumerate(related, 1)
        ),
        below=[each.key for each in related],
    )


def _show_matches(matches: list[Match]) -> None:
    if not matches:
        return
    print_table(
        ("#", "relation", "#similarity", "#year", "~title or abstract"),
        (
            (
                number,
                match.relation,
                match.similarity,
                str(match.record.year or ""),
                match.record.title or match.record.abstract or match.record.text,
            )
            for number, match in enumerate(matches, 1)
            if match.record is not None
        ),
        below=[match.key for match in matches if match.record is not None],
    )


def _text_of(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}; check the path") from error
    return content.decode("utf-8-sig", "replace")
