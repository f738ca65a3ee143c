"""Fields as input objects spell them, to the columns that the engine reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from dedup.corpus import schema
from records import storable

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS = (
    *("id", "title", "abstract", "authors", "year", "venue", "journal", "volume", "issue"),
    *("number", "pages", "doi", "identifiers", "text", "language", "lang"),
)
"""Names that are read; all others are carried along. `journal`, `number` and `lang` are other
names of `venue`, `issue` and `language`."""

ALIASES = (("venue", "journal"), ("issue", "number"), ("language", "lang"))
TEXTS = frozenset({"title", "abstract", "venue", "journal", "doi", "language", "lang"})
NUMBERED = frozenset({"volume", "issue", "number", "pages"})
_NO_TYPE = type(None)
_PLAIN = frozenset({str, _NO_TYPE})
_UNSTORABLE = re.compile("[\ud800-\udfff]")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_LARGEST_YEAR = 2**31 - 1


class WrongType(Exception):
    """A value that its field cannot have; says so of the field: ``title is a list, not text``."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Some input objects, read."""

    batch: pa.RecordBatch | None
    """Of `dedup.corpus.schema`, one row an object; None: some are `bad`."""
    bad: Mapping[int, str]
    """Row to what is wrong with it."""
    replaced: int
    """Characters that cannot be stored."""
    years_unread: int
    """Texts for a year that hold none, taken as absent."""


def read_columns(
    values: Mapping[str, Sequence[Any]], count: int, *, dirty: bool, old: bool = False
) -> Columns:
    """The columns of `count` objects, given the values of those `FIELDS` that they have.

    `dirty`: a text may hold lone surrogates. `old`: of a corpus that is compared against.
    """
    read = _Reader(values, count, dirty).columns(old)
    if not dirty and read.batch is not None and _holds_nul(read.batch):
        return _Reader(values, count, True).columns(old)
    return read


def _holds_nul(batch: pa.RecordBatch) -> bool:
    import numpy as np
    import pyarrow as pa

    for column in batch.columns:
        if isinstance(column, pa.MapArray):
            parts = [column.keys, column.items]
        elif isinstance(column, pa.ListArray):
            parts = [column.values]
        else:
            parts = [column] if column.type == pa.string() else []
        for part in parts:
            if part.null_count == len(part):
                continue  # its buffers hold nothing, or anything
            _, offsets, data = part.buffers()
            length = np.frombuffer(offsets, np.int32)[len(part)]
            if length and not np.frombuffer(data, np.uint8, length).min():
                return True
    return False


