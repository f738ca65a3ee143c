"""What is read of all inputs together: which records stand where, and what was wrong with lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dedup.corpus import schema
from dedup.files.fields import read_columns
from dedup.ids import Ids
from records import InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

OLD = "old:"
"""Before the ids of records that are compared against."""
MOST_NAMED = 100_000
"""Skipped lines that are named; all are counted."""
_LONGEST_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was left out."""

    path: str
    line: int
    """From 1; of a Parquet file the row."""
    reason: str


class Intake:
    """Turns objects into batches, line by line accountable.

    `skip_bad`: what is wrong is left out and noted; otherwise the first of it raises InputError.
    """

    def __init__(self, *, skip_bad: bool = False, against: bool = False) -> None:
        self.skip_bad, self.against = skip_bad, against
        self.skipped: list[Skipped] = []
        self.skipped_count = 0
        self.replaced = 0
        self.years_unread = 0
        self._ids = Ids()
        self._figured: list[pa.RecordBatch] = []
        self._seen: set[str] | None = set() if skip_bad else None

    def refuse(self, path: str, line: int, reason: str) -> None:
        """Note a bad line. Raises InputError unless bad ones are skipped."""
        if not self.skip_bad:
            raise InputError(
                f"{path}: line {line} {reason}; mend or remove it, or leave such lines out with "
                "--skip-bad"
            )
        self.skipped_count += 1
        if len(self.skipped) < MOST_NAMED:
            self.skipped.append(Skipped(path, line, reason))

    def take(
        self,
        path: str,
        values: Mapping[str, Sequence[Any]],
        lines: Sequence[int] | np.ndarray,
        *,
        dirty: bool,
        old: bool,
    ) -> tuple[pa.RecordBatch, np.ndarray | None]:
        """A batch of the objects with these values, one a line.

        Also which of them are in it, by their place; None: all. Raises InputError.
        """
        import numpy as np

        kept: np.ndarray | None = None
        read = read_columns(values, len(lines), dirty=dirty, old=old)
        if read.bad:
            for row in sorted(read.bad):
                self.refuse(path, int(lines[row]), read.bad[row])
            kept = np.array([row for row in range(len(lines)) if row not in read.bad], np.int64)
            values = {name: [each[row] for row in kept] for name, each in values.items()}
            read = read_columns(values, len(kept), dirty=dirty, old=old)
        batch = read.batch
        assert batch is not None
        self.replaced += read.replaced
        self.years_unread += read.years_unread
        return self.take_read(path, batch, lines, kept, old=old)

    def take_read(
        self,
        path: str,
        batch: pa.RecordBatch,
        lines: Sequence[int] | np.ndarray,
        kept: np.ndarray | None,
        *,
        old: bool,
    ) -> tuple[pa.RecordBatch, np.ndarray | None]:
        """As `take`, of objects that are read already: those `kept`, None: all."""
        import numpy as np

        at = np.arange(len(lines)) if kept is None else kept
        if self.against:
            batch, kept = self._named_apart(batch, path, lines, at, kept, old=old)
            at = np.arange(len(lines)) if kept is None else kept
        if self._seen is not None:
            batch, kept = self._each_once(batch, path, lines, at, kept)
        self.note(batch)
        return batch, kept

    def note(self, batch: pa.RecordBatch) -> None:
        """Remember of a batch what is asked for when all are read."""
        self._ids.add(batch.column(0))
        self._figured.append(batch.select(["language", "year", "old"]))

    @property
    def figured(self) -> pa.Table:
        """``language, year, old`` of all rows."""
        import pyarrow as pa

        names = {"language", "year", "old"}
        kept = pa.schema([field for field in schema() if field.name in names])
        return pa.Table.from_batches(
            [batch.select(kept.names) for batch in self._figured], schema=kept
        )

    def rows_of(self, names: Iterable[str]) -> dict[str, int]:
        """Where the records of some ids stand; those that no record has are left out."""
        import pyarrow as pa
        import pyarrow.compute as pc

        asked = pa.array(sorted(set(names)), pa.string())
        found: dict[str, int] = {}
        first = 0
        for chunk in self._ids.chunks if len(asked) else ():
            for row in pc.indices_nonzero(pc.is_in(chunk, value_set=asked)).to_pylist():
                found[chunk[row].as_py()] = first + row
            first += len(chunk)
        return found

    def _named_apart(
        self,
        batch: pa.RecordBatch,
        path: str,
        lines: Sequence[int] | np.ndarray,
        at: np.ndarray,
        kept: np.ndarray | None,
        *,
        old: bool,
    ) -> tuple[pa.RecordBatch, np.ndarray | None]:
        """Old records under their prefix, which no new one may have."""
        import pyarrow as pa
        import pyarrow.compute as pc

        ids = batch.column(0)
        if old:
            named = pc.binary_join_element_wise(pa.scalar(OLD), ids, pa.scalar(""))
            return batch.set_column(0, batch.schema.field(0), named), kept
        wrong = pc.starts_with(ids, OLD)
        if not pc.any(wrong).as_py():
            return batch, kept
        reason = f"has an id that begins with {OLD}, as --against names old records"
        for row in pc.indices_nonzero(wrong).to_pylist():
            self.refuse(path, int(lines[at[row]]), reason)
        right = pc.invert(wrong)
        return batch.filter(right), at[right.to_numpy(zero_copy_only=False)]

    def _each_once(
        self,
        batch: pa.RecordBatch,
        path: str,
        lines: Sequence[int] | np.ndarray,
        at: np.ndarray,
        kept: np.ndarray | None,
    ) -> tuple[pa.RecordBatch, np.ndarray | None]:
        """Without the records whose id stood before."""
        import numpy as np
        import pyarrow as pa

        assert self._seen is not None
        fresh = np.ones(batch.num_rows, bool)
        for row, name in enumerate(batch.column(0).to_pylist()):
            if name in self._seen:
                fresh[row] = False
                self.refuse(path, int(lines[at[row]]), f"has the id {quoted(name)} a second time")
            self._seen.add(name)
        if fresh.all():
            return batch, kept
        return batch.filter(pa.array(fresh)), at[fresh]

    def check_ids(self, place: Callable[[int], tuple[str, int]]) -> None:
        """Raise InputError where two records have one id. `place`: file and line of a row."""
        twice = self._ids.twice()
        if not twice:
            return
        name, first, second = _first_twice(self._ids.chunks, twice)
        here, there = place(second), place(first)
        before = f"line {there[1]}" if there[0] == here[0] else f"{there[0]}, line {there[1]}"
        raise InputError(
            f"{here[0]}: line {here[1]} has the id {quoted(name)}, as {before} has; give every "
            "record an id of its own, or leave such lines out with --skip-bad"
        )


def _first_twice(ids: Iterable[pa.Array], twice: set[str]) -> tuple[str, int, int]:
    first: dict[str, int] = {}
    row = 0
    for chunk in ids:
        for name in chunk.to_pylist():
            if name in twice:
                if name in first:
                    return name, first[name], row
                first[name] = row
            row += 1
    raise AssertionError("no id stands twice")


def quoted(name: str) -> str:
    """An id as a message shows it."""
    return repr(name if len(name) <= _LONGEST_QUOTED else name[:_LONGEST_QUOTED] + "…")
