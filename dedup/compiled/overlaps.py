"""Pairs of abstracts to what they share: what `dedup.pairs` counts, and how it is spread."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.signing import shingles_of
from dedup.hashing import Hashes

Places = NDArray[np.int64]


@compiled
def may_share(
    sketches: NDArray[np.uint64],
    sizes: NDArray[np.int32],
    a: Places,
    b: Places,
    needed: NDArray[np.int32],
    may: NDArray[np.bool_],
) -> None:
    """Whether the texts of each pair may have as many shingles in common as are `needed`, by their
    sketches: one that is set in one alone is of a shingle that the other has not."""
    for row in range(a.size):
        if needed[row] <= 0:
            may[row] = True
            continue
        only_a = only_b = np.uint64(0)
        for word in range(sketches.shape[1]):
            one, other = sketches[a[row], word], sketches[b[row], word]
            only_a += _ones(one & ~other)
            only_b += _ones(other & ~one)
        most = min(sizes[a[row]] - np.int64(only_a), sizes[b[row]] - np.int64(only_b))
        may[row] = most >= needed[row]


@compiled
def _ones(bits: int) -> int:
    """How many bits of 64 are set."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + (
        (bits >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (bits * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def shared_shingles(
    tokens: Hashes,
    starts: Places,
    ends: Places,
    length: int,
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    needed: NDArray[np.int32],
    shared: NDArray[np.int32],
) -> None:
    """How many different shingles each pair of texts has in common, into `shared`; -1 where they
    are fewer than `needed`.

    Quickest where pairs of one `a` stand side by side: its shingles are put into a table once.
    """
    longest = 1
    for row in range(a.size):
        longest = max(longest, ends[a[row]] - starts[a[row]], ends[b[row]] - starts[b[row]])
    width = 64
    while width < 2 * longest:
        width *= 2
    values, met = np.empty(width, np.uint32), np.empty(width, np.uint32)
    stamps = np.zeros(width, np.uint32)
    shingles = np.empty(longest, np.uint32)
    held, last = np.int64(-1), 0
    stamp = np.uint32(0)
    for row in range(a.size):
        if a[row] != held:
            held = np.int64(a[row])
            size = shingles_of(tokens, starts[held], ends[held], length, shingles)
            last = 63
            while last + 1 < 2 * size:
                last = 2 * last + 1
            stamp += np.uint32(1)
            for at in range(size):
                value = shingles[at]
                place = np.int64(value) & last
                while stamps[place] == stamp and values[place] != value:
                    place = (place + 1) & last
                stamps[place], values[place], met[place] = stamp, value, np.uint32(0)
        size = shingles_of(tokens, starts[b[row]], ends[b[row]], length, shingles)
        found = 0
        mark = np.uint32(row + 1)
        for at in range(size):
            if found + size - at < needed[row]:
                found = -1
                break
            value = shingles[at]
            place = np.int64(value) & last
            while stamps[place] == stamp:
                if values[place] == value:
                    if met[place] != mark:
                        met[place] = mark
                        found += 1
                    break
                place = (place + 1) & last
        shared[row] = found if found >= needed[row] else -1


@compiled
def longest_gaps(
    tokens: Hashes,
    starts: Places,
    ends: Places,
    length: int,
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    gaps: NDArray[np.int32],
) -> None:
    """The longest run of shingles that one text of a pair has and the other has not, into `gaps`:
    see `dedup.weighing`."""
    for row in range(a.size):
        first, second = np.int64(a[row]), np.int64(b[row])
        gaps[row] = max(
            _gap(tokens, starts, ends, length, first, second),
            _gap(tokens, starts, ends, length, second, first),
        )


@compiled
def _gap(tokens: Hashes, starts: Places, ends: Places, length: int, one: int, other: int) -> int:
    mine = np.empty(max(1, ends[one] - starts[one]), np.uint32)
    theirs = np.empty(max(1, ends[other] - starts[other]), np.uint32)
    size = shingles_of(tokens, starts[one], ends[one], length, mine)
    count = shingles_of(tokens, starts[other], ends[other], length, theirs)
    known = np.sort(theirs[:count])
    longest = run = 0
    for at in range(size):
        place = np.searchsorted(known, mine[at])
        if place < count and known[place] == mine[at]:
            run = 0
        else:
            run += 1
            longest = max(longest, run)
    return longest


@compiled
def open_alike(
    tokens: Hashes,
    starts: Places,
    ends: Places,
    count: int,
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    alike: NDArray[np.bool_],
) -> None:
    """Whether the first `count` tokens of the texts of each pair are equal, into `alike`."""
    for row in range(a.size):
        first, second = np.int64(a[row]), np.int64(b[row])
        size = min(count, ends[first] - starts[first])
        same = size == min(count, ends[second] - starts[second])
        at = 0
        while same and at < size:
            same = tokens[starts[first] + at] == tokens[starts[second] + at]
            at += 1
        alike[row] = same
