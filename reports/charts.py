"""Where things stand in a chart: the templates draw it, this says at which coordinates."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dedup.figures import Repeats, Share
from dedup.noticing import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing area with room for its axes; coordinates have one decimal."""

    x_most: float
    """Value at the right edge; the left edge is `x_least`."""
    y_most: float
    """Value at the top; the bottom is 0."""
    x_least: float = 0.0
    width: int = 640
    height: int = 260
    left: int = 56
    right: int = 16
    top: int = 16
    bottom: int = 44

    def x(self, value: float) -> float:
        """
        >>> Plot(x_most=1, y_most=1).x(0), Plot(x_most=1, y_most=1).x(1)
        (56.0, 624.0)
        """
        share = (value - self.x_least) / ((self.x_most - self.x_least) or 1)
        return round(self.left + share * (self.width - self.left - self.right), 1)

    def y(self, value: float) -> float:
        """
        >>> Plot(x_most=1, y_most=1).y(0), Plot(x_most=1, y_most=1).y(1)
        (216.0, 16.0)
        """
        share = value / (self.y_most or 1)
        return round(self.height - self.bottom - share * (self.height - self.top - self.bottom), 1)

    def path(self, points: Iterable[tuple[float, float]]) -> str:
        """A line through points, as the ``d`` of an SVG path."""
        return "M" + " L".join(f"{self.x(x)},{self.y(y)}" for x, y in points)


def ticks(most: int, count: int = 4) -> list[int]:
    """Round values from 0 that cover `most`; the last is where an axis ends.

    >>> ticks(87), ticks(3), ticks(0)
    ([0, 50, 100], [0, 1, 2, 3], [0, 1])
    """
    if most <= 0:
        return [0, 1]
    rough = most / count
    unit = 10 ** math.floor(math.log10(rough))
    step = max(1, next(unit * n for n in (1, 2, 5, 10) if unit * n >= rough))
    return [round(step * n) for n in range(math.ceil(most / step) + 1)]


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of a bar chart over consecutive values."""

    start: float
    end: float
    count: int
    label: str
    repeats: int = 0
    """Of `count`: drawn apart."""


_YEARS = range(1500, 2101)
"""Years that are drawn: outside of them are typing errors, which would squeeze all others."""


def year_columns(shares: Iterable[Share | Repeats], most: int = 40) -> list[Column]:
    """Records a year as columns without gaps: of one year, or of 2, 5, … where there are many.

    >>> some = [Share(name=y, records=n, share=0) for y, n in ((2001, 4), (2003, 1), (None, 2))]
    >>> [(column.label, column.count) for column in year_columns(some)]
    [('2001', 4), ('2002', 0), ('2003', 1)]
    """
    years = {
        each.name: (each.records, each.repeats if isinstance(each, Repeats) else 0)
        for each in shares
        if isinstance(each.name, int) and each.name in _YEARS
    }
    if not years:
        return []
    first, last = min(years), max(years)
    step = next(s for s in (1, 2, 5, 10, 25, 100) if (last - first) / s < most)
    start = first - first % step
    counts: dict[int, tuple[int, int]] = {}
    for year, (records, repeats) in years.items():
        place = (year - start) // step
        before = counts.get(place, (0, 0))
        counts[place] = before[0] + records, before[1] + repeats
    return [
        Column(
            start=start + place * step,
            end=start + (place + 1) * step,
            count=counts.get(place, (0, 0))[0],
            label=_years(start + place * step, step),
            repeats=counts.get(place, (0, 0))[1],
        )
        for place in range((last - start) // step + 1)
    ]


class Run(Protocol):
    """Records after a run."""

    @property
    def run(self) -> int: ...

    @property
    def records(self) -> int: ...

    @property
    def repeats(self) -> int: ...


def run_columns(runs: Sequence[Run], most: int = 60) -> list[Column]:
    """Records after each run, in their order; of many runs, after every so many and the last."""
    every = max(1, math.ceil(len(runs) / most))
    shown = list(runs[::-1][::every])[::-1]
    return [
        Column(
            start=place,
            end=place + 1,
            count=each.records,
            label=str(each.run),
            repeats=each.repeats,
        )
        for place, each in enumerate(shown)
    ]


def most_repeats(rows: Iterable[Repeats]) -> Repeats | None:
    """The row with the most repeats that has a name; None: nothing repeats."""
    named = [each for each in rows if each.name is not None and each.repeats]
    return max(named, key=lambda each: each.repeats, default=None)


def _years(first: int, step: int) -> str:
    return str(first) if step == 1 else f"{first}\u2013{first + step - 1}"


def column_labels(columns: Sequence[Column], most: int = 10) -> list[tuple[float, str]]:
    """(middle, first year) of as many columns as have room for a label."""
    every = math.ceil(len(columns) / most)
    return [
        ((each.start + each.end) / 2, each.label.partition("\u2013")[0])
        for each in columns[::every]
    ]


def curve(points: Iterable[Point]) -> list[tuple[float, float]]:
    return [(point.similarity, point.found) for point in points]


def told(points: Iterable[Point]) -> list[Point]:
    """The points that a table lists: every tenth, and from 0.5 on every twentieth part.

    >>> [point.similarity for point in told(Point(similarity=n / 100, found=0) for n in range(66))]
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65]
    """
    hundredths = ((round(point.similarity * 100), point) for point in points)
    return [point for place, point in hundredths if place % (5 if place >= 50 else 10) == 0]


class Stacked(Protocol):
    """One bar of two parts."""

    @property
    def same(self) -> int: ...

    @property
    def apart(self) -> int: ...


def tallest(bins: Iterable[Stacked]) -> int:
    """Pairs in the fullest bin."""
    return max((each.same + each.apart for each in bins), default=0)
