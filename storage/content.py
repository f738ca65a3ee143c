"""Readings to rows and back."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import RowMapping

from records import (
    Citations,
    Hashes,
    Record,
    Section,
    hashes_of,
)
from storage.ids import id63

_STORED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_COLUMNS = (
    "native_id",
    "title",
    "abstract",
    "venue",
    "year",
    "volume",
    "issue",
    "pages",
    "language",
    "date",
)


def record_id(key: str) -> int:
    """Id of the record of a key, stored or not."""
    return id63("record", key)


def content_row(record: Record, hashes: Hashes | None = None) -> dict[str, Any]:
    """The row of table ``content`` for what a record says of its work, without its id. `hashes`:
    the record's, where they are known."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _COLUMNS}
    row["hash"] = id63("content", record.key, (hashes or hashes_of(record)).content)
    row["authors"] = _json(list(record.authors))
    bare = record.title is None and record.abstract is None
    row["text"] = record.text or None if bare else None
    row["rest"] = _json(
        {
            name: value
            for name, value in (
                ("sections", [_section_row(each, record.abstract) for each in record.sections]),
                ("keywords", list(record.keywords)),
                ("identifiers", dict(record.identifiers)),
            )
            if value
        }
    )
    return row


def _section_row(section: Section, abstract: str | None) -> list[Any]:
    """Where the section stands in the abstract, which holds its text already."""
    start = (abstract or "").find(section.text)
    return [section.label, section.text] if start < 0 else [section.label, start, len(section.text)]


def reading_row(
    record: Record, *, page: int, run: int, content: int, hashes: Hashes | None = None
) -> dict[str, Any]:
    """The row of table ``reading``. `hashes`: as of `content_row`."""
    cited = record.cited_by
    hashes = hashes or hashes_of(record)
    return {
        "page": page,
        "rank": record.rank,
        "record": record_id(record.key),
        "content": content,
        "run": run,
        "url": record.url,
        "similar": record.similar_url,
        "cited": cited and _json([cited.total, cited.own, cited.others]),
        "free_pdf": int(record.free_pdf),
        "completeness": int(record.completeness),
        "fields": hashes.fields,
        "hash": int(hashes.reading[:16], 16) >> 1,
    }


class Wording(NamedTuple):
    """What evidence reads of a record: a `dedup.placing.Worded`, made in an eighth of the time."""

    title: str | None
    abstract: str | None
    authors: tuple[str, ...]
    year: int | None
    venue: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    identifiers: Mapping[str, str]
    text: str


def wording_of(row: Mapping[str, Any]) -> Wording:
    """What evidence reads in a row of ``content``."""
    authors, rest = row["authors"], row["rest"]
    return Wording(
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(json.loads(authors)) if authors else (),
        year=row["year"],
        venue=row["venue"],
        volume=row["volume"],
        issue=row["issue"],
        pages=row["pages"],
        identifiers=json.loads(rest).get("identifiers", {}) if rest else {},
        text=row["text"] or "",
    )


def record_of(row: Mapping[str, Any] | RowMapping) -> Record:
    """The record of a row that joins ``record`` (key, rank), ``reading`` (url, similar,
    cited, free_pdf; may be missing) and ``content``."""
    rest = json.loads(row["rest"]) if row["rest"] else {}
    cited = json.loads(said) if (said := row.get("cited")) else None
    abstract = row["abstract"]
    return Record(
        rank=row.get("rank", 1),
        key=row["key"],
        url=row.get("url"),
        similar_url=row.get("similar"),
        authors=tuple(json.loads(row["authors"])) if row["authors"] else (),
        sections=tuple(section_of(part, abstract) for part in rest.get("sections", ())),
        keywords=tuple(rest.get("keywords", ())),
        identifiers=rest.get("identifiers", {}),
        cited_by=cited and Citations(total=cited[0], own=cited[1], others=cited[2]),
        free_pdf=bool(row.get("free_pdf")),
        text=row["text"] or "",
        **{name: row[name] for name in _COLUMNS},
    )


def readable_of(row: Mapping[str, Any] | RowMapping) -> Record | None:
    """`record_of`; None: the row is torn."""
    try:
        return record_of(row)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def section_of(part: list[Any], abstract: str) -> Section:
    """A section as column ``rest`` has it: with its text, or where that stands in the abstract."""
    if len(part) == 2:
        return Section(label=part[0], text=part[1])
    label, start, length = part
    return Section(label=label, text=abstract[start : start + length])


def _json(value: Any) -> str | None:
    return _STORED.encode(value) if value else None
