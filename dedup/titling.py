"""The titles of a batch: what finds, groups and compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import alphabet
from dedup.hashing import PREFIX, Hashes, token_hashes
from dedup.titles import Title, fold_title
from dedup.words import chain, words

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST = 1000
"""Bytes of a title that the kernel reads; see `titles` for what a longer one is."""

TITLE_NOTICE, TITLE_PART, TITLE_SILENT, TITLE_LATIN, TITLE_SLOW = 1, 2, 4, 8, 16
"""Flags of a title: it may be a notice; it may name a part, or holds a number; an equal one says
nothing; most of it is Latin; the kernels cannot read it."""


@dataclass(frozen=True, slots=True)
class Titles:
    """A row a title."""

    chains: NDArray[np.uint64]
    """Hash of its tokens; 0: it has none."""
    compact: NDArray[np.uint64]
    """Hash of its characters without spaces."""
    flags: NDArray[np.uint8]
    weights: NDArray[np.float64]
    """See `dedup.titles.Title`."""
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Where its tokens stand in `tokens`."""
    tokens: Hashes
    places: NDArray[np.uint16]
    """Where each token ends in the title's characters."""
    prefixes: Hashes
    """Of those characters as far as that."""


def read_titles(column: pa.Array) -> Titles:
    """The titles of a column of strings; null: absent. What the kernels cannot read, `fold_title`
    does."""
    from dedup.compiled import intake

    column = column.fill_null("")
    data, offsets = buffers(column)
    count = len(offsets) - 1
    counts = np.empty(count, np.int64)
    summaries = np.zeros((count, 5), np.uint64)
    tokens = np.empty(2 * int(offsets[-1] - offsets[0]) + count + 1, np.uint32)
    places, prefixes = np.empty(tokens.size, np.uint16), np.empty(tokens.size, np.uint32)
    intake.read_titles(
        data,
        offsets,
        _LONGEST,
        alphabet(),
        words(),
        counts,
        summaries,
        tokens,
        places,
        prefixes,
    )
    flags = summaries[:, 2].astype(np.uint8)
    letters = summaries[:, 3].astype(np.float64) + 3 * summaries[:, 4].astype(np.float64)
    weights = np.where(flags & TITLE_SILENT, 0.0, np.minimum(1.0, letters / 30))
    left = np.flatnonzero(counts < 0)
    counts[left] = 0
    ends = np.cumsum(counts)
    starts = ends - counts
    at = int(ends[-1]) if count else 0
    parts: list[tuple[Hashes, NDArray[np.uint16], Hashes]]
    parts = [(tokens[:at], places[:at], prefixes[:at])]
    for row, written in zip(left.tolist(), column.take(indices(left)).to_pylist(), strict=True):
        title = fold_title(written)
        hashes = token_hashes(" ".join(title.tokens))
        summaries[row, :2] = chain(map(int, hashes)), chain(map(ord, title.compact))
        flags[row] = TITLE_SLOW | _flags(title)
        weights[row] = title.weight
        starts[row], ends[row] = at, at + hashes.size
        at += hashes.size
        parts.append((hashes, *_prefixes(title)))
    return Titles(
        chains=summaries[:, 0].copy(),
        compact=summaries[:, 1].copy(),
        flags=flags,
        weights=weights,
        starts=starts,
        ends=ends,
        tokens=np.concatenate([part[0] for part in parts]),
        places=np.concatenate([part[1] for part in parts]),
        prefixes=np.concatenate([part[2] for part in parts]),
    )


def buffers(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Bytes of a column of strings without nulls, and where each begins and the last ends."""
    import pyarrow as pa

    _, offsets, data = column.buffers()
    width = np.int64 if pa.types.is_large_string(column.type) else np.int32
    places = np.frombuffer(offsets, width)[column.offset : column.offset + len(column) + 1]
    empty = data is None or not data.size
    text = np.frombuffer(b"\0" if empty else data, np.uint8)
    return text, places.astype(np.int64)


def indices(rows: NDArray[np.int64]) -> pa.Array:
    """Row numbers, to take rows by."""
    import pyarrow as pa

    return pa.array(rows, pa.int64())


def _prefixes(title: Title) -> tuple[NDArray[np.uint16], Hashes]:
    """Where the tokens of a title end, and a hash of its characters as far as each."""
    places, prefixes = [], []
    place = value = 0
    for token in title.tokens:
        for letter in token:
            value = (value * PREFIX + ord(letter) + 1) & 0xFFFFFFFF
        place += len(token)
        places.append(place)
        prefixes.append(value)
    return np.array(places, np.uint16), np.array(prefixes, np.uint32)


def _flags(title: Title) -> int:
    return (
        (TITLE_NOTICE if title.notice else 0)
        | (TITLE_PART if title.part or title.numbers else 0)
        | (TITLE_LATIN if title.latin else 0)
    )
