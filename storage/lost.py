"""Leases that a dead process left: taken back, tried alone, and in the end set aside.

What a kill leaves is nobody's fault, and costs no address an attempt. But one of the pages may be
what killed the process: whatever was under way then is suspect until it is heard of again, and
meanwhile leased alone, so that the next death has one address to blame.
Every function runs in a transaction of the caller's.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, select, update

from records import normal_address
from storage import queue_statements
from storage.portable import passing_over, upsert
from storage.schema import address, host, lost, run

MOST_LOST = 5
"""Deaths in a row that one address was under way in, all but the first alone, before it is given
up for the cause of them."""

REASON = (
    f"the harvest died {MOST_LOST} times with this page in hand, of late with no other; see what "
    "it said then; --fresh tries it again"
)


def take_back(connection: Connection, source: str) -> int:
    """Leases that a dead process left are due at once; returns how many there were.

    The attempt is not counted. An address that was lost `MOST_LOST` times is quarantined. Only for
    a harvest that is alone on its source.
    """
    return take_back_where(connection, source, address.c.state == "leased")


def take_back_where(connection: Connection, source: str, which: ColumnElement[bool]) -> int:
    """`take_back` for those of the leased addresses of a source that a condition names."""
    ids = list(
        connection.execute(
            passing_over(
                select(address.c.id).where(
                    address.c.source == source, address.c.state == "leased", which
                ),
                address,
            )
        ).scalars()
    )
    if not ids:
        return 0
    held = passing_over(select(host.c.name).where(host.c.held_by.in_(ids)), host)
    connection.execute(
        update(host).where(host.c.name.in_(held)).values(held_until=None, held_by=None)
    )
    connection.execute(
        update(address)
        .where(address.c.id.in_(ids))
        .values(state="due", lease_until=None, attempts=address.c.attempts - 1)
    )
    once = [{"address": each, "times": 1} for each in ids]
    upsert(connection, lost, once, {"times": lost.c.times + 1})
    _quarantine_often(connection, source, ids)
    return len(ids)


def _quarantine_often(connection: Connection, source: str, ids: Sequence[int]) -> None:
    often = select(lost.c.address).where(lost.c.address.in_(ids), lost.c.times >= MOST_LOST)
    newest = select(func.max(run.c.id)).where(run.c.source == source).scalar_subquery()
    connection.execute(
        update(address)
        .where(address.c.id.in_(often))
        .values(state="quarantined", reason=REASON, ended=newest)
    )


def suspects(connection: Connection, source: str) -> Sequence[Row[Any, Any, Any]]:
    """Of a source's suspect addresses (``id``, ``state``, ``depth``) those due or under way."""
    ids = connection.execute(select(lost.c.address)).scalars().all()
    if not ids:  # as nearly always; a join might begin with all that is due
        return []
    query = select(address.c.id, address.c.state, address.c.depth)
    open_states = address.c.state.in_(["due", "leased"])
    return connection.execute(
        query.where(address.c.id.in_(ids), address.c.source == source, open_states)
    ).all()


def is_any_leased(connection: Connection, source: str) -> bool:
    """Whether anything of a source is under way."""
    leased = (address.c.source == source) & (address.c.state == "leased")
    return bool(connection.execute(select(exists().where(leased))).scalar())


def count_leased(connection: Connection, source: str) -> int:
    """How many addresses of a source are under way, whoever has them."""
    query = select(func.count()).where(address.c.source == source, address.c.state == "leased")
    return int(connection.execute(query).scalar_one())


def set_aside() -> Select[Any]:
    """Addresses in quarantine for the deaths they were under way in; no page of them is stored."""
    quarantined = address.c.state == "quarantined"
    return select(address).join(lost, lost.c.address == address.c.id).where(quarantined)


def is_set_aside(connection: Connection, url: str) -> bool:
    """Whether an address is among them."""
    return bool(count_set_aside(connection, address.c.url == normal_address(url)))


def count_set_aside(connection: Connection, *which: ColumnElement[bool]) -> int:
    """How many they are that meet some conditions."""
    query = set_aside().where(*which).with_only_columns(func.count())
    return int(connection.execute(query).scalar_one())


def heard_of(connection: Connection, address_id: int) -> None:
    """`clear` for one address."""
    queue_statements.HEARD_OF.run(connection, asked=address_id)


def clear(connection: Connection, which: ColumnElement[bool]) -> None:
    """The addresses that a condition names are suspect no more: they were heard of."""
    ids = select(address.c.id).where(which)
    connection.execute(delete(lost).where(lost.c.address.in_(ids)))
