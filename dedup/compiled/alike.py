"""UTF-8 to folded characters: what `dedup.text.plain` makes of a text."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import POINTS, Alphabet
from dedup.compiled import compiled
from dedup.compiled.hashes import chained
from dedup.compiled.markup import NONE, entity, is_latin, tag
from dedup.hashing import Hashes
from dedup.markup import GREEK
from dedup.words import chain

Bytes = NDArray[np.uint8]

UNSURE = -1
"""The text holds what these kernels leave to `dedup.text`: an entity, a tag, LaTeX, a character
that depends on its neighbours."""

_ALPHA, _OMEGA = 0x3B1, 0x3C9
_QUIET = np.array([chr(byte) not in "&<]" for byte in range(0x80)], np.bool_)
"""Characters of ASCII with which no markup begins."""
_GREEK_NAMES = np.array([chain(map(ord, name)) for name in GREEK], np.uint64)
_GREEK_LETTERS = np.array([ord(letter) for letter in GREEK.values()], np.uint32)


@compiled
def alike(
    data: Bytes,
    start: int,
    end: int,
    letters: Alphabet,
    out: Hashes,
) -> int:
    """Folded characters of ``data[start:end]`` into `out`, which has room for 4 a byte and 40.

    Returns how many they are, or `UNSURE`.
    """
    plain, latex = _looked_at(data, start, end)
    if plain:
        for offset in range(end - start):
            byte = data[start + offset]
            out[offset] = np.uint32(byte) + np.uint32(0x20 if 0x41 <= byte <= 0x5A else 0)
        return end - start
    before = np.int64(0)  # whether the character before is one that a subscript may follow
    count = np.int64(0)
    waiting = np.int64(0)  # a Greek letter that may stand alone
    run = 0  # Greek letters side by side
    at = start
    while at < end:
        byte = np.int64(data[at])
        if byte < 0x80:
            if _QUIET[byte] and run == 0 and not latex:
                out[count] = letters.images[byte]
                count += 1
                at += 1
                continue
            point = np.int64(letters.images[byte])
            if byte == 0x26 or byte == 0x3C or byte == 0x5D:  # & < ]
                meant, after = _markup(data, at, end)
                if meant == UNSURE or (meant != NONE and latex):
                    return UNSURE
                if meant == 0:
                    at = after
                    continue
                if meant != NONE:
                    point, at = meant, after - 1
            at += 1
            if latex:
                if byte == 0x24 or byte == 0x7B or byte == 0x7D:  # $ { }
                    continue
                if byte == 0x5C:
                    point, at = _command(data, at, end)
                    if point < 0:
                        return UNSURE
                elif byte == 0x5E or byte == 0x5F:  # ^ _
                    script = _is_script(before, data, at, end)
                    if script < 0:
                        return UNSURE
                    if script:
                        before = 1 if byte == 0x5F else 0
                        continue
                before = 1 if _is_word(point) or point == 0x29 or point >= _ALPHA else 0
        else:
            point, at = _decoded(data, at)
            before = UNSURE
        image = letters.images[point] if point < POINTS else np.uint32(point)
        if image < np.uint32(0x80000000):
            if image == 0 and point:
                continue
            if _ALPHA <= image <= _OMEGA:
                if run == 1:
                    out[count] = waiting
                    count += 1
                if run:
                    out[count] = image
                    count += 1
                waiting = np.int64(image)
                run = 1 if run == 0 else 2
                continue
            if run == 1:
                count = _named(waiting, letters, out, count)
            run = 0
            out[count] = image
            count += 1
        elif image == np.uint32(0xFFFFFFFF):
            return UNSURE
        else:
            if run == 1:
                count = _named(waiting, letters, out, count)
            run = 0
            place = (image & np.uint32(0x7FFFFFFF)) >> np.uint32(4)
            for offset in range(image & np.uint32(15)):
                letter = letters.sequences[place + offset]
                if _ALPHA <= letter <= _OMEGA:
                    return UNSURE
                out[count] = letter
                count += 1
    if run == 1:
        count = _named(waiting, letters, out, count)
    return count


@compiled
def _looked_at(data: Bytes, start: int, end: int) -> tuple[bool, bool]:
    """Whether a text is ASCII without anything that could be markup, and whether it is LaTeX: see
    `dedup.markup.without_latex`."""
    high = marks = slashes = dollars = braces = 0
    for at in range(start, end):
        byte = data[at]
        high += byte >= 0x80
        marks += (byte == 0x26) | (byte == 0x3C) | (byte == 0x5D)
        slashes += byte == 0x5C
        dollars += byte == 0x24
        braces += byte == 0x7B
    latex = slashes > 0 or dollars > 1
    if braces and not latex:
        for at in range(start + 1, end):
            if data[at] == 0x7B and (data[at - 1] == 0x5E or data[at - 1] == 0x5F):
                latex = True
    return high + marks == 0 and not latex, latex


@compiled
def _markup(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """What an entity, a tag or the end of a section of characters at a place leaves behind."""
    if data[at] == 0x26:
        return entity(data, at, end)
    if data[at] == 0x3C:
        return tag(data, at, end)
    closes = at + 2 < end and data[at + 1] == 0x5D and data[at + 2] == 0x3E  # ]]>
    return UNSURE if closes else NONE, at


@compiled
def _is_word(byte: int) -> bool:
    """Of ASCII: letter, digit or underscore."""
    return is_latin(byte) or 0x30 <= byte <= 0x39 or byte == 0x5F


@compiled
def _command(data: Bytes, at: int, end: int) -> tuple[int, int]:
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
        if _markup(data, at, end)[0] != NONE:
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
def _is_script(before: int, data: Bytes, at: int, end: int) -> int:
    """Whether ``^`` or ``_`` with `at` behind it raises or lowers what follows; or `UNSURE`."""
    while at < end and (data[at] == 0x24 or data[at] == 0x7B or data[at] == 0x7D):
        at += 1
    if at == end or before == 0:
        return 0
    byte = data[at]
    if byte >= 0x80 or byte == 0x5C or before < 0:
        return UNSURE
    return 1 if _is_word(byte) or byte == 0x28 or byte == 0x2B or byte == 0x2D else 0  # ( + -


@compiled
def _decoded(data: Bytes, at: int) -> tuple[int, int]:
    """The character at a place of valid UTF-8 that is not ASCII, and the place after it."""
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
def _named(letter: int, letters: Alphabet, out: Hashes, count: int) -> int:
    place = letters.greek[letter - _ALPHA, 0]
    for offset in range(letters.greek[letter - _ALPHA, 1]):
        out[count + offset] = letters.sequences[place + offset]
    return count + letters.greek[letter - _ALPHA, 1]
