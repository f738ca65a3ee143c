"""The scheduler: keeps the store refreshed, unattended.

APScheduler wakes it at every fire time; what is then to be done the ledger decides
(`scheduling.ticking`), and every job is a ``glean`` process under a keeper of its own
(`scheduling.keeping`). One scheduler of a store leads; where the store is shared, others stand by.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.schedules import SchedulerConfig
from records import Firing, GleaningsError, LockHeld, StoreError, firing_json, iso_time
from scheduling.logs import log_of
from scheduling.moments import moment_after
from scheduling.notifying import notify
from scheduling.order import GLEAN, Order
from scheduling.owners import process_of
from scheduling.plans import Plan
from scheduling.ticking import Looked, look
from scheduling.tidying import tidy
from scheduling.triggers import Trigger
from storage import firings
from storage.database import Database

BEAT = 5.0
"""Seconds after which it looks even if nothing woke it: for settings that were changed, keepers
that died, and what others wrote into the ledger."""
STANDS_BY = 2.0
"""Seconds between two tries to lead."""
AGAIN = 15.0
"""Seconds after which a keeper that came to nothing is started anew."""
LINGERS = 15.0
"""Seconds beyond the grace of jobs that a stop takes at the longest."""
_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says of schedules, checked."""

    plans: Mapping[str, Plan]
    scheduler: SchedulerConfig
    store: str
    """Address."""


@dataclass(slots=True)
class _Keeper:
    process: "subprocess.Popen[bytes]"
    began: float


@dataclass(slots=True)
class Scheduler:
    """One process of it."""

    database: Database
    settings: Settings
    reload: Callable[[], Settings | None]
    """The settings anew where their file was changed, else None. Raises GleaningsError."""
    tell: Callable[[str], None]
    """A line for people."""
    ship: Callable[[Mapping[str, Any]], None]
    """A fire time that came to its end, as JSON."""
    program: tuple[str, ...] = GLEAN
    """What jobs are commands of."""
    _bell: "_Bell" = field(default_factory=lambda: _Bell())
    _stopping: bool = False
    _keepers: dict[int, _Keeper] = field(default_factory=dict)
    _shipped: int = 0
    _tidied: float | None = None

    def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises LockHeld where another leads and cannot be waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._look_now)
        signal.signal(signal.SIGCHLD, self._look_now)
        said = False
        while not self._stopping:
            try:
                with self.database.lock("scheduler") as lock:
                    self._lead(lock.keep)
            except LockHeld:
                if not self.database.is_shared:
                    raise
                if not said:
                    self.tell("another scheduler leads: standing by")
                said = True
            except StoreError as error:
                self.tell(str(error))
            if not self._stopping:
                self._bell.wait(STANDS_BY)

    def _lead(self, still_leads: Callable[[], None]) -> None:
        """While this is the one that decides. `still_leads` raises LockHeld or StoreError."""
        self._shipped = self.database.now()
        fires = _Fires(self._bell.ring)
        fires.follow(self.settings.plans)
        self.tell(f"leads: {_counted(self.settings.plans)}")
        try:
            while not self._stopping:
                still_leads()
                self._take_changes(fires)
                self._bell.wait(self._once())
        finally:
            fires.close()
            if self._stopping:
                self._end_jobs()
                with suppress(StoreError):
                    self._ship()

    def _once(self) -> float:
        """One look; seconds until the next at the latest."""
        launched = self._launched()
        looked = look(
            self.database,
            self.settings.plans,
            launched=frozenset(launched),
            slots=self.settings.scheduler.concurrency,
            back_off=self.settings.scheduler.back_off,
            now=self.database.now(),
        )
        for each in looked.begun:
            self._launch(each)
        for each in looked.lost:
            self.tell(f"{each.schedule} of {iso_time(each.fire_time)}: {each.reason}")
            notify(self.settings.scheduler.on_failure, each)
        self._ship()
        self._tidy()
        return self._until(looked)

    def _until(self, looked: Looked) -> float:
        if looked.wakes is None:
            return BEAT
        return min(max((looked.wakes - self.database.now()) / 1e6, 0.0) + 0.01, BEAT)

    def _launched(self) -> list[int]:
        """What a keeper was started for that is still there, or was a moment ago."""
        now = time.monotonic()
        for firing_id, keeper in [*self._keepers.items()]:
            if keeper.process.poll() is None:
                continue
            # one that ended well has written down what came of it
            if keeper.process.returncode == 0 or now - keeper.began > AGAIN:
                del self._keepers[firing_id]
        return [*self._keepers]

    def _launch(self, firing: Firing) -> None:
        plan, scheduler = self.settings.plans[firing.schedule], self.settings.scheduler
        order = Order(
            store=self.settings.store,
            firing=firing.id,
            program=self.program,
            log=str(log_of(Path(scheduler.logs), firing)),
            grace=scheduler.grace,
            time_limit=plan.time_limit,
            memory=plan.memory,
            on_failure=scheduler.on_failure,
        )
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "scheduling"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self.tell(f"{firing.schedule}: no process can be made: {error.strerror}")
            return
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(order.to_json())
        self._keepers[firing.id] = _Keeper(process, time.monotonic())

    def _take_changes(self, fires: "_Fires") -> None:
        try:
            changed = self.reload()
        except GleaningsError as error:
            self.tell(f"the settings are left as they were: {error}")
            return
        if changed is not None:
            self.settings = changed
            fires.follow(changed.plans)
            self.tell(f"took the changed settings: {_counted(changed.plans)}")

    def _ship(self) -> None:
        """Say what ended since it was said last."""
        with self.database.read() as connection:
            ended = firings.ended_since(connection, self._shipped)
        for each in ended:
            self.ship(firing_json(each))
            self._shipped = max(self._shipped, each.ended_at or 0)

    def _tidy(self) -> None:
        """Once a day: rows and logs that were kept long enough go."""
        now = time.monotonic()
        if self._tidied is not None and now - self._tidied < _A_DAY:
            return
        self._tidied = now
        tidy(self.database, self.settings.scheduler, now=self.database.now())

    def _end_jobs(self) -> None:
        """Have every keeper of this machine end its job, and wait for them."""
        self.tell("stopping: jobs are asked to end")
        until = time.monotonic() + self.settings.scheduler.grace + LINGERS
        asked: set[int] = set()
        while time.monotonic() < until:
            with suppress(StoreError):
                asked = self._ask_keepers(asked)
                if not asked:
                    return
            time.sleep(0.2)
        self.tell("stopped: what has not ended by now is left to its keeper")

    def _ask_keepers(self, asked: set[int]) -> set[int]:
        """Processes that keep a job here; those not in `asked` are asked to end it."""
        with self.database.read() as connection:
            still = firings.open_firings(connection)
        keepers = {
            keeper.process.pid for keeper in self._keepers.values() if keeper.process.poll() is None
        }
        owned = (process_of(each.owner) for each in still if each.state == "running" and each.owner)
        keepers |= {each for each in owned if each is not None}
        for process in keepers - asked:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGTERM)
        return keepers

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._bell.ring()

    def _look_now(self, number: int, frame: FrameType | None) -> None:
        self._bell.ring()


