"""Clusters and their members a page at a time: by key, however many there are.

Every function runs in a transaction of the caller's and reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, tuple_

from records import Record
from storage.asking import shown
from storage.content import record_of
from storage.schema import cluster, content, record

Place = tuple[int, int]
"""Of a cluster among all: its size and its least record."""

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_RECORDS = shown().where(record.c.id.in_(_IDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A cluster in a list."""

    id: str
    size: int
    canonical: str | None
    """Key. None: that record is gone, and the cluster waits to be settled."""
    title: str | None
    language: str | None
    place: Place


def largest(connection: Connection, *, after: Place | None, limit: int) -> list[Listed]:
    """Clusters, largest first. `after`: those behind this one."""
    query = (
        select(cluster, record.c.key, content.c.title, content.c.language)
        .outerjoin(record, record.c.id == cluster.c.canonical)
        .outerjoin(content, content.c.id == record.c.content)
        .order_by(cluster.c.size.desc(), cluster.c.least.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(cluster.c.size, cluster.c.least) < after)
    return [
        Listed(
            id=row.id,
            size=row.size,
            canonical=row.key,
            title=row.title,
            language=row.language,
            place=(row.size, row.least),
        )
        for row in connection.execute(query)
    ]


def records_of(connection: Connection, ids: Sequence[int]) -> list[Record]:
    """Records by their ids, in this order; those that are gone are left out."""
    found = connection.execute(_RECORDS, {"ids": list(ids)}).mappings()
    rows = {row["record_id"]: record_of(dict(row)) for row in found}
    return [rows[each] for each in ids if each in rows]
