"""What each character folds to, as tables for the kernels; made from `dedup.text` itself.

A character's image depends on its neighbours in a few scripts (marks that reorder or compose);
such a character has no image here, and a text that holds one is folded by `dedup.text`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.hashing import POWER, Hashes, character_classes
from dedup.text import alike

POINTS = 0x30000
"""Characters with a number below it have an image; those above are ideographs as far as
`LAST_IDEOGRAPH`, and separators beyond."""
LAST_IDEOGRAPH = 0x3FFFF
SEPARATOR, WORD, SINGLE, SPACE, NUMERAL = 0, 1, 2, 3, 4
"""Classes of characters; a numeral is a digit beyond ASCII, part of a word."""
LONGEST_IMAGE = 8
LONGEST = 1 << 16
"""Characters of a text that the kernels cut into tokens."""
_SURROGATES = range(0xD800, 0xE000)
_HANGUL_SECONDS = (0x1161, 0x1175), (0x11A8, 0x11C2)
_BLOCK = 0x80
"""Characters that are looked at together."""
UNSURE = np.uint32(0xFFFFFFFF)
_SEVERAL = 0x80000000
_MARKS = re.compile("[\u0300-\u036f]+")
_INVERSE = pow(POWER, -1, 1 << 32)
_AMBIGUOUS_DOTS = "\u2024\u2025"
"""Their images make an ellipsis that the text itself does not have."""
_MAKING = Lock()


class Alphabet(NamedTuple):
    """Tables by a character's number."""

    images: Hashes
    """uint32, ``(POINTS,)``: 0 nothing, `UNSURE`, a character, or its top bit set and a place in
    `sequences` (times 16) and a length."""
    sequences: Hashes
    """Images of several characters, one after the other."""
    classes: NDArray[np.uint8]
    """Of folded characters, ``(POINTS,)``."""
    greek: NDArray[np.uint32]
    """``(25, 2)``: place in `sequences` and length of the name of each letter from α to ω."""
    powers: Hashes
    inverses: Hashes
    """``(LONGEST,)``: of `hashing.POWER`, from the first on; inverses modulo 2**32, from 1 on."""


def alphabet() -> Alphabet:
    """The tables, made once in an eighth of a second and kept; threads that ask meanwhile wait."""
    with _MAKING:
        return _kept()


@lru_cache(maxsize=1)
def _kept() -> Alphabet:
    from dedup.compiled.tables import kept_tables

    return Alphabet(**kept_tables("alphabet", lambda: _alphabet()._asdict()))


def _alphabet() -> Alphabet:
    images = np.arange(POINTS, dtype=np.uint32)
    images[:0x80] = [ord(chr(point).lower()) for point in range(0x80)]
    sequences: list[int] = []
    greek = np.zeros((25, 2), np.uint32)
    every = "".join(map(chr, range(POINTS)))
    unsure = _meeting(every)
    for point, image in _changed(every):
        lone = _MARKS.sub("", unicodedata.normalize("NFKD", chr(point))).casefold()
        among_others = len(lone) > 1 and any(map(_is_greek, lone))
        if unsure[point] or among_others or (len(image) > LONGEST_IMAGE and not _is_greek(lone)):
            images[point] = UNSURE
        elif len(image) == 1:
            images[point] = ord(image)
        elif not image:
            images[point] = 0
        elif _is_greek(lone) and image.startswith(" "):
            images[point] = ord(lone)
            place = ord(lone) - ord("α")
            if not greek[place, 1]:
                greek[place] = len(sequences), len(image)
                sequences += map(ord, image)
        else:
            images[point] = _SEVERAL | len(sequences) << 4 | len(image)
            sequences += map(ord, image)
    images[unsure] = UNSURE
    images[[ord(dots) for dots in _AMBIGUOUS_DOTS]] = UNSURE
    classes = _classes(every)
    decimals = [digit.start() for digit in re.compile(r"\d").finditer(every, 0x80)]
    # A number for titles, a token alone for both.
    images[[point for point in decimals if classes[point] == SINGLE]] = UNSURE
    powers, inverses = np.full(LONGEST, POWER, np.uint32), np.full(LONGEST, _INVERSE, np.uint32)
    np.multiply.accumulate(powers, dtype=np.uint32, out=powers)
    np.multiply.accumulate(inverses, dtype=np.uint32, out=inverses)
    inverses *= np.uint32(POWER)
    return Alphabet(images, np.array(sequences, np.uint32), classes, greek, powers, inverses)


def _changed(every: str) -> Iterator[tuple[int, str]]:
    """The characters beyond ASCII that do not fold to themselves, and what they fold to.

    By blocks, as most blocks have none. Between line feeds no character has a neighbour.
    """
    for first in range(0x80, POINTS, _BLOCK):
        if first in _SURROGATES:
            continue
        text = "\n".join(every[first : first + _BLOCK])
        folded = alike(text)
        if folded != text:
            for letter, image in zip(text.split("\n"), folded.split("\n"), strict=True):
                if letter != image:
                    yield ord(letter), image


def _is_greek(letter: str) -> bool:
    return len(letter) == 1 and "α" <= letter <= "ω"


def _classes(every: str) -> NDArray[np.uint8]:
    classes = character_classes()[:POINTS].copy()
    classes[[space.start() for space in re.finditer(r"\s", every)]] = SPACE
    words = np.flatnonzero(classes[0x80:] == WORD) + 0x80
    classes[[point for point in words.tolist() if every[point].isdigit()]] = NUMERAL
    return classes


def _meeting(every: str) -> NDArray[np.bool_]:
    """Characters that may change place with the one before, or become one with it; surrogates,
    which no text has."""
    found = np.fromiter(map(unicodedata.combining, every), np.uint8, POINTS).astype(np.bool_)
    found[_SURROGATES.start : _SURROGATES.stop] = True
    for first, last in _HANGUL_SECONDS:
        found[first : last + 1] = True
    parted = [(at, said) for at, said in enumerate(map(unicodedata.decomposition, every)) if said]
    for _, said in parted:
        parts = said.split()
        if len(parts) == 2 and not said.startswith("<"):
            found[int(parts[1], 16)] = True
    found[0x300:0x370] = False  # folding drops them before anything is composed
    points = [point for point, _ in parted]
    found[points] = found[[ord(unicodedata.normalize("NFKD", chr(at))[0]) for at in points]]
    return found
