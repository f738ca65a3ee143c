"""``glean status``: what the store holds, what is due, and what waits for somebody."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.habits import show_habits
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, place
from cli.refreshing import tell_staleness
from cli.revisiting import revisits_json, show_revisits
from cli.running import never_harvested
from cli.suspended import hosts_json, show_hosts
from cli.terminal import counted, print_json, print_table, tell
from cli.walking import show_walks
from records import as_json, iso_time

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.habits import Habits
    from storage.overview import Conflicting, GivenUp, SourceState, Totals, Waiting
    from storage.revisits import Revisit
    from storage.suspension import Closed
    from storage.walks import Walk

_LISTED = 20


def status(
    source: Annotated[
        str | None,
        typer.Argument(metavar="[SOURCE]", help="This one, with what its pages are like."),
    ] = None,
    failed: Annotated[
        bool,
        typer.Option("--failed", help="Everything in quarantine and given up, not the newest 20."),
    ] = False,
    revisits: Annotated[
        bool, typer.Option("--revisits", help="When each address is asked for again, and why then.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show what is stored, what is due, and what waits for somebody."""
    found = place(config, store)
    with found.open() as opened, opened.database.read() as connection:
        said = _gathered(connection, source, all_failed=failed, all_revisits=revisits)
        related = opened.related_state()
        if source is not None and not said.sources:
            raise never_harvested(source)
        address = opened.database.name
        scheme = opened.scheme.name
    if json:
        of_store = {"store": address, "size_bytes": _size(found), "scheme": scheme}
        print_json(of_store | _json_of(said) | {"related": as_json(related)})
    elif failed or revisits:
        if failed:
            _show_waiting(said.waiting, said.given_up)
        if revisits:
            show_revisits(said.revisits)
    else:
        _show(address, said, habits=source is not None)
        tell_staleness(related)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """All that ``status`` says of the store's content."""

    totals: "Totals"
    sources: "list[SourceState]"
    walks: "list[Walk]"
    waiting: "list[Waiting]"
    given_up: "list[GivenUp]"
    hosts: "list[Closed]"
    conflicting: "list[Conflicting]"
    baseline: "list[Habits]"
    revisits: "list[Revisit]"


def _gathered(
    connection: "Connection", source: str | None, *, all_failed: bool, all_revisits: bool
) -> _Standing:
    """`all_failed`: all that waits in quarantine and was given up, not the first of it."""
    from storage import overview, revisits, suspension, walks
    from storage.habits import habits

    most = None if all_failed else _LISTED
    return _Standing(
        totals=overview.totals(connection),
        sources=overview.sources(connection, source),
        walks=walks.newest(connection, limit=_LISTED, source=source),
        waiting=overview.quarantine(connection, limit=most, source=source),
        given_up=overview.failures(connection, limit=most, source=source),
        hosts=suspension.closed(connection, now=time.time_ns() // 1000, source=source),
        conflicting=overview.conflicting(connection, limit=_LISTED),
        baseline=habits(connection, source),
        revisits=revisits.listed(
            connection, limit=None if all_revisits else _LISTED, source=source
        ),
    )


def _json_of(said: _Standing) -> dict[str, Any]:
    return {
        **as_json(said.totals),
        "unique": said.totals.unique,
        "repeats": said.totals.repeats,
        "sources": as_json(said.sources),
        "walks": as_json(said.walks),
        "quarantine": [waiting_json(each) for each in said.waiting],
        "failures": as_json(said.given_up),
        "hosts": hosts_json(said.hosts),
        "conflicting": as_json(said.conflicting),
        "baseline": as_json(said.baseline),
        "revisits": revisits_json(said.revisits),
    }


def _show(address: str, said: _Standing, *, habits: bool) -> None:
    _show_totals(address, said.totals)
    _show_sources(said.sources)
    show_hosts(said.hosts)
    for each in said.baseline if habits else ():
        show_habits(each)
    if said.walks:
        tell("walks through listings:")
    show_walks(said.walks)
    _show_waiting(said.waiting, said.given_up)
    _show_conflicting(said.conflicting)


def _size(found: Place) -> int | None:
    """Bytes of a store that is one file, its journal included."""
    prefix = "sqlite:///"
    if not found.url.startswith(prefix):
        return None
    path = found.url.removeprefix(prefix)
    files = [Path(path), Path(path + "-wal")]
    return sum(file.stat().st_size for file in files if file.exists())


def _show_totals(address: str, totals: "Totals") -> None:
    tell(address)
    tell(
        f"{counted(totals.records, 'record')}, {totals.unique:,} unique, "
        f"{counted(totals.clusters, 'cluster')}; {counted(totals.pages, 'page')}, "
        f"{totals.quarantined:,} in quarantine; {counted(totals.footers, 'footer')}"
    )
    if totals.superseded:
        pages = counted(totals.superseded, "page")
        tell(f"{pages} mended: in quarantine once, and their address was read rightly since")
    if totals.decisions:
        tell(f"{counted(totals.decisions, 'decision')} of people")
    if totals.unsettled:
        tell(f"{counted(totals.unsettled, 'text group')} to settle: glean settle")


def _show_sources(sources: "list[SourceState]") -> None:
    print_table(
        (
            *("source", "#due", "#leased", "#done", "#gone", "#quarantined", "#%", "#failed"),
            "#beyond depth",
        ),
        (
            (
                each.source,
                each.due,
                each.leased,
                each.done,
                each.gone,
                each.quarantined,
                "" if each.quarantined_share is None else f"{each.quarantined_share:.0%}",
                each.failed,
                each.beyond,
            )
            for each in sources
        ),
    )


def _show_waiting(waiting: "list[Waiting]", given_up: "list[GivenUp]") -> None:
    if waiting:
        tell("in quarantine, newest first:")
    for page in waiting:
        when = "" if page.fetched_at is None else f", fetched {iso_time(page.fetched_at)[:19]}Z"
        tell(f"  {page.source}: {page.url}{when}")
        tell(f"    {page.reason}")
        if page.page is not None:
            tell(f"    page {page.page}")
    if given_up:
        tell("given up:")
    for each in given_up:
        tell(f"  {each.source}: {each.url}, {counted(each.attempts, 'attempt')}")
        tell(f"    {each.reason}")


def _show_conflicting(conflicting: "list[Conflicting]") -> None:
    if conflicting:
        tell("pages give one key to different works (glean why KEY KEY shows which):")
    for each in conflicting:
        tell(f"  {each.key}")
        for title in each.titles:
            tell(f"    {title}")


def waiting_json(page: "Waiting") -> dict[str, Any]:
    """A page in quarantine, as ``glean status --json`` prints it."""
    moment = None if page.fetched_at is None else iso_time(page.fetched_at)
    return {**as_json(page), "fetched_at": moment}
