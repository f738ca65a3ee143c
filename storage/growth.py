"""How large a store is and how fast it grows: what its runs of the last weeks brought."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from storage.database import Database
from storage.schema import page, record, run

WEEKS = 4
_WEEK = 7 * 86_400 * 1_000_000
_DAY = _WEEK // 7
_NOT_A_SUCCESS = ("begun afresh", "hosts suspended")
"""Reasons for which a run is closed that was not carried through."""
_OF_SCHEMA = text(
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)


def size_of(database: Database, connection: Connection) -> int | None:
    """Bytes of a store with its indexes and journal. None: it is in memory."""
    if database.is_shared:
        return int(connection.execute(_OF_SCHEMA).scalar() or 0)
    return sum(file.stat().st_size for file in database.files()) or None


def last_successes(connection: Connection) -> dict[str, int]:
    """By source when its newest run ended that came to its end, microseconds UTC."""
    query = (
        select(run.c.source, func.max(run.c.ended_at).label("ended_at"))
        .where(run.c.finished == 1, run.c.reason.not_in(_NOT_A_SUCCESS))
        .where(run.c.ended_at.is_not(None))
        .group_by(run.c.source)
    )
    return {row.source: row.ended_at for row in connection.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A week's, on the average of the last four; of a younger store, of the days that it has."""

    records: int
    """New ones."""
    pages: int
    archive_bytes: int
    """Of the pages among them; robots.txt and redirects come to it."""


def growth(connection: Connection, *, now: int) -> Growth:
    """Of runs begun in the last four weeks. `now`: microseconds UTC."""
    begun = run.c.started_at > now - WEEKS * _WEEK
    first = connection.execute(select(func.min(run.c.started_at))).scalar()
    days = max(min(now - (first or now), WEEKS * _WEEK), _DAY)
    ids = select(run.c.id).where(begun)
    new = select(func.count()).select_from(record).where(record.c.first_run.in_(ids))
    stored = select(func.count(), func.coalesce(func.sum(page.c.length), 0))
    pages, size = connection.execute(stored.where(page.c.run.in_(ids))).one()
    records = connection.execute(new).scalar_one()
    a_week = [round(int(each) * _WEEK / days) for each in (records, pages, size)]
    return Growth(records=a_week[0], pages=a_week[1], archive_bytes=a_week[2])
