"""Pairs of groups worth a comparison: those that share a bucket that is not saturated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.bands import Kind
from dedup.columns import Columns
from dedup.grouping import Groups

_KINDS = np.int64(7)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of more groups than `Scheme.saturation`."""

    key: int
    groups: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of groups, a < b, sorted."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    by_kind: dict[Kind, int]
    """How many share a bucket of each kind."""
    saturated: list[Bucket]
    """By key."""


def find(columns: Columns, groups: Groups, workers: ThreadPoolExecutor) -> Candidates:
    """All candidates. Neither the order of rows nor the number of workers changes them."""
    found = list(
        workers.map(
            lambda one: _pairs(one[0], one[1], one[2], columns.scheme.saturation),
            _buckets(columns, groups),
        )
    )
    by_kind: dict[Kind, int] = {}
    merged = np.empty(0, np.int64)
    for kind in Kind:
        pairs = [pairs for one, pairs, _ in found if one is kind and pairs.size]
        if pairs:
            together = _distinct(pairs)
            by_kind[kind] = together.size
            merged = _distinct([merged, together])
    longer = [Bucket(key, many) for _, _, runs in found for key, many in runs]
    longer.sort(key=lambda bucket: bucket.key)
    a, b = merged >> 31, merged & ((1 << 31) - 1)
    return Candidates(a.astype(np.int32), b.astype(np.int32), by_kind, longer)


def _distinct(pairs: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    every = np.concatenate(pairs) if len(pairs) > 1 else pairs[0]
    every.sort()
    first = np.ones(every.size, np.bool_)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return every[first]


_Bucketed = tuple[Kind, NDArray[np.int64], NDArray[np.int32]]
"""Of one kind: keys, and the group that stands under each."""


def _buckets(columns: Columns, groups: Groups) -> list[_Bucketed]:
    signed, rows = columns.signed, groups.rows
    numbers = np.arange(groups.count, dtype=np.int32)
    banded = signed.sizes[rows] >= columns.scheme.shortest
    found: list[_Bucketed] = [
        (Kind.BAND, signed.bands[rows[banded], band], numbers[banded])
        for band in range(columns.scheme.bands)
    ]
    for kind, keys in ((Kind.OPENING, signed.openings), (Kind.TITLE, signed.titles)):
        mine = keys[rows]
        found.append((kind, mine[mine != 0], numbers[mine != 0]))
    listed = _listed(columns, groups)
    for kind in (Kind.IDENTIFIER, Kind.TITLE, Kind.AUTHOR_YEAR, Kind.PLACE):
        mine = (listed[0] & _KINDS) == kind
        found.append((kind, listed[0][mine], listed[1][mine]))
    return [bucketed for bucketed in found if bucketed[1].size > 1]


def _listed(columns: Columns, groups: Groups) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Keys of the catalogue, of the row that stands for each group."""
    stands = np.zeros(len(groups.of), np.bool_)
    stands[groups.rows] = True
    mine = stands[columns.signed.listed]
    rows = columns.signed.listed[mine]
    return columns.signed.keys[mine], groups.of[rows].astype(np.int32)


def _pairs(
    kind: Kind, keys: NDArray[np.int64], numbers: NDArray[np.int32], most: int
) -> tuple[Kind, NDArray[np.int64], list[tuple[int, NDArray[np.int32]]]]:
    """Pairs of the buckets of at most `most` groups; the keys and the groups of the others."""
    from dedup.compiled.pairs import count_pairs, write_pairs

    order = np.argsort(keys)
    keys, numbers = keys[order], numbers[order]
    count, longer = count_pairs(keys, most)
    pairs, runs = np.empty(count, np.int64), np.empty((longer, 2), np.int64)
    write_pairs(keys, numbers, most, pairs, runs)
    return kind, pairs, [(int(keys[first]), numbers[first:end]) for first, end in runs.tolist()]
