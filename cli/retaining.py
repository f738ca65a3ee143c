"""``glean retain``: the archive in order, and what was kept long enough let go."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import DONE, PARTLY
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, place
from cli.terminal import counted, print_json, say, tell
from records import StoreError

if TYPE_CHECKING:
    from crawler.old_backups import OldBackups
    from crawler.retaining import Retained
    from scheduling.tidying import Tidied
    from storage import SqlStore

_A_DAY = 86_400_000_000


def retain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would go; change nothing.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Keep the archive in order, and let go what [retention] and [scheduler] keep no longer."""
    from contextlib import nullcontext

    found = place(config, store)
    with found.open() as opened, nullcontext() if dry_run else opened.database.lock("retain"):
        archived = _archived(opened, found, dry_run=dry_run)
        tidied = _tidied(opened, found, dry_run=dry_run)
        old = _backups(opened, found, dry_run=dry_run)
    if json:
        print_json(_said(archived, tidied, old, dry_run=dry_run))
    else:
        _tell(archived, tidied, old, dry_run=dry_run)
    for each in archived.passed_over if archived else ():
        say(f"{each.file}: left as it is: {each.reason}")
    return PARTLY if archived and archived.passed_over else DONE


def _archived(opened: "SqlStore", found: Place, *, dry_run: bool) -> "Retained | None":
    """None: nothing is archived."""
    from cli.progress import RetainMeter
    from crawler.retaining import retain as retain_archive

    folder, days = found.config.store.archive, found.config.retention.pages
    if not folder:
        return None
    before = opened.database.now() - round(days * _A_DAY) if days else None
    with RetainMeter("retain") as meter:
        return retain_archive(
            opened, Path(folder), before=before, dry_run=dry_run, progress=meter.update
        )


def _tidied(opened: "SqlStore", found: Place, *, dry_run: bool) -> "Tidied":
    from scheduling.tidying import tidy

    settings = found.config.scheduler
    return tidy(opened.database, settings, now=opened.database.now(), dry_run=dry_run)


def _backups(opened: "SqlStore", found: Place, *, dry_run: bool) -> "OldBackups":
    from crawler.old_backups import old_backups, remove

    schedules, newest = found.config.schedules.values(), found.config.retention.backups
    old = old_backups(opened, schedules, newest=newest, now=time.time_ns() // 1000)
    if not dry_run:
        try:
            remove(opened, old)
        except OSError as error:
            raise StoreError(
                f"{error.filename}: cannot be removed: {error.strerror}; make its folder writable"
            ) from error
    return old


def _said(
    archived: "Retained | None", tidied: "Tidied", old: "OldBackups", *, dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "archive": archived,
        "runs": tidied.runs,
        "logs": tidied.logs,
        "backups": [str(path) for path in old.backups],
        "partial_backups": [str(path) for path in old.partial],
    }


def _tell(
    archived: "Retained | None", tidied: "Tidied", old: "OldBackups", *, dry_run: bool
) -> None:
    if dry_run:
        tell("would go:")
    if archived is None:
        tell("archive: there is none, store.archive is empty")
    else:
        _tell_archive(archived)
    runs, logs = counted(tidied.runs, "ended run"), counted(tidied.logs, "log")
    tell(f"scheduler: {runs} of the ledger, {logs}")
    for path in old.backups:
        tell(f"backup: {path}")
    for path in old.partial:
        tell(f"left by a killed backup: {path}")


def _tell_archive(told: "Retained") -> None:
    for name in told.closed:
        tell(f"closed, left open by a killed harvest: {name}")
    for each in told.open:
        tell(f"open: {each}")
    tell(
        f"archive: {counted(told.pages, 'page')} that nothing rests on, "
        f"{counted(told.responses, 'other response')}, {told.freed:,} bytes: "
        f"{counted(len(told.removed), 'file')} removed, {len(told.rewritten):,} written anew"
    )
