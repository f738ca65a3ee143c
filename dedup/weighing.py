"""The kinds of evidence: what each says of two records, in words, and how much it weighs.

Each kind is one function and one row of `KINDS`. It reads the two records and the scheme, and
weighs for one work (above 0) or against it (below 0); weights add up. None: there is nothing to
compare. Of a record with itself no kind weighs less than of that record with any other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dedup.folded import Folded
from dedup.hashing import run_hashes
from dedup.names import agreement
from dedup.places import published_apart, venues_agree
from dedup.scheme import Scheme
from dedup.titles import likeness, name_different_things, numbers_differ, parts_differ
from records import Clue

_SCATTERED = 15
"""Longest run of shingles by which two printings differ where single words were changed."""
_IDENTIFYING = frozenset({"doi", "pmid", "pmcid", "arxiv"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A clue and what it adds to the sum."""

    clue: Clue
    weight: float
    decides: bool = False
    """A conflict that forbids `same` alone, unless an identifier agrees."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two abstracts share."""

    jaccard: float
    inside: float
    """Share of the smaller set of shingles that stands in the other."""
    least: int
    """Shingles of the smaller."""


def overlap(a: Folded, b: Folded) -> Overlap | None:
    """None: one has no text."""
    if not a.shingles.size or not b.shingles.size:
        return None
    shared = np.intersect1d(a.shingles, b.shingles, assume_unique=True).size
    least = min(a.shingles.size, b.shingles.size)
    return Overlap(shared / (a.shingles.size + b.shingles.size - shared), shared / least, least)


