"""``glean similar``: what the store knows of a text."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, print_table, say, stored_json
from records import IndexUnusable, InputError, Match, Related, UsageError

if TYPE_CHECKING:
    from storage import SqlStore


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
        started = time.perf_counter()
        matches = opened.near_duplicates(text=asked, key=key, limit=limit)
        related = _related(opened, asked, key, limit)
        took = (time.perf_counter() - started) * 1000
        settled_to = opened.settled_to()
    if json:
        print_json(
            {
                "total": len(matches),
                "took_ms": round(took, 3),
                "settled_to": settled_to,
                "near_duplicates": [_match_json(match) for match in matches],
                "related": [_related_json(each) for each in related],
            }
        )
    else:
        say(f"{counted(len(matches), 'near-duplicate')}, {len(related):,} related, {took:.1f} ms")
        _show_matches(matches)
        _show_related(related)


def _related(store: "SqlStore", text: str | None, key: str | None, limit: int) -> list[Related]:
    """None where the index cannot be used, which is said."""
    try:
        return store.related(text=text, key=key, limit=limit)
    except IndexUnusable as error:
        say(str(error))
        return []


def _match_json(match: Match) -> dict[str, Any]:
    return {
        "key": match.key,
        "similarity": match.similarity,
        "relation": match.relation,
        "record": None if match.record is None else stored_json(match.record),
    }


def _related_json(related: Related) -> dict[str, Any]:
    return {
        "key": related.key,
        "score": related.score,
        "record": stored_json(related.record),
    }


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
