"""Labels (``METHODS:``, ``【目的】``) in folded characters, as `boilerplate` takes them out.

Why what is found is what its pattern finds. White space counts as far as there is any and as it
holds a line feed, which is all that joined lines leave of it. Labels, and what joins them, are
whole tokens: whatever may stand beside them is no part of one. So

- a match ends at the last token of a label, behind which a colon or a dash stands, a closing
  bracket, or, if it is Chinese, a space: no other token is looked at;
- from there back those tokens are followed that nothing parts but a blank (English), or nothing at
  all (Chinese): no match begins among them, as neither the end of a sentence nor a bracket stands
  there. They are a label, or two that a word joins, if they are known to be, and else none; but a
  run with more joints is left to `boilerplate`;
- where a comma or the like stands before them, and before that what may end a label, the match
  begins before both or not at all, and so on back. With a line's end there, or a word that joins,
  or more than four labels, the text is left, too;
- otherwise a match begins with the first of these tokens, or none does;
- two matches share nothing: before the second stands its own bracket or end of a sentence. The
  only thing both may reach for is white space that ends with a line feed, and the second needs no
  more than to look back at that.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import SINGLE, Alphabet
from dedup.compiled import compiled
from dedup.compiled.hashes import chained, known
from dedup.compiled.wording import (
    before_spaces,
    behind_spaces,
    closes_bracket,
    is_space,
    kind_of,
    role_of,
)
from dedup.hashing import Hashes, token_hashes
from dedup.words import ENDS_LABEL, JOINTS, Words

UNSURE = -1
"""The text is left to `boilerplate`."""
NONE = -2
"""No label ends here."""

_LONGEST = 24
"""Tokens of a run of labels, and more: 研究创新点, four times, and three joints are 23."""
_MOST = 4
"""Labels in a run."""
_JOINTS = token_hashes(f"and {JOINTS}")


@compiled
def find_labels(
    points: Hashes, letters: Alphabet, sets: Words, hashes: Hashes, edges: Hashes, spans: Hashes
) -> int:
    """Where labels begin and end in `points` into `spans`, one after the other, and how many they
    are, or `UNSURE`. `hashes` are those of the tokens, and `edges` theirs; `points` have no space
    behind them."""
    roles, ends = sets.roles, sets.label_ends
    found = 0
    for word in range(hashes.size):
        token = hashes[word]
        if role_of(token, roles) & ENDS_LABEL and known(token, ends):
            if _is_in_a_sentence(points, np.int64(edges[2 * word + 1])):
                continue
            begin, end = _label(points, letters.classes, sets, hashes, edges, word)
            if begin == UNSURE:
                return UNSURE
            if begin >= 0:
                spans[2 * found], spans[2 * found + 1] = begin, end
                found += 1
    return found


@compiled
def _is_in_a_sentence(points: Hashes, end: int) -> bool:
    """Whether behind an English word stand a blank and a letter, as behind most."""
    if end + 1 >= points.size or points[end - 1] >= 0x80:
        return False
    return points[end] == 0x20 and 0x61 <= points[end + 1] <= 0x7A


@compiled
def _label(
    points: Hashes,
    classes: NDArray[np.uint8],
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    word: int,
) -> tuple[int, int]:
    """Where the labels that a token ends begin, and where they end; else `NONE` or `UNSURE`."""
    end = np.int64(edges[2 * word + 1])
    single = kind_of(points[end - 1], classes) == SINGLE
    after = behind_spaces(points, end, classes)
    if after == points.size:
        return NONE, end
    point = points[after]
    colon = point == 0x3A or (not single and (point == 0x2014 or point == 0x2013))
    closing = closes_bracket(point)
    spaced = single and after > end
    if not (colon or closing or spaced):
        return NONE, end
    begin, before, labels = _joined(points, classes, sets, hashes, edges, word, single)
    if begin < 0:
        return begin, end
    if closing and before >= 0 and _opens(points[before]):
        after = behind_spaces(points, after + 1, classes)
        colon = after < points.size and points[after] == 0x3A
        return before, after + 1 if colon else after
    if before < 0 or _ends_a_sentence(points[before]):
        begin = before + 1
    elif not _has_line_feed(points, before + 1, begin):
        return NONE, end
    if colon:
        return begin, after + 1
    if not spaced or labels > 1:
        return NONE, end  # a space ends one label alone
    goes_on = _separates(point, single) and _starts_a_label(sets, hashes, word + 1)
    if word + 1 < hashes.size and _joins(hashes[word + 1]):
        goes_on = goes_on or _starts_a_label(sets, hashes, word + 2)
    return UNSURE if goes_on else begin, after


@compiled
def _joined(
    points: Hashes,
    classes: NDArray[np.uint8],
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    word: int,
    single: bool,
) -> tuple[int, int, int]:
    """Where the labels up to a token begin, what place stands before them, white space apart, and
    how many they are at most; else `NONE` or `UNSURE`."""
    labels = 0
    while True:
        first = _first_of_run(points, classes, edges, word, single)
        begin = np.int64(edges[2 * first])
        before = before_spaces(points, begin, classes) - 1
        last = np.int64(edges[2 * first - 1]) if first else np.int64(-1)
        chain, joints = np.uint64(0), 0
        for at in range(first, word + 1):
            chain = chained(chain, hashes[at])
            joints += _joins(hashes[at])
        if before == last - 1 and _joins_over_space(sets, hashes, first):
            return UNSURE, before, labels
        if word - first >= _LONGEST:
            return NONE, before, labels
        if not known(chain, sets.labels):
            unsure = joints > 1 and _starts_a_label(sets, hashes, first)
            return UNSURE if unsure else NONE, before, labels
        labels += 1 + joints
        if labels > _MOST:
            return UNSURE, before, labels
        if first == 0 or not (
            _separates(points[before], single)
            and behind_spaces(points, last, classes) == before
            and single == (kind_of(points[last - 1], classes) == SINGLE)
            and _ends_a_label(sets, hashes, first - 1)
        ):
            return begin, before, labels
        if _has_line_feed(points, before, begin):
            return UNSURE, before, labels
        word = first - 1


@compiled
def _first_of_run(
    points: Hashes, classes: NDArray[np.uint8], edges: Hashes, word: int, single: bool
) -> int:
    """The first of the tokens up to one that a blank parts, if they are words, or nothing, if they
    stand for themselves; of more than `_LONGEST` one of them."""
    first = word
    while first > 0 and word - first < _LONGEST:
        last, begin = np.int64(edges[2 * first - 1]), np.int64(edges[2 * first])
        if single != (kind_of(points[last - 1], classes) == SINGLE) or single != (begin == last):
            break
        for place in range(last, begin):
            if points[place] == 0x0A or not is_space(points[place], classes):
                return first
        first -= 1
    return first


@compiled
def _joins_over_space(sets: Words, hashes: Hashes, first: int) -> bool:
    """Whether a word may join labels to those whose first token is given, white space beside it."""
    if _joins(hashes[first]) and _ends_a_label(sets, hashes, first - 1):
        return _starts_a_label(sets, hashes, first + 1)
    if _joins(hashes[first - 1]) and _ends_a_label(sets, hashes, first - 2):
        return _starts_a_label(sets, hashes, first)
    return False


@compiled
def _starts_a_label(sets: Words, hashes: Hashes, word: int) -> bool:
    return word < hashes.size and known(hashes[word], sets.label_starts)


@compiled
def _ends_a_label(sets: Words, hashes: Hashes, word: int) -> bool:
    return word >= 0 and known(hashes[word], sets.label_ends)


@compiled
def take_out(
    points: Hashes, hashes: Hashes, edges: Hashes, spans: Hashes, found: int
) -> tuple[int, int]:
    """Write a text and its tokens anew, with a space in the place of each of so many spans. Returns
    how many tokens and how many characters are left."""
    words, size = hashes.size, points.size
    word = count = 0
    source = kept = np.int64(0)
    for row in range(found + 1):
        begin = np.int64(spans[2 * row]) if row < found else np.int64(size)
        while word < words and edges[2 * word] < begin:
            hashes[count] = hashes[word]
            edges[2 * count] = edges[2 * word] - (source - kept)
            edges[2 * count + 1] = edges[2 * word + 1] - (source - kept)
            count += 1
            word += 1
        for place in range(source, begin):
            points[kept] = points[place]
            kept += 1
        if row < found:
            points[kept] = 0x20
            kept += 1
            source = np.int64(spans[2 * row + 1])
            while word < words and edges[2 * word] < source:
                word += 1
    return count, kept


@compiled
def _joins(token: int) -> bool:
    for joint in _JOINTS:
        if token == joint:
            return True
    return False


@compiled
def _has_line_feed(points: Hashes, begin: int, end: int) -> bool:
    for place in range(begin, end):
        if points[place] == 0x0A:
            return True
    return False


@compiled
def _separates(point: int, single: bool) -> bool:
    """What may stand between labels: ``, / &`` between English, ``/ & 、`` between Chinese."""
    return point == 0x2F or point == 0x26 or point == (0x3001 if single else 0x2C)


@compiled
def _opens(point: int) -> bool:
    return point == 0x5B or point == 0x3010 or point == 0x3014 or point == 0x3016  # [【〔〖


@compiled
def _ends_a_sentence(point: int) -> bool:
    """Behind which a label may stand: ``. ! ? ; 。 )``."""
    return (
        point == 0x2E
        or point == 0x21
        or point == 0x3F
        or point == 0x3B
        or point == 0x3002
        or point == 0x29
    )
