"""A batch of a corpus to what grouping and candidates need: tokens, signatures' keys, digests."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import alphabet
from dedup.bands import OPENING, Kind, hashed_keys
from dedup.catalogue import TITLED
from dedup.digests import spread
from dedup.hashing import Hashes, token_hashes
from dedup.heap import Heap
from dedup.kernels import permutations
from dedup.particulars import particulars
from dedup.scheme import Scheme
from dedup.text import fold_abstract
from dedup.titling import TITLE_SLOW, buffers, indices, read_titles
from dedup.words import words
from records import Completeness

if TYPE_CHECKING:
    import pyarrow as pa

    Rows = NDArray[np.int64]


_SPACE, _STOP, _ASCII = ord(" "), ord("."), 0x7F
SKETCH = 8
"""Words of 64 bits: of two abstracts of 180 shingles that share few, about 110 bits tell so."""


@dataclass(slots=True)
class Signed:
    """A batch, or several one after the other, a row a record."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Where the tokens of each abstract stand in the heap."""
    truncated: NDArray[np.bool_]
    completeness: NDArray[np.uint8]
    sizes: NDArray[np.int32]
    """Different shingles."""
    sketches: NDArray[np.uint64]
    """``(n, 8)``: a bit a shingle."""
    bands: NDArray[np.int64]
    """``(n, scheme.bands)``: keys, where `sizes` is at least `scheme.shortest`."""
    openings: NDArray[np.int64]
    """Key of the words near the beginning; 0: the abstract is too short."""
    titles: NDArray[np.int64]
    """Key of the whole title; 0: it says too little."""
    title_chains: NDArray[np.uint64]
    """Hash of a title's tokens; 0: it has none."""
    title_flags: NDArray[np.uint8]
    title_spans: NDArray[np.int64]
    """``(n, 4)``: where the tokens of a title begin and end, and where its letters do."""
    title_tokens: Hashes
    title_places: NDArray[np.uint16]
    title_letters: NDArray[np.uint8]
    """See `dedup.titling.Titles`."""
    weights: NDArray[np.float64]
    """See `dedup.titles.Title`."""
    years: NDArray[np.int32]
    """-1: not known."""
    has: NDArray[np.uint8]
    described: NDArray[np.int64]
    descriptions: NDArray[np.int64]
    names: NDArray[np.uint64]
    """See `dedup.particulars`."""
    digests: NDArray[np.uint64]
    """Equal for records equal in every field that evidence reads, parts and notices of their
    titles apart."""
    listed: NDArray[np.int32]
    keys: NDArray[np.int64]
    """Rows, and keys under which the catalogue lists them."""
    slow: NDArray[np.bool_]
    """Whether the kernels left the abstract or the title to `dedup.text`."""


def sign(batch: pa.RecordBatch, scheme: Scheme, heap: Heap, *, lasting: bool = False) -> Signed:
    """A batch of `dedup.corpus.schema`, signed, its tokens on the heap. Runs without the
    interpreter's lock but for what the kernels leave, and for authors, places and identifiers.

    `lasting`: digests are to be the same in every process.
    """
    text = _Texts(batch)
    parts, starts, ends, truncated, left = _abstracts(text)
    tokens, begin = heap.append(parts)
    bands, openings, sizes, chains, sketches = signatures(tokens, starts, ends, scheme)
    openings = np.where(openings, hashed_keys(openings.view(np.uint64), Kind.OPENING), 0)
    titles = read_titles(batch.column("title"))
    year = batch.column("year")
    years = np.maximum(np.asarray(year.fill_null(-1), np.int32), -1)
    slow = titles.flags & TITLE_SLOW != 0
    slow[left] = True
    others = particulars(batch, sizes, titles.weights, lasting=lasting)
    digests = others.digests
    for part in (chains, titles.chains, truncated, years, ends - starts):
        digests = spread(digests ^ np.asarray(part).astype(np.int64).view(np.uint64))
    return Signed(
        starts=starts + begin,
        ends=ends + begin,
        truncated=truncated,
        completeness=text.completeness(),
        sizes=sizes,
        sketches=sketches,
        bands=bands,
        openings=openings,
        titles=np.where(titles.weights < TITLED, 0, hashed_keys(titles.compact, Kind.TITLE)),
        title_chains=titles.chains,
        title_flags=titles.flags,
        title_spans=np.stack(
            (titles.starts, titles.ends, titles.letter_starts, titles.letter_ends), axis=1
        ),
        title_tokens=titles.tokens,
        title_places=titles.places,
        title_letters=titles.letters,
        weights=titles.weights,
        years=years,
        has=others.has,
        described=others.described,
        descriptions=others.descriptions,
        names=others.names,
        digests=digests,
        listed=others.listed,
        keys=others.keys,
        slow=slow,
    )


