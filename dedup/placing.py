"""Where records stand: their text groups and buckets, the same in every process and for ever.

What `dedup.folded` and `dedup.bands` say of one record, of many at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dedup.scheme import Scheme

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.columns import Columns
    from dedup.signing import Signed

_LAST_YEAR = (1 << 31) - 1
"""That a column holds; a later one is none."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A row a record."""

    groups: NDArray[np.int64]
    """63 bits: equal for records equal, after folding, in all that evidence reads."""
    keys: NDArray[np.int64]
    rows: NDArray[np.int32]
    """Every bucket that a record stands in, and the record's row: sorted by row, then key; each
    once."""
    itself: NDArray[np.bool_]
    """Whether two records of this text are one work ("Front Matter" is not)."""

    def of(self, row: int) -> NDArray[np.int64]:
        """Keys of one record."""
        first, end = np.searchsorted(self.rows, (row, row + 1))
        return self.keys[first:end]


def place(batch: pa.RecordBatch, scheme: Scheme) -> Placed:
    """A batch of `dedup.corpus.schema`, of a few or of thousands."""
    return place_columns(columns_of(batch, scheme, lasting=True), scheme)


def place_columns(columns: Columns, scheme: Scheme) -> Placed:
    """`place`, of what is signed already, with digests that last."""
    from dedup.evidence import is_itself
    from dedup.stars import surely_itself

    keys, rows = _buckets(columns.signed, scheme)
    itself = surely_itself(columns, np.arange(columns.table.num_rows))
    unsure = np.flatnonzero(~itself)
    itself[unsure] = [is_itself(folded, scheme) for folded in columns.folded(unsure)]
    return Placed(_groups(columns), keys, rows, itself)


def columns_of(batch: pa.RecordBatch, scheme: Scheme, *, lasting: bool = False) -> Columns:
    """A batch of `dedup.corpus.schema`, signed; `lasting`: see `dedup.signing.sign`."""
    import pyarrow as pa

    from dedup.columns import KEPT, Columns
    from dedup.heap import Heap
    from dedup.signing import sign

    heap = Heap(_room_for(batch))
    signed = sign(batch, scheme, heap, lasting=lasting)
    table = pa.Table.from_batches([batch.select(KEPT)])
    return Columns(table, signed, heap.values(), scheme)


def _year(year: int | None) -> int | None:
    return year if year is not None and 0 <= year <= _LAST_YEAR else None


def _groups(columns: Columns) -> NDArray[np.int64]:
    """Digests, and what only the text of a title tells: see `dedup.grouping.group`."""
    from dedup.digests import of_notice, spread
    from dedup.titles import fold_title
    from dedup.titling import TITLE_NOTICE, TITLE_PART

    digests = columns.signed.digests.copy()
    unsure = np.flatnonzero(columns.signed.title_flags & (TITLE_NOTICE | TITLE_PART))
    titles = columns.table.column("title").take(unsure).to_pylist()
    for row, written in zip(unsure.tolist(), titles, strict=True):
        title = fold_title(written)
        digests[row] ^= np.uint64(of_notice(title.notice, title.part))
    ids: NDArray[np.int64] = (spread(digests) >> np.uint64(1)).view(np.int64)
    return ids


def _buckets(signed: Signed, scheme: Scheme) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    every = np.arange(len(signed.ends), dtype=np.int32)
    banded = every[signed.sizes >= scheme.shortest]
    opened, titled = every[signed.openings != 0], every[signed.titles != 0]
    keys = np.concatenate(
        (signed.bands[banded].ravel(), signed.openings[opened], signed.titles[titled], signed.keys)
    )
    rows = np.concatenate((banded.repeat(scheme.bands), opened, titled, signed.listed))
    order = np.lexsort((keys, rows))
    keys, rows = keys[order], rows[order]
    first = np.ones(keys.size, np.bool_)
    first[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    return keys[first], rows[first]


def _room_for(batch: pa.RecordBatch) -> int:
    return int(min(1 << 32, 2 * batch.nbytes + 64))


class Worded(Protocol):
    """What evidence reads of a record: see `records.Record`."""

    @property
    def title(self) -> str | None: ...
    @property
    def abstract(self) -> str | None: ...
    @property
    def authors(self) -> tuple[str, ...]: ...
    @property
    def year(self) -> int | None: ...
    @property
    def venue(self) -> str | None: ...
    @property
    def volume(self) -> str | None: ...
    @property
    def issue(self) -> str | None: ...
    @property
    def pages(self) -> str | None: ...
    @property
    def identifiers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...


def batch_of(records: Sequence[Worded]) -> pa.RecordBatch:
    """Records as a corpus; ids are their places."""
    import pyarrow as pa

    from dedup.corpus import schema

    columns: dict[str, list[Any]] = {
        "id": [str(place) for place in range(len(records))],
        "title": [each.title for each in records],
        "abstract": [each.abstract for each in records],
        "authors": [each.authors or None for each in records],
        "year": [_year(each.year) for each in records],
        "venue": [each.venue for each in records],
        "volume": [each.volume for each in records],
        "issue": [each.issue for each in records],
        "pages": [each.pages for each in records],
        "identifiers": [[*each.identifiers.items()] or None for each in records],
        "text": [each.text or None for each in records],
    }
    fields = schema()
    return pa.RecordBatch.from_arrays(
        [
            pa.array(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(len(records), field.type)
            for field in fields
        ],
        schema=fields,
    )
