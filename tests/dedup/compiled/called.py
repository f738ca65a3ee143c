"""The kernels, called on single texts; what they leave to plain code is None."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedup import titling
from dedup.alphabet import alphabet
from dedup.compiled import tails
from dedup.compiled.abstracts import TRUNCATED, abstract_tokens
from dedup.compiled.alike import alike
from dedup.compiled.broken import join_broken
from dedup.compiled.intake import read_abstracts
from dedup.compiled.labels import find_labels, take_out
from dedup.compiled.wording import script_tokens
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
    said = text.encode()
    data = np.frombuffer(said + b"\0", np.uint8)
    out = _room(2 * len(said) + 8)
    ends, truncated = np.empty(1, np.int64), np.zeros(1, np.bool_)
    offsets = np.array([0, len(said)])
    found = read_abstracts(data, offsets, alphabet(), words(), out, ends, truncated)
    assert (out[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"
    if ends[0] < 0:
        return None
    return out[:found].tolist(), bool(truncated[0])


@dataclass(frozen=True)
class _Read:
    """Characters of a text and its tokens, as the kernels hand them on."""

    points: Hashes
    hashes: Hashes
    edges: Hashes
    room: Hashes

    def text(self, size: int) -> str:
        return self.points[:size].astype("<u4").tobytes().decode("utf-32-le")


@contextmanager
def _read(text: str) -> Iterator[_Read | None]:
    points, size = _points(text)
    if size >= 0:
        size = join_broken(points[:size], alphabet().classes)
    if size < 0:
        yield None
        return
    size = len(points[:size].tobytes().decode("utf-32-le").rstrip())
    out, edges, sums = _room(size), _room(2 * size + 2), _room(2 * size + 2)
    found, _ = script_tokens(points[:size], alphabet(), out, 0, edges, sums)
    yield _Read(points[:size], out[:found], edges, sums)
    for room in (points, out, edges, sums):
        assert (room[-_BEYOND:] == _UNTOUCHED).all(), "written beyond its room"


def abstract_with_care(text: str) -> tuple[list[int], bool] | None:
    """The same, of a text of which nothing says beforehand that it is words alone."""
    with _read(text) as read:
        if read is None:
            return None
        found = abstract_tokens(
            read.points, alphabet(), words(), read.hashes, read.edges, read.room
        )
        if found < 0:
            return None
        return read.hashes[: found & (TRUNCATED - 1)].tolist(), found >= TRUNCATED


def without_labels(text: str) -> tuple[str, list[int]] | None:
    """Characters without labels, and hashes of the tokens, of a text without headings."""
    with _read(text) as read:
        if read is None:
            return None
        given = read.points, read.hashes, read.edges
        found = find_labels(read.points, alphabet(), words(), read.hashes, read.edges, read.room)
        if found < 0:
            return None
        count, size = take_out(*given, read.room, found)
        edges, sums = _room(2 * size + 2), _room(2 * size + 2)
        script_tokens(read.points[:size], alphabet(), _room(size), 0, edges, sums)
        assert edges[: 2 * count].tolist() == read.edges[: 2 * count].tolist()
        return read.text(size), read.hashes[:count].tolist()


def without_tail(text: str) -> list[int] | None:
    """Hashes of the tokens of a text without headings, labels and the mark of a cut that its tail
    leaves."""
    with _read(text) as read:
        if read is None:
            return None
        kept = tails.without_tail(read.points, alphabet(), words(), read.hashes, read.edges)
        return None if kept < 0 else read.hashes[:kept].tolist()


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
