"""JSON Lines: objects read a block of lines at a time, and copied as they stand."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dedup.files.copying import BOM, blocks_again, chosen_lines, line_ends, sums
from dedup.files.fields import FIELDS
from dedup.files.intake import Intake
from dedup.files.opening import Opened, Show, Writer, changed, decompressed
from records import InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

BLOCK = 2 << 20
"""Bytes read at a time: as much as is worth a thread's while to sign."""
LONGEST = 1 << 29
"""Bytes of a line: more is no record, and would have to be held in memory whole."""
_COMPARED = ("title", "abstract")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")


@dataclass(frozen=True, slots=True)
class Block:
    """What is remembered of some lines, so that they can be copied later."""

    first_row: int
    first_line: int
    """From 1."""
    rows: int
    lines: int
    at: np.ndarray | None
    """Which of its lines are rows, from 0; None: all."""
    sums: tuple[int, ...]


class Lines:
    """One file of JSON Lines."""

    def __init__(self, opened: Opened, intake: Intake, *, old: bool = False) -> None:
        self.opened, self.intake, self.old = opened, intake, old
        self.blocks: list[Block] = []
        self.rows = 0
        self.bytes = 0
        """Decompressed."""
        self._named = False

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records. Raises InputError."""
        from dedup.files.plain import PlainLines

        plain = PlainLines()
        first_line = 1
        with decompressed(self.opened) as stream:
            for data in whole_lines(stream, self.opened.name):
                read = plain.read(data, old=self.old)
                if read is None:
                    batch, block = self._take(data, first_line)
                else:
                    batch, block = self._take_read(data, read, first_line)
                    self._named = self._named or not plain.fields.isdisjoint(_COMPARED)
                self.blocks.append(block)
                self.rows += block.rows
                self.bytes += len(data)
                first_line += block.lines
                if block.rows:
                    yield batch
        self.opened.check_unchanged()
        if self.rows and not self._named:
            raise InputError(
                f"{self.opened.name}: no line has a title or an abstract; name them so"
            )

    def _take_read(
        self, data: bytes, read: pa.RecordBatch, first_line: int
    ) -> tuple[pa.RecordBatch, Block]:
        """The records of lines that are one each."""
        import numpy as np

        places = np.arange(read.num_rows)
        batch, kept = self.intake.take_read(
            self.opened.name, read, first_line + places, None, old=self.old
        )
        return batch, self._block(
            data, first_line, len(places), places if kept is None else places[kept]
        )

    def _take(self, data: bytes, first_line: int) -> tuple[pa.RecordBatch, Block]:
        """The records of any lines."""
        import numpy as np

        rows = _objects(data)
        at, dirty = None, False
        if rows is None:
            rows, at, dirty = self._one_by_one(data, first_line)
        keys = set().union(*rows)
        self._named = self._named or not keys.isdisjoint(_COMPARED)
        values = {name: [row.get(name) for row in rows] for name in FIELDS if name in keys}
        places = np.arange(len(rows)) if at is None else np.array(at, np.int64)
        batch, kept = self.intake.take(
            self.opened.name, values, first_line + places, dirty=dirty, old=self.old
        )
        lines = len(rows) if at is None else data.count(b"\n") + (not data.endswith(b"\n"))
        return batch, self._block(data, first_line, lines, places if kept is None else places[kept])

    def _block(self, data: bytes, first_line: int, lines: int, places: np.ndarray) -> Block:
        """`places`: which of its lines are rows, from 0."""
        import numpy as np

        return Block(
            self.rows,
            first_line,
            len(places),
            lines,
            None if len(places) == lines else places.astype(np.int32),
            sums(data),
        )

    def _one_by_one(
        self, data: bytes, first_line: int
    ) -> tuple[list[dict[str, Any]], list[int], bool]:
        """The objects of a block in which something is odd, each with the place of its line."""
        rows: list[dict[str, Any]] = []
        at: list[int] = []
        dirty = False
        for place, line in enumerate(data.split(b"\n")):
            if not line.strip():
                continue
            try:
                value, odd = _value(line)
            except ValueError as error:
                self.intake.refuse(self.opened.name, first_line + place, str(error))
                continue
            dirty = dirty or odd
            if isinstance(value, dict):
                rows.append(value)
                at.append(place)
            else:
                self.intake.refuse(self.opened.name, first_line + place, "is no JSON object")
        return rows, at, dirty

    def place(self, row: int) -> int:
        """The line of a row."""
        import numpy as np

        starts = np.array([block.first_row for block in self.blocks])
        # of the blocks that begin with this row the last: those before it are without rows
        block = self.blocks[int(np.searchsorted(starts, row, "right")) - 1]
        within = row - block.first_row
        return block.first_line + (within if block.at is None else int(block.at[within]))

    def again(
        self, kept: np.ndarray, out: Writer | None, wanted: Sequence[int], show: Show
    ) -> None:
        """Write the lines of the rows that are kept as they stand, and show the rows wanted.

        Raises InputError where the file has changed since it was read.
        """
        import numpy as np

        ordered = np.array(sorted(wanted), np.int64)
        name, lengths = self.opened.name, [block.sums[0] for block in self.blocks]
        with decompressed(self.opened) as stream:
            again = blocks_again(stream, name, lengths)
            for block, data in zip(self.blocks, again, strict=True):
                if block.sums != sums(data):
                    raise changed(name)
                first, last = block.first_row, block.first_row + block.rows
                low, high = np.searchsorted(ordered, [first, last])
                copied = out is not None and kept[first:last].any()
                if not copied and low == high:
                    continue
                ends = line_ends(data)
                places = np.arange(block.lines) if block.at is None else block.at
                if out is not None and copied:
                    chosen = np.zeros(block.lines, np.bool_)
                    chosen[places] = kept[first:last]
                    out.write(chosen_lines(data, ends, chosen))
                for row in ordered[low:high].tolist():
                    at = int(places[row - first])
                    line = data[int(ends[at - 1]) if at else 0 : int(ends[at])]
                    show(row, _value(bytes(line))[0])
        self.opened.check_unchanged()


def whole_lines(stream: Any, name: str) -> Iterator[bytes]:
    """Blocks that end where a line does, in the same places whenever a file is read again.

    Raises InputError for a line that is longer than any record.
    """
    pieces: list[bytes] = []
    length = 0
    first = True
    while data := stream.read(BLOCK):
        if first:
            data = data.removeprefix(BOM)
            first = False
        end = data.rfind(b"\n") + 1
        if end:
            yield b"".join([*pieces, memoryview(data)[:end]])
            pieces, length = [], 0
        pieces.append(data[end:])
        length += len(data) - end
        if length > LONGEST:
            raise InputError(
                f"{name}: holds a line of more than {LONGEST >> 20} MiB; write one object a line"
            )
    if length:
        yield b"".join(pieces)


_MARK = secrets.randbits(62) | 1 << 62
"""No input can hold it on purpose."""
_BETWEEN = b",%d,\n" % _MARK


def _objects(data: bytes) -> list[dict[str, Any]] | None:
    """The objects of a block, one a line, read at once; None: not every line is one object.

    Between each two lines stands a mark: if the marks are every second value of one list, then
    every line is one value, as if it were read alone.
    """
    import orjson

    if data.endswith(b"\n"):
        data = data[:-1]
    marked = data.replace(b"\n", _BETWEEN)
    breaks = (len(marked) - len(data)) // (len(_BETWEEN) - 1)
    try:
        values = orjson.loads(b"[" + marked + b"]")
    except orjson.JSONDecodeError:
        return None
    if len(values) != 2 * breaks + 1 or values[1::2].count(_MARK) != breaks:
        return None
    rows: list[dict[str, Any]] = values[::2]
    return rows if set(map(type, rows)) == {dict} else None


def _value(line: bytes) -> tuple[Any, bool]:
    """What one line says, and whether it holds lone surrogates. Raises ValueError, in words."""
    import orjson

    try:
        return orjson.loads(line), False
    except orjson.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg}"
    if not _SURROGATE.search(line):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            reason = "is not UTF-8"
        raise ValueError(reason)
    try:
        text = line.decode("utf-8", "surrogatepass")
        return json.loads(text, parse_constant=_no_constant), True
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError(reason) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
