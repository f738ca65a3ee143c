"""Texts as JSON writes them, behind their opening quote."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.alike import Bytes
from dedup.compiled.encoding import put

UNSURE = -1

_AT_ONCE = np.uint64(64)
"""Bytes that are looked at in one step."""

_QUOTE, _BACKSLASH, _SLASH, _SPACE, _ASCII, _ZERO, _NINE = 34, 92, 47, 32, 127, 48, 57
_A, _B, _F, _N, _R, _T, _U = 97, 98, 102, 110, 114, 116, 117


@compiled
def quoted(data: Bytes, at: int, out: NDArray[np.uint8], to: int) -> tuple[int, int]:
    """A text behind its opening quote, unescaped into ``out[to:]``: where both end; `UNSURE` for
    control characters, NULs, lone surrogates, and what is not UTF-8. `data` ends with a line
    break."""
    while True:
        end = _ordinary(data, at)
        to = _copied(data, at, end, out, to)
        at = end
        letter = data[at]
        if letter == _QUOTE:
            return at + 1, to
        if letter < _SPACE:
            return UNSURE, to
        if letter == _BACKSLASH:
            point, at = _escaped(data, at + 1)
            if point <= 0:
                return UNSURE, to
            to = put(point, out, to)
        while data[at] > _ASCII:
            end = at + _sequence(data, at)
            if end == at:
                return UNSURE, to
            to = _copied(data, at, end, out, to)
            at = end


@compiled
def _ordinary(data: Bytes, begin: int) -> int:
    """Where a run of ASCII that stands for itself ends."""
    at, size = np.uint64(begin), np.uint64(data.size)
    while at + _AT_ONCE <= size:
        odd = np.uint8(0)
        for each in range(_AT_ONCE):
            letter = data[at + np.uint64(each)]
            odd |= (
                np.uint8(letter == np.uint8(_QUOTE))
                | np.uint8(letter == np.uint8(_BACKSLASH))
                | np.uint8(np.int8(letter) < np.int8(_SPACE))  # those beyond ASCII, too
            )
        if odd:
            break
        at += _AT_ONCE
    letter = data[at]
    while _SPACE <= letter <= _ASCII and letter != _QUOTE and letter != _BACKSLASH:
        at += np.uint64(1)
        letter = data[at]
    return np.int64(at)


@compiled
def _copied(data: Bytes, begin: int, end: int, out: NDArray[np.uint8], to: int) -> int:
    """Copy ``data[begin:end]`` to ``out[to:]``; where it ends there."""
    at, there = np.uint64(begin), np.uint64(to)
    for each in range(end - begin):
        out[there + np.uint64(each)] = data[at + np.uint64(each)]
    return to + end - begin


@compiled
def _sequence(data: Bytes, at: int) -> int:
    """Bytes of one character of UTF-8 that is not ASCII; 0: they are not one."""
    first = data[at]
    size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4:
        return 0
    for place in range(at + 1, at + size):
        if data[place] & 0xC0 != 0x80:
            return 0
    second = data[at + 1]
    least = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
    most = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
    return size if least <= second <= most else 0


@compiled
def _escaped(data: Bytes, at: int) -> tuple[int, int]:
    """The code point of an escape behind its backslash, and where it ends; `UNSURE`: none, or a
    lone surrogate."""
    letter = data[at]
    if letter == _U:
        point = _four(data, at + 1)
        if point < 0xD800 or point > 0xDFFF:
            return point, at + 5
        if point > 0xDBFF or data[at + 5] != _BACKSLASH or data[at + 6] != _U:
            return UNSURE, at
        low = _four(data, at + 7)
        if low < 0xDC00 or low > 0xDFFF:
            return UNSURE, at
        return 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), at + 11
    if letter == _QUOTE or letter == _BACKSLASH or letter == _SLASH:
        return np.int64(letter), at + 1
    if letter == _N:
        return 10, at + 1
    if letter == _T:
        return 9, at + 1
    if letter == _R:
        return 13, at + 1
    if letter == _B:
        return 8, at + 1
    if letter == _F:
        return 12, at + 1
    return UNSURE, at


@compiled
def _four(data: Bytes, at: int) -> int:
    """The number that four hexadecimal digits write."""
    value = np.int64(0)
    for place in range(at, at + 4):
        letter = data[place]
        if _ZERO <= letter <= _NINE:
            digit = np.int64(letter) - _ZERO
        elif _A <= letter | 32 <= _F:
            digit = np.int64(letter | 32) - _A + 10
        else:
            return UNSURE
        value = value * 16 + digit
    return value
