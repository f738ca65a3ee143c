"""The kernels, called on single texts; what they leave to plain code is None."""

from dataclasses import dataclass

import numpy as np

from dedup.alphabet import Alphabet, alphabet
from dedup.compiled.abstracts import TRUNCATED, abstract_tokens
from dedup.compiled.aligning import align_titles
from dedup.compiled.alike import alike
from dedup.compiled.titles import LATIN, NOTICE, PART, SILENT, title_tokens
from dedup.hashing import Hashes
from dedup.words import words

_UNTOUCHED = 0xDEADBEEF
_BEYOND = 64
"""Places behind the room a kernel is given, in which it must write nothing."""


def _room(size: int) -> Hashes:
    return np.full(size + _BEYOND, _UNTOUCHED, np.uint32)


def _letters(known: Alphabet) -> tuple[Hashes, Hashes, Hashes]:
    return known.images, known.sequences, known.greek


def _points(text: str, before: bytes = b"", after: bytes = b"") -> tuple[Hashes, int]:
    said = text.encode()
    data = np.frombuffer(before + said + after + b"\0", np.uint8)
    room = _room(4 * len(said) + 40)
    begin, end = len(before), len(before) + len(said)
    size = alike(data, begin, end, *_letters(alphabet()), room)
    assert (room[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"
    return room, size


def characters(text: str, before: bytes = b"", after: bytes = b"") -> str | None:
    """What `compiled.alike` makes of a text that stands between others."""
    room, size = _points(text, before, after)
    return None if size < 0 else room[:size].astype("<u4").tobytes().decode("utf-32-le")


def abstract(text: str) -> tuple[list[int], bool] | None:
    """Hashes of the tokens, and whether the text was cut."""
    points, size = _points(text)
    if size < 0:
        return None
    sets, out = words(), _room(size)
    found = abstract_tokens(
        points, size, alphabet().classes, sets.labels, sets.label_starts, sets.label_ends,
        sets.tail, sets.tail_ends, out, 0,
    )  # fmt: skip
    assert (out[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"
    if found < 0:
        return None
    return out[: found & (TRUNCATED - 1)].tolist(), found >= TRUNCATED


@dataclass(frozen=True)
class Summary:
    """What `compiled.titles` says of a title."""

    tokens: list[int]
    compact: str
    chains: tuple[int, int]
    """Of the tokens, and of the characters."""
    heads: tuple[int, int]
    """Of the first characters, and of the last."""
    notice: bool
    part: bool
    latin: bool
    weight: float


_LISTS = ("notices", "parts", "sessions", "annexes", "recurring", "generic", "numerals")


def title(text: str) -> Summary | None:
    points, size = _points(text)
    if size < 0:
        return None
    sets = words()
    hashes, ends, said = _room(250), _room(250), np.zeros(7, np.uint64)
    count = title_tokens(
        points, size, alphabet().classes, *(getattr(sets, name) for name in _LISTS),
        hashes, ends, said,
    )  # fmt: skip
    assert (hashes[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"
    if count < 0:
        return None
    compact = points[: int(ends[count - 1]) if count else 0].astype("<u4").tobytes()
    chain, letters, flags, ascii_letters, others, head, tail = map(int, said)
    weight = 0.0 if flags & SILENT else min(1.0, (ascii_letters + 3 * others) / 30)
    return Summary(
        tokens=hashes[:count].tolist(),
        compact=compact.decode("utf-32-le"),
        chains=(chain, letters),
        heads=(head, tail),
        notice=bool(flags & NOTICE),
        part=bool(flags & PART),
        latin=bool(flags & LATIN),
        weight=weight,
    )


def aligned(
    pairs: list[tuple[str, str]], weights: list[tuple[float, float]]
) -> list[tuple[float, bool]]:
    """Likeness of each pair of titles (-1: nothing to compare), and whether they name different
    things. Only for titles that the kernel reads."""
    said = [text.encode() for pair in pairs for text in pair]
    data = np.frombuffer(b"".join(said) + b"\0", np.uint8)
    offsets = np.cumsum([0, *map(len, said)])
    rows = np.arange(len(pairs))
    likeness, different = np.empty(len(pairs)), np.empty(len(pairs), np.bool_)
    sides = np.array(weights, np.float64).reshape(-1, 2)
    known, sets = alphabet(), words()
    align_titles(
        data, offsets, 2 * rows, 2 * rows + 1, sides[:, 0].copy(), sides[:, 1].copy(),
        *_letters(known), known.classes, *(getattr(sets, name) for name in _LISTS),
        likeness, different,
    )  # fmt: skip
    return list(zip(likeness.tolist(), different.tolist(), strict=True))
