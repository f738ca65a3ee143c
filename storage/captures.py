"""Stored pages, as whoever reads them again needs them."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from records import Footer, Link, Problem, Query, ResultPage, normal_address
from storage import asking
from storage.archive import Place
from storage.database import Database
from storage.schema import address, footer, page, problem
from storage.waiting import is_waiting

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
    change_no: int
    """In which the store was told of it last."""


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


def waiting(connection: Connection, named: str) -> list[Captured]:
    """The pages in quarantine that an id, or an address asked for or answering, names; of an
    address the newest. Empty: there is none."""
    named = named.strip()
    if named.isdecimal() and len(named) < 20 and int(named) < 1 << 63:
        which: ColumnElement[bool] = page.c.id == int(named)
    else:
        asked_for = select(address.c.id).where(address.c.url == normal_address(named))
        which = or_(page.c.url == named, page.c.address.in_(asked_for))
    return _captured(connection, _of_quarantine().where(which).limit(1))


def waiting_of(connection: Connection, source: str) -> list[Captured]:
    """All pages of a source in quarantine, in the order in which they came there."""
    return _captured(connection, _of_quarantine().where(page.c.source == source))[::-1]


def captured_among(connection: Connection, pages: Select[tuple[int]]) -> list[Captured]:
    """The pages whose ids a query gives, in the order of their ids."""
    return _captured(connection, select(page).where(page.c.id.in_(pages)).order_by(page.c.id))


def _of_quarantine() -> Select[Any]:
    newest = page.c.change_no.desc(), page.c.id.desc()
    return select(page).where(is_waiting()).order_by(*newest)


def _batch(connection: Connection, sources: Collection[str], last: int) -> list[Captured]:
    query = select(page).where(page.c.id > last).order_by(page.c.id).limit(_BATCH)
    if sources:
        query = query.where(page.c.source.in_([*sources]))
    return _captured(connection, query)


def _captured(connection: Connection, query: Select[Any]) -> list[Captured]:
    rows = connection.execute(query).all()
    problems = _problems(connection, [row.id for row in rows])
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
            change_no=row.change_no,
        )
        for row in rows
    ]


def stored_page(connection: Connection, page_id: int) -> ResultPage:
    """What the store holds of what a page said: all but its navigation, its filters and the
    addresses it leads to; of a page in quarantine neither records nor footer."""
    query = select(page, footer).outerjoin(footer, footer.c.id == page.c.footer)
    row = connection.execute(query.where(page.c.id == page_id)).mappings().one()
    foot = None
    if row[page.c.footer] is not None:
        foot = Footer(
            operator=row[footer.c.operator],
            licence=row[footer.c.licence],
            province=row[footer.c.province],
            links=tuple(Link(**each) for each in json.loads(row[footer.c.links])),
            text=row[footer.c.text],
        )
    return ResultPage(
        url=row[page.c.url],
        profile=row[page.c.profile],
        confidence=row[page.c.confidence],
        encoding=row[page.c.encoding],
        replaced=row[page.c.replaced],
        query=Query(native_id=row[page.c.asked], text=row[page.c.query]),
        stated_total=row[page.c.stated_total],
        stated_ms=row[page.c.stated_ms],
        next_url=row[page.c.next_url],
        footer=foot,
        records=tuple(asking.records_of_page(connection, page_id)),
        problems=tuple(_problems(connection, [page_id]).get(page_id, ())),
    )


def _problems(connection: Connection, pages: Sequence[int]) -> dict[int, list[Problem]]:
    problems: dict[int, list[Problem]] = {}
    of_pages = problem.c.page.in_(pages)
    for each in connection.execute(
        select(problem).where(of_pages).order_by(problem.c.page, problem.c.place)
    ):
        said = Problem(code=each.code, severity=each.severity, message=each.message, rank=each.rank)
        problems.setdefault(each.page, []).append(said)
    return problems
