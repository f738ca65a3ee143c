"""What ends an abstract and is no part of it, in folded characters without labels: as
`boilerplate._without_tail` takes it off, if it is a copyright line and nothing else.

Why. The plain form cuts at keywords, at a sign of copyright, and at last sentences with a
publisher's cue, and does so again while it finds any. Each of the three has a token, or a sign,
without which it cannot be there (`boilerplate.CUE_WORDS`, `boilerplate.CLOSING_WORDS`); a word of
letters of ASCII and others, that a pattern may take for two, counts as every one of them.

- Where a text is long is measured too short, where its last sentence begins is known too early:
  from both what is looked at is more than what the plain form looks at. If none of these tokens is
  there, nothing is cut.
- Else the first that may close the text has to be a sign of copyright as it is always one, nothing
  but such signs behind it, no line's end, no more characters than a line may have, and a word
  before it: then the plain form cuts there. What is left has to be a text of which nothing is cut.
- Any other text is left to the plain form.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import SINGLE, Alphabet
from dedup.compiled import compiled
from dedup.compiled.labels import UNSURE
from dedup.compiled.wording import (
    CLOSING,
    CUE,
    behind_spaces,
    closes,
    closes_bracket,
    is_space,
    kind_of,
    may_close,
)
from dedup.hashing import Hashes, token_hashes
from dedup.words import Words

_NONE = -2
"""Nothing here may close a text."""
_WINDOW, _LINE = 480, 240
"""Characters from the end of a text within which `boilerplate` cuts keywords and copyright lines,
and those that a copyright line may have."""
_LONGEST_LINE = _LINE + len("copyright")
"""With the sign that begins it."""
_COPYRIGHT = token_hashes("copyright")[0]
_BEHIND_C = np.array([[*map(ord, two)] for two in ("th", "by", "19", "20")], np.uint32)
"""What follows the sign ``(c)``, or more."""


@compiled
def without_tail(
    points: Hashes, letters: Alphabet, sets: Words, hashes: Hashes, edges: Hashes
) -> int:
    """How many of the tokens, `hashes`, are left, or `UNSURE`. `edges` are theirs."""
    classes = letters.classes
    size, count = points.size, hashes.size
    beyond = _is_beyond_ascii(points)
    first, place = _first_closing(points, classes, sets, hashes, edges, beyond)
    if first != _NONE:
        if first <= 0 or size - place > _LINE:
            return UNSURE
        for at in range(place, size):
            if points[at] == 0x0A:
                return UNSURE
        size, count = place, first
        again, _ = _first_closing(points[:size], classes, sets, hashes[:count], edges, beyond)
        if again != _NONE:
            return UNSURE
    if _may_be_a_publishers(points[:size], classes, sets, hashes[:count], edges, beyond):
        return UNSURE
    return count


@compiled
def _is_beyond_ascii(points: Hashes) -> bool:
    every = np.uint32(0)
    for point in points:
        every |= np.uint32(point)
    return every >= 0x80


@compiled
def _first_closing(
    points: Hashes,
    classes: NDArray[np.uint8],
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    beyond: bool,
) -> tuple[int, int]:
    """The first sign of copyright near the end of a text: which token it is, or stands before, and
    its place. `_NONE`: there is none. `UNSURE`: it may be one, or keywords may be there."""
    roles = sets.roles
    first, found = _NONE, np.int64(0)
    place, word = np.int64(points.size), hashes.size
    length = np.int64(0)
    while length <= _WINDOW:
        last = np.int64(edges[2 * word - 1]) if word else np.int64(0)
        length += last < place < points.size  # what is behind the last word may not be there
        sign = first_sign(points, last, place) if beyond and length <= _LONGEST_LINE else place
        if sign < place:
            first, found = word, sign
        if word == 0:
            break
        word -= 1
        place = np.int64(edges[2 * word])
        length += last - place
        if beyond and not _is_of_one_script(points, place, last):
            return UNSURE, place
        if not may_close(hashes, roles, word):
            continue
        if hashes[word] == _COPYRIGHT:
            if length <= _LONGEST_LINE:
                first, found = word if _ends_a_word(points, last, classes) else UNSURE, place
        elif _is_in_brackets(points, place, last, classes):
            if length <= _LONGEST_LINE:
                first, found = UNSURE, place
        elif closes(hashes, sets, word) == CLOSING:
            if kind_of(points[place], classes) == SINGLE or _ends_keywords(points, last, classes):
                return UNSURE, place
    return first, found


@compiled
def _may_be_a_publishers(
    points: Hashes,
    classes: NDArray[np.uint8],
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    beyond: bool,
) -> bool:
    """Whether a publisher's cue may stand in the last sentence of a text, or in one that may belong
    to it."""
    roles = sets.roles
    place = np.int64(points.size)
    for word in range(hashes.size - 1, -1, -1):
        begin, end = np.int64(edges[2 * word]), np.int64(edges[2 * word + 1])
        last = np.int64(edges[2 * word - 1]) if word else np.int64(0)
        if beyond and (
            first_sign(points, end, place) < place
            or first_sign(points, last, begin) < begin
            or not _is_of_one_script(points, begin, end)
        ):
            return True
        if may_close(hashes, roles, word) and closes(hashes, sets, word) == CUE:
            return True
        gap = begin - last
        if gap > 1 or (gap == 1 and points[last] != 0x20):
            if _begins_a_sentence(points, begin, classes):
                return False
        place = begin
    return False


@compiled
def first_sign(points: Hashes, begin: int, end: int) -> int:
    """The first place of a sign of copyright, of a text or of a recording; or the end."""
    for place in range(begin, end):
        if points[place] == 0xA9 or points[place] == 0x2117:
            return place
    return end


@compiled
def _is_of_one_script(points: Hashes, begin: int, end: int) -> bool:
    """Whether of a word either all characters are ASCII or none is."""
    beyond = 0
    for place in range(begin, end):
        beyond += points[place] >= 0x80
    return beyond == 0 or beyond == end - begin


@compiled
def _ends_a_word(points: Hashes, end: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a word of ASCII that ends here does so to a pattern, too."""
    if end == points.size or is_space(points[end], classes):
        return True
    return points[end] < 0x80 and points[end] != 0x5F


