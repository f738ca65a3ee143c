"""Cron lines as crontab(5) means them; what cannot be meant is refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.triggers import Cron, Trigger, span_in_words


@pytest.mark.parametrize(
    ("line", "field", "values"),
    [
        ("0 3 * * *", "minutes", {0}),
        ("*/20 3 * * *", "minutes", {0, 20, 40}),
        ("5/20 3 * * *", "minutes", {5, 25, 45}),
        ("10-14,50 3 * * *", "minutes", {10, 11, 12, 13, 14, 50}),
        ("0 20-23/2 * * *", "hours", {20, 22}),
        ("0 3 * JAN,jul *", "months", {1, 7}),
        ("0 3 * * 0", "weekdays", {0}),
        ("0 3 * * 7", "weekdays", {0}),
        ("0 3 * * mon-fri", "weekdays", {1, 2, 3, 4, 5}),
        ("0 3 * * fri-mon", "weekdays", {5, 6, 0, 1}),
        ("0 3 * * 5-7", "weekdays", {5, 6, 0}),
        ("@weekly", "weekdays", {0}),
        ("@monthly", "days", {1}),
    ],
)
def test_a_field_means_what_crontab_says(line: str, field: str, values: set[int]) -> None:
    assert getattr(Cron.parse(line), field) == values


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 3 * *", "has 4 fields, not five"),
        ("", "has 0 fields, not five"),
        ("60 3 * * *", "minute: '60' is not 0 to 59"),
        ("0 24 * * *", "hour: '24' is not 0 to 23"),
        ("0 3 0 * *", "day of the month: '0' is not 1 to 31"),
        ("0 3 * may-mar *", "month: 'may-mar' runs backwards"),
        ("0 3 * * someday", "day of the week: 'someday' is not 0 to 7, or sun to sat"),
        ("*/0 3 * * *", "minute: '*/0': a step is a whole number from 1"),
        ("*/x 3 * * *", "minute: '*/x': a step is a whole number from 1"),
        ("0 3 -1 * *", "day of the month: '' is not 1 to 31"),
        ("٣ 3 * * *", "minute: '٣' is not 0 to 59"),
    ],
)
def test_a_line_that_means_nothing_is_refused_naming_the_field(line: str, told: str) -> None:
    with pytest.raises(ValueError) as refused:
        Cron.parse(line)
    assert told in str(refused.value)


def test_either_day_will_do_only_where_both_are_restricted() -> None:
    assert Cron.parse("0 3 13 * fri").either_day
    assert not Cron.parse("0 3 * * fri").either_day
    assert not Cron.parse("0 3 13 * *").either_day
    assert not Cron.parse("0 3 */2 * fri").either_day


@given(st.text(alphabet="0123456789*/-,funmosat @", max_size=24))
def test_any_text_is_a_line_or_is_refused(line: str) -> None:
    try:
        cron = Cron.parse(line)
    except ValueError:
        return
    assert cron.minutes <= {*range(60)}
    assert cron.hours <= {*range(24)}
    assert cron.days <= {*range(1, 32)}
    assert cron.months <= {*range(1, 13)}
    assert cron.weekdays <= {*range(7)}
    assert cron.minutes
    assert cron.weekdays


@pytest.mark.parametrize(
    "trigger",
    [
        Trigger(zone="Asia/Shanghai", cron="0 3 * * *", after=("a", "b")),
        Trigger(zone="UTC", every=0.5),
        Trigger(zone="UTC", calendar={"months": 2}, at="04:30", start="2020-05-31"),
        Trigger(zone="UTC", after=("a",)),
    ],
)
def test_a_trigger_comes_back_from_what_the_ledger_keeps(trigger: Trigger) -> None:
    trigger.check()
    assert Trigger.from_said(trigger.said) == trigger
    assert trigger.words


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (Trigger(zone="UTC", cron="0 0 30 2 *"), "never comes"),
        (Trigger(zone="Mars/Olympus", cron="0 0 * * *"), "is no time zone"),
        (Trigger(zone="../../etc/passwd", cron="0 0 * * *"), "is no time zone"),
        (Trigger(zone="UTC", calendar={"days": 1}, at="25:00"), "is no time of day"),
        (Trigger(zone="UTC", calendar={"days": 1}, at="03:00+01:00"), "is no time of day"),
    ],
)
def test_what_never_fires_is_refused(trigger: Trigger, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        trigger.check()


def test_a_span_is_told_in_the_largest_unit_that_fits() -> None:
    assert [span_in_words(each) for each in (1, 60, 3600, 7200, 86400, 1.5, 3660)] == [
        *("1 s", "1 min", "1 h", "2 h", "1 d", "1.5 s", "61 min")
    ]
