"""The titles of a batch: what finds, groups and compares them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import alphabet
from dedup.hashing import Hashes, token_hashes
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
    letter_starts: NDArray[np.int64]
    letter_ends: NDArray[np.int64]
    """Where those stand in `letters`."""
    letters: NDArray[np.uint8]
    """In UTF-8, without spaces."""


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
    places, letter_ends = np.empty(tokens.size, np.uint16), np.empty(count, np.int64)
    letters = np.empty(16 * int(offsets[-1] - offsets[0]) + 160 * count, np.uint8)
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
        letter_ends,
        letters,
    )
    flags = summaries[:, 2].astype(np.uint8)
    said = summaries[:, 3].astype(np.float64) + 3 * summaries[:, 4].astype(np.float64)
    weights = np.where(flags & TITLE_SILENT, 0.0, np.minimum(1.0, said / 30))
    left = np.flatnonzero(counts < 0)
    counts[left] = 0
    ends = np.cumsum(counts)
    titles = Titles(
        chains=summaries[:, 0].copy(),
        compact=summaries[:, 1].copy(),
        flags=flags,
        weights=weights,
        starts=ends - counts,
        ends=ends,
        tokens=tokens[: counts.sum()],
        places=places[: counts.sum()],
        letter_starts=np.concatenate((np.zeros(1, np.int64), letter_ends))[:count],
        letter_ends=letter_ends,
        letters=letters[: letter_ends.max(initial=0)],
    )
    return _with_folded(titles, left, column.take(indices(left)).to_pylist())


def _with_folded(titles: Titles, rows: NDArray[np.int64], written: list[str]) -> Titles:
    """Those of some rows by `fold_title`, their tokens and letters behind all others."""
    tokens, places, letters = [titles.tokens], [titles.places], [titles.letters]
    at, letter = titles.tokens.size, titles.letters.size
    for row, text in zip(rows.tolist(), written, strict=True):
        title = fold_title(text)
        hashes = token_hashes(" ".join(title.tokens))
        titles.chains[row] = chain(map(int, hashes))
        titles.compact[row] = chain(map(ord, title.compact))
        titles.flags[row] = TITLE_SLOW | _flags(title)
        titles.weights[row] = title.weight
        spelt = np.frombuffer(title.compact.encode("utf-8", "surrogatepass"), np.uint8)
        titles.starts[row], titles.letter_starts[row] = at, letter
        at += hashes.size
        letter += spelt.size
        titles.ends[row], titles.letter_ends[row] = at, letter
        tokens.append(hashes)
        places.append(np.cumsum([len(token) for token in title.tokens], dtype=np.uint16))
        letters.append(spelt)
    return replace(
        titles,
        tokens=np.concatenate(tokens),
        places=np.concatenate(places),
        letters=np.concatenate(letters),
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


def _flags(title: Title) -> int:
    return (
        (TITLE_NOTICE if title.notice else 0)
        | (TITLE_PART if title.part or title.numbers else 0)
        | (TITLE_LATIN if title.latin else 0)
    )
