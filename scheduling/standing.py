"""How the schedules stand: who leads, what runs, when each fires next, how its last runs ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from records import Firing
from scheduling.moments import moment_after, number_of
from scheduling.owners import is_alive
from scheduling.plans import Plan
from storage import firings
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """The scheduler that decides."""

    owner: str
    since: int
    """Moments are microseconds UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One schedule."""

    plan: Plan
    next: int | None
    """When it fires. None: when those have ended that it follows."""
    last: Firing | None
    """Its newest run that has ended. None: there is none."""
    done: Firing | None
    """Its newest run that ended well."""
    failures: int
    """In a row, up to the newest run."""
    waits: bool
    """A fire time of it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """All of it."""

    leader: Leader | None
    running: Sequence[Firing]
    dead: Sequence[Firing]
    """Of those, the ones whose keeper is gone."""
    schedules: Sequence[Standing]


def standing(database: Database, plans: Mapping[str, Plan]) -> Scheduled:
    """As of now. Raises StoreError."""
    holder = database.holder("scheduler")
    with database.read() as connection:
        still = firings.open_firings(connection)
        waits = {each.schedule for each in still if each.state == "waiting"}
        schedules = [_of(connection, plan, plan.name in waits) for plan in plans.values()]
    running = [each for each in still if each.state == "running"]
    now = database.now()
    return Scheduled(
        leader=None if holder is None else Leader(owner=holder.who, since=holder.since),
        running=running,
        dead=[each for each in running if not is_alive(each, now)],
        schedules=schedules,
    )


def _of(connection: firings.Transaction, plan: Plan, waits: bool) -> Standing:
    ended = firings.last(connection, plan.name)
    well = firings.last(connection, plan.name, states=("done", "partly"))
    following = moment_after(plan.trigger, datetime.now(UTC))
    return Standing(
        plan=plan,
        next=None if following is None else number_of(following),
        last=ended[0] if ended else None,
        done=well[0] if well else None,
        failures=len(firings.failures(connection, plan.name)),
        waits=waits,
    )
