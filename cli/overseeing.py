"""``glean settle``, ``runs`` and ``report``: what the store holds, and how it fares."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.copies import note_copy
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import check_place, place
from cli.running import never_harvested
from cli.status import waiting_json
from cli.terminal import counted, print_json, print_table, say, tell
from records import Run, as_json, iso_time

if TYPE_CHECKING:
    from reports import Figures


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
            return
        write_text(text, path)
        note_copy(opened, path, "report")
    say(f"wrote {path}")


def _figures_json(figures: "Figures") -> str:
    """All figures, pages that wait and runs as ``status`` and ``runs`` print them."""
    import json

    said = {
        **as_json(figures),
        "quarantine": [waiting_json(each) for each in figures.quarantine],
        "runs": [_run_json(each.run) for each in figures.runs],
    }
    return json.dumps(said, ensure_ascii=False) + "\n"
