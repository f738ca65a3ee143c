"""The ledger of schedules: every fire time there was, and what came of it.

A row a (schedule, fire time), unique, is what makes a fire time run once however many schedulers
there are. Its states: ``waiting`` (due, taken by nobody), ``running``, and the ends: ``done``,
``partly`` (exit status 3 or 5), ``failed``, ``stopped`` (asked to), ``lost`` (its keeper died),
``skipped`` and ``missed`` (not run, with the reason). Only whoever turns ``waiting`` into
``running`` runs it. `schedule.through`: up to which fire time everything was decided.

Every function runs in a transaction of the caller's; times are microseconds UTC.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)

from records import Firing
from storage.portable import next_number, upsert
from storage.schema import Id, Text, table

Transaction = Connection
"""What every function here works in."""
OPEN = ("waiting", "running")
RUN = ("done", "partly", "failed", "stopped", "lost")
"""States of what was begun and has ended."""
BAD = ("failed", "lost")
STATES = (*OPEN, *RUN, "skipped", "missed")
LOST_AFTER = 90_000_000
"""Microseconds without a heartbeat after which the keeper of a run is taken for dead, where nobody
can look."""

schedule = table(
    "schedule",
    Column("name", Text, primary_key=True),
    Column("trigger", Text, nullable=False),  # JSON of when it fires
    Column("through", Id, nullable=False),  # every fire time up to it has its row, or was coalesced
    Column("removed", Integer, nullable=False),  # 1: the settings name it no more
    rowid=False,
)

firing = table(
    "firing",
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("schedule", Text, nullable=False),
    Column("fire_time", Id, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", Id),  # first of the fire times it stands for; NULL: of itself alone
    Column("begins", Id, nullable=False),  # not before then: the fire time and its jitter
    Column("arguments", Text, nullable=False),  # JSON list: what comes after `glean`
    Column("owner", Text),  # host:pid:start of its keeper
    Column("started_at", Id),
    Column("heartbeat_at", Id),
    Column("ended_at", Id),
    Column("status", Integer),  # exit status; NULL: none, or ended by a signal
    Column("reason", Text),
    Column("figures", Text),  # JSON object that the job printed
    Column("log", Text),  # file, on the owner's machine
    Column("stop", Text),  # why it was asked to end; NULL: it was not
    Index("firing_moment", "schedule", "fire_time", unique=True),
    Index("firing_state", "state", "fire_time"),
    Index("firing_ended", "ended_at"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a schedule."""

    name: str
    trigger: str
    through: int
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A fire time, decided on."""

    schedule: str
    fire_time: int
    state: str = "waiting"
    since: int | None = None
    begins: int
    arguments: Sequence[str]
    reason: str | None = None


def known(connection: Connection) -> dict[str, Known]:
    """Every schedule there ever was, by name."""
    rows = connection.execute(select(schedule).order_by(schedule.c.name))
    return {row.name: Known(row.name, row.trigger, row.through, bool(row.removed)) for row in rows}


def learn(connection: Connection, name: str, trigger: str, *, through: int) -> None:
    """Have a schedule fire by a trigger from a moment on."""
    upsert(
        connection,
        schedule,
        {"name": name, "trigger": trigger, "through": through, "removed": 0},
    )


def forget(connection: Connection, name: str, *, now: int) -> None:
    """A schedule that the settings name no more: what waits of it is not run."""
    connection.execute(update(schedule).where(schedule.c.name == name).values(removed=1))
    waits = (firing.c.schedule == name) & (firing.c.state == "waiting")
    gone = {"state": "skipped", "ended_at": now, "reason": "the settings name it no more"}
    connection.execute(update(firing).where(waits).values(gone))


def of_name(connection: Connection, name: str) -> Known:
    """A schedule that is known."""
    row = connection.execute(select(schedule).where(schedule.c.name == name)).one()
    return Known(row.name, row.trigger, row.through, bool(row.removed))


def enter(connection: Connection, due: Sequence[Due], *, now: int) -> None:
    """Write fire times down; one that has its row keeps it."""
    for each in due:
        row: dict[str, Any] = {
            "id": next_number(connection, firing.c.id),
            "schedule": each.schedule,
            "fire_time": each.fire_time,
            "state": each.state,
            "since": each.since,
            "begins": each.begins,
            "arguments": json.dumps(list(each.arguments), ensure_ascii=False),
            "reason": each.reason,
            "ended_at": None if each.state in OPEN else now,
        }
        taken = select(firing.c.id).where(
            firing.c.schedule == each.schedule, firing.c.fire_time == each.fire_time
        )
        if connection.execute(taken).scalar() is None:
            connection.execute(insert(firing), row)


def pass_through(connection: Connection, name: str, through: int) -> None:
    """Every fire time of a schedule up to a moment is decided."""
    connection.execute(update(schedule).where(schedule.c.name == name).values(through=through))


def begin(
    connection: Connection, firing_id: int, *, owner: str, log: str | None, now: int
) -> Firing | None:
    """Take a fire time that waits, to run it. None: another has it, or it waits no more."""
    taken = connection.execute(
        update(firing)
        .where(firing.c.id == firing_id, firing.c.state == "waiting")
        .values(state="running", owner=owner, log=log, started_at=now, heartbeat_at=now)
    )
    return of_id(connection, firing_id) if taken.rowcount else None


def beat(connection: Connection, firing_id: int, *, owner: str, now: int) -> str | None:
    """Say that the run of a fire time goes on; why it is asked to end, None: it is not.

    One whose ledger row is no more ``running`` by this owner is asked to end too: it was given up.
    """
    mine = (firing.c.id == firing_id) & (firing.c.owner == owner) & (firing.c.state == "running")
    if not connection.execute(update(firing).where(mine).values(heartbeat_at=now)).rowcount:
        return "given up"
    asked: str | None = connection.execute(select(firing.c.stop).where(mine)).scalar()
    return asked


def end(
    connection: Connection,
    firing_id: int,
    *,
    owner: str,
    state: str,
    status: int | None,
    reason: str | None,
    figures: Mapping[str, Any] | None,
    now: int,
) -> bool:
    """Write down how a run ended. False: it was given up before, and stays so."""
    mine = (firing.c.id == firing_id) & (firing.c.owner == owner) & (firing.c.state == "running")
    values = {
        "state": state,
        "status": status,
        "reason": reason,
        "figures": None if figures is None else json.dumps(figures, ensure_ascii=False),
        "ended_at": now,
    }
    return bool(connection.execute(update(firing).where(mine).values(values)).rowcount)


def ask_to_stop(connection: Connection, firing_id: int, reason: str) -> None:
    """Have the keeper of a run end it."""
    running = (firing.c.id == firing_id) & (firing.c.state == "running")
    connection.execute(update(firing).where(running).values(stop=reason))


def give_up(connection: Connection, firing_id: int, *, state: str, reason: str, now: int) -> None:
    """End what nobody can end any more, or what is not to begin."""
    still = (firing.c.id == firing_id) & firing.c.state.in_(OPEN)
    connection.execute(update(firing).where(still).values(state=state, reason=reason, ended_at=now))


def open_firings(connection: Connection, name: str | None = None) -> list[Firing]:
    """What waits and what runs, of one schedule or of all, by fire time."""
    query = select(firing).where(firing.c.state.in_(OPEN))
    if name is not None:
        query = query.where(firing.c.schedule == name)
    rows = connection.execute(query.order_by(firing.c.fire_time, firing.c.id))
    return [*map(_firing, rows)]


def of_id(connection: Connection, firing_id: int) -> Firing | None:
    row = connection.execute(select(firing).where(firing.c.id == firing_id)).one_or_none()
    return None if row is None else _firing(row)


def last(
    connection: Connection, name: str, *, states: Sequence[str] = RUN, most: int = 1
) -> list[Firing]:
    """Of a schedule the runs that ended last, newest first."""
    query = select(firing).where(firing.c.schedule == name, firing.c.state.in_(states))
    query = query.order_by(firing.c.fire_time.desc()).limit(most)
    return [*map(_firing, connection.execute(query))]


def failures(connection: Connection, name: str) -> list[Firing]:
    """Of a schedule the last runs that failed, newest first, up to one that did not; at most 32."""
    ended = last(connection, name, most=32)
    return [*takewhile(lambda each: each.state in BAD, ended)]


def listed(
    connection: Connection,
    *,
    name: str | None = None,
    states: Sequence[str] = (),
    since: int | None = None,
    limit: int,
) -> list[Firing]:
    """Fire times, newest first."""
    wanted: list[ColumnElement[bool]] = []
    if name is not None:
        wanted.append(firing.c.schedule == name)
    if states:
        wanted.append(firing.c.state.in_(states))
    if since is not None:
        wanted.append(firing.c.fire_time >= since)
    query = select(firing).where(*wanted)
    query = query.order_by(firing.c.fire_time.desc(), firing.c.id.desc()).limit(limit)
    return [*map(_firing, connection.execute(query))]


def ended_since(connection: Connection, moment: int) -> list[Firing]:
    """What ended after a moment, in that order."""
    query = select(firing).where(firing.c.ended_at > moment)
    return [*map(_firing, connection.execute(query.order_by(firing.c.ended_at, firing.c.id)))]


def prune(connection: Connection, *, before: int) -> int:
    """Forget what ended before a moment; how many rows that were. Of each schedule the newest run
    stays, whenever it was."""
    return connection.execute(delete(firing).where(_is_old(before))).rowcount


def count_old(connection: Connection, *, before: int) -> int:
    """How many rows `prune` would forget."""
    query = select(func.count()).select_from(firing).where(_is_old(before))
    return int(connection.execute(query).scalar_one())


def _is_old(before: int) -> ColumnElement[bool]:
    newest = (
        select(func.max(firing.c.id)).where(firing.c.state.in_(RUN)).group_by(firing.c.schedule)
    )
    return (firing.c.ended_at < before) & firing.c.id.not_in(newest)


def _firing(row: Row[Any]) -> Firing:
    return Firing(
        id=row.id,
        schedule=row.schedule,
        fire_time=row.fire_time,
        state=row.state,
        since=row.since,
        begins=row.begins,
        arguments=tuple(json.loads(row.arguments)),
        owner=row.owner,
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        ended_at=row.ended_at,
        status=row.status,
        reason=row.reason,
        figures=None if row.figures is None else json.loads(row.figures),
        log=row.log,
        stop=row.stop,
    )
