"""Evidence of all candidates: by columns where titles and abstracts are all that two records can be
compared by, otherwise pair by pair. Both say what `dedup.evidence.compare` says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import alphabet
from dedup.candidates import Candidates
from dedup.columns import Columns
from dedup.evidence import ENOUGH, Folded, borderline, decide, strength
from dedup.grouping import Groups
from dedup.pairs import Overlap
from dedup.particulars import AUTHORS, FIRST_PAGE, IDENTIFIERS, VENUE
from dedup.scheme import Scheme
from dedup.signing import TITLE_NOTICE, TITLE_PART, TITLE_SLOW, buffers
from dedup.titles import Title, fold_title
from dedup.weighing import (
    FORM_WORDS,
    MOST_OF_TEXT,
    MOST_OF_TITLE,
    SAME_YEAR,
    SCATTERED,
    SCATTERED_WORDS,
    UNLIKE,
    UNLIKE_UNNAMED,
    inside_words,
    jaccard_words,
    series_words,
    title_words,
    year_words,
)
from dedup.words import words
from records import MatchState, Relation

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PIECE = 1 << 16
"""Pairs that one thread takes at a time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two groups say about each other, where it is not `different`."""

    a: int
    b: int
    relation: Relation
    strength: float
    similarity: float | None
    clues: list[dict[str, Any]]
    """As in `matches.jsonl`."""
    state: MatchState
    """As far as the pair alone decides it."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """Abstracts of pairs side by side."""

    jaccard: Floats
    inside: Floats
    least: NDArray[np.int64]
    both: Flags
    """Whether both have a text."""


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
    kept = _Kept(columns, groups)
    found: list[Verdict] = []
    for number, verdicts in enumerate(
        workers.map(lambda at: kept.judge(candidates.a[at], candidates.b[at]), pieces), 1
    ):
        found += verdicts
        progress(min(number * _PIECE, count), count)
    return found


class _Kept:
    """The rows that stand for groups, and what has been folded of them."""

    def __init__(self, columns: Columns, groups: Groups) -> None:
        self.columns, self.groups = columns, groups
        titles = columns.table.column("title").combine_chunks()
        self.titles = buffers(titles.fill_null("") if titles.null_count else titles)
        self._folded: dict[int, Folded] = {}
        self._titles: dict[int, Title] = {}

    def folded(self, group: int) -> Folded:
        found = self._folded.get(group)
        if found is None:
            found = self._folded[group] = self.columns.folded(int(self.groups.rows[group]))
        return found

    def judge(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> list[Verdict]:
        signed = self.columns.signed
        first, second = self.groups.rows[a], self.groups.rows[b]
        shared = _shared(self.columns, first, second)
        said = signed.title_flags[first] | signed.title_flags[second]
        readable = said & TITLE_SLOW == 0
        plain = readable & (signed.has[first] & signed.has[second] == 0)
        plain &= said & TITLE_NOTICE == 0
        same_words = signed.title_chains[first] == signed.title_chains[second]
        sure = same_words | (said & TITLE_PART == 0)
        by_columns = _by_columns(self, shared, first, second, readable)
        open_ones = ~plain & (by_columns.total + _at_most(self.columns, first, second) > 0)
        open_ones |= plain & np.where(sure, by_columns.kept, by_columns.total > 0)
        verdicts: list[Verdict | None] = []
        for at in np.flatnonzero(open_ones).tolist():
            numbers = int(a[at]), int(b[at])
            if not plain[at]:
                verdicts.append(self._decided(numbers, shared, at))
                continue
            series = FORM_WORDS if by_columns.of_one_form[at] else None
            if not sure[at]:
                titles = self.title(int(first[at])), self.title(int(second[at]))
                jaccard = float(shared.jaccard[at])
                scheme, form = self.columns.scheme, bool(by_columns.of_one_form[at])
                series = series_words(*titles, jaccard, scheme, form)
            verdicts.append(by_columns.verdict(at, numbers, self.columns.scheme, series))
        return [one for one in verdicts if one is not None]

    def title(self, row: int) -> Title:
        found = self._titles.get(row)
        if found is None:
            written = self.columns.table.column("title")[row].as_py()
            found = self._titles[row] = fold_title(written)
        return found

    def _decided(self, numbers: tuple[int, int], shared: _Shared, at: int) -> Verdict | None:
        """A pair by itself: see `decide`."""
        overlap = None
        if shared.both[at]:
            measured = shared.jaccard[at], shared.inside[at]
            overlap = Overlap(float(measured[0]), float(measured[1]), int(shared.least[at]))
        scheme = self.columns.scheme
        a, b = self.folded(numbers[0]), self.folded(numbers[1])
        found = decide(a, b, scheme, overlap)
        if found is None:
            return None
        clues = [
            {"kind": one.kind, "for": one.supports, "value": one.value, "words": one.words}
            for one in found.clues
        ]
        state = _state(found.relation, borderline(found, scheme))
        return Verdict(*numbers, found.relation, found.strength, found.similarity, clues, state)


def _at_most(columns: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    """What evidence besides abstract, title and year can add to a pair at most, and by how much
    authors or notices can make the years or the abstracts of one weigh less against it."""
    signed = columns.signed
    both = signed.has[a] & signed.has[b]
    more = np.zeros(a.size)
    for kind, most in ((AUTHORS, 3.0 + 1.5), (VENUE, 0.5), (FIRST_PAGE, 2.5), (IDENTIFIERS, 3.5)):
        more += np.where(both & kind, most, 0.0)
    notices = signed.title_flags[a] & signed.title_flags[b] & TITLE_NOTICE != 0
    return more + np.where(notices, 4.0, 0.0) + 1.0


def _state(relation: Relation, is_borderline: bool) -> MatchState:
    if relation == "same":
        return "joined"
    return "borderline" if is_borderline else "apart"


def _shared(columns: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> _Shared:
    from dedup.compiled.overlaps import shared_shingles

    signed = columns.signed
    shared = np.zeros(a.size, np.int32)
    rows = a.astype(np.int32), b.astype(np.int32)
    length = columns.scheme.shingle
    shared_shingles(signed.tokens, signed.starts, signed.ends, length, *rows, shared)
    size_a, size_b = signed.sizes[a].astype(np.int64), signed.sizes[b].astype(np.int64)
    least = np.minimum(size_a, size_b)
    both = least > 0
    jaccard = np.divide(shared, size_a + size_b - shared, out=np.zeros(a.size), where=both)
    inside = np.divide(shared, least, out=np.zeros(a.size), where=both)
    return _Shared(jaccard, inside, least, both)


@dataclass(frozen=True, slots=True)
class _ByColumns:
    """Verdicts on pairs, a place each; those that are not `plain` are not to be read."""

    shared: _Shared
    stands_inside: Flags
    scattered: Flags
    text: Floats
    likeness: Floats
    trust: Floats
    title: Floats
    of_one_form: Flags
    apart: NDArray[np.int64]
    """Years; -1: one has none."""
    years: tuple[NDArray[np.int32], NDArray[np.int32]]
    total: Floats
    kept: Flags

    def verdict(
        self, at: int, numbers: tuple[int, int], scheme: Scheme, series: str | None
    ) -> Verdict | None:
        """None: the two are `different`. `series`: why their titles are of two works."""
        total = float(self.total[at])
        relation: Relation
        if series is not None or self.apart[at] > 2:
            relation = "version"
        elif total >= 1:
            relation = "same" if total >= ENOUGH else "related"
        else:
            return None
        force = strength(total)
        near = relation == "related" and force >= scheme.borderline
        similarity = float(self.shared.jaccard[at]) if self.shared.both[at] else None
        return Verdict(
            *numbers, relation, force, similarity, self._clues(at, series), _state(relation, near)
        )

    def _clues(self, at: int, series: str | None) -> list[dict[str, Any]]:
        """Sorted by kind."""
        clues = []
        if self.shared.both[at]:
            value = float(self.shared.jaccard[at])
            said = jaccard_words(value)
            if self.stands_inside[at]:
                said += inside_words(float(self.shared.inside[at]))
            elif self.scattered[at]:
                said += SCATTERED_WORDS
            clues.append(_clue("jaccard", self.text[at] > 0, value, said))
        apart = int(self.apart[at])
        if apart > 2:
            first, second = sorted(int(years[at]) for years in self.years)
            clues.append(_clue("publication", False, None, f"years {first} and {second}"))
        if series is not None:
            clues.append(_clue("series", False, None, series))
        if self.likeness[at] >= 0:
            value = float(self.likeness[at])
            said = title_words(value, float(self.trust[at]))
            clues.append(_clue("title", self.title[at] > 0, value, said))
        if apart >= 0:
            clues.append(_clue("year", not apart, float(apart), year_words(apart)))
        return clues


def _clue(kind: str, supports: Any, value: float | None, said: str) -> dict[str, Any]:
    return {"kind": kind, "for": bool(supports), "value": value, "words": said}


def _by_columns(
    kept: _Kept, shared: _Shared, a: NDArray[np.int64], b: NDArray[np.int64], readable: Flags
) -> _ByColumns:
    """The sums of `dedup.weighing`, in its order, as far as abstracts, titles and years go. Of a
    pair whose titles are not `readable` to the kernels the title weighs the most it can."""
    columns = kept.columns
    signed, scheme = columns.signed, columns.scheme
    trust = np.minimum(signed.weights[a], signed.weights[b])
    stands_inside = _stand_inside(columns, shared, a, b)
    scattered = _scattered(columns, shared, a, b, ~stands_inside)
    text = _text_weights(shared, scheme, signed.has[a] & signed.has[b] & AUTHORS != 0)
    text = np.where(stands_inside, 4.5, np.where(scattered, 4.2, text))
    years = signed.years[a], signed.years[b]
    known = (years[0] >= 0) & (years[1] >= 0)
    apart = np.where(known, np.abs(years[0].astype(np.int64) - years[1]), -1)
    by_year = np.where(apart == 0, SAME_YEAR, np.where(apart > 0, -1.5, 0.0))
    # A title adds at most this; where that is too little, it need not be read.
    most = text + MOST_OF_TITLE * trust + by_year
    hopeless = most + _at_most(columns, a, b) <= 0
    likeness, of_one_form = _alignment(kept, a, b, readable & ~hopeless)
    title = np.where(
        likeness >= 0.9,
        MOST_OF_TITLE * trust * likeness,
        np.where(
            likeness >= 0.8,
            (likeness - 0.8) * 25 * trust,
            np.maximum(-5.0, (likeness - 0.8) * 10),
        ),
    )
    title = np.where(likeness >= 0, title, 0.0)
    total = text + title + by_year + np.where(apart > 2, -1.0, 0.0)
    total = np.where(readable, total, most)
    decides = of_one_form | (apart > 2)
    kept_ones = ~hopeless & np.where(decides, total > 0, total >= 1)
    return _ByColumns(
        shared,
        stands_inside,
        scattered,
        text,
        likeness,
        trust,
        title,
        of_one_form,
        apart,
        years,
        total,
        kept_ones,
    )


def _text_weights(shared: _Shared, scheme: Scheme, named: Flags) -> Floats:
    trust = np.minimum(1.0, shared.least / 40)
    value = shared.jaccard
    likeness = np.maximum(value, shared.inside / 2)
    unlike = np.where(named, UNLIKE, UNLIKE_UNNAMED)
    weights = np.where(
        value >= scheme.threshold,
        (MOST_OF_TEXT - 3.5 + 3.5 * value) * trust,
        np.where(
            likeness >= unlike,
            4 * (likeness - unlike) * trust,
            -4 * (1 - likeness / unlike) * trust,
        ),
    )
    return np.where(shared.both, weights, 0.0)


def _stand_inside(
    columns: Columns, shared: _Shared, a: NDArray[np.int64], b: NDArray[np.int64]
) -> Flags:
    """See `dedup.weighing`."""
    from dedup.compiled.overlaps import open_alike

    signed, scheme = columns.signed, columns.scheme
    asked = shared.both & (shared.least >= 25) & (shared.inside >= 0.95)
    asked &= shared.jaccard < scheme.threshold
    found = asked & (shared.jaccard >= 0.8 * scheme.threshold)
    size_a, size_b = signed.ends[a] - signed.starts[a], signed.ends[b] - signed.starts[b]
    cut = (signed.truncated[a] & (size_a <= size_b)) | (signed.truncated[b] & (size_b <= size_a))
    rows = np.flatnonzero(asked & ~found & cut)
    if rows.size:
        alike = np.zeros(rows.size, np.bool_)
        ends = a[rows].astype(np.int32), b[rows].astype(np.int32)
        open_alike(signed.tokens, signed.starts, signed.ends, 8, *ends, alike)
        found[rows] = alike
    return found


def _scattered(
    columns: Columns, shared: _Shared, a: NDArray[np.int64], b: NDArray[np.int64], asked: Flags
) -> Flags:
    from dedup.compiled.overlaps import longest_gaps

    signed, scheme = columns.signed, columns.scheme
    asked = asked & shared.both & (shared.least >= 40) & (shared.jaccard < scheme.threshold)
    asked &= shared.jaccard >= 0.7 * scheme.threshold
    rows = np.flatnonzero(asked)
    found = np.zeros(a.size, np.bool_)
    if rows.size:
        gaps = np.zeros(rows.size, np.int32)
        ends = a[rows].astype(np.int32), b[rows].astype(np.int32)
        longest_gaps(signed.tokens, signed.starts, signed.ends, scheme.shingle, *ends, gaps)
        found[rows] = gaps <= SCATTERED
    return found


def _alignment(
    kept: _Kept, a: NDArray[np.int64], b: NDArray[np.int64], asked: Flags
) -> tuple[Floats, Flags]:
    """Likeness of titles, -1 where there is nothing to compare; whether they are of one form."""
    from dedup.compiled.aligning import align_titles

    signed = kept.columns.signed
    likeness, of_one_form = np.full(a.size, -1.0), np.zeros(a.size, np.bool_)
    titled = (signed.title_chains[a] != 0) & (signed.title_chains[b] != 0)
    equal = signed.title_chains[a] == signed.title_chains[b]
    likeness[asked & titled & equal] = 1.0
    rows = np.flatnonzero(asked & titled & ~equal)
    if rows.size:
        known, sets = alphabet(), words()
        likenesses, forms = np.empty(rows.size), np.empty(rows.size, np.bool_)
        align_titles(
            *kept.titles,
            a[rows],
            b[rows],
            signed.weights[a[rows]],
            signed.weights[b[rows]],
            known.images,
            known.sequences,
            known.greek,
            known.classes,
            sets.notices,
            sets.parts,
            sets.sessions,
            sets.annexes,
            sets.recurring,
            sets.generic,
            sets.numerals,
            likenesses,
            forms,
        )
        likeness[rows], of_one_form[rows] = likenesses, forms
    return likeness, of_one_form


def surely_itself(columns: Columns, rows: NDArray[np.int64]) -> Flags:
    """Whether the abstract and the title of a record alone say that two which fold to it are one
    work: what `dedup.evidence.is_itself` says of it then."""
    signed = columns.signed
    text = MOST_OF_TEXT * np.minimum(1.0, signed.sizes[rows] / 40)
    silent = signed.title_flags[rows] & TITLE_NOTICE != 0
    return np.where(silent, 0.0, text) + MOST_OF_TITLE * signed.weights[rows] >= ENOUGH


def clues_of_itself(columns: Columns, row: int) -> list[dict[str, Any]] | None:
    """The clues of a record and another that folds to it, as in `matches.jsonl`. None: there is
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
    return clues