@compiled
def _ends_keywords(points: Hashes, end: int, classes: NDArray[np.uint8]) -> bool:
    """Whether what follows a word like ``keywords`` may make a heading of it."""
    end = behind_spaces(points, end, classes)
    point = points[end] if end < points.size else np.uint32(0x20)
    dash = point == 0x2D or point == 0x2013 or point == 0x2014
    return dash or point == 0x3A or point == 0x29 or point == 0x61 or closes_bracket(point)  # : ) a


@compiled
def _is_in_brackets(points: Hashes, begin: int, end: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a word is the sign ``(c)``, and may begin a copyright line: a year follows, or
    ``by``, or ``the``."""
    if begin == 0 or end == points.size or end - begin != 1 or points[begin] != 0x63:
        return False
    if points[begin - 1] != 0x28 or points[end] != 0x29:
        return False
    end = behind_spaces(points, end + 1, classes)
    for row in range(_BEHIND_C.shape[0]):
        if end + 1 < points.size and points[end] == _BEHIND_C[row, 0]:
            if points[end + 1] == _BEHIND_C[row, 1]:
                return True
    return False


@compiled
def _begins_a_sentence(points: Hashes, begin: int, classes: NDArray[np.uint8]) -> bool:
    """Whether before the token that begins here a sentence certainly ends."""
    place = begin - 1
    line = False
    while place >= 0 and (_may_follow_a_stop(points[place]) or is_space(points[place], classes)):
        line = line or points[place] == 0x0A
        place -= 1
    if place < 0:
        return False
    point = points[place]
    if line or point == 0x21 or point == 0x3F or point == 0x3002:  # ! ? 。
        return True
    beside = place == begin - 1
    if beside and (point == 0x2E or point == 0x3B):  # . ;
        return 0x4E00 <= points[begin] <= 0x9FFF
    return point == 0x2E


@compiled
def _may_follow_a_stop(point: int) -> bool:
    return point == 0x22 or point == 0x27 or point == 0x29 or point == 0x5D  # " ' ) ]
