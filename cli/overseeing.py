"""``glean settle`` and ``runs``: clusters brought up to date, and what harvests brought."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.running import never_harvested
from cli.terminal import counted, print_json, print_table, tell
from records import Run, firing_json, iso_time


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
        str | None, typer.Option("--source", metavar="NAME", help="Harvests of one source only.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="What glean schedule run ran, not harvests.")
    ] = False,
    schedule: Annotated[
        str | None, typer.Option("--schedule", metavar="NAME", help="Of it, one schedule only.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Of it, what ended so only.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Of it, fire times since then.")
    ] = None,
    log: Annotated[
        int | None, typer.Option("--log", metavar="ID", help="The end of what that run wrote.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", min=1, help="With --log, so many.")] = 40,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List harvests, newest first, with what each brought; or what the scheduler ran."""
    from cli.firings import fired, show, show_log
    from storage.answers import run_json

    asks_scheduled = scheduled or schedule is not None or state is not None or since is not None
    with place(config, store).open(as_is=True) as opened:
        if log is not None:
            show_log(opened, log, lines)
            return
        found = opened.runs(source=source, limit=limit)
        firings = fired(opened, schedule=schedule, state=state, since=since, limit=limit)
    if source is not None and not found:
        raise never_harvested(source)
    if json:
        print_json({"runs": [*map(run_json, found)], "firings": [*map(firing_json, firings)]})
    elif asks_scheduled:
        show(firings)
    else:
        _show(found)


def _show(found: Sequence[Run]) -> None:
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
