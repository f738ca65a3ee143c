"""Parquet: columns read as they are, and rows written as objects."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dedup.files.fields import FIELDS
from dedup.files.intake import Intake
from dedup.files.opening import Opened, Show, Writer, reading
from records import InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS = 2048
"""Of a batch."""


class ParquetTable:
    """One Parquet file. A row's number stands for its line."""

    def __init__(self, opened: Opened, intake: Intake, *, old: bool = False) -> None:
        self.opened, self.intake, self.old = opened, intake, old
        self.rows = 0
        self.bytes = opened.size
        self._read: list[np.ndarray] = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records. Raises InputError."""
        import numpy as np

        first = 1
        with _open(self.opened) as file:
            names = _check_names(self.opened.name, file)
            for read in file.iter_batches(ROWS, columns=names, use_threads=False):
                values = {name: read.column(name).to_pylist() for name in names}
                lines = np.arange(first, first + read.num_rows)
                first += read.num_rows
                batch, kept = self.intake.take(
                    self.opened.name, values, lines, dirty=False, old=self.old
                )
                self._read.append(lines if kept is None else lines[kept])
                self.rows += batch.num_rows
                if batch.num_rows:
                    yield batch
        self.opened.check_unchanged()

    def place(self, row: int) -> int:
        """The row of the file, from 1."""
        import numpy as np

        return int(np.concatenate(self._read)[row])

    def again(
        self, kept: np.ndarray, out: Writer | None, wanted: Sequence[int], show: Show
    ) -> None:
        """Write the rows that are kept as JSON objects, and show the rows wanted.

        Raises InputError where the file has changed since it was read.
        """
        import numpy as np
        import orjson
        import pyarrow as pa

        self.opened.check_unchanged()
        asked = np.zeros(self.rows, bool) if out is None else kept.copy()
        asked[list(wanted)] = True
        rows = np.flatnonzero(asked)
        places = np.concatenate([*self._read, np.zeros(0, np.int64)])[rows]
        shown = set(wanted)
        first = 1
        with _open(self.opened) as file:
            for read in file.iter_batches(ROWS, use_threads=False):
                low, high = np.searchsorted(places, [first, first + read.num_rows])
                chosen = read.take(pa.array(places[low:high] - first))
                first += read.num_rows
                objects = _to_microseconds(chosen).to_pylist()
                for row, said in zip(rows[low:high].tolist(), objects, strict=True):
                    if out is not None and kept[row]:
                        out.write(
                            orjson.dumps(said, default=_said, option=orjson.OPT_UTC_Z) + b"\n"
                        )
                    if row in shown:
                        show(row, said)
        self.opened.check_unchanged()


@contextmanager
def _open(opened: Opened) -> Iterator[pq.ParquetFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with (
            reading(opened.name),
            opened.path.open("rb") as raw,
            pq.ParquetFile(raw) as file,
        ):
            yield file
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise InputError(
            f"{opened.name}: is no whole Parquet file ({said}); write or fetch it anew"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{opened.name}: holds text that is not UTF-8; write it anew as UTF-8"
        ) from error


def _check_names(name: str, file: pq.ParquetFile) -> list[str]:
    """The columns to read. Raises InputError where those needed are not there."""
    names = list(file.schema_arrow.names)
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise InputError(f"{name}: names the column {twice!r} twice; rename one of them")
    if "id" not in names:
        raise InputError(f"{name}: has no column id; name the column of its ids so")
    if not {"title", "abstract"} & set(names):
        raise InputError(f"{name}: has neither a column title nor abstract; name one so")
    return [each for each in FIELDS if each in names]


def _to_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times of more digits than Python's have would not be read."""
    import pyarrow as pa

    for place, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            less = pa.timestamp("us", field.type.tz)
            column = batch.column(place).cast(less, safe=False)
            batch = batch.set_column(place, pa.field(field.name, less), column)
    return batch


def _said(value: Any) -> Any:
    """What JSON has no word for. Bytes that are no text become base64."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal) else repr(value)
