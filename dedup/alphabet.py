"""What each character folds to, as tables for the kernels; made from `dedup.text` itself.

A character's image depends on its neighbours in a few scripts (marks that reorder or compose);
such a character has no image here, and a text that holds one is folded by `dedup.text`.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dedup.hashing import Hashes, character_classes
from dedup.text import alike

POINTS = 0x30000
"""Characters with a number below it have an image; those above are ideographs as far as
`LAST_IDEOGRAPH`, and separators beyond."""
LAST_IDEOGRAPH = 0x3FFFF
SEPARATOR, WORD, SINGLE, SPACE, NUMERAL = 0, 1, 2, 3, 4
"""Classes of characters; a numeral is a digit beyond ASCII, part of a word."""
LONGEST_IMAGE = 8
_LAST_COMPOSED = 0x20000
"""Beyond it no character is composed of two (CJK compatibility ideographs are of one)."""
UNSURE = np.uint32(0xFFFFFFFF)
_SEVERAL = 0x80000000
_AMBIGUOUS_DOTS = "\u2024\u2025"
"""Their images make an ellipsis that the text itself does not have."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Tables by a character's number."""

    images: Hashes
    """uint32, ``(POINTS,)``: 0 nothing, below `POINTS` a character, `UNSURE`, else its top bit set
    and a place in `sequences` (times 16) and a length."""
    sequences: Hashes
    """Images of several characters, one after the other."""
    classes: NDArray[np.uint8]
    """Of folded characters, ``(POINTS,)``."""
    greek: NDArray[np.uint32]
    """``(25, 2)``: place in `sequences` and length of the name of each letter from α to ω."""


@lru_cache(maxsize=1)
def alphabet() -> Alphabet:
    """The tables, made once a process in a quarter of a second."""
    points = [point for point in range(0x80, POINTS) if not 0xD800 <= point < 0xE000]
    # Between line feeds a character has no neighbour to compose with.
    folded = alike("\n".join(map(chr, points))).split("\n")
    images = np.zeros(POINTS, np.uint32)
    images[:0x80] = [ord(chr(point).lower()) for point in range(0x80)]
    images[0xD800:0xE000] = UNSURE
    sequences: list[int] = []
    greek = np.zeros((25, 2), np.uint32)
    unsure = _meeting()
    for point, image in zip(points, folded, strict=True):
        lone = unicodedata.normalize("NFKD", chr(point)).casefold()
        if unsure[point] or (len(image) > LONGEST_IMAGE and not _is_greek(lone)):
            images[point] = UNSURE
        elif len(image) == 1:
            images[point] = ord(image)
        elif image and _is_greek(lone[:1]) and image.startswith(" "):
            images[point] = ord(lone[0])
            place = ord(lone[0]) - ord("α")
            if not greek[place, 1]:
                greek[place] = len(sequences), len(image)
                sequences += map(ord, image)
        elif image:
            images[point] = _SEVERAL | len(sequences) << 4 | len(image)
            sequences += map(ord, image)
    for dots in _AMBIGUOUS_DOTS:
        images[ord(dots)] = UNSURE
    return Alphabet(images, np.array(sequences, np.uint32), _classes(), greek)


def _is_greek(letter: str) -> bool:
    return len(letter) == 1 and "α" <= letter <= "ω"


def _classes() -> NDArray[np.uint8]:
    classes = character_classes()[:POINTS].copy()
    spaces = [point for point in range(POINTS) if chr(point).isspace()]
    classes[spaces] = SPACE
    numerals = [point for point in range(0x80, POINTS) if chr(point).isdecimal()]
    classes[numerals] = NUMERAL
    return classes


def _meeting() -> NDArray[np.bool_]:
    """Characters that may change place with the one before, or become one with it."""
    seconds = {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for point in range(_LAST_COMPOSED):
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    found = np.zeros(POINTS, np.bool_)
    for point in range(0x80, POINTS):
        first = unicodedata.normalize("NFKD", chr(point))[:1]
        if "\u0300" <= first <= "\u036f":
            continue  # folding drops it before anything is composed
        found[point] = unicodedata.combining(first) != 0 or first in seconds
    return found
