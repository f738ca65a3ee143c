"""What is to be done at a moment, from what the ledger knows: no clock, no database, no process.

All moments are microseconds UTC.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from records import Firing, iso_time
from scheduling.moments import moment_after, moment_of, newest, number_of
from scheduling.plans import Plan
from scheduling.triggers import Trigger
from storage.firings import BAD, Due

LATE = 60_000_000
"""A fire time that far behind was missed: nobody was there. What is nearer was only slow."""
LONGEST_BACK_OFF = 7 * 86_400_000_000
"""A week: what fails for ever is still tried so often."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What is to be written down of one schedule."""

    due: Sequence[Due] = ()
    through: int
    """Every fire time up to it is decided."""
    given_up: Sequence[tuple[int, str]] = ()
    """What waited and is not run after all, with the reason."""
    stopped: Sequence[tuple[int, str]] = ()
    """What runs and is asked to end, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ledger says of one schedule."""

    trigger: Trigger
    """By which it fired since `through`; the settings may say another by now."""
    through: int
    open: Sequence[Firing] = ()
    """What waits and what runs."""
    launched: Collection[int] = ()
    """Ids of what waits only until the keeper that was started for it has taken it."""
    failures: Sequence[Firing] = field(default=())
    """Its last runs that failed, newest first, up to one that did not."""


def by_clock(plan: Plan, standing: Standing, *, now: int, back_off: int) -> Decided:
    """Of a schedule with moments of its own: one row for each that is run or passed over."""
    most = plan.catch_up_limit if plan.catch_up == "all" else 1
    after, until = moment_of(standing.through), moment_of(now)
    found, _ = newest(standing.trigger, after, until, most=most)
    if not found:
        return Decided(through=standing.through)
    times = [number_of(each) for each in found]
    if plan.catch_up == "none" and now - times[-1] > LATE:
        times = []
    first, last = moment_after(standing.trigger, after), number_of(found[-1])
    assert first is not None  # one was found
    missed = _missed(plan, number_of(first), times, last, standing.trigger)
    decided = _overlapping(plan, standing, times, now=now, back_off=back_off)
    return Decided(
        due=[*missed, *decided.due],
        through=last,
        given_up=decided.given_up,
        stopped=decided.stopped,
    )


def _missed(
    plan: Plan, first: int, times: Sequence[int], last: int, trigger: Trigger
) -> Sequence[Due]:
    """The row that stands for those before the ones that are run."""
    if times and first >= times[0]:
        return []
    end = last
    if times:
        before, _ = newest(trigger, moment_of(first) - _TICK, moment_of(times[0]) - _TICK, most=1)
        end = number_of(before[-1])
    why = "nobody was there, and it is not caught up" if not times else "a later one is run for it"
    return [_due(plan, end, state="missed", since=first if first < end else None, reason=why)]


def _overlapping(
    plan: Plan, standing: Standing, times: Sequence[int], *, now: int, back_off: int
) -> Decided:
    """What becomes of fire times beside what still waits and runs."""
    through = standing.through
    if not times:
        return Decided(through=through)
    held = _backing_off(standing, times[-1], back_off)
    if held is not None:
        return Decided(through=through, due=_passed_over(plan, times, held))
    if standing.open and plan.overlap == "skip":
        first = standing.open[0]
        goes = "goes on" if first.state == "running" else "has not begun"
        reason = f"the run of {iso_time(first.fire_time)} {goes}"
        return Decided(through=through, due=_passed_over(plan, times, reason))
    # what has a keeper is left to it, or nothing ever ran where keepers take longer than intervals
    waits = [each.id for each in standing.open if each.state == "waiting"]
    waiting = [each for each in waits if each not in standing.launched]
    room = plan.catch_up_limit if plan.catch_up == "all" and plan.overlap == "wait" else 0
    surplus = waiting[: max(len(waiting) + len(times) - max(room, len(times)), 0)]
    running = [each.id for each in standing.open if each.state == "running"]
    stopped = running if plan.overlap == "stop" else []
    return Decided(
        through=through,
        due=[_due(plan, each) for each in times],
        given_up=[(each, "a later one is run for it") for each in surplus],
        stopped=[(each, "it is due again") for each in stopped],
    )


