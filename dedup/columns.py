"""All that is held of a corpus while it is deduplicated: no abstract, but its tokens."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedup.evidence import Folded, fold_record
from dedup.hashing import Hashes, shingle_hashes
from dedup.scheme import Scheme
from dedup.signing import Signed
from records import Record

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

    def folded(self, row: int) -> Folded:
        """A record as evidence reads it: what `fold_record` makes of the whole record."""
        from dataclasses import replace

        said = {name: self.table.column(name)[row].as_py() for name in KEPT}
        record = Record(
            rank=1,
            key=said["id"],
            title=said["title"],
            authors=tuple(name for name in said["authors"] or () if name),
            year=said["year"],
            venue=said["venue"],
            volume=said["volume"],
            issue=said["issue"],
            pages=said["pages"],
            identifiers=dict(said["identifiers"] or ()),
        )
        signed = self.signed
        tokens = self.tokens[signed.starts[row] : signed.ends[row]]
        return replace(
            fold_record(record, self.scheme),
            truncated=bool(signed.truncated[row]),
            tokens=tokens,
            shingles=shingle_hashes(tokens, self.scheme.shingle),
        )


def gather(batches: list[tuple[pa.RecordBatch, Signed]], tokens: Hashes, scheme: Scheme) -> Columns:
    """Batches, emptied as they are taken, so that hardly anything is held twice."""
    import pyarrow as pa

    table = _in_one_chunk(pa.Table.from_batches([held for held, _ in batches]))
    pieces = [signed for _, signed in batches]
    batches.clear()
    sizes = [len(piece.ends) for piece in pieces]
    word = np.cumsum([0, *(len(piece.title_tokens) for piece in pieces)])
    letter = np.cumsum([0, *(len(piece.title_letters) for piece in pieces)])
    row = np.cumsum([0, *sizes])
    for at, piece in enumerate(pieces):
        piece.title_spans += np.repeat((word[at], letter[at]), 2)
        piece.listed += np.int32(row[at])
    joined: dict[str, Any] = {name.name: _joined(pieces, name.name) for name in fields(Signed)}
    return Columns(table, Signed(**joined), tokens, scheme)


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
