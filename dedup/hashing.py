"""Tokens and their 32-bit hashes, straight from a text's code points.

The same values in every process and on every machine: they stand behind stored band keys.
"""

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
NO_HASHES: Hashes = np.empty(0, np.uint32)
NO_HASHES.flags.writeable = False

_WORD, _SINGLE = 1, 2
"""Classes of characters; 0 separates."""
_CODE_POINTS = 0x110000
_TABLE_END = 0x20000
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x3100, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul, whose spacing differs from source to source
    (0xF900, 0xFAFF),
)
_IDEOGRAPHS_BEYOND = (0x20000, 0x3FFFF)

POWER = 0x9E3779B1
SHINGLE = 0x85EBCA77


def mixed(values: Hashes) -> Hashes:
    """MurmurHash3's 32-bit finalizer: a bijection that spreads every bit.

    >>> mixed(np.array([0, 1], np.uint32)).tolist()
    [0, 1364076727]
    """
    spread = values ^ (values >> np.uint32(16))
    spread *= np.uint32(0x85EBCA6B)
    spread ^= spread >> np.uint32(13)
    spread *= np.uint32(0xC2B2AE35)
    spread ^= spread >> np.uint32(16)
    return spread


@lru_cache(maxsize=1)
def character_classes() -> NDArray[np.uint8]:
    """What each code point is: separator, part of a word, a token alone."""
    table = np.zeros(_CODE_POINTS, np.uint8)
    categories = "".join(map(unicodedata.category, map(chr, range(_TABLE_END)))).encode()
    table[:_TABLE_END] = np.isin(np.frombuffer(categories, np.uint8)[::2], list(b"LNM"))
    for first, last in _UNSPACED:
        table[first : last + 1] *= _SINGLE
    first, last = _IDEOGRAPHS_BEYOND
    table[first : last + 1] = _SINGLE
    return table


@lru_cache(maxsize=1)
def token_pattern() -> re.Pattern[str]:
    """A token: a run of letters, digits and marks, or one character of a script that writes no
    spaces. Anything else, lone surrogates and NULs too, separates."""
    classes = character_classes()
    return re.compile(f"[{_ranges(classes == _SINGLE)}]|[{_ranges(classes == _WORD)}]+")


@lru_cache(maxsize=1)
def run_pattern() -> re.Pattern[str]:
    """A run of tokens with nothing between them: one word, or neighbouring characters of scripts
    that write no spaces."""
    classes = character_classes()
    return re.compile(f"[{_ranges(classes == _SINGLE)}]+|[{_ranges(classes == _WORD)}]+")


def _ranges(points: NDArray[np.bool_]) -> str:
    """The inside of a pattern's brackets, for a set of code points."""
    edges = np.flatnonzero(np.diff(points, prepend=False, append=False)).tolist()
    return "".join(
        rf"\U{first:08x}-\U{end - 1:08x}"
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    )


def stands_alone(letter: str) -> bool:
    """Whether a character is a token alone.

    >>> stands_alone("词"), stands_alone("w"), stands_alone("。")
    (True, False, False)
    """
    return _class_bytes()[ord(letter)] == _SINGLE


@lru_cache(maxsize=1)
def _class_bytes() -> bytes:
    return character_classes().tobytes()


def token_hashes(text: str) -> Hashes:
    """One 32-bit hash a token of `token_pattern`, in order; equal tokens have equal hashes."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    classes = character_classes().take(points)
    inside = classes.nonzero()[0]
    if not inside.size:
        return np.empty(0, np.uint32)
    points = points.take(inside)
    first = np.empty(inside.size, np.bool_)
    first[0] = True
    np.not_equal(inside[1:], inside[:-1] + 1, out=first[1:])
    if not text.isascii():
        single = classes.take(inside) == _SINGLE
        first |= single
        first[1:] |= single[:-1]
    starts = first.nonzero()[0]
    lengths = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1] = inside.size - starts[-1]
    offsets = np.arange(inside.size) - starts.repeat(lengths)
    letters = _mixed_letters(points)
    letters *= _powers(int(lengths.max())).take(offsets)
    sums = np.add.reduceat(letters, starts, dtype=np.uint32)
    return mixed(np.bitwise_xor(sums, lengths.astype(np.uint32)))


def _mixed_letters(points: Hashes) -> Hashes:
    if int(points.max()) < _TABLE_END:
        return _mixed_table().take(points)
    return mixed(points + np.uint32(1))


@lru_cache(maxsize=1)
def _mixed_table() -> Hashes:
    return mixed(np.arange(1, _TABLE_END + 1, dtype=np.uint32))


def shingle_hashes(tokens: Hashes, length: int) -> Hashes:
    """Hashes of all runs of `length` tokens, sorted, each once; see `run_hashes`."""
    runs = run_hashes(tokens, length)
    if not runs.size:
        return runs
    runs.sort()
    first = np.empty(runs.size, np.bool_)
    first[0] = True
    np.not_equal(runs[1:], runs[:-1], out=first[1:])
    return runs[first]


def run_hashes(tokens: Hashes, length: int) -> Hashes:
    """Hashes of all runs of `length` tokens, in order; a text of fewer tokens is one run.

    An empty text has none.
    """
    if not tokens.size:
        return np.empty(0, np.uint32)
    length = min(length, tokens.size)
    runs = np.zeros(tokens.size - length + 1, np.uint32)
    for place in range(length):
        runs *= np.uint32(SHINGLE)
        runs += tokens[place : place + runs.size]
    return mixed(runs)


def _powers(count: int) -> Hashes:
    if count <= POWERS.size:
        return POWERS
    return _power_table(count)


def _power_table(count: int) -> Hashes:
    return np.multiply.accumulate(np.full(count, POWER, np.uint32), dtype=np.uint32)


POWERS = _power_table(64)
LETTERS = mixed(np.arange(1, 0x81, dtype=np.uint32))
"""Powers by place in a word, and hashes of the characters of ASCII."""
