"""One look at the ledger: what fell due is written down, what may begin is begun.

Whatever it decides is in the ledger before anything is started, so that it may be broken off at
any point: the next look, of this process or another, goes on from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from records import Firing
from scheduling.deciding import Begun, Decided, Standing, by_clock, by_others, to_begin
from scheduling.moments import moment_after, moment_of, number_of
from scheduling.owners import is_alive
from scheduling.plans import Plan
from scheduling.triggers import Trigger
from storage import firings
from storage.database import Database

CLOCK_SET_BACK = 3_600_000_000
"""Fire times decided this far ahead are of a clock that was wrong: microseconds."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found."""

    begun: tuple[Firing, ...]
    """What waits and may begin: whoever looks starts a keeper for each."""
    lost: tuple[Firing, ...]
    wakes: int | None
    """A moment before which nothing that waits can begin; None: there is none such."""


@dataclass(frozen=True, slots=True)
class _View:
    """What one look sees the ledger with."""

    connection: firings.Transaction
    launched: frozenset[int]
    back_off: int
    now: int


def look(
    database: Database,
    plans: Mapping[str, Plan],
    *,
    launched: frozenset[int],
    slots: int,
    back_off: int,
    now: int,
    alive: Callable[[Firing, int], bool] = is_alive,
) -> Looked:
    """`launched`: ids of what a keeper was started for that has not taken it yet; `alive`: whether
    the keeper of a run still is. Raises StoreError; then nothing of it was written."""
    with database.write() as connection:
        view = _View(connection, launched, back_off, now)
        _learn(view, plans)
        lost = _give_up_lost(connection, now=now, alive=alive)
        for known in firings.known(connection).values():
            if known.name in plans:
                _decide(view, plans[known.name], known)
        followed = {name for plan in plans.values() for name in plan.trigger.after}
        ended = {name: _last(connection, name) for name in followed}
        for plan in plans.values():
            if not plan.trigger.has_moments:
                upstream = {name: ended[name] for name in plan.trigger.after}
                known = firings.of_name(connection, plan.name)
                _write(view, plan, by_others(plan, _standing(view, known), upstream))
        still = firings.open_firings(connection)
        begun = _begin(connection, plans, still, ended, launched=launched, slots=slots, now=now)
    return Looked(tuple(begun.begun), lost, begun.wakes)


def _begin(
    connection: firings.Transaction,
    plans: Mapping[str, Plan],
    still: list[Firing],
    ended: Mapping[str, Firing | None],
    *,
    launched: frozenset[int],
    slots: int,
    now: int,
) -> Begun:
    begun = to_begin(plans, still, ended, launched=launched, now=now, slots=slots)
    for firing_id, reason in begun.given_up:
        firings.give_up(connection, firing_id, state="skipped", reason=reason, now=now)
    return begun


def _learn(view: _View, plans: Mapping[str, Plan]) -> None:
    """Take over what the settings say. Fire times passed until now are of what they said before."""
    connection, now = view.connection, view.now
    known = firings.known(connection)
    for name, plan in plans.items():
        before = known.get(name)
        if before is None or before.removed:
            firings.learn(connection, name, plan.trigger.said, through=now)
        elif before.trigger != plan.trigger.said:
            _decide(view, plan, before)
            firings.learn(connection, name, plan.trigger.said, through=now)
        elif before.through > now + CLOCK_SET_BACK and plan.trigger.has_moments:
            firings.pass_through(connection, name, now)
    for name, before in known.items():
        if name not in plans and not before.removed:
            firings.forget(connection, name, now=now)


def _decide(view: _View, plan: Plan, known: firings.Known) -> None:
    """Of a schedule that fires by the clock, if it did."""
    following = moment_after(Trigger.from_said(known.trigger), moment_of(known.through))
    if following is not None and number_of(following) <= view.now:
        standing = _standing(view, known)
        _write(view, plan, by_clock(plan, standing, now=view.now, back_off=view.back_off))


def _standing(view: _View, known: firings.Known) -> Standing:
    return Standing(
        trigger=Trigger.from_said(known.trigger),
        through=known.through,
        open=firings.open_firings(view.connection, known.name),
        launched=view.launched,
        failures=firings.failures(view.connection, known.name),
    )


def _write(view: _View, plan: Plan, decided: Decided) -> None:
    connection, now = view.connection, view.now
    for firing_id, reason in decided.given_up:
        firings.give_up(connection, firing_id, state="skipped", reason=reason, now=now)
    for firing_id, reason in decided.stopped:
        firings.ask_to_stop(connection, firing_id, reason)
    if decided.due:
        firings.enter(connection, decided.due, now=now)
        firings.pass_through(connection, plan.name, decided.through)


def _last(connection: firings.Transaction, name: str) -> Firing | None:
    found = firings.last(connection, name)
    return found[0] if found else None


def _give_up_lost(
    connection: firings.Transaction, *, now: int, alive: Callable[[Firing, int], bool]
) -> tuple[Firing, ...]:
    """Runs whose keeper is dead."""
    lost = []
    for each in firings.open_firings(connection):
        if each.state == "running" and not alive(each, now):
            reason = "the process that kept it was killed"
            firings.give_up(connection, each.id, state="lost", reason=reason, now=now)
            found = firings.of_id(connection, each.id)
            lost += [found] if found is not None else []
    return tuple(lost)
