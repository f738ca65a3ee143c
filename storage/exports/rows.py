"""Records as they are exported: in slices, each with where it comes from and what it repeats."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from records import Provenance, as_json
from storage.content import section_of
from storage.exports.selection import Selection, canonical, with_kept
from storage.prepared import Prepared
from storage.schema import cluster, content, footer, page, reading, record

SLICE = 512
"""Records read at once, about."""
_IDS = 1 << 63
"""Ids of records are hashes of their keys below this, evenly spread."""


class Row(NamedTuple):
    """One record of an export."""

    record: dict[str, Any]
    """As `records.as_json` gives it; ``text`` is None where fields hold what the block says."""
    provenance: Provenance
    """Of the reading that is shown."""
    operator: str | None
    """Who runs the site, by the footer of that page."""
    licence: str | None
    """The site's licence number, as `operator`."""
    sources: list[str]
    """Whose pages show the record, sorted."""
    readings: int
    cluster: str | None
    """None: it stands alone."""
    canonical: str
    """Key of the record to keep of its cluster; its own where it stands alone."""


_SHOWN = (
    *(record.c.id, record.c.key, record.c.rank),
    *(reading.c.url, reading.c.similar, reading.c.cited, reading.c.free_pdf),
    *(content.c.native_id, content.c.title, content.c.abstract, content.c.authors),
    *(content.c.venue, content.c.year, content.c.volume, content.c.issue, content.c.pages),
    *(content.c.language, content.c.date, content.c.text, content.c.rest),
    *(page.c.source, page.c.run, page.c.id, page.c.url, page.c.fetched_at, page.c.reader),
    *(footer.c.operator, footer.c.licence, cluster.c.id, canonical),
)
_CITED = ("total", "self", "others")
_SEEN = Prepared(
    select(reading.c.record, page.c.source, func.count())
    .join(page, page.c.id == reading.c.page)
    .where(reading.c.record.in_(bindparam("records", expanding=True)))
    .group_by(reading.c.record, page.c.source),
    listed="records",
)


def count_of(connection: Connection) -> int:
    """Slices that the records of a store are cut into, of about `SLICE` each."""
    found = connection.execute(select(func.count()).select_from(record)).scalar_one()
    return max(1, -(-found // SLICE))


class Slices:
    """The records selected, in an order that depends on their keys alone: cut into so many slices
    by their ids, each of which may be read by itself. In one transaction of the caller's, whose
    view they are of."""

    def __init__(self, connection: Connection, selection: Selection, counts: int) -> None:
        self._connection, self._counts = connection, counts
        self._shown = Prepared(
            with_kept(select(*_SHOWN).select_from(record))
            .join(content, content.c.id == record.c.content)
            .join(reading, (reading.c.page == record.c.page) & (reading.c.rank == record.c.rank))
            .join(page, page.c.id == record.c.page)
            .outerjoin(footer, footer.c.id == page.c.footer)
            .where(record.c.id >= bindparam("first"), record.c.id <= bindparam("last"))
            .where(*selection.conditions())
            .order_by(record.c.id)
        )

    def read(self, number: int) -> list[Row]:
        """One of the slices, from 0."""
        first, end = (_IDS * each // self._counts for each in (number, number + 1))
        found = self._shown.all(self._connection, first=first, last=end - 1)
        seen = _seen(self._connection, [row[0] for row in found])
        return [_row(row, seen[row[0]]) for row in found]


def _seen(connection: Connection, ids: list[int]) -> dict[int, dict[str, int]]:
    """How many readings of each record each source has."""
    seen: dict[int, dict[str, int]] = {}
    for each, source, count in _SEEN.among(connection, ids):
        seen.setdefault(each, {})[source] = count
    return seen


def _row(row: tuple[Any, ...], seen: dict[str, int]) -> Row:
    """A row of `_SHOWN`. What `storage.content.record_of` makes a noun of is made JSON at once: of
    a million records every microsecond is a second."""
    (_, key, rank, url, similar, cited, free_pdf, native_id, title, abstract, authors) = row[:11]
    (venue, year, volume, issue, pages, language, date, text, rest) = row[11:20]
    (source, run, page_id, page_url, fetched_at, reader) = row[20:26]
    (operator, licence, cluster_id, canonical_key) = row[26:]
    more = json.loads(rest) if rest else {}
    return Row(
        record={
            "rank": rank,
            "key": key,
            "native_id": native_id,
            "title": title,
            "url": url,
            "similar_url": similar,
            "authors": json.loads(authors) if authors else [],
            "venue": venue,
            "year": year,
            "volume": volume,
            "issue": issue,
            "pages": pages,
            "abstract": abstract,
            "sections": [as_json(section_of(each, abstract)) for each in more.get("sections", ())],
            "keywords": more.get("keywords", []),
            "language": language,
            "identifiers": more.get("identifiers", {}),
            "cited_by": dict(zip(_CITED, json.loads(cited), strict=True)) if cited else None,
            "free_pdf": bool(free_pdf),
            "date": date,
            "text": text or None,
        },
        provenance=Provenance(
            source=source,
            run=run,
            page=page_id,
            url=page_url,
            fetched_at=fetched_at,
            reader=reader,
        ),
        operator=operator,
        licence=licence,
        sources=sorted(seen),
        readings=sum(seen.values()),
        cluster=cluster_id,
        canonical=canonical_key,
    )
