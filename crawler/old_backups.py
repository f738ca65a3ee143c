"""Backups that schedules made: which of them are older than the newest so many.

Only a file that the store noted as a backup, and whose name is one that a schedule gives, is ever
removed; what somebody made by hand stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crawler.schedules import Schedule
from storage import SqlStore, takedowns

_TIME = "{time}"
_MOMENT = r"\d{8}T\d{6}Z"
_PARTIAL_SECONDS = 86_400
"""For which nothing was written to what a killed backup left."""


@dataclass(slots=True)
class OldBackups:
    """Files of this machine."""

    backups: list[Path] = field(default_factory=list)
    partial: list[Path] = field(default_factory=list)
    """Left by backups that were killed."""


def old_backups(
    store: SqlStore, schedules: Iterable[Schedule], *, newest: int, now: int
) -> OldBackups:
    """All but the `newest` backups of each schedule, where 0 is all of them; and what killed ones
    left. Relative names are of the current folder, as they are when a schedule is run there.
    `now`: microseconds UTC."""
    found = OldBackups()
    with store.database.read() as connection:
        noted = [Path(each.path) for each in takedowns.copies(connection) if each.kind == "backup"]
    for pattern in sorted({word for each in schedules for word in _patterns(each)}):
        folder, name = Path(pattern).parent.resolve(), _named(Path(pattern).name)
        whole = re.compile(name)
        made = [
            path
            for path in noted
            if path.parent == folder and whole.fullmatch(path.name) and path.is_file()
        ]
        found.backups += made[:-newest] if newest else []
        partial = re.compile(rf"\.{name}\.\d+\.partial")
        for path in sorted(folder.glob(".*.partial")):
            old = now / 1e6 - path.stat().st_mtime > _PARTIAL_SECONDS
            if old and partial.fullmatch(path.name):
                found.partial.append(path)
    return found


def _patterns(schedule: Schedule) -> list[str]:
    words = schedule.arguments if schedule.job == "backup" else ()
    return [word for word in words if _TIME in Path(word).name]


def _named(name: str) -> str:
    """
    >>> _named("a.{time}.db")
    'a\\\\.\\\\d{8}T\\\\d{6}Z\\\\.db'
    """
    return _MOMENT.join(map(re.escape, name.split(_TIME)))


def remove(store: SqlStore, old: OldBackups) -> None:
    """Remove them, and have takedowns name them no more. Raises OSError."""
    for path in old.partial:
        path.unlink(missing_ok=True)
    for path in old.backups:
        # killed after this, a takedown names a file that is gone: better than the other way round
        path.unlink(missing_ok=True)
        with store.database.write() as connection:
            takedowns.forget_copy(connection, str(path))
