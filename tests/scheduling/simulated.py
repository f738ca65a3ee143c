"""A scheduler on a clock of the test's: jobs are rows that end when the test says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.schedules import Schedule
from records import Firing
from scheduling.plans import Plan, plan_of
from scheduling.ticking import Looked, look
from storage import firings
from storage.database import Database

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def number(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000


def planned(zone: str = "UTC", **said: Any) -> Plan:
    return plan_of(Schedule.model_validate({"name": "s", "job": "settle"} | said), zone)


def short(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1_000_000, UTC).strftime("%d %H:%M")


@dataclass
class Simulated:
    """Schedulers come and go; the ledger stays."""

    database: Database
    plans: Mapping[str, Plan]
    now: datetime = BEGIN
    lasts: timedelta = timedelta(0)
    """How long a job takes."""
    ends: Callable[[Firing], str] = lambda firing: "done"
    ran: list[tuple[str, int]] = field(default_factory=list)
    """Schedule and fire time of everything that was begun."""
    slots: int = 4
    back_off: int = 3
    launched: frozenset[int] = frozenset()
    """What has a keeper that has not taken it yet."""

    def look(self) -> Looked:
        """One look at what is due, and every job that it begins is begun, and ended if it is over
        at once."""
        self._end()
        looked = look(
            self.database,
            self.plans,
            launched=self.launched,
            slots=self.slots,
            back_off=self.back_off,
            now=number(self.now),
            alive=lambda firing, now: True,
        )
        for each in looked.begun:
            self.begin(each)
        self._end()
        return looked

    def begin(self, firing: Firing) -> None:
        with self.database.write() as connection:
            taken = firings.begin(
                connection, firing.id, owner="here:1:1", log=None, now=number(self.now)
            )
        assert taken is not None
        self.ran.append((firing.schedule, firing.fire_time))

    def _end(self) -> None:
        with self.database.write() as connection:
            for each in firings.open_firings(connection):
                over = each.started_at is not None and (
                    each.started_at + self.lasts / timedelta(microseconds=1) <= number(self.now)
                )
                if each.state == "running" and (over or each.stop is not None):
                    firings.end(
                        connection,
                        each.id,
                        owner="here:1:1",
                        state="stopped" if each.stop is not None else self.ends(each),
                        status=0,
                        reason=None,
                        figures=None,
                        now=number(self.now),
                    )

    def go(self, until: datetime, step: timedelta = MINUTE) -> None:
        """Look at every step."""
        while self.now < until:
            self.now += step
            self.look()

    def sleep(self, until: datetime) -> None:
        """Nobody is there until then."""
        self.now = until

    def rows(self, name: str = "s") -> list[Firing]:
        """All fire times of a schedule, in order."""
        with self.database.read() as connection:
            return firings.listed(connection, name=name, limit=1_000_000)[::-1]

    def said(self, name: str = "s") -> list[str]:
        """Fire times with their states, in order."""
        return [f"{short(each.fire_time)} {each.state}" for each in self.rows(name)]
