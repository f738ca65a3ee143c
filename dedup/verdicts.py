"""Evidence of all candidates: by columns where abstracts, titles and years are all that two records
can be compared by, otherwise pair by pair. Both say what `dedup.evidence.compare` says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import Candidates
from dedup.columns import Columns
from dedup.evidence import ENOUGH, Folded, borderline, decide, strength
from dedup.grouping import Groups
from dedup.heap import trim
from dedup.likening import Liked, like
from dedup.overlapping import (
    Flags,
    Floats,
    Rows,
    Shared,
    count_shared,
    least_that_matters,
    measure,
    most_below,
)
from dedup.pairs import Overlap
from dedup.particulars import AUTHORS, FIRST_PAGE, IDENTIFIERS, VENUE
from dedup.titles import Title, align, fold_title
from dedup.titling import TITLE_NOTICE, TITLE_PART, TITLE_SLOW
from dedup.weighing import (
    FORM_WORDS,
    MOST_OF_TEXT,
    MOST_OF_TITLE,
    SAME_YEAR,
    SCATTERED_WORDS,
    inside_words,
    jaccard_words,
    series_words,
    title_weight,
    title_words,
    year_words,
)
from records import MatchState, Relation

_PIECE = 1 << 16
"""Pairs that one thread takes at a time."""
_TRIMMED = 16
"""Pieces after which memory is given back."""
_REMEMBERED = 20_000
"""Titles and records that are remembered folded: pairs of one record stand near each other."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two groups say about each other, where it is not `different`."""

    a: int
    b: int
    relation: Relation
    strength: float
    similarity: float | None
    evidence: bytes
    """JSON, as in `matches.jsonl`."""
    state: MatchState
    """As far as the pair alone decides it."""


def judge(
    columns: Columns,
    groups: Groups,
    candidates: Candidates,
    workers: ThreadPoolExecutor,
    progress: Callable[[int, int], None],
) -> list[Verdict]:
    """The verdicts that are not `different`, in the order of the candidates."""
    count = candidates.a.size
    pieces = [slice(first, min(first + _PIECE, count)) for first in range(0, count, _PIECE)]
    bench = _Bench(columns, groups)
    found: list[Verdict] = []
    for number, verdicts in enumerate(
        workers.map(lambda at: bench.judge(candidates.a[at], candidates.b[at]), pieces), 1
    ):
        found += verdicts
        if number % _TRIMMED == 0:
            trim()
        progress(min(number * _PIECE, count), count)
    return found


