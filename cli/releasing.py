"""``glean release``: pages out of quarantine, on somebody's word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.endings import DONE, FAILED, PARTLY
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, tell
from records import UsageError

if TYPE_CHECKING:
    from crawler.releasing import Released
    from storage import SqlStore
    from storage.captures import Captured


def release(
    pages: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PAGE]...", help="Ids or addresses, as glean status prints them."),
    ] = None,
    everything: Annotated[
        str | None,
        typer.Option("--all", metavar="SOURCE", help="Every page of a source in quarantine."),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Let pages out of quarantine as they are read now, in spite of their problems."""
    from cli.progress import ReleaseMeter
    from crawler.releasing import release as release_pages
    from crawler.rules import rules_of

    if bool(pages) == (everything is not None):
        raise UsageError("give pages, or --all SOURCE; glean status lists what is in quarantine")
    found = place(config, store)
    rules, archive = rules_of(found.config), Path(found.config.store.archive)
    with found.open() as opened, ReleaseMeter("release") as meter:
        named = _of_source(opened, everything) if everything else _named(opened, pages or [])
        told = release_pages(opened, archive, named, meter.update, reading=rules)
    if json:
        print_json(told)
    else:
        _tell(told)
    if told.kept:
        return PARTLY if told.pages else FAILED
    return DONE


def _named(opened: "SqlStore", pages: list[str]) -> "list[Captured]":
    from storage import captures, lost

    found: dict[int, Captured] = {}
    with opened.database.read() as connection:
        for each in pages:
            rows = captures.waiting(connection, each)
            if not rows and lost.is_set_aside(connection, each):
                raise UsageError(
                    f"{each}: the harvest died of it before anything of it was stored: there is "
                    "nothing to release; glean harvest --fresh tries it again"
                )
            if not rows:
                raise UsageError(
                    f"{each}: no page in quarantine has this id or address; glean status lists them"
                )
            found |= {row.id: row for row in rows}
    return [*found.values()]


def _of_source(opened: "SqlStore", source: str) -> "list[Captured]":
    from storage import captures

    with opened.database.read() as connection:
        rows = captures.waiting_of(connection, source)
    if not rows:
        raise UsageError(f"{source}: no page of this source is in quarantine; see glean status")
    return rows


def _tell(told: "Released") -> None:
    tell(
        f"{counted(told.pages, 'page')} released: {counted(told.records, 'record')}, "
        f"{told.new:,} new"
    )
    for each in told.kept:
        tell(f"  {each.page} stays in quarantine: {each.url}")
        tell(f"    {each.reason}")
