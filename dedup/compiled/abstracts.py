"""Folded characters to the tokens of an abstract: what `dedup.text.fold` and `tokens` make of it.

The steps are those of `dedup.text.fold_abstract`, each on what the one before left: the mark of a
cut, headings, labels, what ends a text. Each says of a text that nothing is to be done, or does it
where it can be told for certain what the plain form does (`labels` and `tails` say why), or leaves
the text to that: all headings, the words of a mark, and whatever else a publisher may have added.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import Alphabet
from dedup.compiled import compiled
from dedup.compiled.labels import UNSURE, find_labels, take_out
from dedup.compiled.tails import first_sign, without_tail
from dedup.compiled.wording import before_spaces, may_open, says_more
from dedup.hashing import Hashes
from dedup.words import Words

TRUNCATED = 1 << 40
"""Added to the count of tokens of a text that was cut."""

_LONGEST_MARK = 4
"""Tokens of the words in the mark of a cut: 查看全文."""


@compiled
def abstract_tokens(
    points: Hashes,
    letters: Alphabet,
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    room: Hashes,
) -> int:
    """Of the tokens of a text, `hashes`, those that folding leaves, put first among them.

    Returns how many they are, with `TRUNCATED` added for a text that was cut, or `UNSURE`.
    `edges` say where each token begins and ends in `points`, which have no space at their end and
    no word that is broken at the end of a line. All three are written anew. `room` to work in is
    as much as `edges` are.
    """
    classes = letters.classes
    cut = TRUNCATED if _is_cut(points, classes) else 0
    if hashes.size == 0:
        return cut
    first = np.int64(edges[0])
    if first_sign(points, 0, first) < first or may_open(points, first, classes):
        return UNSURE  # it may begin with a heading or a copyright line
    if _may_say_more(points, classes, hashes, edges):
        return UNSURE
    found = find_labels(points, letters, sets, hashes, edges, room)
    if found < 0:
        return UNSURE
    count, size = hashes.size, points.size
    if found:
        count, size = take_out(points, hashes, edges, room, found)
    kept = without_tail(points[:size], letters, sets, hashes[:count], edges)
    return UNSURE if kept < 0 else kept + cut


@compiled
def _is_cut(points: Hashes, classes: NDArray[np.uint8]) -> bool:
    """Whether a text ends in an ellipsis, brackets apart."""
    size = before_spaces(points, points.size, classes)
    if size and (points[size - 1] == 0x5D or points[size - 1] == 0x29):  # ] )
        size -= 1
    size = _before_a_bracket(points, size, classes)
    for _ in range(3):
        size = before_spaces(points, size, classes)
        if size == 0 or points[size - 1] != 0x2E:
            return False
        size -= 1
    return True


@compiled
def _may_say_more(
    points: Hashes, classes: NDArray[np.uint8], hashes: Hashes, edges: Hashes
) -> bool:
    """Whether the last words of a text may belong to the mark of a cut: a full stop stands before
    them."""
    if not says_more(hashes[hashes.size - 1]):
        return False
    for word in range(max(0, hashes.size - _LONGEST_MARK), hashes.size):
        size = _before_a_bracket(points, np.int64(edges[2 * word]), classes)
        if size and points[size - 1] == 0x2E:
            return True
    return False


@compiled
def _before_a_bracket(points: Hashes, size: int, classes: NDArray[np.uint8]) -> int:
    """How long so much of a text is without an opening bracket at its end, and white space."""
    size = before_spaces(points, size, classes)
    if size and (points[size - 1] == 0x5B or points[size - 1] == 0x28):  # [ (
        size -= 1
    return before_spaces(points, size, classes)
