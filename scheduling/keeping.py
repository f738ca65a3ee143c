"""The process that keeps one run: it takes the fire time, runs the job, and writes down its end.

It outlives the scheduler that started it, so that a run whose scheduler dies is neither broken off
nor forgotten; and since only one keeper can take a fire time, a second one started for it does
nothing.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from records import Firing, StoreError
from scheduling.job import Job
from scheduling.notifying import notify
from scheduling.order import Order
from scheduling.owners import owner_of
from storage import firings
from storage.database import Database

HEARTBEAT = 10.0
"""Seconds between two heartbeats."""
_LOOKS = 1.0
"""Seconds between two looks at limits."""
_REMEMBERS = 900.0
"""Seconds for which the end of a run is tried to be written down: a disk may be emptied, a server
come back."""
DONE, GATE, LOCKED, PARTLY = 0, 3, 4, 5
"""Exit statuses of ``glean``."""


class _Asked:
    """Whether this process was asked to end."""

    def __init__(self) -> None:
        self.so = False
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.so = True


def keep(database: Database, order: Order) -> Firing | None:
    """Take a fire time and carry it out; what came of it. None: another has taken it."""
    asked = _Asked()
    owner = owner_of(os.getpid())
    with database.queue() as connection:
        now = database.now()
        taken = firings.begin(connection, order.firing, owner=owner, log=order.log, now=now)
    if taken is None:
        return None
    try:
        job = Job([*order.program, *taken.arguments], Path(order.log), grace=order.grace)
    except OSError as error:
        ending: _Ending = ("failed", None, f"not begun: {error.strerror}", None)
    else:
        why = _watch(database, order, owner, job, asked)
        job.close()
        ending = _ending(job, why, order)
    ended = _write_down(database, order.firing, owner, ending)
    if ended is not None and ended.state in (*firings.BAD, "partly"):
        notify(order.on_failure, ended)
    return ended


def _watch(database: Database, order: Order, owner: str, job: Job, asked: _Asked) -> str | None:
    """Until the job has ended; why the ledger asked for its end, None: it did not."""
    beaten, why = time.monotonic(), None
    while job.status is None:
        job.wait(_LOOKS)
        now = time.monotonic()
        if now - beaten >= HEARTBEAT and why is None:
            beaten, why = now, _beat(database, order.firing, owner)
        if asked.so or why is not None:
            job.end("asked")
        elif order.time_limit is not None and now - job.began > order.time_limit:
            job.end("time")
        elif job.ended_for is not None or (
            order.memory is not None and job.memory() > order.memory
        ):
            job.end(job.ended_for or "memory")
    return why


def _beat(database: Database, firing_id: int, owner: str) -> str | None:
    """A store that is away for a while ends no job."""
    try:
        with database.queue() as connection:
            return firings.beat(connection, firing_id, owner=owner, now=database.now())
    except StoreError:
        return None


_Ending = tuple[str, int | None, str | None, Mapping[str, Any] | None]
"""State, exit status, reason, figures."""


def _ending(job: Job, why: str | None, order: Order) -> _Ending:
    status, figures = job.status, _figures(job.printed)
    if job.ended_for == "time":
        return "failed", status, f"took longer than {order.time_limit:g} s", figures
    if job.ended_for == "memory":
        took = (order.memory or 0) // 1_000_000
        return "failed", status, f"took more than {took:,} MB of memory", figures
    if job.ended_for == "asked":
        return "stopped", status, why or "the scheduler was stopped", figures
    if status is not None and status < 0:
        return "failed", None, f"ended by {signal.Signals(-status).name}", figures
    return _STATES.get(status or 0, "failed"), status, _REASONS.get(status or 0), figures


_STATES = {DONE: "done", GATE: "partly", PARTLY: "partly", LOCKED: "skipped"}
_REASONS = {
    1: "nothing usable came out: see its log",
    2: "its command is wrong: see its log",
    GATE: "a page did not pass its own check, or a source its share",
    LOCKED: "another process was at it",
    PARTLY: "done in part: see its log",
}


def _figures(printed: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(printed)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _write_down(
    database: Database,
    firing_id: int,
    owner: str,
    ending: _Ending,
    sleep: Callable[[float], None] = time.sleep,
) -> Firing | None:
    """Write down how a run ended. None: it had been given up."""
    state, status, reason, figures = ending
    patience = time.monotonic() + _REMEMBERS
    pause = 0.5
    while True:
        try:
            with database.queue() as connection:
                written = firings.end(
                    connection,
                    firing_id,
                    owner=owner,
                    state=state,
                    status=status,
                    reason=reason,
                    figures=figures,
                    now=database.now(),
                )
                return firings.of_id(connection, firing_id) if written else None
        except StoreError:
            if time.monotonic() > patience:
                raise
            sleep(pause)
            pause = min(pause * 2, 10.0)
