"""When a host may be asked: who holds it, and how long it rests after an answer.

Every function runs in a transaction of the caller's. `now` is microseconds UTC.
"""

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, case, select, update

from storage.ids import id63
from storage.portable import insert_new, larger, locking, upsert
from storage.prepared import Prepared
from storage.schema import address, host

JITTER = 0.25
"""Largest share of a host's delay that chance adds to it."""
LEASE_SECONDS = 120
"""How long a lease runs without a heartbeat: four heartbeats, and longer than any request."""

_NOW = bindparam("now", type_=BigInteger)
_ADDED = host.c.delay * bindparam("drawn", type_=BigInteger) // int(1000 / JITTER)
_OWN = host.c.held_by == bindparam("lease")
_REST = Prepared(
    update(host)
    .where(host.c.name == bindparam("asked"))
    .values(
        next_at=larger(host.c.next_at, _NOW + host.c.delay + _ADDED),
        held_until=case((_OWN, None), else_=host.c.held_until),
        held_by=case((_OWN, None), else_=host.c.held_by),
    )
)
_PACE = Prepared(select(host.c.delay, host.c.refusals).where(host.c.name == bindparam("asked")))


def later(column: ColumnElement[int | None], moment: int) -> ColumnElement[int]:
    """The later of a column's moment, where it has one, and another."""
    return case((column > moment, column), else_=moment)


def let_go(connection: Connection, name: str, *, by: int, chance: int, now: int) -> None:
    """A host answered just now, and rests, whoever holds it, for its delay and some jitter, which
    only ever adds; the hold ends where it was the asker's. `by`: address id of the lease; `chance`:
    what the jitter is drawn from, beside it."""
    drawn = id63("jitter", by, chance) % 1000
    _REST.run(connection, asked=name, lease=by, drawn=drawn, now=now)


def is_free(connection: Connection, name: str) -> bool:
    """Whether a host may be asked by anybody at any time: it asks for no rest, and refused nothing
    of late."""
    return _PACE.all(connection, asked=name) == [(0, None)]


def take_host(connection: Connection, name: str, *, by: int, delay: int, now: int) -> int | None:
    """Hold a host for one more request of a lease (robots.txt, a redirect); `by`: its address id.

    Returns None where the lease holds it from now on, else when to ask again, microseconds UTC.
    """
    insert_new(connection, host, {"name": name, "delay": delay, "next_at": now})
    if is_free(connection, name):
        return None
    row = connection.execute(locking(select(host).where(host.c.name == name))).one()
    if row.held_by == by:
        return None
    if row.held_until is not None and row.held_until > now:
        return min(int(row.held_until), now + 50_000)
    if row.next_at > now:
        return int(row.next_at)
    hold(connection, name, by=by, now=now)
    return None


def hold(connection: Connection, name: str, *, by: int, now: int) -> None:
    """A host is held for a request of a lease, for as long as a lease lasts."""
    until = now + LEASE_SECONDS * 1_000_000
    connection.execute(
        update(host)
        .where(host.c.name == name)
        .values(held_until=until, held_by=by, next_at=now + host.c.delay)
    )


def release_host(connection: Connection, name: str, *, by: int, now: int) -> None:
    """A request of a lease has ended; the host is free after its delay."""
    let_go(connection, name, by=by, chance=now, now=now)


def keep_delay(connection: Connection, source: str, *, delay: int) -> None:
    """The hosts of a source keep this delay, microseconds, until their robots.txt asks for more."""
    mine = select(address.c.host).where(address.c.source == source).distinct()
    connection.execute(update(host).where(host.c.name.in_(mine)).values(delay=delay))


def learn_delay(connection: Connection, name: str, *, delay: int, by: int, now: int) -> None:
    """The delay of a host, microseconds, that it answered a request of a lease with just now: the
    next one comes that much later, whoever makes it. `by`: address id of the lease."""
    set_delay(connection, name, delay=delay, now=now)
    release_host(connection, name, by=by, now=now)


def set_delay(connection: Connection, name: str, *, delay: int, now: int) -> None:
    """The delay of a host, microseconds, from now on."""
    upsert(connection, host, {"name": name, "delay": delay, "next_at": now}, {"delay": delay})
