"""Characters to UTF-8 and back."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.hashing import Hashes


@compiled
def put(point: int, out: NDArray[np.uint8], at: int) -> int:
    """Write a character to a place. Returns the place behind it."""
    if point < 0x80:
        out[at] = point
        return at + 1
    if point < 0x800:
        out[at] = 0xC0 | point >> 6
    else:
        if point < 0x10000:
            out[at] = 0xE0 | point >> 12
        else:
            out[at] = 0xF0 | point >> 18
            at += 1
            out[at] = 0x80 | point >> 12 & 0x3F
        at += 1
        out[at] = 0x80 | point >> 6 & 0x3F
    out[at + 1] = 0x80 | point & 0x3F
    return at + 2


@compiled
def encode(points: Hashes, out: NDArray[np.uint8], at: int) -> int:
    """Write characters from a place on. Returns the place behind them."""
    for point in points:
        at = put(point, out, at)
    return at


@compiled
def decoded(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The character at a place of valid UTF-8 that is not ASCII, and the place behind it."""
    first = np.int64(data[at])
    second = np.int64(data[at + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, at + 2
    third = np.int64(data[at + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, at + 3
    fourth = np.int64(data[at + 3]) & 0x3F
    return (first & 0x07) << 18 | second << 12 | third << 6 | fourth, at + 4


@compiled
def decode(data: NDArray[np.uint8], at: int, out: Hashes) -> None:
    """Read as many characters as there is room for, of text that was encoded."""
    for place in range(out.size):
        if data[at] < 0x80:
            out[place] = data[at]
            at += 1
        else:
            out[place], at = decoded(data, at)