class _Reader:
    def __init__(self, values: Mapping[str, Sequence[Any]], count: int, dirty: bool) -> None:
        self.values, self.count, self.dirty = values, count, dirty
        self.bad: dict[int, str] = {}
        self.replaced = 0
        self.years_unread = 0

    def columns(self, old: bool) -> Columns:
        import pyarrow as pa

        read: dict[str, Any] = {}
        for name in FIELDS:
            if name in self.values:
                read[name] = self._field(name, self.values[name])
        if "id" not in read:
            self.bad = dict.fromkeys(range(self.count), "has no id")
        if self.bad:
            return Columns(None, self.bad, 0, 0)
        for name, alias in ALIASES:
            if alias in read:
                read[name] = _either(read.get(name), read.pop(alias))
        read["identifiers"] = _identifiers(
            read.pop("doi", None), read.get("identifiers"), self.count
        )
        arrays = []
        for field in schema():
            values = [old] * self.count if field.name == "old" else read.get(field.name)
            if values is None:
                arrays.append(pa.nulls(self.count, field.type))
            elif isinstance(values, pa.Array):
                arrays.append(values)
            else:
                arrays.append(_array(values, field.type))
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema())
        return Columns(batch, {}, self.replaced, self.years_unread)

    def _field(self, name: str, values: Sequence[Any]) -> Any:
        """The values of one field, or an Arrow array; where all are of the usual type, as quick
        as can be."""
        types = set(map(type, values))
        if types == {_NO_TYPE} and name != "id":
            return None
        if name == "id":
            return self._ids(values, types)
        if name == "authors":
            return self._authors(values, types)
        if name == "year":
            if types <= {int, _NO_TYPE} and _within(values):
                return values
            return self._each(name, values, self._year)
        if name == "identifiers":
            return self._each(name, values, self._identifiers)
        if name == "text":
            return self._each(name, values, self._if_text)
        if types <= _PLAIN and not self.dirty:
            return values
        return self._each(name, values, self._text if name in TEXTS else self._number_or_text)

    def _each(self, name: str, values: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
        found: list[Any] = []
        for row, value in enumerate(values):
            try:
                found.append(None if value is None else read(value))
            except WrongType as error:
                found.append(None)
                self.bad.setdefault(row, f"{name} {error}")
        return found

    def _ids(self, values: Sequence[Any], types: set[type]) -> Sequence[Any]:
        if types == {str} and not self.dirty and all(values):
            return values
        found = self._each("id", values, self._number_or_text)
        for row, value in enumerate(found):
            if not value:
                self.bad.setdefault(row, "has no id")
        return found

    def _authors(self, values: Sequence[Any], types: set[type]) -> Any:
        import pyarrow as pa

        if types <= {list, _NO_TYPE} and not self.dirty:
            names = set(map(type, chain.from_iterable(filter(None, values))))
            if names <= {str}:
                return _array(values, pa.list_(pa.string()))
        return self._each("authors", values, self._names)

    def _clean(self, text: str) -> str:
        if not self.dirty or (
            "\0" not in text and (text.isascii() or not _UNSTORABLE.search(text))
        ):
            return text
        text, count = storable(text)
        self.replaced += count
        return text

    def _text(self, value: Any) -> str:
        if isinstance(value, bytes):
            value = _decoded(value)
        if not isinstance(value, str):
            raise WrongType(f"is {_kind(value)}, not text")
        return self._clean(value)

    def _if_text(self, value: Any) -> str | None:
        return self._clean(value) if isinstance(value, str) else None

    def _number_or_text(self, value: Any) -> str | None:
        if isinstance(value, float):
            if value != value:  # tables write an absent number so
                return None
            if value.is_integer():
                return str(int(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, (str, bytes)):
            return self._text(value)
        raise WrongType(f"is {_kind(value)}, not text or a whole number")

    def _year(self, value: Any) -> int | None:
        if isinstance(value, (str, bytes)):
            text = self._text(value)
            year = _year_of(text)
            self.years_unread += year is None and bool(text.strip())
            return year
        if isinstance(value, date):
            return value.year
        if isinstance(value, float):
            if value != value:
                return None
            if value.is_integer():
                value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongType(f"is {_kind(value)}, not a whole number")
        if abs(value) > _LARGEST_YEAR:
            raise WrongType(f"is {value}, which is no year")
        return value

    def _names(self, value: Any) -> list[str] | None:
        if isinstance(value, (str, bytes)):
            text = self._text(value)
            return [text] if text else None
        if not isinstance(value, list):
            raise WrongType(f"is {_kind(value)}, not text or a list of texts")
        names = []
        for name in value:
            if name is not None:
                if not isinstance(name, (str, bytes)):
                    raise WrongType(f"holds {_kind(name)}, not texts alone")
                names.append(self._text(name))
        return names

    def _identifiers(self, value: Any) -> list[tuple[str, str]] | None:
        """Of an object of texts; what is anything else is carried along, not read."""
        pairs = value.items() if isinstance(value, dict) else value
        if not isinstance(value, (dict, list)):
            return None
        found = {}
        for pair in pairs:
            if isinstance(pair, tuple) and len(pair) == 2:
                kind, text = pair
                if isinstance(text, int) and not isinstance(text, bool):
                    text = str(text)
                if isinstance(kind, str) and isinstance(text, str) and text:
                    found[self._clean(kind)] = self._clean(text)
        return list(found.items())


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """By the system's allocator: with Arrow's own, columns that stay cost four times as much."""
    import pyarrow as pa

    return pa.array(values, kind, memory_pool=pa.system_memory_pool())


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongType("is bytes that are not UTF-8") from None


def _either(first: Any, second: Any) -> Any:
    """Of two names of one field the first that says something."""
    if first is None or second is None:
        return first if second is None else second
    return [one or other for one, other in zip(first, second, strict=True)]


def _identifiers(dois: Sequence[str | None] | None, others: Any, count: int) -> Any:
    """The map of identifiers: a `doi` of its own stands in for, or joins, the others."""
    import pyarrow as pa

    if dois is None:
        return others
    if others is not None:
        return [
            list((dict(held or ()) | ({"doi": doi} if doi else {})).items())
            for held, doi in zip(others, dois, strict=True)
        ]
    present = [doi for doi in dois if doi]
    offsets, at = [0], 0
    for doi in dois:
        at += bool(doi)
        offsets.append(at)
    keys = pa.array(["doi"] * len(present), pa.string())
    return pa.MapArray.from_arrays(
        pa.array(offsets, pa.int32()), keys, pa.array(present, pa.string())
    )


def _within(years: Sequence[Any]) -> bool:
    known = [year for year in years if year is not None]
    return not known or (min(known) >= -_LARGEST_YEAR and max(known) <= _LARGEST_YEAR)


@lru_cache(4096)
def _year_of(text: str) -> int | None:
    """
    >>> _year_of("2010"), _year_of(" 2010.0"), _year_of("May 2010"), _year_of("n.d.")
    (2010, 2010, 2010, None)
    """
    found = _YEAR.search(text)
    return int(found[0]) if found else None


def _kind(value: Any) -> str:
    """What a value is, in the words of JSON.

    >>> _kind([1]), _kind(True), _kind({}), _kind(1.5)
    ('a list', 'true or false', 'an object', 'a number')
    """
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)
