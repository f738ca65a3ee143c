"""``glean settle``, ``status``, ``runs`` and ``report``: what the store holds, and how it fares."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.habits import show_habits
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, check_place, place
from cli.running import never_harvested
from cli.terminal import counted, print_json, print_table, say, tell
from cli.walking import show_walks
from records import Run, as_json, iso_time

if TYPE_CHECKING:
    from reports import Figures
    from storage.overview import Conflicting, GivenUp, SourceState, Totals, Waiting

_LISTED = 20


def settle(
    store: StoreUrl = None, config: ConfigFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Bring the clusters up to date with everything stored so far."""
    from cli.progress import Countdown

    with place(config, store).open() as opened, Countdown("settling", "text groups") as countdown:
        settled = opened.settle(countdown.left)
    if json:
        print_json(asdict(settled))
    else:
        groups = counted(settled.groups, "text group")
        tell(f"settled to change {settled.settled_to:,}: looked at {groups}")


def status(
    source: Annotated[
        str | None,
        typer.Argument(metavar="[SOURCE]", help="This one, with what its pages are like."),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show what is stored, what is due, and what waits for somebody."""
    from storage import overview, walks
    from storage.habits import habits

    found = place(config, store)
    with found.open() as opened, opened.database.read() as connection:
        totals = overview.totals(connection)
        sources = overview.sources(connection, source)
        if source is not None and not sources:
            raise never_harvested(source)
        walked = walks.newest(connection, limit=_LISTED, source=source)
        waiting = overview.quarantine(connection, limit=_LISTED, source=source)
        given_up = overview.failures(connection, limit=_LISTED, source=source)
        baseline = habits(connection, source)
        conflicting = overview.conflicting(connection, limit=_LISTED)
        address = opened.database.url.render_as_string(hide_password=True)
        scheme = opened.scheme.name
    if json:
        print_json(
            {
                "store": address,
                "size_bytes": _size(found),
                "scheme": scheme,
                **as_json(totals),
                "unique": totals.unique,
                "repeats": totals.repeats,
                "sources": as_json(sources),
                "walks": as_json(walked),
                "quarantine": [_waiting_json(each) for each in waiting],
                "failures": as_json(given_up),
                "conflicting": as_json(conflicting),
                "baseline": as_json(baseline),
            }
        )
        return
    _show_totals(address, totals)
    _show_sources(sources)
    if source is not None:
        for each in baseline:
            show_habits(each)
    if walked:
        tell("walks through listings:")
    show_walks(walked)
    _show_waiting(waiting, given_up)
    _show_conflicting(conflicting)


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
    if totals.unsettled:
        tell(f"{counted(totals.unsettled, 'text group')} to settle: glean settle")


def _show_sources(sources: "list[SourceState]") -> None:
    print_table(
        ("source", "#due", "#leased", "#done", "#quarantined", "#%", "#failed", "#beyond depth"),
        (
            (
                each.source,
                each.due,
                each.leased,
                each.done,
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


def _waiting_json(page: "Waiting") -> dict[str, Any]:
    moment = None if page.fetched_at is None else iso_time(page.fetched_at)
    return {**as_json(page), "fetched_at": moment}


def runs(
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Of one source only.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List harvests, newest first, with what each brought."""
    with place(config, store).open() as opened:
        found = opened.runs(source=source, limit=limit)
    if source is not None and not found:
        raise never_harvested(source)
    if json:
        print_json({"runs": [_run_json(run) for run in found]})
        return
    print_table(
        (
            "#run",
            "source",
            "started (UTC)",
            "#pages",
            "#records",
            "#new",
            "#dup",
            "#quarantined",
            "#failed",
            "reason",
        ),
        (
            (
                run.run,
                run.source,
                iso_time(run.started_at)[:16].replace("T", " "),
                run.pages,
                run.records,
                run.new,
                run.duplicates,
                run.quarantined,
                run.failed,
                run.reason,
            )
            for run in found
        ),
    )


def _run_json(run: Run) -> dict[str, Any]:
    ended = None if run.ended_at is None else iso_time(run.ended_at)
    return {**as_json(run), "started": iso_time(run.started_at), "ended": ended}


def report(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Replaced if it exists; - is stdout. Else report.html, or with --json stdout.",
        ),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Annotated[
        bool, typer.Option("--json", help="The figures as one JSON object, instead of HTML.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Write what the store holds and what repeats, as one HTML file."""
    from reports import gather, render, write_text

    to_stdout = str(out) == "-" or (json and out is None)
    path = out or Path("report.html")
    found = place(config, store)
    with found.open() as opened:
        if not to_stdout:
            check_place(path, found, opened.database.url.database)
        figures = gather(opened)
    text = _figures_json(figures) if json else render(figures)
    if to_stdout:
        sys.stdout.write(text)
    else:
        write_text(text, path)
        say(f"wrote {path}")


def _figures_json(figures: "Figures") -> str:
    """All figures, pages that wait and runs as ``status`` and ``runs`` print them."""
    import json

    said = {
        **as_json(figures),
        "quarantine": [_waiting_json(each) for each in figures.quarantine],
        "runs": [_run_json(each.run) for each in figures.runs],
    }
    return json.dumps(said, ensure_ascii=False) + "\n"