def _backing_off(standing: Standing, fire_time: int, back_off: int) -> str | None:
    """Why a schedule that keeps failing is not run this time; None: it is."""
    failures = len(standing.failures)
    if failures < back_off:
        return None
    following = moment_after(standing.trigger, moment_of(fire_time))
    gap = number_of(following) - fire_time if following is not None else 0
    doubled = gap * 2 ** min(failures - back_off + 1, 30)
    until = standing.failures[0].fire_time + min(doubled, LONGEST_BACK_OFF)
    # half an interval earlier, or jitter and changes of the clock would put it off once more
    if fire_time + gap // 2 >= until:
        return None
    return f"{failures} failures in a row: not run before {iso_time(until)}"


def by_others(plan: Plan, standing: Standing, ended: Mapping[str, Firing | None]) -> Decided:
    """Of a schedule that only follows others: it is due when all of them have ended since it was
    due last. Its fire time is the moment at which the last of them did.

    `ended`: of each the run that ended last; None: there is none.
    """
    through = standing.through
    runs = [each for each in ended.values() if each is not None]
    moments = [each.ended_at or 0 for each in runs]
    if len(moments) < len(plan.trigger.after) or min(moments) <= through:
        return Decided(through=through)
    moment = max(moments)
    bad = [each for each in runs if not is_good(each)]
    if bad:
        due = _due(plan, moment, state="skipped", reason=_because_of(bad))
    elif standing.open and plan.overlap == "skip":
        due = _due(plan, moment, state="skipped", reason="its last run goes on")
    else:
        due = _due(plan, moment)
    return Decided(through=moment, due=[due])


def is_good(firing: Firing) -> bool:
    """Whether what follows a run may be begun."""
    return firing.state not in (*BAD, "stopped")


def _because_of(bad: Iterable[Firing]) -> str:
    return ", ".join(f"{each.schedule}: {each.reason or each.state}" for each in bad)


@dataclass(frozen=True, slots=True)
class Begun:
    """What of all that waits is begun now."""

    begun: Sequence[Firing]
    given_up: Sequence[tuple[int, str]]
    wakes: int | None
    """When one of them is to be begun at the earliest that is not yet; None: nothing waits for a
    moment."""


def to_begin(
    plans: Mapping[str, Plan],
    open_firings: Sequence[Firing],
    ended: Mapping[str, Firing | None],
    *,
    launched: Collection[int],
    now: int,
    slots: int,
) -> Begun:
    """Of what waits, in order of fire times, what has its moment, a place, and nothing before it.

    `launched`: ids of what has a keeper that has not taken it yet. `ended`: of each schedule the
    run that ended last.
    """
    busy = {each.schedule for each in open_firings if each.state == "running"}
    busy |= {each.schedule for each in open_firings if each.id in launched}
    underway = sum(each.state == "running" or each.id in launched for each in open_firings)
    begun: list[Firing] = []
    given_up: list[tuple[int, str]] = []
    wakes: list[int] = []
    is_open = {each.schedule for each in open_firings}
    for each in open_firings:
        plan = plans.get(each.schedule)
        if each.state != "waiting" or each.id in launched or plan is None:
            continue
        if each.begins > now:
            wakes.append(each.begins)
            continue
        before = plan.trigger.after if plan.trigger.has_moments else ()
        bad = [last for name in before if (last := ended.get(name)) and not is_good(last)]
        if each.schedule in busy or is_open & {*before}:
            continue
        if bad:
            given_up.append((each.id, _because_of(bad)))
        elif underway < slots:
            begun.append(each)
            busy.add(each.schedule)
            underway += 1
    return Begun(begun, given_up, min(wakes, default=None))


def _due(
    plan: Plan,
    fire_time: int,
    *,
    state: str = "waiting",
    since: int | None = None,
    reason: str | None = None,
) -> Due:
    return Due(
        schedule=plan.name,
        fire_time=fire_time,
        state=state,
        since=since,
        begins=plan.begins(fire_time),
        arguments=plan.arguments(fire_time),
        reason=reason,
    )


def _passed_over(plan: Plan, times: Iterable[int], reason: str) -> list[Due]:
    return [_due(plan, each, state="skipped", reason=reason) for each in times]
