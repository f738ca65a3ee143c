"""``glean status``: what the store holds, what is due, and what waits for somebody."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.habits import show_habits
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.refreshing import tell_staleness
from cli.revisiting import show_revisits
from cli.standing import show_harvests, show_scheduler, show_sizes, told_of
from cli.suspended import show_hosts
from cli.terminal import counted, print_json, print_table, tell
from cli.walking import show_walks
from records import iso_time

if TYPE_CHECKING:
    from storage.overview import Conflicting, GivenUp, SourceState, Totals, Waiting
    from storage.standing import Standing


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
    with found.open(as_is=True) as opened:
        told = told_of(found, opened, source, all_failed=failed, all_revisits=revisits)
    said = told.said
    if json:
        print_json(told.json())
    elif failed or revisits:
        if failed:
            _show_waiting(said.waiting, said.given_up)
        if revisits:
            show_revisits(said.revisits)
    else:
        _show(told.store, said, habits=source is not None)
        tell_staleness(told.related)
        show_sizes(told.sizes)
        show_harvests(told.harvests if source is None else {source: told.harvest_of(source)})
        show_scheduler(told.scheduled)


def _show(address: str, said: "Standing", *, habits: bool) -> None:
    from storage import generations

    _show_totals(address, said.totals)
    if remark := generations.remark(said.generation):
        tell(f"{remark}: glean rebuild")
    _show_sources(said.sources)
    show_hosts(said.hosts)
    for each in said.baseline if habits else ():
        show_habits(each)
    if said.walks:
        tell("walks through listings:")
    show_walks(said.walks)
    _show_waiting(said.waiting, said.given_up)
    _show_conflicting(said.conflicting)


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
