"""Words broken at the end of a line: see `dedup.text.plain`."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import NUMERAL, SINGLE, WORD
from dedup.compiled import compiled
from dedup.compiled.wording import is_space, kind_of
from dedup.hashing import Hashes

UNSURE = -1


@compiled
def join_broken(points: Hashes, classes: NDArray[np.uint8]) -> int:
    """Write a text anew with the words joined that are broken at the end of a line; how long it is
    then, or `UNSURE`. `points` are characters of any width."""
    size = points.size
    return _join(points, size, classes) if may_be_broken(points) else size


@compiled
def may_be_broken(points: Hashes) -> bool:
    """Whether a hyphen may stand before a line's end, or before more than one space. Without a
    branch in its loop, so that many characters are looked at together."""
    found = np.uint8(0)
    for place in range(points.size - 2):
        second, third = points[place + 1], points[place + 2]
        odd = (second < 0x20) | (second > 0x7E)
        odd |= (second == 0x20) & ((third <= 0x20) | (third > 0x7E))
        found = np.uint8(found | np.uint8(1 if odd & (points[place] == 0x2D) else 0))
    return found != 0


@compiled
def _join(points: Hashes, size: int, classes: NDArray[np.uint8]) -> int:
    kept = place = 0
    before = np.uint32(0x20)
    while place < size:
        point = points[place]
        if point == 0x2D:
            after = place + 1
            while after < size and is_space(points[after], classes):
                after += 1
            gap = after - place - 1
            if after < size and (gap > 1 or (gap == 1 and points[place + 1] == 0x0A)):
                left, right = _is_letter(before, classes), _is_letter(points[after], classes)
                if left and right:
                    if left == UNSURE or right == UNSURE:
                        return UNSURE
                    place = after
                    point = points[place]
        points[kept] = point
        before = point
        kept += 1
        place += 1
    return kept


@compiled
def _is_letter(point: int, classes: NDArray[np.uint8]) -> int:
    """1 or 0: a letter or underscore to a pattern, or not; or `UNSURE`."""
    if point < 0x80:
        return 1 if 0x61 <= point <= 0x7A or point == 0x5F else 0
    if 0x4E00 <= point <= 0x9FFF:
        return 1
    kind = kind_of(point, classes)
    return UNSURE if kind == WORD or kind == NUMERAL or kind == SINGLE else 0
