"""Fire times of a trigger, over every change of the clock.

APScheduler's cron trigger does the calendar, on a clock without zone; which instant a time on the
wall is stands here, since in a zone it lets a job of half past two run twice in autumn and not at
all in spring. (Its calendar interval counts from the machine's own zone, and is not used.)

* a time of day that is skipped when clocks go forward: the job runs at the moment they do, once
  however many of its times were skipped;
* one that comes twice when clocks go back: it runs at the first;
* a cron line whose hours are a step (``*``, ``*/2``) follows time as it passes: skipped times are
  passed over, doubled ones run twice, an hour apart. So does cron itself;
* an interval (`Trigger.every`) knows no wall, and is counted from the Unix epoch.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from scheduling.triggers import DAYS, Cron, Trigger, time_of, zone_of

_TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_WIDEST = timedelta(hours=50)
"""More than two clocks of one moment differ by, and more than any change of one."""
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Whatever does not come before then never comes."""


def moment_after(trigger: Trigger, moment: datetime) -> datetime | None:
    """The first fire time after a moment, in UTC; None: it never fires again, or has no times of
    its own."""
    if trigger.every is not None:
        return _interval(trigger.every, moment)
    if trigger.cron is None and trigger.calendar is None:
        return None
    wall = _wall(trigger.said)
    found = wall.by_passing(moment) if wall.follows_time else wall.by_clock(moment)
    return found if found is None or found < _LATEST else None


def moments(trigger: Trigger, after: datetime, until: datetime) -> Iterator[datetime]:
    """Fire times in (after, until], in order."""
    found = moment_after(trigger, after)
    while found is not None and found <= until:
        yield found
        found = moment_after(trigger, found)


def newest(
    trigger: Trigger, after: datetime, until: datetime, *, most: int
) -> tuple[list[datetime], bool]:
    """The newest fire times in (after, until], at most so many, oldest first, and whether there are
    older ones there. Takes no longer for a year than for a day."""
    if trigger.every is not None and until > after:
        # else a schedule of every second takes minutes to find its way out of a month
        after = max(after, until - timedelta(seconds=trigger.every) * (most + 1))
    span = timedelta(hours=1)
    while True:
        begin = max(after, until - span)
        found = list(moments(trigger, begin, until))
        if len(found) > most or begin == after:
            return found[-most:] if most else [], len(found) > most
        span *= 8


def moment_of(number: int) -> datetime:
    """Of microseconds UTC."""
    return _EPOCH + number * _TICK


def number_of(moment: datetime) -> int:
    """Microseconds UTC."""
    return (moment - _EPOCH) // _TICK


def stamp_of(number: int) -> str:
    """Of microseconds UTC, as names of files have it.

    >>> stamp_of(1_763_866_800_000_000)
    '20251123T030000Z'
    """
    return moment_of(number).strftime("%Y%m%dT%H%M%SZ")


def _interval(seconds: float, moment: datetime) -> datetime:
    every = max(round(seconds * 1_000_000), 1)
    passed = (moment - _EPOCH) // _TICK
    return _EPOCH + (passed // every + 1) * every * _TICK


_Line = Callable[[datetime], datetime | None]
"""The first time on the wall, from one on."""


class _Wall:
    """Fire times as a clock on the wall shows them, and the instants that they are."""

    def __init__(self, trigger: Trigger) -> None:
        self._zone = zone_of(trigger.zone)
        cron = Cron.parse(trigger.cron) if trigger.cron is not None else None
        self.follows_time = cron is not None and cron.every_hour
        self._lines = [_calendar(trigger)] if cron is None else [*map(_fields, _of_cron(cron))]

    def by_clock(self, moment: datetime) -> datetime | None:
        """Of times of day: what the wall shows grows with the instants they are taken for, so that
        the first after a moment is the first after what the wall shows then."""
        shown = self._shown(moment)
        while True:
            found = self._next(shown)
            if found is None:
                return None
            instant = _instant(found, self._zone)
            if instant > moment:
                return instant
            shown = found + _TICK

    def by_passing(self, moment: datetime) -> datetime | None:
        """Of steps through the day: stretch by stretch in which the clock is not changed."""
        begin = moment + _TICK
        while begin < _LATEST:
            offset = _offset(begin, self._zone)
            end = _change_before(begin, begin + _DAY, self._zone) or begin + _DAY
            found = self._next((begin + offset).replace(tzinfo=None))
            if found is None:
                return None
            instant = found.replace(tzinfo=UTC) - offset
            if instant < end:
                return instant
            begin = max(end, instant - _WIDEST)
        return None

    def _shown(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def _next(self, shown: datetime) -> datetime | None:
        """The first time on the wall that fires, from one on."""
        found = [line(shown) for line in self._lines]
        return min((each for each in found if each is not None), default=None)


@lru_cache(maxsize=256)
def _wall(said: str) -> _Wall:
    return _Wall(Trigger.from_said(said))


def _fields(trigger: CronTrigger) -> _Line:
    """A cron trigger as if its times were UTC, which knows no change of the clock."""

    def first(shown: datetime) -> datetime | None:
        found = trigger.get_next_fire_time(None, shown.replace(tzinfo=UTC))
        return None if found is None else found.replace(tzinfo=None)

    return first


def _of_cron(cron: Cron) -> list[CronTrigger]:
    hours = {"minute": _listed(cron.minutes), "hour": _listed(cron.hours)}
    months = {"month": _listed(cron.months), "timezone": UTC}
    day = {"day": _listed(cron.days)}
    weekday = {"day_of_week": ",".join(DAYS[each] for each in sorted(cron.weekdays))}
    if cron.either_day:
        return [CronTrigger(**hours, **months, **day), CronTrigger(**hours, **months, **weekday)]
    return [CronTrigger(**hours, **months, **day, **weekday)]


def _listed(values: frozenset[int]) -> str:
    return ",".join(map(str, sorted(values)))


def _calendar(trigger: Trigger) -> _Line:
    """A month that lacks the day is passed over."""
    steps = {"years": 0, "months": 0, "weeks": 0, "days": 0} | dict(trigger.calendar or {})
    months, days = steps["years"] * 12 + steps["months"], steps["weeks"] * 7 + steps["days"]
    at, start = time_of(trigger.at), date.fromisoformat(trigger.start)

    def day(number: int) -> date | None:
        if days:
            return start + timedelta(number * days)
        year, month = divmod(start.year * 12 + start.month - 1 + number * months, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, start.day) if start.day <= last else None

    def first(shown: datetime) -> datetime | None:
        passed = shown.date() - start
        # no month is longer, so that this is before what is sought
        number = max(passed.days // (days or months * 31) - 1, 0)
        while (found := day(number)) is None or datetime.combine(found, at) < shown:
            number += 1
            if found is not None and found.year >= _LATEST.year:
                return None
        return datetime.combine(found, at)

    return first


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """When the wall shows a time, first; for one that it never shows, when it passes it over."""
    first = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == shown:
        return first
    other = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_before(min(first, other), max(first, other), zone) or first


def _change_before(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment in (begin, end] from which the clock shows another offset; None: there is none."""
    offset = _offset(begin, zone)
    if _offset(end, zone) == offset:
        return None
    while end - begin > timedelta(seconds=1):
        middle = begin + (end - begin) / 2
        if _offset(middle, zone) == offset:
            begin = middle
        else:
            end = middle
    return end.replace(microsecond=0)
