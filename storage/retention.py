"""Archived pages that nothing rests on any more: which they are, and in which files they stand.

A page is let go, that is, archived no more, where all of this is so: it was read rightly, and long
ago; its address was read rightly again since; no record is shown as it said; nothing compares
itself with it; no takedown has to reach it. What it said of records stays in the store: only its
bytes go. Every function runs in a transaction of the caller's.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from storage.database import Database
from storage.removed import to_bar
from storage.schema import page, reading, record, step, visit

_BATCH = 1_000
_AT_ONCE = 500


@dataclass(slots=True)
class Held:
    """What the pages of the store have in one file of the archive."""

    pages: "array[int]" = field(default_factory=lambda: array("q"))
    """Ids of all that stand there."""
    needed: int = 0
    """Bytes of those that stay."""


def held_by_file(database: Database, *, before: int) -> dict[str, Held]:
    """By name of the file. `before`: fetched since then, microseconds UTC, every page stays.

    A batch at a time: no transaction stays open between two.
    """
    found: dict[str, Held] = {}
    last = -1
    while True:
        query = (
            select(page.c.id, page.c.archive, page.c.length, may_go(before).label("may_go"))
            .where(page.c.id > last)
            .order_by(page.c.id)
            .limit(_BATCH)
        )
        with database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            if row.archive is not None:
                held = found.setdefault(row.archive, Held())
                held.pages.append(row.id)
                held.needed += 0 if row.may_go else row.length
        if len(rows) < _BATCH:
            return found
        last = rows[-1].id


def needed_at(
    connection: Connection, file: str, pages: Sequence[int], *, before: int
) -> dict[int, bool]:
    """By position in a file, whether a page that stands there stays. `pages`: ids of all."""
    found: dict[int, bool] = {}
    for start in range(0, len(pages), _AT_ONCE):
        some = page.c.id.in_(pages[start : start + _AT_ONCE])
        query = select(page.c.position, may_go(before).label("may_go"))
        for row in connection.execute(query.where(some, page.c.archive == file)):
            # two runs may have imported one capture
            found[row.position] = found.get(row.position, False) or not row.may_go
    return found


def may_go(before: int) -> ColumnElement[bool]:
    """Of a row of `page`: nothing needs its archived bytes."""
    later, shown = page.alias(), record.alias()
    moment = or_(
        later.c.fetched_at > page.c.fetched_at,
        and_(later.c.fetched_at == page.c.fetched_at, later.c.run > page.c.run),
    )
    accepted = and_(
        later.c.address == page.c.address,
        later.c.state == "read",
        later.c.archive.is_not(None),
        moment,
    )
    shows = and_(
        reading.c.page == page.c.id,
        shown.c.id == reading.c.record,
        shown.c.page == page.c.id,
    )
    compared = and_(visit.c.address == page.c.address, visit.c.page == page.c.id)
    return and_(
        page.c.state == "read",
        page.c.fetched_at < before,
        exists().where(accepted),
        ~exists().where(shows),
        ~exists().where(compared),
        ~exists().where(step.c.page == page.c.id),
        ~exists().where(to_bar.c.page == page.c.id),
    )