class _Bench:
    """Judges pairs, and remembers what it had to fold of single records."""

    def __init__(self, columns: Columns, groups: Groups) -> None:
        self.columns, self.groups = columns, groups
        self._folded: dict[int, Folded] = {}
        self._titles: dict[int, Title] = {}
        self._lock = threading.Lock()

    def judge(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> list[Verdict]:
        with self._lock:
            if len(self._titles) > _REMEMBERED:
                self._titles.clear()
            if len(self._folded) > _REMEMBERED:
                self._folded.clear()
        return self._judge(a, b)

    def _judge(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> list[Verdict]:
        """Cheapest first: most candidates are told to be `different` by the words of their titles
        and a glance at their abstracts."""
        columns, rows = self.columns, self.groups.rows
        first, second = rows[a], rows[b]
        titles = like(columns, first, second)
        besides = _at_most(columns, first, second)
        besides += _most_of_title(columns, first, second, titles.likeness)
        named = columns.signed.has[first] & columns.signed.has[second] & AUTHORS != 0
        hopeless = besides + most_below(columns.scheme, named) <= 0
        needed = np.where(hopeless, least_that_matters(columns, first, second), 0)
        shared = count_shared(columns, first, second, needed.astype(np.int32))
        left = np.flatnonzero(shared >= 0)
        case = _Case(columns, first[left], second[left], shared[left], titles.at(left))
        verdicts = []
        for at in np.flatnonzero(case.total + _margin(columns, case.a, case.b) > 0).tolist():
            found = self._verdict(case, at, (int(a[left[at]]), int(b[left[at]])))
            if found is not None:
                verdicts.append(found)
        return verdicts

    def _verdict(self, case: _Case, at: int, numbers: tuple[int, int]) -> Verdict | None:
        columns, rows = self.columns, (int(case.a[at]), int(case.b[at]))
        if columns.signed.has[rows[0]] & columns.signed.has[rows[1]]:
            return self._decided(case, at, numbers)
        flags = columns.signed.title_flags[rows[0]] | columns.signed.title_flags[rows[1]]
        of_one_form = bool(case.titles.of_one_form[at])
        series = FORM_WORDS if of_one_form else None
        chains = columns.signed.title_chains
        unsure = flags & TITLE_PART and chains[rows[0]] != chains[rows[1]]
        if flags & (TITLE_NOTICE | TITLE_SLOW) or unsure:
            one, other = self._title(rows[0]), self._title(rows[1])
            if one.notice or other.notice:
                return self._decided(case, at, numbers)
            if flags & TITLE_SLOW:
                aligned = align(one, other)
                case.set_title(at, aligned.likeness if aligned else -1.0)
                of_one_form = aligned is not None and aligned.names_different_things
            jaccard = float(case.shared.jaccard[at])
            series = series_words(one, other, jaccard, columns.scheme, of_one_form)
        return case.verdict(at, numbers, series)

    def _title(self, row: int) -> Title:
        found = self._titles.get(row)
        if found is None:
            written = self.columns.table.column("title")[row].as_py()
            found = self._titles[row] = fold_title(written)
        return found

    def _record(self, group: int) -> Folded:
        found = self._folded.get(group)
        if found is None:
            found = self._folded[group] = self.columns.folded(int(self.groups.rows[group]))
        return found

    def _decided(self, case: _Case, at: int, numbers: tuple[int, int]) -> Verdict | None:
        """A pair by itself: see `decide`."""
        overlap, shared = None, case.shared
        if shared.both[at]:
            jaccard, inside = float(shared.jaccard[at]), float(shared.inside[at])
            overlap = Overlap(jaccard, inside, int(shared.least[at]))
        scheme = self.columns.scheme
        found = decide(self._record(numbers[0]), self._record(numbers[1]), scheme, overlap)
        if found is None:
            return None
        said = _json(
            [
                {"kind": one.kind, "for": one.supports, "value": one.value, "words": one.words}
                for one in found.clues
            ]
        )
        state = _state(found.relation, borderline(found, scheme))
        return Verdict(*numbers, found.relation, found.strength, found.similarity, said, state)


def _at_most(columns: Columns, a: Rows, b: Rows) -> Floats:
    """What evidence besides abstract and title can weigh at most."""
    signed = columns.signed
    both = signed.has[a] & signed.has[b]
    same_year = (signed.years[a] == signed.years[b]) & (signed.years[a] >= 0)
    most = np.where(same_year, SAME_YEAR, 0.0)
    for kind, weight in ((AUTHORS, 3.0), (VENUE, 0.5), (FIRST_PAGE, 2.5), (IDENTIFIERS, 3.5)):
        most += np.where(both & kind, weight, 0.0)
    return most


def _margin(columns: Columns, a: Rows, b: Rows) -> Floats:
    """By how much the sum of a pair may be above that of abstracts, titles and years."""
    signed = columns.signed
    both = signed.has[a] & signed.has[b]
    # Authors in common make years apart weigh 1 less against; so does a common page.
    more = np.where(both, _at_most(columns, a, b) + 2.0, 0.0)
    notices = signed.title_flags[a] & signed.title_flags[b] & TITLE_NOTICE != 0
    return more + np.where(notices, 4.0, 0.0)


def _most_of_title(columns: Columns, a: Rows, b: Rows, likeness: Floats) -> Floats:
    """What titles can weigh at most; `likeness` is what `quick` says of them."""
    trust = np.minimum(columns.signed.weights[a], columns.signed.weights[b])
    known = np.where(likeness >= 0, _title_weights(likeness, trust), 0.0)
    notices = columns.signed.title_flags[a] & columns.signed.title_flags[b] & TITLE_NOTICE != 0
    return np.where(likeness < -1, MOST_OF_TITLE * trust, known) + np.where(notices, 4.0, 0.0)


def _title_weights(likeness: Floats, trust: Floats) -> Floats:
    """See `title_weight`."""
    return np.where(
        likeness >= 0.9,
        MOST_OF_TITLE * trust * likeness,
        np.where(
            likeness >= 0.8,
            (likeness - 0.8) * 25 * trust,
            np.maximum(-5.0, (likeness - 0.8) * 10),
        ),
    )


class _Case:
    """Pairs that are not hopeless, and the sums of `dedup.weighing`, in its order, as far as
    abstracts, titles and years go: at most these, where the kernels cannot read a title."""

    def __init__(
        self, columns: Columns, a: Rows, b: Rows, shared: NDArray[np.int32], titles: Liked
    ) -> None:
        signed = columns.signed
        self.a, self.b, self.scheme = a, b, columns.scheme
        named = signed.has[a] & signed.has[b] & AUTHORS != 0
        self.shared: Shared = measure(columns, a, b, shared, named)
        self.trust = np.minimum(signed.weights[a], signed.weights[b])
        self.years = signed.years[a], signed.years[b]
        known = (self.years[0] >= 0) & (self.years[1] >= 0)
        apart = np.abs(self.years[0].astype(np.int64) - self.years[1])
        self.apart = np.where(known, apart, -1)
        self._by_year = np.where(self.apart == 0, SAME_YEAR, np.where(self.apart > 0, -1.5, 0.0))
        self.titles = titles
        known = np.where(titles.likeness >= 0, _title_weights(titles.likeness, self.trust), 0.0)
        title = np.where(titles.likeness < -1, MOST_OF_TITLE * self.trust, known)
        self.total = self.shared.text + title + self._by_year
        self.total += np.where(self.apart > 2, -1.0, 0.0)

    def set_title(self, at: int, likeness: float) -> None:
        """How alike the titles of a pair are that the kernels cannot read."""
        self.titles.likeness[at] = likeness
        title = title_weight(likeness, float(self.trust[at])) if likeness >= 0 else 0.0
        total = float(self.shared.text[at]) + title + float(self._by_year[at])
        self.total[at] = total - (1.0 if self.apart[at] > 2 else 0.0)

    def verdict(self, at: int, numbers: tuple[int, int], series: str | None) -> Verdict | None:
        """None: the two are `different`. `series`: why their titles are of two works."""
        total = float(self.total[at])
        decides = series is not None or self.apart[at] > 2
        if total <= 0 or (total < 1 and not decides):
            return None
        relation: Relation = "version" if decides else "same" if total >= ENOUGH else "related"
        force = strength(total)
        state = _state(relation, relation == "related" and force >= self.scheme.borderline)
        similarity = float(self.shared.jaccard[at]) if self.shared.both[at] else None
        said = _json(self._clues(at, series))
        return Verdict(*numbers, relation, force, similarity, said, state)

    def _clues(self, at: int, series: str | None) -> list[dict[str, Any]]:
        """Sorted by kind."""
        clues, shared = [], self.shared
        if shared.both[at]:
            value = float(shared.jaccard[at])
            said = jaccard_words(value)
            if shared.stands_inside[at]:
                said += inside_words(float(shared.inside[at]))
            elif shared.scattered[at]:
                said += SCATTERED_WORDS
            clues.append(_clue("jaccard", shared.text[at] > 0, value, said))
        apart = int(self.apart[at])
        if apart > 2:
            first, second = sorted(int(years[at]) for years in self.years)
            clues.append(_clue("publication", False, None, f"years {first} and {second}"))
        if series is not None:
            clues.append(_clue("series", False, None, series))
        value, trust = float(self.titles.likeness[at]), float(self.trust[at])
        if value >= 0:
            supports = title_weight(value, trust) > 0
            clues.append(_clue("title", supports, value, title_words(value, trust)))
        if apart >= 0:
            clues.append(_clue("year", not apart, float(apart), year_words(apart)))
        return clues


def _clue(kind: str, supports: Any, value: float | None, said: str) -> dict[str, Any]:
    return {"kind": kind, "for": bool(supports), "value": value, "words": said}


def _json(clues: list[dict[str, Any]]) -> bytes:
    import orjson

    # Copied, as orjson leaves a kilobyte's room behind every answer.
    return bytes(memoryview(orjson.dumps(clues)))


def _state(relation: Relation, is_borderline: bool) -> MatchState:
    if relation == "same":
        return "joined"
    return "borderline" if is_borderline else "apart"


def surely_itself(columns: Columns, rows: Rows) -> Flags:
    """Whether the abstract and the title of a record alone say that two which fold to it are one
    work: what `dedup.evidence.is_itself` says of it then."""
    signed = columns.signed
    text = MOST_OF_TEXT * np.minimum(1.0, signed.sizes[rows] / 40)
    silent = signed.title_flags[rows] & TITLE_NOTICE != 0
    return np.where(silent, 0.0, text) + MOST_OF_TITLE * signed.weights[rows] >= ENOUGH


def evidence_of_itself(columns: Columns, row: int) -> bytes | None:
    """Evidence of a record and another that folds to it, as in `matches.jsonl`. None: there is
    more to compare than abstract, title and year."""
    signed = columns.signed
    if signed.has[row] or signed.title_flags[row] & TITLE_NOTICE:
        return None
    clues = []
    if signed.sizes[row]:
        clues.append(_clue("jaccard", True, 1.0, jaccard_words(1.0)))
    if signed.title_chains[row]:
        trust = float(signed.weights[row])
        clues.append(_clue("title", trust > 0, 1.0, title_words(1.0, trust)))
    if signed.years[row] >= 0:
        clues.append(_clue("year", True, 0.0, year_words(0)))
    return _json(clues)