def signatures(
    tokens: Hashes, starts: Rows, ends: Rows, scheme: Scheme
) -> tuple[Rows, Rows, NDArray[np.int32], NDArray[np.uint64], NDArray[np.uint64]]:
    """Of each abstract: band keys, a hash of its opening, different shingles, a hash of all its
    tokens, its sketch."""
    from dedup.compiled.intake import sign_all

    count = len(ends)
    factors, summands = permutations(scheme.permutations, scheme.seed)
    bands = np.zeros((count, scheme.bands), np.int64)
    openings, sizes = np.zeros(count, np.int64), np.zeros(count, np.int32)
    chains, sketches = np.zeros(count, np.uint64), np.empty((count, SKETCH), np.uint64)
    sign_all(
        tokens,
        starts,
        ends,
        scheme.shingle,
        scheme.bands,
        scheme.rows,
        scheme.shortest,
        OPENING.start,
        OPENING.stop,
        factors.ravel(),
        summands.ravel(),
        bands,
        openings,
        sizes,
        chains,
        sketches,
    )
    return bands, openings, sizes, chains, sketches


class _Texts:
    """The abstracts of a batch; where neither title nor abstract was read, the block's text."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        import pyarrow.compute as pc

        self.read = batch.column("abstract").fill_null("")
        texts = batch.column("text")
        self.column = self.read
        if texts.null_count < len(texts):
            title = batch.column("title").fill_null("")
            none = pc.and_(pc.equal(self.read, ""), pc.equal(title, ""))
            self.column = pc.if_else(none, texts.fill_null(""), self.read)

    def completeness(self) -> NDArray[np.uint8]:
        """See `records.Completeness`."""
        import pyarrow.compute as pc

        data, offsets = buffers(self.read)
        levels = np.full(len(self.read), Completeness.FULL, np.uint8)
        levels[offsets[1:] == offsets[:-1]] = Completeness.ABSENT
        unsure = np.flatnonzero(levels == Completeness.FULL)
        last = data[offsets[1:][unsure] - 1]
        before = data[np.maximum(offsets[1:][unsure] - 2, 0)]
        # most end with one full stop, or with a letter: neither white space nor an ellipsis
        unsure = unsure[(last <= _SPACE) | (last >= _ASCII) | (last == _STOP) & (before == _STOP)]
        kept = pc.utf8_rtrim_whitespace(self.read.take(indices(unsure)))
        cut = pc.or_(pc.ends_with(kept, "…"), pc.ends_with(kept, "..."))
        levels[unsure[np.asarray(cut)]] = Completeness.TRUNCATED
        return levels


class _Scratch(threading.local):
    """Room that a thread writes tokens to, batch after batch: memory taken anew costs more than
    what is written to it."""

    room = np.empty(0, np.uint32)


_SCRATCH = _Scratch()


def _scratch(size: int) -> Hashes:
    if _SCRATCH.room.size < size:
        _SCRATCH.room = np.empty(size + size // 4, np.uint32)
    return _SCRATCH.room


def _abstracts(
    text: _Texts,
) -> tuple[list[Hashes], Rows, Rows, NDArray[np.bool_], Rows]:
    """Tokens of all abstracts in parts, good until a thread calls this again; where each one's
    begin and end in all parts together; which are cut, which were slow."""
    from dedup.compiled.intake import read_abstracts

    data, offsets = buffers(text.column)
    count = len(offsets) - 1
    tokens = _scratch(2 * int(offsets[-1] - offsets[0]) + 8 * count)
    ends = np.empty(count, np.int64)
    truncated = np.zeros(count, np.bool_)
    filled = read_abstracts(
        data,
        offsets,
        alphabet(),
        words(),
        tokens,
        ends,
        truncated,
    )
    left = np.flatnonzero(ends < 0)
    parts: list[Hashes] = [tokens[:filled]]
    running = np.maximum.accumulate(np.where(ends < 0, 0, ends)) if count else ends
    starts = np.concatenate((np.zeros(1, np.int64), running[:-1])) if count else ends
    at = filled
    for row, written in zip(
        left.tolist(), text.column.take(indices(left)).to_pylist(), strict=True
    ):
        folded, truncated[row] = fold_abstract(written)
        found = token_hashes(folded)
        starts[row], at = at, at + found.size
        ends[row] = at
        parts.append(found)
    return parts, starts, ends, truncated, left
