"""UTF-8 to folded characters: what `dedup.text.plain` makes of a text, words broken at the end of
a line apart."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import POINTS, Alphabet
from dedup.compiled import compiled
from dedup.compiled.encoding import decoded
from dedup.compiled.latex import command, is_latex, is_script, is_word
from dedup.compiled.markup import NONE, markup
from dedup.hashing import Hashes

Bytes = NDArray[np.uint8]

UNSURE = -1
"""The text holds what these kernels leave to `dedup.text`: an entity, a tag, LaTeX, a character
that depends on its neighbours."""

_ALPHA, _OMEGA = 0x3B1, 0x3C9
_QUIET = np.array(
    [
        [byte < 0x80 and chr(byte) not in marks for byte in range(0x100)]
        for marks in ("&<]", "&<]\\${}^_")
    ],
    np.bool_,
)
"""Bytes of ASCII with which no markup begins; and none of LaTeX."""
_LONG_RUN = 32
"""Bytes from which it pays to copy many at a time."""


@compiled
def alike_ascii(data: Bytes, start: int, end: int, out: Bytes) -> bool:
    """Folded characters of ``data[start:end]`` into `out`, a byte each, if the text is ASCII
    without markup; whether it is."""
    high, marks, latex = _holds(data[start:end])
    if high or (marks and _is_marked_up(data, start, end)):
        return False
    if latex and is_latex(data, start, end):
        return False
    _in_small_letters(data[start:end], out)
    return True


@compiled
def _holds(text: Bytes) -> tuple[bool, bool, bool]:
    """Whether a text holds bytes beyond ASCII, ``& < ]`` with which markup begins, and ``\\ $ {``
    of LaTeX. Without a branch in its loop, so that many bytes are looked at together."""
    high, marks, latex = np.uint8(0), np.uint8(0), np.uint8(0)
    for place in range(text.size):
        byte = text[place]
        high = np.uint8(high | byte)
        mark = (byte == 0x26) | (byte == 0x3C) | (byte == 0x5D)
        marks = np.uint8(marks | np.uint8(1 if mark else 0))
        mark = (byte == 0x5C) | (byte == 0x24) | (byte == 0x7B)
        latex = np.uint8(latex | np.uint8(1 if mark else 0))
    return high >= 0x80, marks != 0, latex != 0


@compiled
def _is_marked_up(data: Bytes, start: int, end: int) -> bool:
    at = _quiet_run(data, start, end, _QUIET[0])
    while at < end:
        if markup(data, at, end)[0] != NONE:
            return True
        at = _quiet_run(data, at + 1, end, _QUIET[0])
    return False


@compiled
def _in_small_letters(text: Bytes, out: Bytes | Hashes) -> None:
    for place in range(text.size):
        out[place] = _small(text[place])


@compiled
def _small(byte: int) -> int:
    capital = np.uint8(byte - np.uint8(0x41)) < np.uint8(26)
    return np.uint8(byte + np.uint8(0x20 if capital else 0))


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
    latex = _holds(data[start:end])[2] and is_latex(data, start, end)
    before = np.int64(0)  # whether the character before is one that a subscript may follow
    count = np.int64(0)
    waiting = np.int64(0)  # a Greek letter that may stand alone
    run = 0  # Greek letters side by side
    at = start
    while at < end:
        byte = np.int64(data[at])
        if byte < 0x80:
            after = _quiet_run(data, at, end, _QUIET[1 if latex else 0])
            if after > at:
                if run == 1:
                    count = _named(waiting, letters, out, count)
                run = 0
                if after - at >= _LONG_RUN:
                    _in_small_letters(data[at:after], out[count:])
                    count += after - at
                    at = after
                while at < after:
                    out[count] = _small(data[at])
                    count += 1
                    at += 1
                last = out[count - 1]
                before = 1 if is_word(last) or last == 0x29 else 0
                continue
            point = np.int64(_small(np.uint8(byte)))
            if _may_be_markup(byte):
                meant, after = markup(data, at, end)
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
                    point, at = command(data, at, end)
                    if point < 0:
                        return UNSURE
                elif byte == 0x5E or byte == 0x5F:  # ^ _
                    script = is_script(before, data, at, end)
                    if script < 0:
                        return UNSURE
                    if script:
                        before = 1 if byte == 0x5F else 0
                        continue
                before = 1 if is_word(point) or point == 0x29 or point >= _ALPHA else 0
        else:
            if run == 0:
                while at < end and 0xE3 <= data[at] <= 0xE9:  # ideographs, most of them
                    image = letters.images[decoded(data, at)[0]]
                    if not 0x3000 <= image < 0x10000:
                        break
                    out[count] = image
                    count += 1
                    at += 3
                before = UNSURE
                if at == end or data[at] < 0x80:
                    continue
            point, at = decoded(data, at)
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
def _may_be_markup(byte: int) -> bool:
    """``& < ]``, with which it begins where a text is no LaTeX."""
    return byte == 0x26 or byte == 0x3C or byte == 0x5D


@compiled
def _quiet_run(data: Bytes, at: int, end: int, quiet: NDArray[np.bool_]) -> int:
    """The first place from one on that holds none of the `quiet` bytes."""
    place, last = np.uint64(at), np.uint64(end)
    while place < last and quiet[data[place]]:
        place += np.uint64(1)
    return np.int64(place)


@compiled
def _named(letter: int, letters: Alphabet, out: Hashes, count: int) -> int:
    place = letters.greek[letter - _ALPHA, 0]
    for offset in range(letters.greek[letter - _ALPHA, 1]):
        out[count + offset] = letters.sequences[place + offset]
    return count + letters.greek[letter - _ALPHA, 1]
