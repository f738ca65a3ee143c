"""Fire times over every change of the clock, against a walk through all minutes there are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.moments import moment_after, moments, newest
from scheduling.triggers import DAYS, Cron, Trigger

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    # half an hour, in the other half of the year
    "Australia/Lord_Howe": (datetime(2026, 10, 3, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC)),
}
"""Days in UTC on which clocks go forward, and back."""


def shown(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%d %H:%M %z")


def fires(trigger: Trigger, begin: datetime, days: int = 2) -> list[str]:
    until = begin + timedelta(days=days)
    return [shown(each, trigger.zone) for each in moments(trigger, begin - MINUTE, until)]


def matches(cron: Cron, wall: datetime) -> bool:
    """Whether a line names a time on the wall."""
    day = wall.day in cron.days
    weekday = (wall.isoweekday() % 7) in cron.weekdays
    return (
        wall.minute in cron.minutes
        and wall.hour in cron.hours
        and wall.month in cron.months
        and ((day or weekday) if cron.either_day else (day and weekday))
    )


def expected(cron: Cron, zone: ZoneInfo, begin: datetime, until: datetime) -> Iterator[datetime]:
    """Fire times in [begin, until), found by looking at every minute."""
    moment = begin - timedelta(days=2)
    before = moment.astimezone(zone).replace(tzinfo=None) - MINUTE
    latest = before  # the furthest that the wall has shown
    while moment < until:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if cron.every_hour:
            due = matches(cron, wall)
        else:
            passed = []
            while latest < wall:  # all that it shows for the first time, or passes over
                latest += MINUTE
                passed.append(latest)
            due = any(matches(cron, each) for each in passed)
        if due and moment >= begin:
            yield moment
        moment += MINUTE


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("Europe/Berlin", ["29 03:00 +0200", "30 02:30 +0200"]),
        ("America/New_York", ["08 03:00 -0400", "09 02:30 -0400"]),
        ("Australia/Lord_Howe", ["04 02:30 +1100", "05 02:30 +1100"]),
    ],
)
def test_a_time_that_is_skipped_in_spring_is_when_clocks_go_forward(
    zone: str, wanted: list[str]
) -> None:
    # Lord Howe skips 2:00 to 2:30 alone, so that half past two is there
    trigger = Trigger(zone=zone, cron="15,30 2 * * *")
    begin, _ = CHANGES[zone]
    found = fires(trigger, begin)
    assert [each for each in found if each in wanted] == wanted
    assert len(found) == 3  # once on the day of the change, twice on the other


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("Europe/Berlin", ["25 02:30 +0200", "26 02:30 +0100"]),
        ("America/New_York", ["01 01:30 -0400", "02 01:30 -0500"]),
        ("Australia/Lord_Howe", ["05 01:45 +1100", "06 01:45 +1030"]),
    ],
)
def test_a_time_that_comes_twice_in_autumn_counts_once(zone: str, wanted: list[str]) -> None:
    line = {"Europe/Berlin": "30 2 * * *", "America/New_York": "30 1 * * *"}.get(zone, "45 1 * * *")
    _, begin = CHANGES[zone]
    assert fires(Trigger(zone=zone, cron=line), begin) == wanted


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("season", [0, 1])
def test_a_line_of_every_quarter_goes_by_time_as_it_passes(zone: str, season: int) -> None:
    begin = CHANGES[zone][season]
    found = [*moments(Trigger(zone=zone, cron="*/15 * * * *"), begin, begin + timedelta(days=2))]
    assert {b - a for a, b in pairwise(found)} == {timedelta(minutes=15)}


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("season", [0, 1])
def test_a_daily_calendar_interval_comes_once_a_day(zone: str, season: int) -> None:
    begin = CHANGES[zone][season] - timedelta(days=3)
    trigger = Trigger(zone=zone, calendar={"days": 1}, at="02:10")
    found = [*moments(trigger, begin, begin + timedelta(days=7))]
    assert len({each.astimezone(ZoneInfo(zone)).date() for each in found}) == len(found) == 7


def subset(first: int, last: int) -> st.SearchStrategy[str]:
    return st.one_of(
        st.just("*"),
        st.integers(1, last).map(lambda step: f"*/{step}"),
        st.lists(st.integers(first, last), min_size=1, max_size=4).map(
            lambda some: ",".join(map(str, some))
        ),
    )


LINES = st.tuples(
    subset(0, 59),
    subset(0, 23),
    st.sampled_from(["*", "*", "29", "1,25", "*/2"]),
    st.sampled_from(["*", "*", "3,4,10,11"]),
    st.one_of(st.just("*"), st.sampled_from(DAYS)),
).map(" ".join)


@given(
    LINES,
    st.sampled_from([*CHANGES, "Asia/Shanghai", "Africa/Casablanca", "America/St_Johns"]),
    st.integers(0, 1),
    st.integers(-1440, 1440),
)
def test_fire_times_are_those_that_a_walk_through_all_minutes_finds(
    line: str, zone: str, season: int, minutes: int
) -> None:
    days = CHANGES.get(zone, CHANGES["Europe/Berlin"])
    begin = days[season] + minutes * MINUTE
    until = begin + timedelta(days=1)
    found = [*moments(Trigger(zone=zone, cron=line), begin - MINUTE, until - MINUTE)]
    assert found == [*expected(Cron.parse(line), ZoneInfo(zone), begin, until)]


@given(st.integers(1, 100_000_000), st.datetimes(datetime(1999, 1, 1), datetime(2100, 1, 1)))
def test_an_interval_is_counted_from_the_epoch_whoever_asks(milli: int, naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    trigger = Trigger(zone="UTC", every=milli / 1000)
    found = moment_after(trigger, moment)
    assert found is not None
    micro = timedelta(microseconds=1)
    assert moment < found <= moment + timedelta(milliseconds=milli)
    assert ((found - datetime(1970, 1, 1, tzinfo=UTC)) // micro) % (milli * 1000) == 0


@given(
    st.sampled_from(
        [
            Trigger(zone="Europe/Berlin", cron="*/7 * * * *"),
            Trigger(zone="Europe/Berlin", cron="30 2 * * *"),
            Trigger(zone="UTC", every=1000.0),
            Trigger(zone="Asia/Shanghai", calendar={"weeks": 1}, at="03:00"),
        ]
    ),
    st.integers(0, 40_000),
    st.integers(1, 12),
)
def test_the_newest_fire_times_are_the_last_of_all(
    trigger: Trigger, minutes: int, most: int
) -> None:
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    until = begin + minutes * MINUTE
    whole = [*moments(trigger, begin, until)]
    assert newest(trigger, begin, until, most=most) == (whole[-most:], len(whole) > most)


def test_a_month_that_lacks_the_day_is_passed_over() -> None:
    trigger = Trigger(zone="UTC", calendar={"months": 1}, at="03:00", start="2026-01-31")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    found = [*moments(trigger, begin, begin + timedelta(days=365))]
    assert [each.month for each in found] == [1, 3, 5, 7, 8, 10, 12]


def test_a_day_that_comes_every_four_years_is_found() -> None:
    trigger = Trigger(zone="UTC", cron="0 0 29 2 *")
    assert moment_after(trigger, datetime(2097, 1, 1, tzinfo=UTC)) == datetime(
        2104, 2, 29, tzinfo=UTC
    )
