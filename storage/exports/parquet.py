"""Parquet: columns that other tools load as they are."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from storage.exports.columns import COLUMNS, Column, Kind
from storage.exports.rows import Row
from storage.exports.writing import Encode, Out, Put

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 32_768
_BYTES = 64 << 20
"""Of a row group, at most, before it is encoded: what is held in memory, twice over."""
_CODECS = {"none": "none", "gz": "gzip", "zst": "zstd"}
_IN_LISTS = {"texts": ".list.element"}


def schema() -> "pa.Schema":
    """The same for every store and selection; each field says what it means."""
    import pyarrow as pa

    types: dict[Kind, Any] = {
        "text": pa.string(),
        "number": pa.int64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us"),  # of a zone, which is UTC, DuckDB asks for another package
        "texts": pa.list_(pa.string()),
        "named texts": pa.map_(pa.string(), pa.string()),
        "sections": pa.list_(pa.struct([("label", pa.string()), ("text", pa.string())])),
    }
    return pa.schema(
        [
            pa.field(each.name, types[each.kind], metadata={"meaning": each.meaning})
            for each in COLUMNS
        ]
    )


def batch() -> Encode:
    """Rows as an Arrow record batch of `schema`, without the schema."""
    import pyarrow as pa

    of = schema()

    def encode(rows: Sequence[Row]) -> bytes:
        arrays = [
            pa.array(_values(each, rows), field.type)
            for each, field in zip(COLUMNS, of, strict=True)
        ]
        made = pa.RecordBatch.from_arrays(arrays, schema=of)
        said: bytes = made.serialize().to_pybytes()
        return said

    return encode


@contextmanager
def file(out: Out, *, codec: str = "zst") -> Iterator[Put]:
    """Pieces of `batch` as row groups, encoded and written in a thread while the next is filled.
    `codec`: ``zst``, ``gz`` or ``none``."""
    import pyarrow as pa
    from pyarrow import parquet

    of = schema()
    repeating = [each.name + _IN_LISTS.get(each.kind, "") for each in COLUMNS if each.repeats]
    with (
        parquet.ParquetWriter(
            pa.PythonFile(out, "w"),
            of,
            compression=_CODECS[codec],
            use_dictionary=repeating,
            write_statistics=repeating,
        ) as writer,
        ThreadPoolExecutor(1, thread_name_prefix="parquet") as thread,
    ):
        groups = _Groups(of, writer, thread)
        yield groups.put
        groups.end()


class _Groups:
    """Row groups: one is filled while another is written."""

    def __init__(self, of: "pa.Schema", writer: Any, thread: ThreadPoolExecutor) -> None:
        self._schema, self._writer, self._thread = of, writer, thread
        self._held: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        self._written: Future[None] | None = None

    def put(self, piece: bytes) -> None:
        import pyarrow as pa

        batch = pa.ipc.read_record_batch(pa.py_buffer(piece), self._schema)
        self._held.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._hand_over()

    def end(self) -> None:
        if self._rows:
            self._hand_over()
        self._wait()

    def _hand_over(self) -> None:
        self._wait()
        self._written = self._thread.submit(self._encode, self._held)
        self._held, self._rows, self._bytes = [], 0, 0

    def _wait(self) -> None:
        if self._written is not None:
            self._written.result()

    def _encode(self, held: Sequence["pa.RecordBatch"]) -> None:
        import pyarrow as pa

        group = pa.Table.from_batches(held, schema=self._schema)
        self._writer.write_table(group, row_group_size=len(group))


def _values(column: Column, rows: Sequence[Row]) -> list[Any]:
    values = [*map(column.of, rows)]
    if column.kind == "named texts":
        return [[*each.items()] for each in values]
    return values
