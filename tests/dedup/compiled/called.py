"""The kernels, called on single texts; what they leave to plain code is None."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedup import titling
from dedup.alphabet import alphabet
from dedup.compiled.abstracts import TRUNCATED, abstract_tokens
from dedup.compiled.alike import alike
from dedup.hashing import Hashes
from dedup.words import words

_UNTOUCHED = 0xDEADBEEF
_BEYOND = 64
"""Places behind the room a kernel is given, in which it must write nothing."""


def _room(size: int) -> Hashes:
    return np.full(size + _BEYOND, _UNTOUCHED, np.uint32)


def _points(text: str, before: bytes = b"", after: bytes = b"") -> tuple[Hashes, int]:
    said = text.encode()
    data = np.frombuffer(before + said + after + b"\0", np.uint8)
    room = _room(4 * len(said) + 40)
    begin, end = len(before), len(before) + len(said)
    size = alike(data, begin, end, alphabet(), room)
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
    out = _room(size)
    found = abstract_tokens(points, size, alphabet(), words(), out, 0)
    assert (out[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"
    if found < 0:
        return None
    return out[: found & (TRUNCATED - 1)].tolist(), found >= TRUNCATED


@dataclass(frozen=True)
class Summary:
    """What kernels say of a title."""

    tokens: list[int]
    places: list[int]
    """Where each token ends in the characters of all."""
    chains: tuple[int, int]
    """Of the tokens, and of the characters."""
    notice: bool
    part: bool
    latin: bool
    weight: float


def titles(texts: list[str]) -> list[Summary | None]:
    read = titling.read_titles(pa.array(texts, pa.string()))
    found: list[Summary | None] = []
    for row, flags in enumerate(read.flags.tolist()):
        mine = slice(read.starts[row], read.ends[row])
        summary = Summary(
            tokens=read.tokens[mine].tolist(),
            places=read.places[mine].tolist(),
            chains=(int(read.chains[row]), int(read.compact[row])),
            notice=bool(flags & titling.TITLE_NOTICE),
            part=bool(flags & titling.TITLE_PART),
            latin=bool(flags & titling.TITLE_LATIN),
            weight=float(read.weights[row]),
        )
        found.append(None if flags & titling.TITLE_SLOW else summary)
    return found
