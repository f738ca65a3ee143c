"""Pairs of abstracts to what they share: what `dedup.pairs` counts, and how it is spread."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.signing import shingles_of
from dedup.hashing import Hashes

Places = NDArray[np.int64]

_ROOM, _ROOMY = 2048, 16
"""Places of a table of shingles, at least: all told, and for each."""


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
            only_a += ones(one & ~other)
            only_b += ones(other & ~one)
        most = min(sizes[a[row]] - np.int64(only_a), sizes[b[row]] - np.int64(only_b))
        may[row] = most >= needed[row]


@compiled
def ones(bits: int) -> int:
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
    Most of the others are told apart by how many of their shingles look up a place that is taken.
    """
    longest = 1
    for row in range(a.size):
        longest = max(longest, ends[a[row]] - starts[a[row]], ends[b[row]] - starts[b[row]])
    width = _ROOM
    while width < _ROOMY * longest:
        width *= 2
    heads = np.zeros(width, np.int32)
    following, met = np.empty(longest, np.int32), np.zeros(longest, np.int32)
    room, other_room = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    mine = room[:0]
    held, last = np.int64(-1), np.uint32(0)
    for row in range(a.size):
        if a[row] != held:
            for value in mine:
                heads[value & last] = 0
            held = np.int64(a[row])
            mine = room[: shingles_of(tokens, starts[held], ends[held], length, room)]
            last = np.uint32(_ROOM - 1)
            while np.int64(last) + 1 < _ROOMY * mine.size:
                last = np.uint32(2 * last + 1)
            for at in range(mine.size):
                place = mine[at] & last
                following[at], heads[place] = heads[place], at + 1
        other = np.int64(b[row])
        theirs = other_room[: shingles_of(tokens, starts[other], ends[other], length, other_room)]
        taken = 0
        for value in theirs:
            taken += heads[value & last] != 0
        found = -1
        if taken >= needed[row]:
            found = _in_table(theirs, mine, heads, last, following, met, row + 1)
        shared[row] = found if found >= needed[row] else -1


@compiled
def _in_table(
    theirs: Hashes,
    mine: Hashes,
    heads: NDArray[np.int32],
    last: int,
    following: NDArray[np.int32],
    met: NDArray[np.int32],
    mark: int,
) -> int:
    """How many different ones of `theirs` are in a table: of `mine`, ``heads[v & last]`` is one
    more than the place of the last that looks like v, and `following` leads on from each. `met` is
    told the mark of those found, which nothing in it has yet."""
    found = 0
    for value in theirs:
        place = heads[value & last]
        while place and mine[place - 1] != value:
            place = following[place - 1]
        if place and met[place - 1] != mark:
            met[place - 1] = mark
            found += 1
    return found


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
