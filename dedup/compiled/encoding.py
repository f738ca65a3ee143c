"""Characters to UTF-8 and back."""

import numpy as np

from dedup.compiled import compiled
from dedup.compiled.alike import Bytes
from dedup.hashing import Hashes


@compiled
def encode(points: Hashes, out: Bytes, at: int) -> int:
    """Write characters from a place on. Returns the place behind them."""
    for point in points:
        if point < 0x80:
            out[at] = point
            at += 1
            continue
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
        at += 2
    return at


@compiled
def decode(data: Bytes, at: int, out: Hashes) -> None:
    """Read as many characters as there is room for, of text that was encoded."""
    for place in range(out.size):
        point = np.uint32(data[at])
        at += 1
        if point >= 0xC0:
            following = 1 + (point >= 0xE0) + (point >= 0xF0)
            point &= np.uint32(0x3F) >> np.uint32(following)
            for _ in range(following):
                point = point << np.uint32(6) | data[at] & np.uint32(0x3F)
                at += 1
        out[place] = point
