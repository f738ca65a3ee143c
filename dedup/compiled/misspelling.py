"""Words that are spellings of each other: what `dedup.titles` takes them for."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory
from dedup.compiled.overlaps import ones
from dedup.hashing import Hashes

Places = NDArray[np.int64]
Ends = NDArray[np.uint16]
"""Where each word of a title ends in its characters."""


@compiled
def begin_of(ends: Ends, token: int) -> int:
    """Where a word begins."""
    return np.int64(ends[token - 1]) if token else np.int64(0)


@compiled_with_memory
def without_misspelt(
    points: Hashes,
    ends: Ends,
    mine: Places,
    left: int,
    others: Hashes,
    other_ends: Ends,
    theirs: Places,
    other_left: int,
) -> tuple[int, int]:
    """Take out of the words of two titles those that are spellings of each other, the first that
    is one for each word of the first title. Returns how many are left of both."""
    masks, counts = np.empty(other_left, np.uint64), np.empty(other_left, np.int64)
    for at in range(other_left):
        masks[at], counts[at] = _letter_pairs(others, other_ends, theirs[at])
    unmet = 0
    for at in range(left):
        mask, pairs = _letter_pairs(points, ends, mine[at])
        met = other_left
        for place in range(other_left if pairs else 0):
            # Of its pairs, at least those whose bits the other lacks are not common to both.
            most = pairs - np.int64(ones(mask & ~masks[place]))
            if not counts[place] or 2 * most < 0.6 * (pairs + counts[place]):
                continue
            both = _pairs_in_common(points, ends, mine[at], others, other_ends, theirs[place])
            if both and 2 * both >= 0.6 * (pairs + counts[place]):
                met = place
                break
        if met < other_left:
            for place in range(met, other_left - 1):
                theirs[place] = theirs[place + 1]
                masks[place], counts[place] = masks[place + 1], counts[place + 1]
            other_left -= 1
        else:
            mine[unmet] = mine[at]
            unmet += 1
    return unmet, other_left


@compiled
def _letter_pairs(points: Hashes, ends: Ends, token: int) -> tuple[int, int]:
    """The different pairs of neighbouring letters of a word of more than three: a bit of 64 for
    each, which several may share, and how many there are."""
    begin, end = begin_of(ends, token), np.int64(ends[token])
    mask = np.uint64(0)
    found = 0
    if end - begin > 3:
        for at in range(begin, end - 1):
            bit = np.uint64(1) << (np.uint64(points[at] * 31 + points[at + 1]) & np.uint64(63))
            found += not mask & bit or not _stands_before(points, begin, at)
            mask |= bit
    return mask, found


@compiled
def _stands_before(points: Hashes, begin: int, at: int) -> bool:
    """Whether the pair of letters at a place stands further ahead in the word too."""
    for before in range(begin, at):
        if points[before] == points[at] and points[before + 1] == points[at + 1]:
            return True
    return False


@compiled
def _pairs_in_common(
    points: Hashes, ends: Ends, token: int, others: Hashes, other_ends: Ends, other: int
) -> int:
    """How many different pairs of neighbouring letters two words have in common."""
    begin, end = begin_of(ends, token), np.int64(ends[token])
    found = 0
    for at in range(begin, end - 1):
        if _stands_before(points, begin, at):
            continue
        for place in range(begin_of(other_ends, other), np.int64(other_ends[other]) - 1):
            if points[at] == others[place] and points[at + 1] == others[place + 1]:
                found += 1
                break
    return found
