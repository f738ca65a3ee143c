"""What the abstracts of many pairs share, and how much it weighs: `dedup.weighing` by columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.columns import Columns
from dedup.scheme import Scheme
from dedup.weighing import INSIDE, MOST_OF_TEXT, SCATTERED, UNLIKE, UNLIKE_UNNAMED

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

_CHANGED = 0.7
"""Share of the threshold from which little text in common can weigh as much as a lot: see
`_is_scattered` of `dedup.weighing`."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Abstracts of pairs side by side, a place a pair."""

    jaccard: Floats
    inside: Floats
    least: NDArray[np.int64]
    both: Flags
    """Whether both have a text."""
    stands_inside: Flags
    cut: Flags
    """Whether it does as one that is said to be cut."""
    scattered: Flags
    text: Floats
    """Its weight."""


def most_below(scheme: Scheme, named: Flags) -> Floats:
    """What abstracts with too little in common can weigh at most."""
    likeness = max(_CHANGED * scheme.threshold, INSIDE / 2)
    most: Floats = 4 * np.maximum(0.0, likeness - np.where(named, UNLIKE, UNLIKE_UNNAMED))
    return most


def least_that_matters(columns: Columns, a: Rows, b: Rows) -> NDArray[np.int32]:
    """Fewer shingles in common than this, and two abstracts weigh at most `most_below`."""
    size_a, size_b = columns.signed.sizes[a], columns.signed.sizes[b]
    share = _CHANGED * columns.scheme.threshold
    changed = share / (1 + share) * (size_a + size_b)
    inside = INSIDE * np.minimum(size_a, size_b)
    needed: NDArray[np.int32] = np.floor(np.minimum(changed, inside)).astype(np.int32)
    return needed


def count_shared(
    columns: Columns, a: Rows, b: Rows, needed: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Different shingles in common; -1: fewer than `needed`."""
    from dedup.compiled.overlaps import may_share, shared_shingles

    signed = columns.signed
    may = np.empty(a.size, np.bool_)
    may_share(signed.sketches, signed.sizes, a, b, needed, may)
    left = np.flatnonzero(may)
    found = np.empty(left.size, np.int32)
    rows = a[left].astype(np.int32), b[left].astype(np.int32)
    length = columns.scheme.shingle
    places = columns.tokens, signed.starts, signed.ends
    shared_shingles(*places, length, *rows, needed[left], found)
    shared = np.full(a.size, -1, np.int32)
    shared[left] = found
    return shared


def measure(columns: Columns, a: Rows, b: Rows, shared: NDArray[np.int32], named: Flags) -> Shared:
    """`shared`: as `count_shared` gives it; `named`: both records name authors."""
    signed, scheme = columns.signed, columns.scheme
    size_a, size_b = signed.sizes[a].astype(np.int64), signed.sizes[b].astype(np.int64)
    least = np.minimum(size_a, size_b)
    both = least > 0
    jaccard = np.divide(shared, size_a + size_b - shared, out=np.zeros(a.size), where=both)
    inside = np.divide(shared, least, out=np.zeros(a.size), where=both)
    stand, cut = _stand_inside(columns, (jaccard, inside, least), a, b)
    scattered = _scattered(columns, (jaccard, inside, least), a, b, ~stand)
    text = _text_weights((jaccard, inside, least), scheme, named)
    text = np.where(stand, 4.5, np.where(scattered, 4.2, text))
    return Shared(jaccard, inside, least, both, stand, cut, scattered, text)


_Overlaps = tuple[Floats, Floats, NDArray[np.int64]]
"""Jaccard, share of the shorter inside the longer, shingles of the shorter."""


def _text_weights(shared: _Overlaps, scheme: Scheme, named: Flags) -> Floats:
    value, inside, least = shared
    trust = np.minimum(1.0, least / 40)
    likeness = np.maximum(value, inside / 2)
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
    return np.where(least > 0, weights, 0.0)


def _stand_inside(
    columns: Columns, shared: _Overlaps, a: NDArray[np.int64], b: NDArray[np.int64]
) -> tuple[Flags, Flags]:
    """Of each pair, whether one abstract stands inside the other, and whether as one that is cut:
    see `dedup.weighing`."""
    from dedup.compiled.overlaps import open_alike

    jaccard, inside, least = shared
    signed, scheme = columns.signed, columns.scheme
    asked = (least >= 25) & (inside >= INSIDE) & (jaccard < scheme.threshold)
    found = asked & (jaccard >= 0.8 * scheme.threshold)
    size_a, size_b = signed.ends[a] - signed.starts[a], signed.ends[b] - signed.starts[b]
    cut = (signed.truncated[a] & (size_a <= size_b)) | (signed.truncated[b] & (size_b <= size_a))
    rows = np.flatnonzero(asked & cut)
    cut = np.zeros(a.size, np.bool_)
    if rows.size:
        alike = np.zeros(rows.size, np.bool_)
        ends = a[rows].astype(np.int32), b[rows].astype(np.int32)
        open_alike(columns.tokens, signed.starts, signed.ends, 8, *ends, alike)
        cut[rows] = alike
    return found | cut, cut


def _scattered(
    columns: Columns, shared: _Overlaps, a: NDArray[np.int64], b: NDArray[np.int64], asked: Flags
) -> Flags:
    """See `dedup.weighing`."""
    from dedup.compiled.overlaps import differ_by_words

    jaccard, _, least = shared
    signed, scheme = columns.signed, columns.scheme
    asked = asked & (least >= 40) & (jaccard < scheme.threshold)
    asked &= jaccard >= _CHANGED * scheme.threshold
    rows = np.flatnonzero(asked)
    found = np.zeros(a.size, np.bool_)
    if rows.size:
        differ = np.zeros(rows.size, np.bool_)
        texts = columns.tokens, signed.starts, signed.ends, scheme.shingle
        ends = a[rows].astype(np.int32), b[rows].astype(np.int32)
        differ_by_words(*texts, SCATTERED, *ends, differ)
        found[rows] = differ
    return found
