"""CSV for spreadsheets: a record a line, and nothing in it that a spreadsheet would compute."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from records import iso_time
from storage.exports.columns import COLUMNS, Column, Kind
from storage.exports.rows import Row
from storage.exports.writing import Encode, Out, Put

_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff']*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for a formula (the full-width signs are the same to some), also
behind what it passes over. An apostrophe before one is covered too, so that one can be taken off
again without knowing who put it there."""


def guarded(text: str) -> str:
    """A text as a spreadsheet shows it and never computes it: what may be a formula stands behind
    an apostrophe.

    >>> guarded("=1+1"), guarded("\uff1dA1"), guarded("'=1"), guarded("3-4"), guarded("'tis")
    ("'=1+1", "'\uff1dA1", "''=1", '3-4', "'tis")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    >>> unguarded("'=1+1"), unguarded("''=1"), unguarded("'tis"), unguarded("3-4")
    ('=1+1', "'=1", "'tis", '3-4')
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def lines(
    *, bom: bool = False, formulas: bool = False, columns: Sequence[Column] = COLUMNS
) -> Encode:
    """Lines of records; options as of `table`."""
    shown = str if formulas else guarded

    def cell(column: Column, row: Row) -> Any:
        value = column.of(row)
        if value is None or column.kind == "number":
            return value
        return shown(_as_text(column.kind, value))

    return lambda rows: _lines([cell(each, row) for each in columns] for row in rows)


@contextmanager
def table(
    out: Out,
    *,
    bom: bool = False,
    formulas: bool = False,
    columns: Sequence[Column] = COLUMNS,
) -> Iterator[Put]:
    """UTF-8, commas, a header, lines that end with CR LF (RFC 4180).

    `bom`: begin with a byte order mark, by which some spreadsheets know UTF-8. `formulas`: write
    texts as they are, formulas too.
    """
    head = _lines([[each.name if formulas else guarded(each.name) for each in columns]])
    out.write(codecs.BOM_UTF8 + head if bom else head)
    yield out.write


def _lines(lines: Iterable[Sequence[Any]]) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held).writerows(lines)
    return held.getvalue().encode("utf-8")


def _as_text(kind: Kind, value: Any) -> str:
    """Lists are one text, for people: Parquet and JSON lines keep them apart."""
    if kind == "flag":
        return "true" if value else "false"
    if kind == "time":
        moment: int = value
        return iso_time(moment)
    if kind == "texts":
        return "; ".join(value)
    if kind == "named texts":
        return "; ".join(f"{name}: {each}" for name, each in value.items())
    if kind == "sections":
        return "\n".join(f"{each['label']}: {each['text']}" for each in value)
    return str(value)
