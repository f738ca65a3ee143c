"""A corpus as a table, with something of everything that a report shows."""

from typing import Any

import pyarrow as pa

from dedup.corpus import schema
from dedup.evidence import borderline, compare, fold_record
from dedup.scheme import DEFAULT
from records import Record
from tests.dedup.conftest import Writer


def table(rows: list[dict[str, Any]]) -> pa.Table:
    names = schema().names
    return pa.table({name: [row.get(name) for row in rows] for name in names}, schema=schema())


def corpus(writer: Writer) -> list[dict[str, Any]]:
    """Ten works in four forms each, a notice, a pair to look at, a title alone, strangers,
    a template."""
    rows = []
    for work in range(10):
        text, title = (writer.english(), writer.english(8)) if work % 2 else (writer.chinese(), "")
        said = {"title": title, "year": 1990 + work, "language": "en" if work % 2 else "zh"}
        rows += [
            {"id": f"w{work}a", "abstract": text, **said},
            {"id": f"w{work}b", "abstract": text, **said},
            {"id": f"w{work}c", "abstract": writer.edited(text, 0.04), **said},
            {"id": f"w{work}d", "abstract": text + " " + writer.english(3)},
        ]
    title, authors = writer.english(9), ["Li Wei", "Wang Qi"]
    said = {"title": title, "authors": authors, "year": 2001, "language": "en", "venue": "Ants"}
    rows.append({"id": "v1", "abstract": writer.english(), **said})
    rows.append({"id": "v2", **said, "title": f"Erratum: {title}"})
    rows += to_look_at(writer)
    rows.append({"id": "m", "title": writer.english(7)})
    rows += [{"id": f"s{number}", "abstract": writer.english()} for number in range(5)]
    form = writer.english(90)
    for number in range(DEFAULT.saturation + 6):
        rows.append(
            {"id": f"t{number:03}", "title": writer.english(9), "abstract": f"{form} {number}x"}
        )
    return rows


def to_look_at(writer: Writer) -> list[dict[str, Any]]:
    """Two records that a person should decide on: the first such pair that editing makes."""
    for step in range(100):
        opening, text = writer.english(40), writer.english(80)
        said = {"authors": ["Li Wei"], "year": 2002, "language": "en"}
        edited = writer.edited(text, 0.2 + step % 20 / 100)
        rows = [
            {"id": "b1", "abstract": f"{opening} {text}", **said},
            {"id": "b2", "abstract": f"{opening} {edited}", **said},
        ]
        if borderline(compare(*(fold_record(record(row)) for row in rows))):
            return rows
    raise AssertionError("no edit makes a borderline pair: edit otherwise")


def record(row: dict[str, Any]) -> Record:
    """The record of a row."""
    said = {name: value for name, value in row.items() if name != "id"}
    return Record(rank=1, key=row["id"], **{**said, "authors": tuple(row.get("authors", ()))})
