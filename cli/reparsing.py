"""``glean reparse``: archived pages read again, and what they say differently."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import DONE, GATE, PARTLY, least
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.running import never_harvested
from cli.terminal import counted, print_json, print_table, say, tell
from records import as_json

if TYPE_CHECKING:
    from crawler.reparse import Reparsed, Work


def reparse(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Else every source.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, max=256, help="Reading processes; else one a core."),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Read the archived pages again, and store what reads otherwise now. No network."""
    from cli.progress import ReparseMeter
    from crawler.reparse import reparse as reparse_pages
    from crawler.rules import rules_of

    found = place(config, store)
    rules = rules_of(found.config)
    with found.open() as opened, ReparseMeter("reparse") as meter:
        if source is not None:
            _check_harvested(opened, source)
        told = reparse_pages(
            opened,
            Path(found.config.store.archive),
            [source] if source else [],
            meter.update,
            jobs=jobs or _cores(),
            dry_run=dry_run,
            reading=rules,
        )
    if json:
        print_json(_reparsed_json(told))
    else:
        _tell_reparsed(told, dry_run=dry_run)
    done = told.finished and not told.missing
    return least((DONE if done else PARTLY, GATE if told.quarantined else DONE))


def _cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_harvested(opened: Any, source: str) -> None:
    if not opened.runs(source=source, limit=1):
        raise never_harvested(source)


def _reparsed_json(told: "Reparsed") -> dict[str, Any]:
    said: dict[str, Any] = as_json(told)
    changes = said.pop("changes")
    work = {name: _work_json(getattr(told, name)) for name in ("reading", "storing")}
    return {**said, **changes, **work}


def _work_json(work: "Work") -> dict[str, Any]:
    return {
        "pages": work.pages,
        "seconds": round(work.seconds, 3),
        "cpu_seconds": round(work.cpu_seconds, 3),
        "pages_per_second": work.pages_per_second,
        "pages_per_cpu_second": work.pages_per_cpu_second,
    }


def _tell_reparsed(told: "Reparsed", *, dry_run: bool) -> None:
    tell(
        f"{counted(told.pages, 'page')}: {told.unchanged:,} unchanged, {told.changed:,} changed, "
        f"{told.mended:,} mended, {told.quarantined:,} newly in quarantine, "
        f"{told.missing:,} missing"
    )
    if dry_run:
        tell("nothing was stored")
    for name, work in (("read", told.reading), ("stored", told.storing)):
        if work.pages:
            tell(
                f"{name}: {counted(work.pages, 'page')} in {work.seconds:.1f} s and "
                f"{work.cpu_seconds:.1f} s of processors"
                f" ({work.pages_per_second} pages/s, {work.pages_per_cpu_second} a core)"
            )
    _show_changes(told)
    for each in told.named:
        say(f"glean: {each.url}: {each.reason}")
    if not told.finished:
        tell("not finished: run the same command again to go on")


def _show_changes(told: "Reparsed") -> None:
    fields = told.changes.fields
    if not fields:
        return
    tell()
    names = sorted(fields, key=lambda name: (-fields[name], name))
    rows = [(name, fields[name], *_first(told, name)) for name in names]
    print_table(("field", "#changed", "~was, for example", "~is now"), rows)
    tell("more examples, with their pages: --dry-run --json")


def _first(told: "Reparsed", name: str) -> tuple[Any, Any]:
    """The first example of a field."""
    for each in told.changes.examples.get(name, ()):
        return each.old, each.new
    return None, None
