"""Blocks of JSON Lines whose values are plain, read to columns without an object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedup.corpus import schema
from dedup.files.fields import ALIASES, FIELDS, NUMBERED, TEXTS

if TYPE_CHECKING:
    import pyarrow as pa


_LARGEST = 1 << 24
"""Bytes of a block: of a larger one, which is a single line, nothing would be gained."""


class PlainLines:
    """Reads block after block; its room is kept from one to the next."""

    def __init__(self) -> None:
        self._size = self._width = 0
        self._names = np.array([_number(name) for name in FIELDS], np.uint64)
        self._allowed = np.array([_allowed(name) for name in FIELDS], np.uint8)
        self._met = np.zeros(len(FIELDS), np.int64)

    def _make_room(self, size: int) -> None:
        self._size = size
        lines = size // 3 + 2
        self._texts = np.empty((len(FIELDS) + 1) * size, np.uint8)
        self._ends = np.empty((lines, len(FIELDS)), np.int32)
        self._present = np.empty((lines, len(FIELDS)), np.uint8)
        self._items = np.empty(lines, np.int32)

    @property
    def fields(self) -> set[str]:
        """Those that some object of the last block has, if only as null."""
        return {name for name, met in zip(FIELDS, self._met.tolist(), strict=True) if met}

    def read(self, data: bytes, *, old: bool) -> pa.RecordBatch | None:
        """The objects of whole lines, one a line, as `read_columns` gives them; None: a line may
        be no object, or says what is not plain."""
        from dedup.compiled.lines import plain_lines

        if len(data) > _LARGEST:
            return None
        if not data.endswith(b"\n"):
            data += b"\n"
        self._width = len(data)
        if self._width > self._size:
            self._make_room(self._width)
        count = plain_lines(
            np.frombuffer(data, np.uint8),
            self._names,
            self._allowed,
            self._texts,
            self._ends,
            self._present,
            self._items,
            self._met,
        )
        return self._batch(count, old) if count > 0 else None

    def _batch(self, count: int, old: bool) -> pa.RecordBatch | None:
        import pyarrow as pa

        read = {name: self._column(name, count) for name in FIELDS}
        if read["id"] is None or not self._says(FIELDS.index("id"), count).all():
            return None
        for name, alias in ALIASES:
            if read[name] is not None and read[alias] is not None:
                return None
            read[name] = read[name] or read[alias]
        if read["doi"] is not None:
            read["identifiers"] = self._identifiers(count)
        read["old"] = pa.array(np.full(count, old))
        columns = [
            pa.nulls(count, field.type) if read[field.name] is None else read[field.name]
            for field in schema()
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema())

    def _column(self, name: str, count: int) -> Any:
        """An Arrow array of what a field holds; None: nothing."""
        import pyarrow as pa

        field = FIELDS.index(name)
        present = self._present[:count, field]
        if not self._met[field] or not present.any():
            return None
        valid = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
        ends = self._ends[: count + 1, field]
        if name == "authors":
            names = self._texts_of(field, self._items[: ends[-1] + 1])
            buffers = [valid, pa.py_buffer(ends.copy())]
            return pa.Array.from_buffers(pa.list_(pa.string()), count, buffers, children=[names])
        texts = self._texts_of(field, ends, valid)
        return texts.cast(pa.int32()) if name == "year" else texts

    def _says(self, field: int, count: int) -> NDArray[np.bool_]:
        """Which objects have more than an empty text there."""
        return np.diff(self._ends[: count + 1, field]) > 0

    def _texts_of(self, field: int, ends: NDArray[np.int32], valid: Any = None) -> Any:
        """An Arrow array of the texts between each two of some ends."""
        import pyarrow as pa

        first = field * self._width
        written = self._texts[first : first + int(ends[-1])].copy()
        buffers = [valid, pa.py_buffer(ends.copy()), pa.py_buffer(written)]
        return pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)

    def _identifiers(self, count: int) -> Any:
        """The map of identifiers, of those that have a `doi`."""
        import pyarrow as pa

        field = FIELDS.index("doi")
        has = self._says(field, count)
        ends = self._ends[: count + 1, field]
        dois = self._texts_of(field, np.concatenate((ends[:1], ends[1:][has])))
        offsets = np.concatenate((ends[:1], np.cumsum(has, dtype=np.int32)))
        return pa.MapArray.from_arrays(pa.array(offsets), pa.repeat("doi", len(dois)), dois)


def _allowed(name: str) -> int:
    from dedup.compiled.lines import MAY_BE_LIST, MAY_BE_NUMBER, MAY_BE_TEXT, MAY_BE_YEAR

    if name == "year":
        return MAY_BE_YEAR
    if name == "authors":
        return MAY_BE_TEXT | MAY_BE_LIST
    if name == "id" or name in NUMBERED:
        return MAY_BE_TEXT | MAY_BE_NUMBER
    return MAY_BE_TEXT if name in TEXTS or name == "text" else 0


def _number(name: str) -> int:
    """A name of small letters as `plain_lines` sees it."""
    return sum((ord(letter) & 31) << 5 * place for place, letter in enumerate(reversed(name)))
