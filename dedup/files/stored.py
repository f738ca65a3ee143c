"""Records of a program or a store as a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dedup.corpus import schema
from dedup.files.intake import OLD, Intake
from dedup.files.opening import Show, Writer
from records import Record

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROWS = 2000
"""Of a batch."""


class Stored:
    """Records that are compared against, as a source; `records` gives them anew at every call."""

    def __init__(self, records: Callable[[], Iterable[Record]], intake: Intake) -> None:
        self.records, self.intake = records, intake
        self.rows = 0
        self.bytes = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All of them, as old ones."""
        held: list[Record] = []
        for record in self.records():
            held.append(record)
            if len(held) == ROWS:
                yield self._batch(held)
                held = []
        if held:
            yield self._batch(held)

    def _batch(self, records: Sequence[Record]) -> pa.RecordBatch:
        import pyarrow as pa

        rows = [_row(record) for record in records]
        columns = [pa.array([row[f.name] for row in rows], f.type) for f in schema()]
        batch = pa.RecordBatch.from_arrays(columns, schema=schema())
        self.intake.note(batch)
        self.rows += len(rows)
        return batch

    def place(self, row: int) -> int:
        return row + 1

    def again(
        self, kept: np.ndarray, out: Writer | None, wanted: Sequence[int], show: Show
    ) -> None:
        """Show the rows wanted; nothing of it is written."""
        asked = set(wanted)
        for row, record in enumerate(self.records() if asked else ()):
            if row in asked:
                show(row, {**_row(record), "id": record.key})


def _row(record: Record) -> dict[str, Any]:
    return {
        "id": OLD + record.key,
        "title": record.title,
        "abstract": record.abstract,
        "authors": list(record.authors),
        "year": record.year,
        "venue": record.venue,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "identifiers": list(record.identifiers.items()),
        "text": record.text or None,
        "language": record.language,
        "old": True,
    }


def record_of(row: dict[str, Any]) -> Record:
    """The record behind a row of `dedup.corpus.schema`."""
    return Record(
        rank=1,
        key=row["id"],
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(name for name in row["authors"] or () if name),
        year=row["year"],
        venue=row["venue"],
        volume=row["volume"],
        issue=row["issue"],
        pages=row["pages"],
        identifiers=dict(row["identifiers"] or ()),
        text=row["text"] or "",
        language=row["language"],
    )
