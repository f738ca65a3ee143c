"""Two titles word by word: what `dedup.titles.align` says of them."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import Alphabet
from dedup.compiled import compiled
from dedup.compiled.alike import Bytes, alike
from dedup.compiled.titles import LONGEST, title_tokens
from dedup.hashing import PREFIX, Hashes
from dedup.titles import MISSPELT, REORDERED
from dedup.words import Words

Places = NDArray[np.int64]

_LETTERS = 1040 * 4
_NOT_ALIGNED, _TO_ALIGN = -1.0, -2.0


@compiled
def align_titles(
    data: Bytes,
    offsets: Places,
    rows_a: NDArray[np.int64],
    rows_b: NDArray[np.int64],
    weights_a: NDArray[np.float64],
    weights_b: NDArray[np.float64],
    letters: Alphabet,
    sets: Words,
    likeness: NDArray[np.float64],
    different: NDArray[np.bool_],
) -> None:
    """How alike the titles of each pair are, into `likeness`, and whether they name different
    things, into `different`: see `dedup.titles.Alignment`. -1: one is absent, or they are in
    different scripts. Titles are those that `title_tokens` reads.
    """
    points_a, points_b = np.empty(_LETTERS, np.uint32), np.empty(_LETTERS, np.uint32)
    tokens_a, tokens_b = np.empty(LONGEST, np.uint32), np.empty(LONGEST, np.uint32)
    ends_a, ends_b = np.empty(LONGEST, np.uint32), np.empty(LONGEST, np.uint32)
    said_a, said_b = np.empty(5, np.uint64), np.empty(5, np.uint64)
    left_a, left_b = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    held, count_a = np.int64(-1), 0
    for row in range(rows_a.size):
        if rows_a[row] != held:
            held = rows_a[row]
            size = alike(data, offsets[held], offsets[held + 1], letters, points_a)
            count_a = title_tokens(points_a, size, letters, sets, tokens_a, ends_a, said_a)
        other = rows_b[row]
        size = alike(data, offsets[other], offsets[other + 1], letters, points_b)
        count_b = title_tokens(points_b, size, letters, sets, tokens_b, ends_b, said_b)
        likeness[row], different[row] = _NOT_ALIGNED, False
        if count_a == 0 or count_b == 0 or (said_a[2] & np.uint64(8)) != (said_b[2] & np.uint64(8)):
            continue
        if said_a[1] == said_b[1]:
            likeness[row] = 1.0
            continue
        a_first = _is_shorter(points_a, ends_a, count_a, points_b, ends_b, count_b)
        if a_first:
            likeness[row], different[row] = _aligned(
                points_a, tokens_a, ends_a, count_a, weights_a[row],
                points_b, tokens_b, ends_b, count_b, left_a, left_b,
            )  # fmt: skip
        else:
            likeness[row], different[row] = _aligned(
                points_b, tokens_b, ends_b, count_b, weights_b[row],
                points_a, tokens_a, ends_a, count_a, left_a, left_b,
            )  # fmt: skip


@compiled
def _begin(ends: Hashes, token: int) -> int:
    return np.int64(ends[token - 1]) if token else np.int64(0)


@compiled
def _is_shorter(
    points_a: Hashes, ends_a: Hashes, count_a: int, points_b: Hashes, ends_b: Hashes, count_b: int
) -> bool:
    """Whether the first title is the shorter; of two of one length, the first by its tokens."""
    size_a, size_b = ends_a[count_a - 1], ends_b[count_b - 1]
    if size_a != size_b:
        return size_a < size_b
    for token in range(min(count_a, count_b)):
        at_a, at_b = _begin(ends_a, token), _begin(ends_b, token)
        while at_a < ends_a[token] and at_b < ends_b[token]:
            if points_a[at_a] != points_b[at_b]:
                return points_a[at_a] < points_b[at_b]
            at_a += 1
            at_b += 1
        if at_a < ends_a[token] or at_b < ends_b[token]:
            return at_b < ends_b[token]
    return count_a <= count_b


@compiled
def _aligned(
    points: Hashes,
    tokens: Hashes,
    ends: Hashes,
    count: int,
    weight: float,
    others: Hashes,
    other_tokens: Hashes,
    other_ends: Hashes,
    other_count: int,
    mine: Places,
    theirs: Places,
) -> tuple[float, bool]:
    """Of the shorter title and the longer."""
    size, other_size = np.int64(ends[count - 1]), np.int64(other_ends[other_count - 1])
    if weight >= 0.6:
        if _stands_at(points, size, others, np.int64(0)):
            return 0.95, False
        if 3 * size > other_size and _stands_at(points, size, others, other_size - size):
            return 0.9, False
    left = _surplus(tokens, count, other_tokens, other_count, mine)
    other_left = _surplus(other_tokens, other_count, tokens, count, theirs)
    if left == 0 and other_left == 0:
        return REORDERED, False
    letters = 0
    for at in range(left):
        letters += ends[mine[at]] - _begin(ends, mine[at])
    for at in range(other_left):
        letters += other_ends[theirs[at]] - _begin(other_ends, theirs[at])
    exact = 1 - letters / (size + other_size)
    if exact < MISSPELT:
        substance = other_substance = 0
        for at in range(left):
            substance += _substance(points, ends, mine[at])
        for at in range(other_left):
            other_substance += _substance(others, other_ends, theirs[at])
        return exact, exact >= 0.5 and substance > 3 and other_substance > 3
    masks, counts = np.empty(other_left, np.uint64), np.empty(other_left, np.int64)
    for at in range(other_left):
        masks[at] = _mask(others, other_ends, theirs[at])
        counts[at] = _letter_pairs(others, other_ends, theirs[at])
    unmet = substance = 0
    for at in range(left):
        met = _misspelt(
            points, ends, mine[at], others, other_ends, theirs, other_left, masks, counts
        )
        if met >= 0:
            for place in range(met, other_left - 1):
                theirs[place] = theirs[place + 1]
                masks[place], counts[place] = masks[place + 1], counts[place + 1]
            other_left -= 1
        else:
            unmet += ends[mine[at]] - _begin(ends, mine[at])
            substance += _substance(points, ends, mine[at])
    other_substance = 0
    for at in range(other_left):
        unmet += other_ends[theirs[at]] - _begin(other_ends, theirs[at])
        other_substance += _substance(others, other_ends, theirs[at])
    found = 1 - unmet / (size + other_size)
    return found, 0.5 <= found < 0.9 and substance > 3 and other_substance > 3


@compiled
def _stands_at(points: Hashes, size: int, others: Hashes, first: int) -> bool:
    for at in range(size):
        if points[at] != others[first + at]:
            return False
    return True


@compiled
def _surplus(tokens: Hashes, count: int, others: Hashes, other_count: int, out: Places) -> int:
    """Places of the tokens that the other title lacks, as often as it lacks them, each kind where
    it first stands: see `dedup.titles`."""
    found = 0
    for at in range(count):
        first = True
        for before in range(at):
            if tokens[before] == tokens[at]:
                first = False
                break
        if not first:
            continue
        lacking = 0
        for place in range(at, count):
            lacking += tokens[place] == tokens[at]
        for place in range(other_count):
            lacking -= others[place] == tokens[at]
        for _ in range(lacking):
            out[found] = at
            found += 1
    return found


@compiled
def _substance(points: Hashes, ends: Hashes, token: int) -> int:
    begin = _begin(ends, token)
    size = np.int64(ends[token]) - begin
    for at in range(begin, np.int64(ends[token])):
        if points[at] >= 0x80:
            return 2 * size
    return size if size > 3 else 0


@compiled
def _misspelt(
    points: Hashes,
    ends: Hashes,
    token: int,
    others: Hashes,
    other_ends: Hashes,
    theirs: Places,
    count: int,
    masks: NDArray[np.uint64],
    counts: Places,
) -> int:
    """Place in `theirs` of the first word that is a spelling of the same, or -1."""
    pairs = _letter_pairs(points, ends, token)
    if not pairs:
        return -1
    for at in range(count):
        if not counts[at]:
            continue
        # No more than this many pairs can be common to both.
        most = 0
        for place in range(_begin(ends, token), np.int64(ends[token]) - 1):
            most += masks[at] >> _bit(points, place) & np.uint64(1)
        if 2 * most < 0.6 * (pairs + counts[at]):
            continue
        both = _pairs_in_common(points, ends, token, others, other_ends, theirs[at])
        if both and 2 * both >= 0.6 * (pairs + counts[at]):
            return at
    return -1


@compiled
def _bit(points: Hashes, place: int) -> int:
    """Which of 64 bits stands for the pair of letters at a place."""
    return np.uint64((points[place] * np.uint32(31) + points[place + 1]) & np.uint32(63))


@compiled
def _mask(points: Hashes, ends: Hashes, token: int) -> int:
    """The bits of all pairs of neighbouring letters of a word."""
    mask = np.uint64(0)
    for place in range(_begin(ends, token), np.int64(ends[token]) - 1):
        mask |= np.uint64(1) << _bit(points, place)
    return mask


@compiled
def _letter_pairs(points: Hashes, ends: Hashes, token: int) -> int:
    """How many different pairs of neighbouring letters a word of more than three has."""
    begin, end = _begin(ends, token), np.int64(ends[token])
    if end - begin <= 3:
        return 0
    found = 0
    for at in range(begin, end - 1):
        found += not _stands_before(points, begin, at)
    return found


@compiled
def _stands_before(points: Hashes, begin: int, at: int) -> bool:
    """Whether the pair of letters at a place stands further ahead in the word too."""
    for before in range(begin, at):
        if points[before] == points[at] and points[before + 1] == points[at + 1]:
            return True
    return False


@compiled
def _pairs_in_common(
    points: Hashes, ends: Hashes, token: int, others: Hashes, other_ends: Hashes, other: int
) -> int:
    begin, end = _begin(ends, token), np.int64(ends[token])
    other_begin, other_end = _begin(other_ends, other), np.int64(other_ends[other])
    if other_end - other_begin <= 3:
        return 0
    found = 0
    for at in range(begin, end - 1):
        if _stands_before(points, begin, at):
            continue
        for place in range(other_begin, other_end - 1):
            if points[at] == others[place] and points[at + 1] == others[place + 1]:
                found += 1
                break
    return found


@compiled
def quick_likeness(
    flags: NDArray[np.uint8],
    latin: int,
    starts: Places,
    ends: Places,
    hashes: Hashes,
    places: NDArray[np.uint16],
    prefixes: Hashes,
    rows_a: NDArray[np.int64],
    rows_b: NDArray[np.int64],
    likeness: NDArray[np.float64],
) -> None:
    """How alike the titles of each pair are, where equal words alone decide it, into `likeness`:
    -1 where one is absent or they are in different scripts; -2 where they have to be aligned.

    ``hashes[starts[i]:ends[i]]`` are the tokens of a title, `places` where each ends in its
    characters and `prefixes` a hash of them as far as that; `latin` is the flag of those in Latin
    letters.
    """
    met = np.empty(2000, np.bool_)
    for row in range(rows_a.size):
        a, b = rows_a[row], rows_b[row]
        first_a, end_a, first_b, end_b = starts[a], ends[a], starts[b], ends[b]
        if first_a == end_a or first_b == end_b or (flags[a] ^ flags[b]) & latin:
            likeness[row] = _NOT_ALIGNED
            continue
        if end_b - first_b > met.size or _may_stand_at_an_end(
            places, prefixes, first_a, end_a, first_b, end_b
        ):
            likeness[row] = _TO_ALIGN
            continue
        for at in range(end_b - first_b):
            met[at] = False
        common = 0
        for at in range(first_a, end_a):
            for place in range(first_b, end_b):
                if hashes[at] == hashes[place] and not met[place - first_b]:
                    met[place - first_b] = True
                    common += places[at] - (places[at - 1] if at > first_a else 0)
                    break
        letters = np.int64(places[end_a - 1]) + np.int64(places[end_b - 1])
        exact = 1 - (letters - 2 * common) / letters
        likeness[row] = exact if exact < MISSPELT else _TO_ALIGN


@compiled
def _may_stand_at_an_end(
    places: NDArray[np.uint16],
    prefixes: Hashes,
    first_a: int,
    end_a: int,
    first_b: int,
    end_b: int,
) -> bool:
    """Whether the characters of one title may begin or end those of the other."""
    if places[end_a - 1] > places[end_b - 1]:
        first_a, end_a, first_b, end_b = first_b, end_b, first_a, end_a
    size, other_size = np.int64(places[end_a - 1]), np.int64(places[end_b - 1])
    # The beginning: wherever a word of both ends, they are equal as far as that.
    begins = True
    one, other = first_a, first_b
    while begins and one < end_a and other < end_b:
        if places[one] < places[other]:
            one += 1
        elif places[one] > places[other]:
            other += 1
        else:
            begins = prefixes[one] == prefixes[other]
            one += 1
            other += 1
    if begins or size == other_size:
        return begins
    # The end: between any two places where a word of both ends, seen from there, they are equal.
    shift = other_size - size
    one, other = end_a - 1, end_b - 1
    right, other_right = one, other
    while one > first_a and other > first_b:
        one_place, other_place = np.int64(places[one - 1]), np.int64(places[other - 1])
        if one_place + shift < other_place:
            other -= 1
        elif one_place + shift > other_place:
            one -= 1
        else:
            one -= 1
            other -= 1
            between = _between(places, prefixes, one, right)
            if between != _between(places, prefixes, other, other_right):
                return False
            right, other_right = one, other
    return True


@compiled
def _between(places: NDArray[np.uint16], prefixes: Hashes, left: int, right: int) -> int:
    """Hash of the characters of a title from the end of one token to the end of another."""
    value = np.uint32(prefixes[left])
    for _ in range(np.int64(places[left]), np.int64(places[right])):
        value = np.uint32(value * np.uint32(PREFIX))
    return np.uint32(prefixes[right] - value)
