"""Two records side by side: what they share, measured once for all kinds of evidence."""

from dataclasses import dataclass

import numpy as np

from dedup.described import IDENTIFYING
from dedup.folded import Folded
from dedup.names import agreement
from dedup.places import venues_agree
from dedup.scheme import Scheme
from dedup.titles import Alignment, align


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two abstracts share."""

    jaccard: float
    inside: float
    """Share of the smaller set of shingles that stands in the other."""
    least: int
    """Shingles of the smaller."""


@dataclass(slots=True)
class Pair:
    """Two records and what they share. None: one of them has nothing to compare."""

    a: Folded
    b: Folded
    scheme: Scheme
    overlap: Overlap | None
    people: tuple[float, int] | None
    """See `agreement`."""
    title: Alignment | None
    same_venue: bool | None
    identifier: tuple[str, str]
    """See `common_identifier`."""


def pair_of(a: Folded, b: Folded, scheme: Scheme) -> Pair:
    """Two records, with all that they share."""
    return Pair(
        a,
        b,
        scheme,
        overlap(a, b),
        agreement(a.authors, b.authors),
        align(a.title, b.title),
        venues_agree(a.place, b.place),
        common_identifier(a, b),
    )


def overlap(a: Folded, b: Folded) -> Overlap | None:
    """None: one has no text."""
    size_a, size_b = a.shingles.size, b.shingles.size
    if not size_a or not size_b:
        return None
    both = np.concatenate((a.shingles, b.shingles))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    least = min(size_a, size_b)
    return Overlap(shared / (size_a + size_b - shared), shared / least, least)


def common_identifier(a: Folded, b: Folded) -> tuple[str, str]:
    """A kind of identifier that both have, one of equal values first, and the value if equal.
    Empty: there is none."""
    if not a.identifiers or not b.identifiers:
        return "", ""
    first, second = dict(a.identifiers), dict(b.identifiers)
    kinds = [kind for kind in IDENTIFYING if kind in first and kind in second]
    equal = [kind for kind in kinds if first[kind] == second[kind]]
    if equal:
        return equal[0].upper(), first[equal[0]]
    return (kinds[0].upper() if kinds else ""), ""
