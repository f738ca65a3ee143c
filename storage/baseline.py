"""What pages of a source are like, learned from those it had, and what page is unlike them.

A baseline is kept for each source and kind of address: lists and articles differ. It is the set of
up to `WINDOW` pages that were accepted (read, or released) before the last `LAST` - 1 ones judged.
What it says depends on that set, not on the order in which the pages came.

A page shows a symptom (`storage.symptoms`) where nearly all of its records have what few had. That
is drift where one of two tests leaves it to chance at `ALARM`, 1 to 10 million:

*By the page alone*: no page with about as many records has shown it, and so many records of one
page having it would be that unlikely if each had it with the share *p* it has in the baseline, by
Chernoff's bound exp(-n KL(k/n, p)). *p* counts as though one page more had been seen, on which all
had it: where none ever had, that is 1/21 behind 20 pages, and 6 records are enough; behind 200
pages 4 are. Records of one page are not drawn one by one, so this bound is not all there is to it:
whatever pages are like, one that is the first of its kind behind M comes with a probability of at
most 1/(e M) a symptom (2 % behind 20 pages, 0.2 % behind 200), and a person is shown it once.
Asked only of what at most 1 - `HABIT` of the records have.

*By the last pages together*: of the last 10, or 20, pages so many show it, and of those of the
baseline so few, that drawing the last ones from all by lot would hit as many that rarely: the tail
of the hypergeometric distribution, exact where their order means nothing. Ten of ten behind 20
pages that never showed it, five of ten behind 190. As pages that follow each other are often alike,
no 10, or 20, in a row may have had half as many before; and as small pages show anything sooner,
one of fewer records than most counts only where it is less likely than 1 %. Those of the last pages
that tell so were accepted, none being evidence by itself: they are taken back.

About 25 symptoms are looked for, each in three ways: if pages come as these tests take them to, one
in 100,000 is called drift by chance. Nothing is judged behind fewer than `LEAST` pages: behind 17
not even ten pages of ten are as rare as `ALARM`.

What a person released counts: behind `TAUGHT` released pages that show a symptom it is the source's
own.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import comb, inf, log
from statistics import median_low

from records import Measures, Problem
from storage.symptoms import HABIT, Symptom, Tally, shows, symptoms

WINDOW = 200
LEAST = 20
LAST = 20
TAUGHT = 3
ALARM = 1e-7
_SPANS = (10, LAST)
_WEAK = 0.01
_COMPARABLE = 10
"""A page of so many records, or of more, is comparable with one of half as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page that passes its own check."""

    page: int
    """Its id."""
    measures: Measures
    accepted: bool
    """Its records are stored; else it waits in quarantine, for drift."""
    released: bool = False
    """Accepted on a person's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How a page is unlike its source's others."""

    problem: Problem
    alike: tuple[tuple[int, Problem], ...] = ()
    """Accepted pages, by id, that show the same and were no evidence by themselves, each with its
    problem."""


class Baseline:
    """What one kind of one source's pages are like, and the last pages, which do not count yet."""

    def __init__(self, pages: Iterable[Seen] = ()) -> None:
        """`pages`: oldest first."""
        self.pages: deque[Seen] = deque()
        """Accepted."""
        self.tally = Tally()
        """Of `pages`."""
        self._last: deque[Seen] = deque()
        for each in pages:
            self.add(each)

    def add(self, each: Seen) -> None:
        """A page newer than all others. A released one is not evidence of drift, but of what is
        right."""
        if each.released:
            self._learn(each)
        else:
            self._last.append(each)
        while self._last and (len(self.pages) < LEAST or len(self._last) >= LAST):
            self._learn(self._last.popleft())

    def _learn(self, each: Seen) -> None:
        if not each.accepted:
            return
        self.pages.append(each)
        self.tally.add(each.measures)
        if len(self.pages) > WINDOW:
            self.tally.add(self.pages.popleft().measures, -1)

    def judge(self, page: Measures) -> list[Drift]:
        """What is odd about a page that is none of these; empty: nothing is, or there are too few
        pages to tell."""
        if len(self.pages) < LEAST:
            return []
        shown = [each for each in symptoms(self.tally) if shows(page, each)]
        return [drift for each in shown if (drift := self._weigh(page, each)) is not None]

    def _weigh(self, page: Measures, symptom: Symptom) -> Drift | None:
        pages = [each for each in self.pages if symptom.hits(each.measures)[1]]
        last = [each for each in self._last if symptom.hits(each.measures)[1]]
        alike = [each for each in pages if shows(each.measures, symptom)]
        if len(pages) < LEAST or sum(each.released for each in alike) >= TAUGHT:
            return None
        habit = _Habit(symptom, [each.measures for each in pages])
        told = habit.broken_by(page)
        seen = [*alike, *(o for o in last if o.accepted and shows(o.measures, symptom))]
        if told is not None and not _is_seen(symptom, page, seen):
            return Drift(problem=_problem(symptom, page, told))
        if not habit.tells(page):
            return None
        telling = [habit.tells(each.measures) for each in last]
        for span in _SPANS:
            told = habit.broken_by_last(telling[1 - span :], span)
            if told is not None:
                back = [o for o, tells in zip(last, telling, strict=True) if o.accepted and tells]
                return Drift(
                    problem=_problem(symptom, page, told),
                    alike=tuple((o.page, _problem(symptom, o.measures, told)) for o in back),
                )
        return None


