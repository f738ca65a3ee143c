"""Pages that are unlike those their source had until now, and what waits in quarantine, by source.

Every function runs in a transaction of the caller's and reads only.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.schema import page, problem
from storage.waiting import is_waiting

_DRIFT = "drift"
_EXAMPLES = 3
_SCANNED = 200
"""Newest messages of a source among which different ones are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """How the pages of a source, whose addresses are of one kind, came to look otherwise."""

    source: str
    kind: str | None
    """None: stored before pages were compared."""
    pages: int
    """That were found to be unlike the others, those released or mended since too."""
    waiting: int
    """Of those, in quarantine still."""
    first: int
    """When the first of them was fetched, microseconds UTC."""
    last: int
    symptoms: tuple[str, ...]
    """What they looked like next to the others, of the newest, at most 3."""


def unlike(connection: Connection, *, limit: int) -> list[Unlike]:
    """By source and kind, those with the newest such page first."""
    drifted = select(problem.c.page).where(problem.c.code == _DRIFT).distinct()
    count = func.count(page.c.id)
    last = func.max(page.c.fetched_at)
    counted = (
        select(
            page.c.source,
            page.c.kind,
            count.label("pages"),
            func.min(page.c.fetched_at).label("first"),
            last.label("last"),
        )
        .where(page.c.id.in_(drifted))
        .group_by(page.c.source, page.c.kind)
    )
    rows = connection.execute(
        counted.order_by(last.desc(), page.c.source, page.c.kind.nulls_first()).limit(limit)
    ).all()
    still = {
        (row.source, row.kind): row.pages for row in connection.execute(counted.where(is_waiting()))
    }
    return [
        Unlike(
            source=row.source,
            kind=row.kind,
            pages=row.pages,
            waiting=still.get((row.source, row.kind), 0),
            first=row.first,
            last=row.last,
            symptoms=_symptoms(connection, row.source, row.kind),
        )
        for row in rows
    ]


def _symptoms(connection: Connection, source: str, kind: str | None) -> tuple[str, ...]:
    newest: Select[Any] = (
        select(problem.c.message)
        .join(page, page.c.id == problem.c.page)
        .where(problem.c.code == _DRIFT, page.c.source == source)
        .where(page.c.kind.is_(None) if kind is None else page.c.kind == kind)
        .order_by(page.c.fetched_at.desc(), page.c.id, problem.c.place)
        .limit(_SCANNED)
    )
    return tuple(dict.fromkeys(connection.execute(newest).scalars()))[:_EXAMPLES]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFor:
    """Pages of one source that wait in quarantine for one reason; a page may have several."""

    source: str
    code: str
    pages: int


def waiting_for(connection: Connection, *, limit: int) -> list[WaitingFor]:
    """By source, the most frequent reason first."""
    count = func.count(page.c.id.distinct())
    query = (
        select(page.c.source, problem.c.code, count.label("pages"))
        .join(problem, problem.c.page == page.c.id)
        .where(problem.c.severity == "error", is_waiting())
        .group_by(page.c.source, problem.c.code)
        .order_by(page.c.source, count.desc(), problem.c.code)
        .limit(limit)
    )
    return [
        WaitingFor(source=row.source, code=row.code, pages=row.pages)
        for row in connection.execute(query)
    ]
