"""Stored pages, as whoever reads them again needs them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from records import Problem
from storage.archive import Place
from storage.engine import Database
from storage.schema import page, problem

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One stored page: where it came from, where its bytes are, what it said of itself."""

    id: int
    source: str
    run: int
    address: int
    url: str
    status: int
    fetched_at: int
    digest: str
    said: str
    """Hash of all that the reader said of it: `records.page_hash`."""
    charset: str | None
    place: Place | None
    """None: not archived."""
    quarantined: bool
    problems: tuple[Problem, ...]


def captured(database: Database, sources: Collection[str] = ()) -> Iterator[Captured]:
    """Every stored page, or those of some sources, in the order of their ids.

    A batch at a time: no transaction stays open between two pages.
    """
    last = -1
    while True:
        with database.read() as connection:
            pages = _batch(connection, sources, last)
        if not pages:
            return
        yield from pages
        last = pages[-1].id


def _batch(connection: Connection, sources: Collection[str], last: int) -> list[Captured]:
    query = select(page).where(page.c.id > last).order_by(page.c.id).limit(_BATCH)
    if sources:
        query = query.where(page.c.source.in_([*sources]))
    rows = connection.execute(query).all()
    problems: dict[int, list[Problem]] = {}
    of_pages = problem.c.page.in_([row.id for row in rows])
    for each in connection.execute(
        select(problem).where(of_pages).order_by(problem.c.page, problem.c.place)
    ):
        said = Problem(code=each.code, severity=each.severity, message=each.message, rank=each.rank)
        problems.setdefault(each.page, []).append(said)
    return [
        Captured(
            id=row.id,
            source=row.source,
            run=row.run,
            address=row.address,
            url=row.url,
            status=row.status,
            fetched_at=row.fetched_at,
            digest=row.digest,
            said=row.said,
            charset=row.charset,
            place=None if row.archive is None else Place(row.archive, row.position, row.length),
            quarantined=row.state == "quarantined",
            problems=tuple(problems.get(row.id, ())),
        )
        for row in rows
    ]
