"""Evidence of all candidates: by columns, but pair by pair where one may be a notice or a letter
of a name is lost. Both say what `dedup.evidence.compare` says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dedup.agreeing import Agreeing
from dedup.candidates import Candidates
from dedup.cases import Case, Verdicts, one_by_one, together
from dedup.columns import Columns
from dedup.evidence import Folded, decide
from dedup.grouping import Groups
from dedup.heap import trim
from dedup.likening import NOT_READ
from dedup.overlapping import Rows
from dedup.pairs import Overlap
from dedup.particulars import AUTHORS, LOST
from dedup.phrases import FORM_WORDS
from dedup.screening import more_of_notices, screen
from dedup.titles import Title, align, fold_title
from dedup.titling import TITLE_NOTICE, TITLE_PART
from dedup.weighing import series_words
from records import Evidence

_LOST = 4.0
"""By how much more two records may weigh than columns say where a letter of a name is lost: what
authors in common weigh, and two years then."""
_PIECE = 1 << 16
"""Pairs that one thread takes at a time."""
_TRIMMED = 16
"""Pieces after which memory is given back."""
_REMEMBERED = 20_000
"""Titles that are remembered folded: pairs of one record stand near each other."""
_FOLDED = 1 << 12
"""Pairs whose records are folded at a time."""


def judge(
    columns: Columns,
    groups: Groups,
    candidates: Candidates,
    workers: ThreadPoolExecutor,
    progress: Callable[[int, int], None],
) -> Verdicts:
    """The verdicts that are not `different`."""
    count = candidates.a.size
    pieces = [slice(first, min(first + _PIECE, count)) for first in range(0, count, _PIECE)]
    bench = _Bench(columns, groups)
    found = [one_by_one(())]
    for number, verdicts in enumerate(
        workers.map(lambda at: bench.judge(candidates.a[at], candidates.b[at]), pieces), 1
    ):
        found.append(verdicts)
        if number % _TRIMMED == 0:
            trim()
        progress(min(number * _PIECE, count), count)
    return together(found)


def judge_few(columns: Columns, a: NDArray[np.int32], b: NDArray[np.int32]) -> Verdicts:
    """The verdicts of a few pairs of rows that are not `different`, without evidence in words;
    every row is a group."""
    every = np.arange(columns.table.num_rows)
    alone = Groups(every, every, np.ones_like(every))
    return _Bench(columns, alone, worded=False).judge(a, b)


class _Bench:
    """Judges pairs, and remembers what it had to fold of single records."""

    def __init__(self, columns: Columns, groups: Groups, *, worded: bool = True) -> None:
        self.columns, self.groups, self.worded = columns, groups, worded
        self._agreeing = Agreeing(columns)
        self._folded: dict[int, Folded] = {}
        self._titles: dict[int, Title] = {}
        self._lock = threading.Lock()

    def judge(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> Verdicts:
        with self._lock:
            if len(self._titles) > _REMEMBERED:
                self._titles.clear()
        return self._judge(a, b)

    def _judge(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> Verdicts:
        columns, rows = self.columns, self.groups.rows
        first, second = rows[a], rows[b]
        left = screen(columns, first, second)
        a, b = a[left.places], b[left.places]
        first, second = first[left.places], second[left.places]
        besides = self._agreeing.compare(first, second)
        case = Case(columns, (first, second), left.shared, left.titles, besides)
        has = columns.signed.has
        more = more_of_notices(columns, first, second)
        more += np.where((has[first] | has[second]) & LOST != 0, _LOST, 0.0)
        return self._verdicts(case, np.flatnonzero(case.total + more > 0), (a, b))

    def _verdicts(
        self, case: Case, at: Rows, ends: tuple[NDArray[np.int32], NDArray[np.int32]]
    ) -> Verdicts:
        """Of the pairs at some places; `ends`: the groups of all."""
        signed = self.columns.signed
        a, b = case.a[at], case.b[at]
        alone = signed.has[a] & signed.has[b] & AUTHORS != 0
        alone &= (signed.has[a] | signed.has[b]) & LOST != 0
        flags = signed.title_flags[a] | signed.title_flags[b]
        unsure = (flags & TITLE_NOTICE != 0) | (case.titles.likeness[at] == NOT_READ)
        unsure |= (flags & TITLE_PART != 0) & (signed.title_chains[a] != signed.title_chains[b])
        series = np.where(case.titles.of_one_form[at] & case.nobody[at], 0, -1)
        reasons = [FORM_WORDS]
        for place in np.flatnonzero(unsure & ~alone).tolist():
            one, other = self._title(int(a[place])), self._title(int(b[place]))
            if one.notice or other.notice:
                alone[place] = True
                continue
            said = self._series(case, int(at[place]), one, other)
            series[place] = -1 if said is None else len(reasons)
            reasons += [] if said is None else [said]
        plain = case.verdicts(at[~alone], ends, series[~alone], reasons, worded=self.worded)
        found = []
        pairs = at[alone]
        for first in range(0, pairs.size, _FOLDED):
            places = pairs[first : first + _FOLDED]
            records = self._records(np.unique([ends[0][places], ends[1][places]]))
            for place in places.tolist():
                numbers = int(ends[0][place]), int(ends[1][place])
                evidence = self._decided(case, place, records[numbers[0]], records[numbers[1]])
                if evidence is not None:
                    found.append((*numbers, evidence))
        return together([plain, one_by_one(found)]) if found else plain

    def _series(self, case: Case, at: int, one: Title, other: Title) -> str | None:
        """See `series_words`; where the kernels cannot read the titles, they are aligned here."""
        of_one_form = bool(case.titles.of_one_form[at])
        if case.titles.likeness[at] == NOT_READ:
            aligned = align(one, other)
            case.set_title(at, aligned.likeness if aligned else -1.0)
            of_one_form = aligned is not None and aligned.names_different_things
        of_one_form &= bool(case.nobody[at])
        jaccard = float(case.shared.jaccard[at])
        return series_words(one, other, jaccard, self.columns.scheme, of_one_form)

    def _title(self, row: int) -> Title:
        found = self._titles.get(row)
        if found is None:
            written = self.columns.table.column("title")[row].as_py()
            found = self._titles[row] = fold_title(written)
        return found

    def _records(self, groups: NDArray[np.int32]) -> dict[int, Folded]:
        """Of some groups; those that were asked for shortly before are remembered."""
        numbers = groups.tolist()
        before = self._folded
        missing = [number for number in numbers if number not in before]
        folded = self.columns.folded(self.groups.rows[missing])
        made = dict(zip(missing, folded, strict=True))
        self._folded = found = {
            number: made[number] if number in made else before[number] for number in numbers
        }
        return found

    def _decided(self, case: Case, at: int, one: Folded, other: Folded) -> Evidence | None:
        """A pair by itself: see `decide`."""
        overlap, shared = None, case.shared
        if shared.both[at]:
            jaccard, inside = float(shared.jaccard[at]), float(shared.inside[at])
            overlap = Overlap(jaccard, inside, int(shared.least[at]))
        return decide(one, other, self.columns.scheme, overlap)
