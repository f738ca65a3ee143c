"""When a schedule fires: what is written, checked and put into words.

A trigger is one of three kinds of moments, or none of its own (`AFTER`: it follows other
schedules). Its JSON (`Trigger.said`) is what the ledger keeps, so that fire times passed while a
schedule was changed are those of what stood there then.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
FIRST_DAY = date(2001, 1, 1)
"""From which calendar intervals are counted unless told: a Monday, first of its month and year."""


@dataclass(frozen=True, slots=True)
class CronField:
    """One of the five fields of a cron line."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    """Words for `first` and what follows it."""

    def values(self, text: str) -> frozenset[int]:
        """What a field stands for. Raises ValueError."""
        found: set[int] = set()
        for part in text.lower().split(","):
            span, _, step = part.partition("/")
            if step and not (_is_number(step) and int(step) > 0):
                raise ValueError(f"{self.name}: {part!r}: a step is a whole number from 1")
            found.update(self._span(span, step=int(step or 1), stepped=bool(step)))
        return frozenset(found)

    def _span(self, span: str, *, step: int, stepped: bool) -> range | list[int]:
        if span == "*":
            return range(self.first, self.last + 1, step)
        low, dash, high = span.partition("-")
        first = self._number(low)
        last = self._number(high) if dash else (self.last if stepped else first)
        if first <= last:
            return range(first, last + 1, step)
        if self.names != DAYS:
            raise ValueError(f"{self.name}: {span!r} runs backwards")
        return [each % 7 for each in range(first, last + 8, step)]  # fri-mon

    def _number(self, text: str) -> int:
        if text in self.names:
            return self.names.index(text) + self.first
        if not _is_number(text) or not self.first <= int(text) <= self._most():
            words = f", or {self.names[0]} to {self.names[-1]}" if self.names else ""
            raise ValueError(f"{self.name}: {text!r} is not {self.first} to {self._most()}{words}")
        return int(text)

    def _most(self) -> int:
        return 7 if self.names == DAYS else self.last


FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of the month", 1, 31),
    CronField("month", 1, 12, MONTHS),
    CronField("day of the week", 0, 6, DAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A cron line as crontab(5) means it: Sunday is 0 or 7, and where both the day of the month and
    the day of the week are restricted, either will do."""

    line: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    either_day: bool
    every_hour: bool
    """Its hours are a step through the day, so it follows time as it passes, not the clock on the
    wall: where the clock is changed, see `scheduling.moments`."""

    @classmethod
    def parse(cls, line: str) -> "Cron":
        """Raises ValueError, naming the field."""
        words = NICKNAMES.get(line.strip().lower(), line).split()
        if len(words) != len(FIELDS):
            raise ValueError(
                f"{line!r} has {len(words)} fields, not five: minute, hour, day of the month, "
                'month, day of the week; write "0 3 * * *" for three at night'
            )
        minutes, hours, days, months, weekdays = (
            field.values(word) for field, word in zip(FIELDS, words, strict=True)
        )
        return cls(
            line=" ".join(words),
            minutes=minutes,
            hours=hours,
            days=days,
            months=months,
            weekdays=frozenset(each % 7 for each in weekdays),
            either_day=not words[2].startswith("*") and not words[4].startswith("*"),
            every_hour=words[1].startswith("*") or len(hours) == 24,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """When a schedule fires: by one of `cron`, `every` and `calendar`, and then perhaps not before
    those of `after` have ended; or whenever those have."""

    zone: str
    """IANA name."""
    cron: str | None = None
    every: float | None = None
    """Seconds, counted from the Unix epoch: whoever computes them finds the same moments."""
    calendar: Mapping[str, int] | None = None
    """``years``, ``months``, ``weeks``, ``days``; a month without the day is passed over."""
    at: str = "00:00:00"
    """Of a calendar interval, on the clock of `zone`."""
    start: str = FIRST_DAY.isoformat()
    """Day from which a calendar interval is counted."""
    after: tuple[str, ...] = ()

    @property
    def has_moments(self) -> bool:
        """Whether it fires by the clock."""
        return self.cron is not None or self.every is not None or self.calendar is not None

    @property
    def said(self) -> str:
        """As JSON, the same for equal triggers."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_said(cls, said: str) -> "Trigger":
        """Of what `said` gave."""
        fields: dict[str, Any] = json.loads(said)
        return cls(**{**fields, "after": tuple(fields["after"])})

    @property
    def words(self) -> str:
        """For people."""
        parts = [self._moments()] if self.has_moments else []
        parts += [f"after {', '.join(self.after)}"] if self.after else []
        return ", ".join(parts)

    def _moments(self) -> str:
        if self.cron is not None:
            return f"{self.cron} {self.zone}"
        if self.every is not None:
            return f"every {span_in_words(self.every)}"
        steps = ", ".join(
            (unit.removesuffix("s") if number == 1 else f"{number} {unit}")
            for unit, number in (self.calendar or {}).items()
            if number
        )
        return f"every {steps} at {self.at} {self.zone}"

    def check(self) -> None:
        """Raise ValueError for what never fires or cannot be read."""
        zone_of(self.zone)
        if self.cron is not None:
            Cron.parse(self.cron)
        if self.calendar is not None and not any(self.calendar.values()):
            raise ValueError("has a calendar interval of nothing; write calendar = {months = 1}")
        time_of(self.at)
        if self.has_moments:
            from scheduling.moments import moment_after

            if moment_after(self, datetime.now(UTC)) is None:
                raise ValueError(f"{self._moments()}: never comes; write a day that there is")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def zone_of(name: str) -> ZoneInfo:
    """A time zone. Raises ValueError.

    >>> zone_of("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"{name!r} is no time zone; write one of the IANA names, as Asia/Shanghai"
        ) from error


def time_of(text: str) -> time:
    """A time of day. Raises ValueError."""
    try:
        found = time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'{text!r} is no time of day; write "03:00"') from error
    if found.tzinfo is not None or found.microsecond:
        raise ValueError(f'{text!r} is no time of day; write "03:00"')
    return found


def local_zone() -> str:
    """The IANA name of this machine's time zone; ``UTC`` where it has none."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
        zone_of(name or "")
    except (ValueError, LookupError, OSError):
        return "UTC"
    return str(name)


def span_in_words(seconds: float) -> str:
    """
    >>> span_in_words(90), span_in_words(86_400), span_in_words(0.5), span_in_words(5400)
    ('90 s', '1 d', '0.5 s', '90 min')
    """
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{int(seconds // length)} {unit}"
    if seconds >= 600 and seconds % 60 == 0:
        return f"{int(seconds // 60)} min"
    return f"{seconds:g} s"