class _Bell:
    """What ends a sleep, from a thread or from a signal's handler: an event of `threading` may not
    be set by a handler that broke in on whoever waits for it."""

    def __init__(self) -> None:
        self._hears, self._rings = os.pipe()
        for end in (self._hears, self._rings):
            os.set_blocking(end, False)

    def ring(self) -> None:
        with suppress(BlockingIOError):
            os.write(self._rings, b".")

    def wait(self, seconds: float) -> None:
        """Until it rings, or rang since it was heard last; at most so many seconds."""
        select.select([self._hears], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._hears, 1024):
                pass


class _Fires:
    """APScheduler, which wakes this process when a schedule fires."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            # what is late is the ledger's to judge: here it is only a reason to look
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.start()

    def follow(self, plans: Mapping[str, Plan]) -> None:
        """Wake for these schedules, and for no others any more."""
        self._scheduler.remove_all_jobs()
        for plan in plans.values():
            if plan.trigger.has_moments:
                self._scheduler.add_job(self._wake, _AtMoments(plan.trigger), id=plan.name)

    def close(self) -> None:
        self._scheduler.shutdown(wait=False)


class _AtMoments(BaseTrigger):  # type: ignore[misc] # apscheduler has no types
    """Fire times of a schedule, as APScheduler asks for them."""

    def __init__(self, trigger: Trigger) -> None:
        self._trigger = trigger

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        # a moment later than it fires: then it has fired, by whichever clock it is asked
        found = moment_after(self._trigger, max(now, previous_fire_time or now))
        return None if found is None else found + timedelta(milliseconds=5)


def _counted(plans: Mapping[str, Plan]) -> str:
    return f"{len(plans)} schedule" + ("" if len(plans) == 1 else "s")
