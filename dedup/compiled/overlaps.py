"""Pairs of abstracts to what they share: what `dedup.pairs` counts, and how it is spread."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory
from dedup.compiled.signing import shingles_of
from dedup.hashing import Hashes

Places = NDArray[np.int64]

_ROOM, _ROOMY = 2048, 16
"""Places of a table of shingles, at least: all told, and for each."""


class Table(NamedTuple):
    """The shingles of a text: ``heads[v & mask]`` is one more than the place of the last that looks
    like v, and `following` leads on from each."""

    heads: NDArray[np.int32]
    following: NDArray[np.int32]


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


@compiled_with_memory
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
    longest = _longest(starts, ends, a, b)
    table = _table(longest)
    met = np.zeros(longest, np.int32)
    room, other_room = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    mine = room[:0]
    held, last = np.int64(-1), np.uint32(0)
    for row in range(a.size):
        if a[row] != held:
            _take_out(mine, table, last)
            held = np.int64(a[row])
            mine = room[: shingles_of(tokens, starts[held], ends[held], length, room)]
            last = _put_in(mine, table)
        other = np.int64(b[row])
        theirs = other_room[: shingles_of(tokens, starts[other], ends[other], length, other_room)]
        taken = 0
        for value in theirs:
            taken += table.heads[value & last] != 0
        found = -1
        if taken >= needed[row]:
            found = 0
            for value in theirs:
                place = _found(value, mine, table, last)
                if place and met[place - 1] != row + 1:
                    met[place - 1] = row + 1
                    found += 1
        shared[row] = found if found >= needed[row] else -1


@compiled
def _longest(starts: Places, ends: Places, a: NDArray[np.int32], b: NDArray[np.int32]) -> int:
    """Tokens of the longest text of some pairs, and 1 at least."""
    longest = 1
    for row in range(a.size):
        longest = max(longest, ends[a[row]] - starts[a[row]], ends[b[row]] - starts[b[row]])
    return longest


@compiled_with_memory
def _table(longest: int) -> Table:
    """One that holds nothing, for texts of up to so many shingles."""
    width = _ROOM
    while width < _ROOMY * longest:
        width *= 2
    return Table(np.zeros(width, np.int32), np.empty(longest, np.int32))


@compiled
def _put_in(values: Hashes, table: Table) -> int:
    """Fill a table that holds nothing. Returns the mask by which its places are found."""
    last = np.uint32(_ROOM - 1)
    while np.int64(last) + 1 < _ROOMY * values.size:
        last = np.uint32(2 * last + 1)
    for at in range(values.size):
        place = values[at] & last
        table.following[at], table.heads[place] = table.heads[place], at + 1
    return last


@compiled
def _take_out(values: Hashes, table: Table, last: int) -> None:
    """Empty a table of all that is in it."""
    for value in values:
        table.heads[value & last] = 0


@compiled
def _found(value: int, values: Hashes, table: Table, last: int) -> int:
    """One more than the place of a value among those of a table; 0: it is none of them."""
    place = table.heads[value & last]
    while place and values[place - 1] != value:
        place = table.following[place - 1]
    return place


@compiled_with_memory
def differ_by_words(
    tokens: Hashes,
    starts: Places,
    ends: Places,
    length: int,
    most: int,
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    differ: NDArray[np.bool_],
) -> None:
    """Whether no run of more than `most` shingles of one text of a pair is lacking in the other,
    into `differ`: see `dedup.weighing`."""
    longest = _longest(starts, ends, a, b)
    table = _table(longest)
    room, other_room = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    for row in range(a.size):
        one, other = np.int64(a[row]), np.int64(b[row])
        mine = room[: shingles_of(tokens, starts[one], ends[one], length, room)]
        theirs = other_room[: shingles_of(tokens, starts[other], ends[other], length, other_room)]
        differ[row] = not (
            _lacks_run(mine, theirs, table, most) or _lacks_run(theirs, mine, table, most)
        )


@compiled
def _lacks_run(values: Hashes, others: Hashes, table: Table, most: int) -> bool:
    """Whether a run of more than `most` of the others is not among the values."""
    last = _put_in(values, table)
    run = 0
    for other in others:
        run = 0 if _found(other, values, table, last) else run + 1
        if run > most:
            break
    _take_out(values, table, last)
    return run > most


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
