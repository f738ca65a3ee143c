"""Readings to rows and back."""

import json
from collections.abc import Mapping
from typing import Any

from records import (
    Citations,
    Record,
    Section,
    content_hash,
    count_fields,
    reading_hash,
)
from storage.ids import id63

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


def content_row(record: Record) -> dict[str, Any]:
    """The row of table ``content`` for what a record says of its work."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _COLUMNS}
    row["id"] = id63("content", record.key, content_hash(record))
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


def reading_row(record: Record, *, page: int, run: int, content: int) -> dict[str, Any]:
    """The row of table ``reading``."""
    cited = record.cited_by
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
        "fields": count_fields(record),
        "hash": int(reading_hash(record)[:16], 16) >> 1,
    }


def record_of(row: Mapping[str, Any]) -> Record:
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
        sections=tuple(_section(part, abstract) for part in rest.get("sections", ())),
        keywords=tuple(rest.get("keywords", ())),
        identifiers=rest.get("identifiers", {}),
        cited_by=cited and Citations(total=cited[0], own=cited[1], others=cited[2]),
        free_pdf=bool(row.get("free_pdf")),
        text=row["text"] or "",
        **{name: row[name] for name in _COLUMNS},
    )


def _section(part: list[Any], abstract: str) -> Section:
    if len(part) == 2:
        return Section(label=part[0], text=part[1])
    label, start, length = part
    return Section(label=label, text=abstract[start : start + length])


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None
