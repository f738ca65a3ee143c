"""The ledger of schedules: over downtime, overlaps, failures and changes every fire time has its
row, and runs once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from records import Firing
from scheduling.moments import moments
from scheduling.plans import Plan
from storage import SqlStore, firings
from tests.scheduling.simulated import BEGIN, MINUTE, Simulated, number, planned, short

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def begun(store: SqlStore, *plans: Plan, lasts: timedelta = timedelta(0)) -> Simulated:
    """A scheduler that has looked once."""
    made = Simulated(store.database, {each.name: each for each in plans}, lasts=lasts)
    made.look()
    return made


def times(plan: Plan, until: datetime, since: datetime = BEGIN) -> list[int]:
    return [number(each) for each in moments(plan.trigger, since, until)]


def covered(rows: list[Firing], wanted: list[int]) -> Iterator[int]:
    """Fire times that have a row, or lie in the span of one."""
    for each in wanted:
        if any((row.since or row.fire_time) <= each <= row.fire_time for row in rows):
            yield each


def test_a_month_of_fire_times_runs_each_once(store: SqlStore) -> None:
    hourly = planned(cron="17 * * * *", zone="Europe/Berlin")
    nightly = planned(name="n", job="verify", cron="30 2 * * *", zone="Europe/Berlin")
    weekly = planned(name="w", job="verify", calendar={"weeks": 1}, at="04:00")
    simulated = begun(store, hourly, nightly, weekly)
    until = BEGIN + 35 * DAY  # over the change of the clock
    simulated.go(until, step=HOUR)
    for plan in (hourly, nightly, weekly):
        wanted = times(plan, until)
        assert [moment for name, moment in simulated.ran if name == plan.name] == wanted
        assert [each.fire_time for each in simulated.rows(plan.name)] == wanted
        assert {each.state for each in simulated.rows(plan.name)} == {"done"}


def test_a_schedule_begins_when_it_is_first_seen(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    assert simulated.rows() == []
    simulated.go(BEGIN + 90 * MINUTE)
    assert simulated.said() == ["01 01:00 done"]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("latest", ["01 01:00 done", "01 05:00 missed", "01 06:00 done", "01 07:00 done"]),
        (
            "all",
            [
                *("01 01:00 done", "01 03:00 missed", "01 04:00 done", "01 05:00 done"),
                *("01 06:00 done", "01 07:00 done"),
            ],
        ),
        ("none", ["01 01:00 done", "01 06:00 missed", "01 07:00 done"]),
    ],
)
def test_what_passed_while_nobody_was_there_is_caught_up_as_the_policy_says(
    store: SqlStore, policy: str, wanted: list[str]
) -> None:
    plan = planned(cron="0 * * * *", catch_up=policy, catch_up_limit=3)
    simulated = begun(store, plan)
    simulated.go(BEGIN + 90 * MINUTE)
    simulated.sleep(BEGIN + 6 * HOUR + 30 * MINUTE)
    simulated.go(BEGIN + 7 * HOUR + 5 * MINUTE)
    assert simulated.said() == wanted
    rows, until = simulated.rows(), BEGIN + 7 * HOUR
    assert [*covered(rows, times(plan, until))] == times(plan, until)
    assert len(simulated.ran) == len({*simulated.ran})


def test_a_missed_row_names_the_first_it_stands_for(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    simulated.sleep(BEGIN + 9 * HOUR)
    simulated.look()
    missed, ran = simulated.rows()
    assert (short(missed.since or 0), short(missed.fire_time)) == ("01 01:00", "01 08:00")
    assert (ran.since, ran.state) == (None, "done")


def test_a_look_that_is_slow_misses_nothing_even_without_catching_up(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *", catch_up="none"))
    simulated.sleep(BEGIN + HOUR + timedelta(seconds=50))
    simulated.look()
    assert simulated.said() == ["01 01:00 done"]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("skip", ["01 01:00 done", "01 02:00 skipped", "01 03:00 skipped", "01 04:00 done"]),
        # while the first goes on the third takes the second's place; begun late, it goes on itself
        ("wait", ["01 01:00 done", "01 02:00 skipped", "01 03:00 running", "01 04:00 waiting"]),
        ("stop", ["01 01:00 stopped", "01 02:00 stopped", "01 03:00 stopped", "01 04:00 running"]),
    ],
)
def test_a_fire_time_beside_a_run_that_goes_on(
    store: SqlStore, policy: str, wanted: list[str]
) -> None:
    plan = planned(cron="0 * * * *", overlap=policy)
    simulated = begun(store, plan, lasts=130 * MINUTE)
    simulated.go(BEGIN + 4 * HOUR + 30 * MINUTE)
    if policy == "skip":
        simulated.go(BEGIN + 6 * HOUR + 30 * MINUTE)
    assert simulated.said()[:4] == wanted
    assert len(simulated.ran) == len({*simulated.ran})


def test_what_waits_for_a_run_is_kept_up_to_the_limit_where_all_is_caught_up(
    store: SqlStore,
) -> None:
    plan = planned(cron="0 * * * *", overlap="wait", catch_up="all", catch_up_limit=2)
    simulated = begun(store, plan, lasts=10 * HOUR)
    simulated.go(BEGIN + 5 * HOUR + MINUTE)
    states = [each.state for each in simulated.rows()]
    assert states == ["running", "skipped", "skipped", "waiting", "waiting"]


def test_what_a_keeper_was_started_for_is_left_to_it_however_long_it_takes(
    store: SqlStore,
) -> None:
    plan = planned(cron="* * * * *", overlap="wait")
    simulated = Simulated(store.database, {"s": plan}, slots=0)
    simulated.look()
    simulated.go(BEGIN + MINUTE)
    (first,) = simulated.rows()
    simulated.launched = frozenset({first.id})
    simulated.go(BEGIN + 4 * MINUTE)
    states = [each.state for each in simulated.rows()]
    assert states == ["waiting", "skipped", "skipped", "waiting"]


def test_a_schedule_after_others_runs_once_when_all_of_them_have_ended(store: SqlStore) -> None:
    a = planned(name="a", cron="0 * * * *")
    b = planned(name="b", cron="30 */2 * * *")
    both = planned(name="both", job="refresh", after=["a", "b"])
    simulated = begun(store, a, b, both)
    simulated.go(BEGIN + 5 * HOUR)
    # when the later of the two ended; a alone, every other hour, is not enough
    assert simulated.said("both") == ["01 01:00 done", "01 02:30 done", "01 04:30 done"]


def test_what_follows_a_run_that_failed_is_skipped_and_runs_after_the_next_that_did_not(
    store: SqlStore,
) -> None:
    a, after = planned(name="a", cron="0 * * * *"), planned(job="refresh", after=["a"])
    simulated = begun(store, a, after)
    simulated.ends = lambda firing: "failed" if short(firing.fire_time) == "01 01:00" else "done"
    simulated.go(BEGIN + 2 * HOUR + 5 * MINUTE)
    assert simulated.said() == ["01 01:00 skipped", "01 02:00 done"]
    assert simulated.rows()[0].reason == "a: failed"


def test_a_time_of_its_own_waits_for_those_that_come_first(store: SqlStore) -> None:
    a = planned(name="a", cron="0 3 * * *")
    after = planned(cron="0 3 * * *", after=["a"])
    simulated = begun(store, a, after, lasts=20 * MINUTE)
    simulated.go(BEGIN + 3 * HOUR + 10 * MINUTE)
    assert (simulated.said("a"), simulated.said()) == (["01 03:00 running"], ["01 03:00 waiting"])
    simulated.go(BEGIN + 3 * HOUR + 50 * MINUTE)
    assert simulated.said() == ["01 03:00 done"]


def test_places_are_given_in_the_order_of_fire_times(store: SqlStore) -> None:
    plans = [planned(name=name, cron=f"{place} * * * *") for place, name in enumerate("abc")]
    simulated = Simulated(store.database, {p.name: p for p in plans}, lasts=10 * MINUTE, slots=1)
    simulated.look()
    simulated.go(BEGIN + HOUR + 40 * MINUTE)
    assert [name for name, _ in simulated.ran] == ["b", "c", "a", "b", "c"]


def test_jitter_puts_off_the_beginning_by_the_same_for_whoever_asks(store: SqlStore) -> None:
    plan = planned(cron="0 * * * *", jitter=1800.0)
    again = planned(cron="0 * * * *", jitter=1800.0)
    simulated = begun(store, plan)
    simulated.go(BEGIN + 6 * HOUR)
    delays = [plan.begins(each) - each for each in times(plan, BEGIN + 5 * HOUR)]
    assert delays == [again.begins(each) - each for each in times(plan, BEGIN + 5 * HOUR)]
    assert len({*delays}) == 5
    assert all(0 <= each <= 1_800_000_000 for each in delays)
    started = [(each.started_at or 0) - each.fire_time for each in simulated.rows()][:5]
    slow = [begun - wanted for begun, wanted in zip(started, delays, strict=True)]
    assert all(0 <= each <= 60_000_000 for each in slow)


def test_a_schedule_that_keeps_failing_runs_less_often_and_says_so(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    simulated.ends = lambda firing: "failed"
    simulated.go(BEGIN + 24 * HOUR, step=10 * MINUTE)
    ran = [short(each) for _, each in simulated.ran]
    # three failures, then two hours, four, eight
    assert ran == ["01 01:00", "01 02:00", "01 03:00", "01 05:00", "01 09:00", "01 17:00"]
    skipped = next(each for each in simulated.rows() if each.state == "skipped")
    assert skipped.reason == "3 failures in a row: not run before 2026-03-01T05:00:00Z"
    simulated.ends = lambda firing: "done"
    simulated.go(BEGIN + 60 * HOUR, step=HOUR)
    assert [each.state for each in simulated.rows()[-9:]] == ["done"] * 9


def test_a_trigger_that_changed_decides_from_then_on_and_the_old_one_until_then(
    store: SqlStore,
) -> None:
    simulated = begun(store, planned(cron="0 * * * *", catch_up="all"))
    simulated.sleep(BEGIN + 2 * HOUR + 30 * MINUTE)
    simulated.plans = {"s": planned(cron="45 * * * *", catch_up="all")}
    simulated.look()
    simulated.go(BEGIN + 4 * HOUR)
    assert simulated.said() == [
        *("01 01:00 done", "01 02:00 done", "01 02:45 done", "01 03:45 done")
    ]


def test_a_schedule_that_is_named_no_more_runs_no_more_and_catches_nothing_up_when_it_is_back(
    store: SqlStore,
) -> None:
    plan = planned(cron="0 * * * *", jitter=0.0, catch_up="all")
    busy = planned(name="busy", job="verify", cron="59 0 * * *")
    simulated = Simulated(store.database, {"s": plan, "busy": busy}, lasts=3 * HOUR, slots=1)
    simulated.look()
    simulated.go(BEGIN + HOUR + MINUTE)
    assert simulated.said() == ["01 01:00 waiting"]
    simulated.plans = {"busy": busy}
    simulated.look()
    (gone,) = simulated.rows()
    assert (gone.state, gone.reason) == ("skipped", "the settings name it no more")
    simulated.go(BEGIN + 5 * HOUR)
    simulated.plans = {"s": plan, "busy": busy}
    simulated.look()
    simulated.go(BEGIN + 6 * HOUR + MINUTE)
    assert simulated.said() == ["01 01:00 skipped", "01 06:00 running"]


def test_a_clock_set_back_runs_nothing_twice(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    simulated.go(BEGIN + 3 * HOUR)
    simulated.now = BEGIN + HOUR + 30 * MINUTE
    simulated.go(BEGIN + 5 * HOUR)
    assert len(simulated.ran) == len({*simulated.ran})
    assert simulated.said() == [f"01 0{hour}:00 done" for hour in range(1, 6)]


def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule_for_years(
    store: SqlStore,
) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    simulated.sleep(BEGIN + 3000 * DAY)
    simulated.look()
    simulated.now = BEGIN + 30 * MINUTE
    simulated.go(BEGIN + 2 * HOUR + MINUTE)
    assert [short(each) for _, each in simulated.ran][1:] == ["01 01:00", "01 02:00"]


def test_only_one_of_two_keepers_takes_a_fire_time(store: SqlStore) -> None:
    simulated = Simulated(store.database, {"s": planned(cron="0 * * * *")}, slots=0)
    simulated.look()
    simulated.go(BEGIN + HOUR + MINUTE)
    (waiting,) = simulated.rows()
    taken = []
    for owner in ("a:1:1", "b:1:1"):
        with store.database.queue() as connection:
            taken.append(firings.begin(connection, waiting.id, owner=owner, log=None, now=1))
    assert taken[0] is not None
    assert taken[0].owner == "a:1:1"
    assert taken[1] is None


def test_a_run_that_was_given_up_is_told_so_and_ends_as_it_was(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"), lasts=9 * HOUR)
    simulated.go(BEGIN + HOUR + MINUTE)
    (running,) = simulated.rows()
    with store.database.queue() as connection:
        assert firings.beat(connection, running.id, owner="here:1:1", now=5) is None
        firings.ask_to_stop(connection, running.id, "it is due again")
        assert firings.beat(connection, running.id, owner="here:1:1", now=6) == "it is due again"
        firings.give_up(connection, running.id, state="lost", reason="gone", now=7)
        assert firings.beat(connection, running.id, owner="here:1:1", now=8) == "given up"
        ended = firings.end(
            connection,
            running.id,
            owner="here:1:1",
            state="done",
            status=0,
            reason=None,
            figures={},
            now=9,
        )
    assert not ended
    assert simulated.said() == ["01 01:00 lost"]


def test_what_ended_long_ago_is_forgotten_but_for_the_newest_run(store: SqlStore) -> None:
    simulated = begun(store, planned(cron="0 * * * *"))
    simulated.go(BEGIN + 5 * HOUR)
    with store.database.write() as connection:
        assert firings.prune(connection, before=number(BEGIN + DAY)) == 4
    assert simulated.said() == ["01 05:00 done"]
