"""Pairs of groups worth a comparison: those that share a bucket that is not saturated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.bands import Kind
from dedup.columns import Columns
from dedup.grouping import Groups, Rows

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


@dataclass(frozen=True, slots=True)
class Source:
    """Keys of one kind, ``keys[rows[i], column]``, and the group that stands under each."""

    kind: Kind
    keys: NDArray[np.int64]
    column: int
    rows: Rows
    numbers: NDArray[np.int32]


def find(columns: Columns, groups: Groups, workers: ThreadPoolExecutor) -> Candidates:
    """All candidates. Neither the order of rows nor the number of workers changes them."""
    from dedup.compiled.pairs import unpack_pairs

    most = columns.scheme.saturation
    found = list(workers.map(lambda source: bucketed(source, most), sources(columns, groups)))
    pairs = np.concatenate([np.empty(0, np.int64), *(pairs for pairs, _ in found)])
    pairs.sort()
    a, b = np.empty(pairs.size, np.int32), np.empty(pairs.size, np.int32)
    kinds = np.zeros(int(_KINDS) + 1, np.int64)
    count = unpack_pairs(pairs, a, b, kinds)
    by_kind = {kind: int(kinds[kind]) for kind in Kind if kinds[kind]}
    saturated = sorted((one for _, many in found for one in many), key=lambda bucket: bucket.key)
    return Candidates(a[:count].copy(), b[:count].copy(), by_kind, saturated)


def sources(columns: Columns, groups: Groups) -> list[Source]:
    """All keys of all groups, of sources that hold more than one."""
    signed, rows = columns.signed, groups.rows
    numbers = np.arange(groups.count, dtype=np.int32)
    banded = signed.sizes[rows] >= columns.scheme.shortest
    mine = rows[banded], numbers[banded]
    found = [Source(Kind.BAND, signed.bands, band, *mine) for band in range(columns.scheme.bands)]
    for kind, keys in ((Kind.OPENING, signed.openings), (Kind.TITLE, signed.titles)):
        known = keys[rows] != 0
        found.append(Source(kind, keys.reshape(-1, 1), 0, rows[known], numbers[known]))
    stands = np.zeros(len(groups.of), np.bool_)
    stands[rows] = True
    listed = np.flatnonzero(stands[signed.listed])
    kinds = signed.keys[listed] & _KINDS
    for kind in (Kind.IDENTIFIER, Kind.TITLE, Kind.AUTHOR_YEAR, Kind.PLACE):
        places = listed[kinds == kind]
        under = groups.of[signed.listed[places]].astype(np.int32)
        found.append(Source(kind, signed.keys.reshape(-1, 1), 0, places, under))
    return [source for source in found if source.rows.size > 1]


def bucketed(source: Source, most: int) -> tuple[NDArray[np.int64], list[Bucket]]:
    """The pairs of buckets of at most `most` groups, as `write_pairs` puts them, and the other
    buckets."""
    from dedup.compiled.pairs import count_pairs, keep_runs, pack, write_pairs

    keys, column, rows = source.keys, source.column, source.rows
    bits = int(rows.size).bit_length()
    packed = np.empty(rows.size, np.uint64)
    pack(keys, column, rows, bits, packed)
    packed.sort()
    packed = packed[: keep_runs(packed, bits)]
    count, longer = count_pairs(packed, bits, keys, column, rows, most)
    if count < 0:
        packed = _ranked(keys[rows, column], bits)
        count, longer = count_pairs(packed, bits, keys, column, rows, most)
    pairs, runs = np.empty(count, np.int64), np.empty((longer, 2), np.int64)
    write_pairs(packed, bits, source.numbers, most, source.kind, pairs, runs)
    saturated = []
    for first, end in runs.tolist():
        places = (packed[first:end] & np.uint64((1 << bits) - 1)).astype(np.int64)
        saturated.append(Bucket(int(keys[rows[places[0]], column]), source.numbers[places]))
    return pairs, saturated


def _ranked(keys: NDArray[np.int64], bits: int) -> NDArray[np.uint64]:
    """Places sorted by keys, with the rank of a key in place of its first bits."""
    ranks = np.unique(keys, return_inverse=True)[1].astype(np.uint64)
    packed: NDArray[np.uint64] = ranks << np.uint64(bits) | np.arange(keys.size, dtype=np.uint64)
    packed.sort()
    return packed