def _is_seen(symptom: Symptom, page: Measures, alike: Iterable[Seen]) -> bool:
    """Whether some page with about as many records has shown the same."""
    of = min(symptom.hits(page)[1], _COMPARABLE)
    return any(symptom.hits(each.measures)[1] * 2 >= of for each in alike)


class _Habit:
    """How pages have a symptom, and whether others break with it."""

    def __init__(self, symptom: Symptom, pages: Sequence[Measures]) -> None:
        """`pages`: those of which it can be said, oldest first."""
        self._symptom = symptom
        counts = [symptom.hits(each) for each in pages]
        self._shown = [shows(each, symptom) for each in pages]
        self._hit, self._of = (sum(column) for column in zip(*counts, strict=True))
        self._share = (self._hit / self._of * len(pages) + 1) / (len(pages) + 1)
        self._middle = median_low(of for _, of in counts)

    def _evidence(self, page: Measures) -> float:
        """Chernoff's bound on how likely a page is, as the negative logarithm."""
        hit, of = self._symptom.hits(page)
        return of * divergence(hit / of, self._share)

    def broken_by(self, page: Measures) -> str | None:
        """The evidence of one page, in words; None: it is none."""
        if self._hit > (1 - HABIT) * self._of or self._evidence(page) < -log(ALARM):
            return None
        others = _share(self._of - self._hit, self._of)
        return f"on {len(self._shown)} earlier pages {others} {self._symptom.usual}"

    def tells(self, page: Measures) -> bool:
        """Whether a page shows the symptom, and not because it is so small: with as many records as
        others have, or where records drawn by lot hardly would."""
        if not shows(page, self._symptom):
            return False
        return self._symptom.hits(page)[1] >= self._middle or self._evidence(page) >= -log(_WEAK)

    def broken_by_last(self, telling: Sequence[bool], span: int) -> str | None:
        """The evidence of the last pages and one more that tells, in words; None: it is none."""
        count, length = 1 + sum(telling), 1 + len(telling)
        before, pages = sum(self._shown), len(self._shown)
        if chance_of_last(count, length, before, pages) > ALARM:
            return None
        if most_in_a_row(self._shown, span) * 2 >= count:
            return None
        return (
            f"so it is on {count} of the last {length} pages, and on {before} of {pages} "
            "before them"
        )


def divergence(q: float, p: float) -> float:
    """Kullback-Leibler divergence of two shares, in nats; 0 where `q` is not above `p`.

    >>> round(divergence(1, 1 / 21), 2), divergence(0.1, 0.2)
    (3.04, 0.0)
    """
    if q <= p:
        return 0.0
    if p <= 0:
        return inf
    rest = (1 - q) * log((1 - q) / (1 - p)) if q < 1 else 0.0
    return q * log(q / p) + rest


def chance_of_last(count: int, last: int, before: int, pages: int) -> float:
    """How likely it is by lot that of `last` pages `count` or more show what `before` of `pages`
    others show: the tail of the hypergeometric distribution.

    >>> chance_of_last(10, 10, 0, 20) < ALARM < chance_of_last(10, 10, 0, 17)
    True
    """
    total, shown = last + pages, count + before
    ways = sum(
        comb(shown, hit) * comb(total - shown, last - hit)
        for hit in range(count, min(last, shown) + 1)
    )
    return ways / comb(total, last)


def most_in_a_row(shown: Sequence[bool], length: int) -> int:
    """How many of so many successive pages showed something, where they were the most.

    >>> most_in_a_row([True, True, False, True], 2)
    2
    """
    most = count = sum(islice(shown, length))
    for new, old in zip(shown[length:], shown, strict=False):
        count += new - old
        most = max(most, count)
    return most


def _problem(symptom: Symptom, page: Measures, told: str) -> Problem:
    return Problem(code="drift", severity="error", message=f"{symptom.words(page)}; {told}")


def _share(part: int, whole: int) -> str:
    """In per cent, never more than it is.

    >>> _share(999, 1000), _share(7, 7), _share(2, 3)
    ('99.9 %', '100 %', '66.6 %')
    """
    tenths = part * 1000 // whole
    return f"{tenths // 10} %" if not tenths % 10 else f"{tenths / 10:.1f} %"
