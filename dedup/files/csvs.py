"""CSV: rows as objects of texts, under the names of the first line."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dedup.files.fields import FIELDS
from dedup.files.intake import Intake
from dedup.files.lines import LONGEST, whole_lines
from dedup.files.opening import Opened, Show, Writer, changed, decompressed
from records import InputError, storable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROWS = 2000
CHARACTERS = 4_000_000
"""A batch ends at whichever comes first."""


class CsvTable:
    """One CSV file: UTF-8, commas, a header, quotes as RFC 4180 has them."""

    def __init__(self, opened: Opened, intake: Intake, *, old: bool = False) -> None:
        self.opened, self.intake, self.old = opened, intake, old
        self.rows = 0
        self.bytes = 0
        self._lines: list[np.ndarray] = []
        self._sum = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records. Raises InputError."""
        import numpy as np

        with decompressed(self.opened) as stream:
            table = _Table(stream, self.opened.name)
            for lines, rows in _portions(table, self.intake):
                columns = zip(*rows, strict=True)
                values = {
                    name: column
                    for name, column in zip(table.header, columns, strict=True)
                    if name in FIELDS
                }
                batch, kept = self.intake.take(
                    self.opened.name, values, lines, dirty=True, old=self.old
                )
                at = np.array(lines, np.int64)
                self._lines.append(at if kept is None else at[kept])
                self.rows += batch.num_rows
                if batch.num_rows:
                    yield batch
        self.bytes, self._sum = table.bytes, table.sum
        self.opened.check_unchanged()

    def place(self, row: int) -> int:
        """The line on which a row begins."""
        import numpy as np

        return int(np.concatenate(self._lines)[row])

    def again(
        self, kept: np.ndarray, out: Writer | None, wanted: Sequence[int], show: Show
    ) -> None:
        """Write the rows that are kept as JSON objects, and show the rows wanted.

        Raises InputError where the file has changed since it was read.
        """
        import numpy as np
        import orjson

        begins = np.concatenate([*self._lines, np.zeros(0, np.int64)]).tolist()
        shown = set(wanted)
        row = 0
        with decompressed(self.opened) as stream:
            table = _Table(stream, self.opened.name)
            for line, cells in table:
                if row == len(begins) or line != begins[row]:
                    continue
                if not isinstance(cells, str) and ((out and kept[row]) or row in shown):
                    clean = (storable(cell)[0] for cell in cells)
                    said = dict(zip(table.header, clean, strict=True))
                    if out is not None and kept[row]:
                        out.write(orjson.dumps(said) + b"\n")
                    if row in shown:
                        show(row, said)
                row += 1
        if table.sum != self._sum:
            raise changed(self.opened.name)
        self.opened.check_unchanged()


def _portions(table: _Table, intake: Intake) -> Iterator[tuple[list[int], list[Sequence[str]]]]:
    """The rows that are whole, some at a time, with their lines."""
    lines: list[int] = []
    rows: list[Sequence[str]] = []
    length = 0
    for line, row in table:
        if isinstance(row, str):
            intake.refuse(table.name, line, row)
            continue
        lines.append(line)
        rows.append(row)
        length += sum(map(len, row))
        if len(rows) >= ROWS or length >= CHARACTERS:
            yield lines, rows
            lines, rows, length = [], [], 0
    if rows:
        yield lines, rows


class _Table:
    """Goes through the rows of a file: each with the line it begins on, as cells, or as the reason
    why it is none."""

    def __init__(self, stream: object, name: str) -> None:
        """Raises InputError where the first line is no header."""
        csv.field_size_limit(LONGEST)
        self.name = name
        self.sum = self.bytes = 0
        self._undecoded = False
        self._reader = csv.reader(self._decoded(stream), strict=True)
        self.header = self._header()

    def _decoded(self, stream: object) -> Iterator[str]:
        for block in whole_lines(stream, self.name):
            self.sum = zlib.crc32(block, self.sum)
            self.bytes += len(block)
            lines = block.split(b"\n")
            last = lines.pop()
            for line in lines:
                yield self._text(line) + "\n"
            if last:
                yield self._text(last)

    def _text(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return line.decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                self._undecoded = True
                return line.decode("utf-8", "replace")

    def _header(self) -> list[str]:
        _, header = next(iter(self), (1, []))
        if isinstance(header, str):
            raise InputError(f"{self.name}: the first line {header}; save it as CSV in UTF-8")
        names = [name.strip() for name in header]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"{self.name}: names the column {twice!r} twice; rename one of them")
        if names and "id" not in names:
            raise InputError(
                f"{self.name}: its first line names no column id; write the names of the columns "
                "there, with commas between them"
            )
        if names and not {"title", "abstract"} & set(names):
            raise InputError(f"{self.name}: has neither a column title nor abstract; name one so")
        return names

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        while True:
            begins = self._reader.line_num + 1
            self._undecoded = False
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                yield begins, f"is no row of CSV: {error}"
                continue
            if row is None:
                return
            if not row:
                continue
            if self._undecoded:
                yield begins, "is not UTF-8"
            elif hasattr(self, "header") and len(row) != len(self.header):
                yield begins, f"has {len(row)} cells under {len(self.header)} names"
            else:
                yield begins, row
