"""Records put into the text groups of another scheme, while nothing else touches groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from dedup.scheme import Scheme
from storage.database import Database
from storage.portable import upsert
from storage.prepared import Prepared
from storage.schema import match, record, text_group, unsettled
from storage.sweeping import Progress, Slice, slices

_AT_ONCE = 500
"""Records, or groups, of a transaction."""

_MOVE = Prepared(
    update(record).where(record.c.id == bindparam("moved")).values(text_group=bindparam("now"))
)
_EMPTY = (
    select(text_group.c.id)
    .where(~select(record.c.id).where(record.c.text_group == text_group.c.id).exists())
    .order_by(text_group.c.id)
    .limit(_AT_ONCE)
)


def regroup(database: Database, scheme: Scheme, progress: Progress) -> None:
    """Put every record into the text group that a scheme puts it in, and take out the groups that
    are left empty, with their matches."""
    for some in slices(database, scheme, progress):
        places = some.strange().tolist()
        for start in range(0, len(places), _AT_ONCE):
            with database.write() as connection:
                _move(connection, some, places[start : start + _AT_ONCE])
    last: int | None = -1
    while last is not None:
        with database.write() as connection:
            last = _take_out(connection, last)


def _move(connection: Connection, some: Slice, places: Sequence[int]) -> None:
    groups = some.placed.groups.tolist()
    wanted: dict[int, Mapping[str, Any]] = {
        groups[at]: {"id": groups[at], "self_same": int(some.placed.itself[at])} for at in places
    }
    upsert(connection, text_group, [*wanted.values()])
    rows = [{"moved": some.rows[at]["record"], "now": groups[at]} for at in places]
    _MOVE.many(connection, rows)


def _take_out(connection: Connection, after: int) -> int | None:
    """Take out some groups that are empty; returns the last. None: there are no more."""
    empty = connection.execute(_EMPTY.where(text_group.c.id > after)).scalars().all()
    if not empty:
        return None
    for each in (match.c.a, match.c.b):
        connection.execute(delete(match).where(each.in_(empty)))
    connection.execute(delete(unsettled).where(unsettled.c.text_group.in_(empty)))
    connection.execute(delete(text_group).where(text_group.c.id.in_(empty)))
    return int(empty[-1])
