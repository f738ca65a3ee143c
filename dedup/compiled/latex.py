"""LaTeX in UTF-8, as `dedup.markup.without_latex` reads it."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.hashes import chained
from dedup.compiled.markup import NONE, UNSURE, is_latin, markup
from dedup.markup import GREEK
from dedup.words import chain

Bytes = NDArray[np.uint8]

_GREEK_NAMES = np.array([chain(map(ord, name)) for name in GREEK], np.uint64)
_GREEK_LETTERS = np.array([ord(letter) for letter in GREEK.values()], np.uint32)


@compiled
def is_latex(data: Bytes, start: int, end: int) -> bool:
    """Whether a text is LaTeX at all."""
    dollars = 0
    for at in range(start, end):
        byte = data[at]
        if byte == 0x5C:
            return True
        if byte == 0x24:
            dollars += 1
        elif byte == 0x7B and at > start and (data[at - 1] == 0x5E or data[at - 1] == 0x5F):
            return True  # ^{ _{
    return dollars > 1


@compiled
def is_word(byte: int) -> bool:
    """Of ASCII: letter, digit or underscore."""
    return is_latin(byte) or 0x30 <= byte <= 0x39 or byte == 0x5F


@compiled
def command(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """What a LaTeX command whose backslash is behind us stands for, and the place after it."""
    if at >= end:
        return 0x5C, at
    byte = data[at]
    if is_latin(byte):
        first = at
        name = np.uint64(0)
        while at < end and at - first < 30 and is_latin(data[at]):
            name = chained(name, data[at] | 0x20)
            at += 1
        if at - first == 1 and at < end and data[at] == 0x7B and _is_accent(byte):
            return UNSURE, at
        if at < end and data[at] == 0x2A:
            at += 1
        for row in range(_GREEK_NAMES.size):
            if _GREEK_NAMES[row] == name:
                return np.int64(_GREEK_LETTERS[row]), at
        return 0x20, at
    if byte == 0x25 or byte == 0x26 or byte == 0x23:  # % & #
        if markup(data, at, end)[0] != NONE:
            return UNSURE, at
        return np.int64(byte), at + 1
    if byte == 0x24 or byte == 0x5F or byte == 0x7B or byte == 0x7D or byte == 0x20:  # $ _ { }
        return 0x20, at + 1
    if byte == 0x2C or byte == 0x3B or byte == 0x21:  # , ; !
        return 0x20, at + 1
    if byte == 0x22 or byte == 0x27 or byte == 0x60 or byte == 0x7E or byte == 0x3D:  # " ' ` ~ =
        return UNSURE, at
    if byte == 0x5E or byte == 0x2E:  # ^ .
        return UNSURE, at
    return 0x5C, at


@compiled
def _is_accent(byte: int) -> bool:
    """Of the commands of one letter that put an accent on another: ``c v u H k``."""
    return byte == 0x63 or byte == 0x76 or byte == 0x75 or byte == 0x48 or byte == 0x6B


@compiled
def is_script(before: int, data: Bytes, at: int, end: int) -> int:
    """Whether ``^`` or ``_`` with `at` behind it raises or lowers what follows; or `UNSURE`."""
    while at < end and (data[at] == 0x24 or data[at] == 0x7B or data[at] == 0x7D):
        at += 1
    if at == end or before == 0:
        return 0
    byte = data[at]
    if byte >= 0x80 or before < 0:
        return UNSURE
    if byte == 0x5C:
        point = command(data, at + 1, end)[0]
        return UNSURE if point < 0 else np.int64(point >= 0x80)  # a Greek letter
    return 1 if is_word(byte) or byte == 0x28 or byte == 0x2B or byte == 0x2D else 0  # ( + -
