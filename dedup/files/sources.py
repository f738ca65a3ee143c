"""All inputs as one corpus: read once for the engine, and once more for what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.corpus import Deduplicated
from dedup.files.csvs import CsvTable
from dedup.files.fields import FIELDS, read_columns
from dedup.files.intake import OLD, Intake
from dedup.files.lines import Lines
from dedup.files.opening import Kind, Opened, Source, Writer, open_input
from dedup.files.parquet import ParquetTable
from dedup.files.stored import Stored, record_of
from dedup.samples import samples
from records import InputError, Record, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_FILES: dict[Kind, type[Lines] | type[CsvTable] | type[ParquetTable]] = {
    "jsonl": Lines,
    "csv": CsvTable,
    "parquet": ParquetTable,
}


class Sources:
    """Inputs in their order, then what they are compared against."""

    def __init__(self, spool: Path, intake: Intake) -> None:
        """`spool`: a folder for copies of what cannot be read twice."""
        self.intake = intake
        self.old: Source | None = None
        self.old_name = ""
        self.opened: list[Opened] = []
        self._spool = spool
        self._new: list[Source] = []

    def add_input(self, path: Path) -> None:
        """Raises InputError where it cannot be read."""
        self._new.append(self._open(path, old=False))

    def add_old(self, against: Path | Callable[[], Iterable[Record]], name: str) -> None:
        """Raises InputError where it cannot be read."""
        self.old_name = name
        if isinstance(against, Path):
            self.old = self._open(against, old=True)
        else:
            self.old = Stored(against, self.intake)

    def _open(self, path: Path, *, old: bool) -> Source:
        opened = open_input(path, self._spool / f"input-{len(self.opened)}")
        if any(opened.identity == other.identity for other in self.opened) and not old:
            raise UsageError(f"{path}: is named twice; name every file once")
        self.opened.append(opened)
        return _FILES[opened.kind](opened, self.intake, old=old)

    @property
    def _all(self) -> list[Source]:
        return self._new if self.old is None else [*self._new, self.old]

    @property
    def new_rows(self) -> int:
        return sum(source.rows for source in self._new)

    @property
    def rows(self) -> int:
        return sum(source.rows for source in self._all)

    @property
    def bytes(self) -> int:
        """Read, decompressed; of Parquet as it is stored."""
        return sum(source.bytes for source in self._all)

    def counts(self) -> list[tuple[Opened, int]]:
        """Every input file with its records, OLD's last if it is one."""
        sources = [each for each in self._all if not isinstance(each, Stored)]
        return [(opened, each.rows) for opened, each in zip(self.opened, sources, strict=True)]

    @property
    def size(self) -> int:
        """Of all files, in bytes as they are stored."""
        return sum(opened.size for opened in self.opened)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every record of the inputs. Raises InputError."""
        for source in self._new:
            yield from source.batches()

    def read(self, take: Callable[[pa.RecordBatch], None], told: Callable[[int], None]) -> None:
        """Hand over every record, in batches. Raises InputError, also for an id that stands
        twice."""
        done = 0
        for source in self._all:
            for batch in source.batches():
                take(batch)
                done += batch.num_rows
                told(done)
        if self.intake.skipped_count and not self.new_rows:
            first = self.intake.skipped[0]
            raise InputError(
                f"{first.path}: line {first.line} {first.reason}, and no other line of the inputs "
                "can be read; name files of records"
            )
        self.intake.check_ids(self._place)

    def _place(self, row: int) -> tuple[str, int]:
        names = [opened.name for opened in self.opened]
        for name, source in zip([*names, self.old_name], self._all, strict=False):
            if row < source.rows:
                return name, source.place(row)
            row -= source.rows
        raise IndexError(row)

    def again(self, found: Deduplicated, out: Writer) -> dict[str, Record]:
        """Write the new records that are unique; also the records that a report will show, by
        their ids. Raises InputError where an input has changed since it was read."""
        unique = found.unique.to_numpy(zero_copy_only=False)
        wanted = self.intake.rows_of(samples(found).ids())
        names = {row: name for name, row in wanted.items()}
        said: dict[str, Mapping[str, Any]] = {}
        first = 0
        for source in self._all:
            last = first + source.rows
            here = sorted(row - first for row in names if first <= row < last)

            def show(row: int, values: Mapping[str, Any], first: int = first) -> None:
                said[names[first + row]] = values

            if source is not self.old or here:
                writer = None if source is self.old else out
                source.again(unique[first:last], writer, here, show)
            first = last
        return {
            name: record
            for name, record in zip(said, _records(list(said.values())), strict=True)
            # a store may have changed meanwhile: then another record stands in this place
            if name in (record.key, OLD + record.key)
        }


def _records(said: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The records of objects that were read before."""
    if not said:
        return []
    names = [each for each in FIELDS if any(each in values for values in said)]
    values = {each: [values.get(each) for values in said] for each in names}
    batch = read_columns(values, len(said), dirty=True).batch
    assert batch is not None
    return [record_of(row) for row in batch.to_pylist()]


def folder_of_results(path: Path) -> Path:
    """The unique records of a folder of results; a path that is no folder, as it is.

    Raises InputError for a folder of anything else.
    """
    if not path.is_dir():
        return path
    unique = path / "unique.jsonl"
    if not unique.exists():
        raise InputError(
            f"{path}: holds no unique.jsonl; name a folder that glean dedup wrote, or a corpus file"
        )
    return unique
