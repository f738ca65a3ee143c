"""Sheets: so many records of a file, as rows that are ready to be stored.

Made without a store, so that another process can make them: all that takes time of an import but
what the database does, and the comparison with what stands there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from dedup.files.stored import record_of as record_of_file
from dedup.placing import batch_of, columns_of, place_columns
from dedup.scheme import Scheme
from dedup.traits import Traits, traits_of
from records import Hashes, Record, hashes_of
from storage.content import Wording, content_row, reading_row, record_id, record_of, wording_of
from storage.schema import content, reading
from storage.signing import Signed

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE = ("page", "rank", "record", "content", "run")
_WORDED = tuple(each.name for each in content.c if each.name != "id")
_SAID = tuple(each.name for each in reading.c if each.name not in _PLACE)
CONTENT = ("id", *_WORDED)
READING = (*_PLACE, *_SAID)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's worth of records, a place a record; its rank is its place, from 1."""

    digest: str
    """Hash, hex, of the keys and contents in their order."""
    keys: list[str]
    ids: list[int]
    contents: list[tuple[Any, ...]]
    """Values of `CONTENT` but for the id."""
    readings: list[tuple[Any, ...]]
    """Values of `READING` but for page, rank, record, content and run."""
    completeness: list[int]
    identified: list[int]
    groups: NDArray[np.int64]
    itself: NDArray[np.bool_]
    buckets: NDArray[np.int64]
    rows: NDArray[np.int32]
    """Keys of buckets, and the place of the record that stands in each: see `dedup.placing`."""
    traits: Traits

    def record(self, at: int) -> Record:
        """The record in a place."""
        row = dict(zip(_WORDED, self.contents[at], strict=True))
        row |= dict(zip(_SAID, self.readings[at], strict=True))
        return record_of(row | {"key": self.keys[at], "rank": at + 1})

    def wording(self, at: int) -> Wording:
        """What evidence reads of it."""
        return wording_of(dict(zip(_WORDED, self.contents[at], strict=True)))

    def placed_by(self, scheme: Scheme) -> Self:
        """The same records, as another scheme places them."""
        said = [self.wording(at) for at in range(len(self.keys))]
        columns = columns_of(batch_of(said), scheme, lasting=True)
        placed = place_columns(columns, scheme)
        return replace(
            self,
            groups=placed.groups,
            itself=placed.itself,
            buckets=placed.keys,
            rows=placed.rows,
            traits=traits_of(columns),
        )

    def signed(self, at: int) -> Signed:
        first, end = np.searchsorted(self.rows, (at, at + 1))
        keys = tuple(self.buckets[first:end].tolist())
        return Signed(int(self.groups[at]), keys, bool(self.itself[at]))


def sheet_of(records: Sequence[Record], scheme: Scheme) -> Sheet:
    """Fold, sign and hash records: the costly part, done outside the transaction."""
    hashes = [hashes_of(each) for each in records]
    rows = [_rows(each, of) for each, of in zip(records, hashes, strict=True)]
    columns = columns_of(batch_of(records), scheme, lasting=True)
    placed = place_columns(columns, scheme)
    return Sheet(
        digest=_digest(records, hashes),
        keys=[each.key for each in records],
        ids=[record_id(each.key) for each in records],
        contents=[tuple(worded[name] for name in _WORDED) for worded, _ in rows],
        readings=[tuple(said[name] for name in _SAID) for _, said in rows],
        completeness=[said["completeness"] for _, said in rows],
        identified=[int(bool(each.identifiers)) for each in records],
        groups=placed.groups,
        itself=placed.itself,
        buckets=placed.keys,
        rows=placed.rows,
        traits=traits_of(columns),
    )


def _rows(each: Record, hashes: Hashes) -> tuple[dict[str, Any], dict[str, Any]]:
    return content_row(each, hashes), reading_row(each, page=0, run=0, content=0, hashes=hashes)


def _digest(records: Sequence[Record], hashes: Sequence[Hashes]) -> str:
    hashed = blake2b(digest_size=32)
    for each, of in zip(records, hashes, strict=True):
        hashed.update(f"{each.key}\x1f{of.content}\x1f".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


class Binder:
    """Binds batches of `dedup.corpus.schema`, of any sizes, into sheets of one size."""

    def __init__(self, scheme: Scheme, size: int) -> None:
        self._scheme, self._size = scheme, size
        self._held: list[Record] = []

    def take(self, batch: "pa.RecordBatch") -> Iterator[Sheet]:
        """The sheets that it fills."""
        self._held += [record_of_file(row) for row in batch.to_pylist()]
        whole = len(self._held) - len(self._held) % self._size
        for first in range(0, whole, self._size):
            yield sheet_of(self._held[first : first + self._size], self._scheme)
        self._held = self._held[whole:]

    def rest(self) -> Iterator[Sheet]:
        """The last sheet, unless nothing is left for it."""
        if self._held:
            yield sheet_of(self._held, self._scheme)
        self._held = []