def _abstract(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    shared = overlap(a, b)
    if shared is None:
        return None
    value = shared.jaccard
    trust = min(1.0, shared.least / 40)
    words = f"abstracts share {value:.0%} of their shingles"
    if a.title.notice and b.title.notice and value > 0.15:
        return Weighed(Clue(kind="jaccard", supports=True, value=value, words=words), 0)
    if value >= scheme.threshold:
        weight = (4 + 3.5 * value) * trust
    elif _stands_inside(a, b, shared, scheme):
        weight = 4.5
        words += f", and {shared.inside:.0%} of the shorter stands in the longer"
    elif (
        value >= 0.7 * scheme.threshold
        and shared.least >= 40
        and _longest_gap(a, b, scheme) <= _SCATTERED
    ):
        weight = 4.2
        words += ", and differ in single words"
    elif value >= 0.15:
        weight = 4 * (value - 0.15) * trust
    else:
        weight = -4 * (1 - value / 0.15) * min(1.0, shared.least / 40)
    return Weighed(Clue(kind="jaccard", supports=weight > 0, value=value, words=words), weight)


def _stands_inside(a: Folded, b: Folded, shared: Overlap, scheme: Scheme) -> bool:
    """Whether one abstract is the other without some of it: cut at its end, or sentences short."""
    if shared.least < 25:
        return False
    if shared.inside >= 0.95 and shared.jaccard >= 0.8 * scheme.threshold:
        return True
    cut = [one for one in (a, b) if one.tokens.size == min(a.tokens.size, b.tokens.size)]
    opens = np.array_equal(a.tokens[:8], b.tokens[:8])
    return opens and any(one.truncated for one in cut) and shared.inside >= 0.95


def _longest_gap(a: Folded, b: Folded, scheme: Scheme) -> int:
    """The longest run of shingles that one abstract has and the other has not: short where words
    were changed here and there, long where two texts share a passage."""
    return max(_gap(a, b, scheme), _gap(b, a, scheme))


def _gap(a: Folded, b: Folded, scheme: Scheme) -> int:
    runs = run_hashes(a.tokens, scheme.shingle)
    met = np.flatnonzero(np.isin(runs, b.shingles))
    return int(np.diff(met, prepend=-1, append=runs.size).max()) - 1


def _title(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    value = likeness(a.title, b.title)
    if value is None:
        return None
    trust = min(a.title.weight, b.title.weight)
    if value >= 0.9:
        weight = 4.2 * trust * value
    elif value >= 0.8:
        weight = (value - 0.8) * 25 * trust
    else:
        weight = max(-5.0, (value - 0.8) * 10)
    words = "titles are equal" if value == 1 else f"titles are {value:.0%} alike"
    if not trust:
        words += ", and say nothing of the work"
    return Weighed(Clue(kind="title", supports=weight > 0, value=value, words=words), weight)


def _notice(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if a.title.notice == b.title.notice or not a.title.tokens or not b.title.tokens:
        return None
    words = "one is a notice about a work: an erratum, a reply, a comment"
    return Weighed(Clue(kind="notice", supports=False, words=words), 0, decides=True)


def _series(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if parts_differ(a.title, b.title):
        shared = overlap(a, b)
        named_once = not (a.title.part and b.title.part)
        if named_once and shared and shared.jaccard >= scheme.threshold:
            return None
        parts = sorted((a.title.part or "the whole", b.title.part or "the whole"))
        words = f"parts of a work: {parts[0]} and {parts[1]}"
    elif numbers_differ(a.title, b.title):
        words = "titles differ in a number: two of a series"
    elif agreement(a.authors, b.authors) is None and name_different_things(a.title, b.title):
        words = "titles of one form name different things: two of a series"
    else:
        return None
    return Weighed(Clue(kind="series", supports=False, words=words), 0, decides=True)


def _authors(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    found = agreement(a.authors, b.authors)
    if found is None:
        return None
    value, shared = found
    weight = (2.0, 2.5, 3.0)[min(shared, 3) - 1] * value if value >= 0.5 else -3 * (1 - value)
    words = f"{value:.0%} of the shorter list of authors agree"
    return Weighed(Clue(kind="authors", supports=weight > 0, value=value, words=words), weight)


def _year(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    """Two years weigh most where one author is shared at most: a column comes back every year
    under one title and one name."""
    if a.place.year is None or b.place.year is None:
        return None
    apart = abs(a.place.year - b.place.year)
    words = f"{apart} years apart" if apart else "the same year"
    found = agreement(a.authors, b.authors)
    if not apart:
        weight = 0.5
    elif found and found[1] > 1:
        weight = -0.5 * min(apart, 4)
    else:
        weight = -3.0 if found else -1.5
    return Weighed(Clue(kind="year", supports=not apart, value=float(apart), words=words), weight)


def _venue(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    agree = venues_agree(a.place, b.place)
    if agree is None:
        return None
    words = "the same venue" if agree else "venues differ"
    return Weighed(Clue(kind="venue", supports=agree, words=words), 0.5 if agree else -0.2)


def _pages(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    first, second = a.place, b.place
    if not first.first or not second.first:
        return None
    if first.first != second.first:
        return Weighed(Clue(kind="pages", supports=False, words="pages differ"), -1.0)
    weight = 1.0
    words = f"both begin on page {first.first}"
    if first.volume and first.volume == second.volume:
        weight += 1.5
        words += f" of volume {first.volume}"
    return Weighed(Clue(kind="pages", supports=True, value=first.first, words=words), weight)


def _apart(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    kind, value = _identifiers(a, b)
    words = published_apart(a.place, b.place, f"{kind}s differ" if kind and not value else None)
    if words is None:
        return None
    return Weighed(Clue(kind="publication", supports=False, words=words), -1, decides=True)


def _identifier(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    kind, value = _identifiers(a, b)
    if not kind:
        return None
    if value:
        words = f"the same {kind}"
        return Weighed(Clue(kind="identifier", supports=True, value=value, words=words), 3.5)
    return Weighed(Clue(kind="identifier", supports=False, words=f"{kind}s differ"), -1.5)


def _identifiers(a: Folded, b: Folded) -> tuple[str, str]:
    """A kind of identifier that both have, one of equal values first, and the value if equal."""
    first, second = dict(a.identifiers), dict(b.identifiers)
    kinds = sorted(first.keys() & second.keys() & _IDENTIFYING)
    equal = [kind for kind in kinds if first[kind] == second[kind]]
    if equal:
        return equal[0].upper(), first[equal[0]]
    return (kinds[0].upper() if kinds else ""), ""


KINDS: tuple[Callable[[Folded, Folded, Scheme], Weighed | None], ...] = (
    _abstract,
    _title,
    _notice,
    _series,
    _authors,
    _year,
    _venue,
    _pages,
    _apart,
    _identifier,
)
"""One row a kind of evidence."""
