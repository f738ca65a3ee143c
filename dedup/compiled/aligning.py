"""Two titles word by word: what `dedup.titles.align` says of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory
from dedup.compiled.alike import Bytes
from dedup.compiled.encoding import decode
from dedup.compiled.misspelling import Ends, begin_of, without_misspelt
from dedup.compiled.titles import LONGEST
from dedup.hashing import Hashes
from dedup.likening import LESS, NOT_ALIGNED, NOT_READ
from dedup.titles import MISSPELT, REORDERED, WITHOUT_ITS_BEGINNING, WITHOUT_ITS_END

Places = NDArray[np.int64]
Marks = NDArray[np.uint8]

_ROOM = 1024
_CLOSE = 1e-9
_LETTERS = 1 << 16
"""As many as `places` can tell."""
_AHEAD = 128
"""Titles that are brought to the processor at once."""


class Titles(NamedTuple):
    """See `dedup.signing.Signed`."""

    spans: Places
    """``(n, 4)``: where its tokens begin and end, and where its letters do."""
    tokens: Hashes
    places: Ends
    """Where each token ends in the characters of its title."""
    letters: Bytes
    """UTF-8."""
    flags: NDArray[np.uint8]
    weights: NDArray[np.float64]


@compiled_with_memory
def align_titles(
    titles: Titles,
    latin: int,
    rows_a: Places,
    rows_b: Places,
    least: NDArray[np.float64],
    likeness: NDArray[np.float64],
    different: NDArray[np.bool_],
) -> None:
    """How alike the titles of each pair are, into `likeness`, and whether they name different
    things, into `different`: see `dedup.titles.Alignment`. `NOT_READ`: one has more than `LONGEST`
    words; `LESS`: words in common tell that it is below `least`. `latin` is the flag of titles in
    Latin letters.

    Quickest where pairs of one `a` stand side by side: its words are put into an index once.
    """
    spans, tokens, places, letters = titles.spans, titles.tokens, titles.places, titles.letters
    points, others = np.empty(_LETTERS, np.uint32), np.empty(_LETTERS, np.uint32)
    heads, following = np.zeros(_ROOM, np.uint8), np.empty(LONGEST, np.uint8)
    taken = np.empty(LONGEST, np.bool_)
    mine, theirs = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    held = begin_held = end_held = np.int64(-1)
    for row in range(rows_a.size):
        if row % _AHEAD == 0:
            _touch(titles, rows_b[row : row + _AHEAD], likeness[row:])
        a, b = rows_a[row], rows_b[row]
        begin_a, end_a, begin_b, end_b = spans[a, 0], spans[a, 1], spans[b, 0], spans[b, 1]
        likeness[row], different[row] = NOT_ALIGNED, False
        if begin_a == end_a or begin_b == end_b or (titles.flags[a] ^ titles.flags[b]) & latin:
            continue
        if max(end_a - begin_a, end_b - begin_b) > LONGEST:
            likeness[row] = NOT_READ
            continue
        size_a, size_b = np.int64(places[end_a - 1]), np.int64(places[end_b - 1])
        likeness[row] = _met_at_an_end(spans, letters, titles.weights, a, size_a, b, size_b)
        if likeness[row] != LESS:
            continue
        if a != held:
            _forget(tokens, begin_held, end_held, heads)
            _put(tokens, begin_a, end_a, heads, following)
            held, begin_held, end_held = a, begin_a, end_a
        enough = (min(least[row], MISSPELT) - _CLOSE) * (size_a + size_b)
        if 2 * _most_in_common(tokens, places, begin_b, end_b, heads) < enough:
            continue
        left, other_left, common = _match(
            tokens, places, begin_a, end_a, begin_b, end_b, heads, following, taken, mine, theirs
        )
        if 2 * common < enough:
            continue
        decode(letters, titles.spans[a, 2], points[:size_a])
        decode(letters, titles.spans[b, 2], others[:size_b])
        likeness[row], different[row] = _aligned(
            tokens[begin_a:end_a], places[begin_a:end_a], points[:size_a],
            tokens[begin_b:end_b], places[begin_b:end_b], others[:size_b],
            mine, left, theirs, other_left, common,
        )  # fmt: skip


@compiled
def _touch(titles: Titles, rows: Places, out: NDArray[np.float64]) -> None:
    """Have some titles brought to the processor, all at once: one after the other, each would be
    waited for. What is written is of no meaning."""
    for at in range(rows.size):
        row = rows[at]
        begin, end = titles.spans[row, 0], titles.spans[row, 1]
        if begin < end:
            out[at] = (
                titles.tokens[begin]
                + titles.tokens[end - 1]
                + titles.places[begin]
                + titles.places[end - 1]
                + titles.letters[titles.spans[row, 2]]
                + titles.letters[titles.spans[row, 3] - 1]
            )


@compiled
def _met_at_an_end(
    spans: Places,
    letters: Bytes,
    weights: NDArray[np.float64],
    a: int,
    size: int,
    b: int,
    other_size: int,
) -> float:
    """Likeness where one title is the other, or its beginning or end; otherwise `LESS`."""
    if size > other_size:
        a, b, size, other_size = b, a, other_size, size
    first, end, other, other_end = spans[a, 2], spans[a, 3], spans[b, 2], spans[b, 3]
    if end - first > other_end - other:
        return LESS
    if _equal(letters, first, end, other):
        if size == other_size:
            return 1.0
        return WITHOUT_ITS_END if weights[a] >= 0.6 else LESS
    if 3 * size > other_size and _equal(letters, first, end, other_end - (end - first)):
        return WITHOUT_ITS_BEGINNING if weights[a] >= 0.6 else LESS
    return LESS


@compiled
def _equal(letters: Bytes, first: int, end: int, other: int) -> bool:
    while first < end and letters[first] == letters[other]:
        first += 1
        other += 1
    return first == end


@compiled
def _put(tokens: Hashes, begin: int, end: int, heads: Marks, following: Marks) -> None:
    """Put the words of a title into an index: ``heads[t % size]`` is one more than the place of the
    first that looks like t, and `following` leads on from each."""
    for at in range(end - begin - 1, -1, -1):
        place = tokens[begin + at] & np.uint32(_ROOM - 1)
        following[at], heads[place] = heads[place], at + 1


@compiled
def _forget(tokens: Hashes, begin: int, end: int, heads: Marks) -> None:
    for at in range(begin, end):
        heads[tokens[at] & np.uint32(_ROOM - 1)] = 0


@compiled
def _most_in_common(tokens: Hashes, places: Ends, begin: int, end: int, heads: Marks) -> int:
    """Ends of the words of a title that look like some in an index."""
    most = before = np.int64(0)
    for at in range(begin, end):
        place = np.int64(places[at])
        most += (place - before) * (heads[tokens[at] & np.uint32(_ROOM - 1)] != 0)
        before = place
    return most


@compiled
def _match(
    tokens: Hashes,
    places: Ends,
    begin_a: int,
    end_a: int,
    begin_b: int,
    end_b: int,
    heads: Marks,
    following: Marks,
    taken: NDArray[np.bool_],
    mine: Places,
    theirs: Places,
) -> tuple[int, int, int]:
    """Which words of each of two titles have no equal one left in the other, how many they are of
    both, and how many letters are of the others; the index is of the first title."""
    taken[: end_a - begin_a] = False
    left = other_left = common = before = np.int64(0)
    for at in range(begin_b, end_b):
        token = tokens[at]
        place = np.int64(heads[token & np.uint32(_ROOM - 1)])
        while place and (tokens[begin_a + place - 1] != token or taken[place - 1]):
            place = np.int64(following[place - 1])
        if place:
            taken[place - 1] = True
            common += np.int64(places[at]) - before
        else:
            theirs[other_left] = at - begin_b
            other_left += 1
        before = np.int64(places[at])
    for at in range(end_a - begin_a):
        mine[left] = at
        left += not taken[at]
    return left, other_left, common


@compiled
def _aligned(
    tokens: Hashes,
    ends: Ends,
    points: Hashes,
    other_tokens: Hashes,
    other_ends: Ends,
    others: Hashes,
    mine: Places,
    left: int,
    theirs: Places,
    other_left: int,
    common: int,
) -> tuple[float, bool]:
    """Of two titles neither of which is the other's beginning or end, and the words of each that
    the other has not."""
    if not left and not other_left:
        return REORDERED, False
    both = points.size + others.size
    found = 1 - (both - 2 * common) / both
    if found >= MISSPELT:
        if _repeats(tokens, mine, left) or _repeats(other_tokens, theirs, other_left):
            left = _surplus(tokens, other_tokens, mine)
            other_left = _surplus(other_tokens, tokens, theirs)
        if _is_shorter(points, ends, others, other_ends):
            left, other_left = without_misspelt(
                points, ends, mine, left, others, other_ends, theirs, other_left
            )
        else:
            other_left, left = without_misspelt(
                others, other_ends, theirs, other_left, points, ends, mine, left
            )
        found = 1 - (_total(ends, mine, left) + _total(other_ends, theirs, other_left)) / both
    different = (
        0.5 <= found < 0.9
        and _substance(points, ends, mine, left) > 3
        and _substance(others, other_ends, theirs, other_left) > 3
    )
    return found, different


@compiled
def _repeats(tokens: Hashes, words: Places, count: int) -> bool:
    """Whether one of some words stands in its title twice."""
    for at in range(count):
        often = 0
        for token in tokens:
            often += token == tokens[words[at]]
        if often > 1:
            return True
    return False


@compiled
def _surplus(tokens: Hashes, others: Hashes, out: Places) -> int:
    """Which of its tokens a title has and the other lacks, as often as it lacks them, each kind
    where it first stands: see `dedup.titles`."""
    found = 0
    for at in range(tokens.size):
        before = lacking = 0
        for place in range(tokens.size):
            same = tokens[place] == tokens[at]
            before += same and place < at
            lacking += same
        for other in others:
            lacking -= other == tokens[at]
        if not before:
            for _ in range(lacking):
                out[found] = at
                found += 1
    return found


@compiled
def _is_shorter(points_a: Hashes, ends_a: Ends, points_b: Hashes, ends_b: Ends) -> bool:
    """Whether the first title is the shorter; of two of one length, the first by its tokens."""
    if points_a.size != points_b.size:
        return points_a.size < points_b.size
    for token in range(min(ends_a.size, ends_b.size)):
        at_a, at_b = begin_of(ends_a, token), begin_of(ends_b, token)
        while at_a < ends_a[token] and at_b < ends_b[token]:
            if points_a[at_a] != points_b[at_b]:
                return points_a[at_a] < points_b[at_b]
            at_a += 1
            at_b += 1
        if at_a < ends_a[token] or at_b < ends_b[token]:
            return at_b < ends_b[token]
    return ends_a.size <= ends_b.size


@compiled
def _total(ends: Ends, words: Places, count: int) -> int:
    """Letters of some words of a title."""
    total = np.int64(0)
    for at in range(count):
        total += np.int64(ends[words[at]]) - begin_of(ends, words[at])
    return total


@compiled
def _substance(points: Hashes, ends: Ends, words: Places, count: int) -> int:
    """Ends of some words that say something: see `dedup.titles`."""
    total = np.int64(0)
    for at in range(count):
        begin, end = begin_of(ends, words[at]), np.int64(ends[words[at]])
        wide = False
        for place in range(begin, end):
            wide |= points[place] >= 0x80
        if wide:
            total += 2 * (end - begin)
        elif end - begin > 3:
            total += end - begin
    return total
