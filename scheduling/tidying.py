"""What is kept of ended runs for so many days, and goes then: rows of the ledger, and logs."""

from dataclasses import dataclass
from pathlib import Path

from crawler.schedules import SchedulerConfig
from scheduling.logs import old_logs, remove_old
from storage import firings
from storage.database import Database

_A_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Tidied:
    """What went."""

    runs: int
    logs: int


def tidy(
    database: Database, settings: SchedulerConfig, *, now: int, dry_run: bool = False
) -> Tidied:
    """Forget runs that ended longer ago than is kept, and remove their logs; of each schedule the
    newest run stays. `now`: microseconds UTC. `dry_run`: only say how many."""
    before = now - round(settings.keep * _A_DAY)
    logs = Path(settings.logs)
    if dry_run:
        with database.read() as connection:
            count = firings.count_old(connection, before=before)
        return Tidied(count, len(old_logs(logs, before=before)))
    with database.write() as connection:
        count = firings.prune(connection, before=before)
    return Tidied(count, remove_old(logs, before=before))
