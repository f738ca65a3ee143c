"""All that is held of a corpus while it is deduplicated: no abstract, but its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedup.folded import Folded, fold_identifiers
from dedup.hashing import NO_HASHES, Hashes, shingle_hashes
from dedup.names import persons
from dedup.particulars import written
from dedup.places import fold_place
from dedup.scheme import Scheme
from dedup.signing import Signed
from dedup.titles import fold_title

if TYPE_CHECKING:
    import pyarrow as pa

KEPT = (
    *("id", "title", "authors", "year", "venue", "volume", "issue", "pages"),
    *("identifiers", "old"),
)
"""Columns of a batch that are held. Of the others evidence reads tokens alone."""


_WIDE = 1 << 30


@dataclass(frozen=True, slots=True)
class Columns:
    """A corpus, a row a record."""

    table: pa.Table
    """The columns `KEPT`, each in one chunk."""
    signed: Signed
    tokens: Hashes
    """Of all abstracts: see `Signed`."""
    scheme: Scheme

    def forget_keys(self) -> None:
        """Let go of what only candidates are found by."""
        none = np.empty(0, np.int64)
        self.signed.bands = self.signed.openings = self.signed.titles = self.signed.keys = none

    @property
    def titles(self) -> pa.Array:
        """Titles, empty where they are absent."""
        titles = self.table.column("title").chunk(0)
        return titles.fill_null("") if titles.null_count else titles

    def folded(self, rows: NDArray[np.int64]) -> Iterator[Folded]:
        """Records as evidence reads them: what `fold_record` makes of the whole of each."""
        signed, length = self.signed, self.scheme.shingle
        ends = zip(signed.starts[rows].tolist(), signed.ends[rows].tolist(), strict=True)
        truncated = signed.truncated[rows].tolist()
        for said, (start, end), cut in zip(written(self.table, rows), ends, truncated, strict=True):
            tokens = self.tokens[start:end] if end > start else NO_HASHES
            yield Folded(
                title=fold_title(said.title),
                authors=persons(said.authors),
                place=fold_place(said.year, said.venue, said.volume, said.issue, said.pages),
                identifiers=fold_identifiers(said.identifiers) if said.identifiers else (),
                truncated=cut,
                tokens=tokens,
                shingles=shingle_hashes(tokens, length) if end > start else NO_HASHES,
            )


def gather(
    batches: list[tuple[pa.RecordBatch, Signed]],
    tokens: Hashes,
    scheme: Scheme,
    threads: int = 1,
) -> Columns:
    """Batches, emptied as they are taken, so that hardly anything is held twice."""
    import pyarrow as pa

    whole = pa.Table.from_batches([held for held, _ in batches])
    pieces = [signed for _, signed in batches]
    batches.clear()
    sizes = [len(piece.ends) for piece in pieces]
    word = np.cumsum([0, *(len(piece.title_tokens) for piece in pieces)])
    letter = np.cumsum([0, *(len(piece.title_letters) for piece in pieces)])
    description = np.cumsum([0, *(len(piece.descriptions) for piece in pieces)])
    row = np.cumsum([0, *sizes])
    for at, piece in enumerate(pieces):
        piece.title_spans += np.repeat((word[at], letter[at]), 2)
        piece.described += description[at]
        piece.listed += np.int32(row[at])
    names = [field.name for field in fields(Signed)]
    with ThreadPoolExecutor(threads) as workers:
        table = workers.submit(_in_one_chunk, whole)
        joined = workers.map(partial(_joined, pieces), names)
        signed: dict[str, Any] = dict(zip(names, joined, strict=True))
    return Columns(table.result(), Signed(**signed), tokens, scheme)


def _in_one_chunk(table: pa.Table) -> pa.Table:
    """Strings of 2 GB and more need wider offsets for that."""
    import pyarrow as pa

    for at, field in enumerate(table.schema):
        if field.type == pa.string() and table.column(at).nbytes >= _WIDE:
            table = table.set_column(at, field.name, table.column(at).cast(pa.large_string()))
    return table.combine_chunks()


def _joined(pieces: list[Signed], name: str) -> NDArray[Any]:
    first: NDArray[Any] = getattr(pieces[0], name)
    size = sum(len(getattr(piece, name)) for piece in pieces)
    whole = np.empty((size, *first.shape[1:]), first.dtype)
    del first
    at = 0
    for piece in pieces:
        part = getattr(piece, name)
        whole[at : at + len(part)] = part
        at += len(part)
        setattr(piece, name, None)  # so that it is not held twice
        del part
    return whole
