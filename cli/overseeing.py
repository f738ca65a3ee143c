"""``glean settle``, ``status``, ``runs`` and ``report``: what the store holds, and how it fares."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, check_place, place
from cli.terminal import print_json, print_table, say, tell
from records import Run, as_json, iso_time

if TYPE_CHECKING:
    from storage.overview import GivenUp, SourceState, Totals, Waiting

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
        tell(f"settled to change {settled.settled_to:,}: {settled.groups:,} text groups looked at")


def status(
    store: StoreUrl = None, config: ConfigFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Show what is stored, what is due, and what waits for somebody."""
    from storage import overview

    found = place(config, store)
    with found.open() as opened, opened.database.read() as connection:
        totals = overview.totals(connection)
        sources = overview.sources(connection)
        waiting = overview.quarantine(connection, limit=_LISTED)
        given_up = overview.failures(connection, limit=_LISTED)
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
                "quarantine": [
                    {**as_json(each), "fetched_at": iso_time(each.fetched_at)} for each in waiting
                ],
                "failures": as_json(given_up),
            }
        )
        return
    _show_totals(address, totals)
    _show_sources(sources)
    _show_waiting(waiting, given_up)


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
        f"{totals.records:,} records, {totals.unique:,} unique, {totals.clusters:,} clusters; "
        f"{totals.pages:,} pages, {totals.quarantined:,} in quarantine; {totals.footers:,} footers"
    )
    if totals.unsettled:
        tell(f"{totals.unsettled:,} text groups wait for glean settle")


def _show_sources(sources: "list[SourceState]") -> None:
    print_table(
        ("source", "#due", "#leased", "#done", "#quarantined", "#failed", "#beyond depth"),
        (
            (
                each.source,
                each.due,
                each.leased,
                each.done,
                each.quarantined,
                each.failed,
                each.beyond,
            )
            for each in sources
        ),
    )


def _show_waiting(waiting: "list[Waiting]", given_up: "list[GivenUp]") -> None:
    if waiting:
        tell("in quarantine, newest first:")
        print_table(
            ("source", "page", "~why"), ((each.source, each.url, each.reason) for each in waiting)
        )
    if given_up:
        tell("given up:")
        print_table(
            ("source", "address", "#attempts", "~why"),
            ((each.source, each.url, each.attempts, each.reason) for each in given_up),
        )


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
    if json:
        print_json({"runs": [_run_json(run) for run in found]})
        return
    print_table(
        ("#run", "source", "started", "#pages", "#records", "#new", "#dup", "#failed", "reason"),
        (
            (
                run.run,
                run.source,
                iso_time(run.started_at)[:16].replace("T", " "),
                run.pages,
                run.records,
                run.new,
                run.duplicates,
                run.quarantined + run.failed,
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
        Path, typer.Option("--out", metavar="FILE", help="The HTML file; replaced if it exists.")
    ] = Path("report.html"),
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as one JSON object instead.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Write what the store holds and what repeats, as one HTML file."""
    from reports import gather, write_report

    if not json:
        check_place(out)
    with place(config, store).open() as opened:
        figures = gather(opened)
    if json:
        print_json(figures)
    else:
        write_report(figures, out)
        say(f"wrote {out}")
