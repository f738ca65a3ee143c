"""When a host may be asked: who holds it, and how long it rests after an answer.

Every function runs in a transaction of the caller's. `now` is microseconds UTC.
"""

from sqlalchemy import ColumnElement, Connection, case, select, update

from storage.ids import id63
from storage.portable import insert_new, larger, locking, upsert
from storage.schema import address, host

LEASE_SECONDS = 120
"""How long a lease runs without a heartbeat: four heartbeats, and longer than any request."""
JITTER = 0.25
"""Largest share of a host's delay that chance adds to it."""
_JITTER_PART = int(1000 / JITTER)


def later(column: ColumnElement[int | None], moment: int) -> ColumnElement[int]:
    """The later of a column's moment, where it has one, and another."""
    return case((column > moment, column), else_=moment)


def let_go(connection: Connection, name: str, by: int, next_at: ColumnElement[int]) -> None:
    """A host was asked, and rests, whoever holds it; the hold ends where it was the asker's."""
    own = host.c.held_by == by
    connection.execute(
        update(host)
        .where(host.c.name == name)
        .values(
            next_at=next_at,
            held_until=case((own, None), else_=host.c.held_until),
            held_by=case((own, None), else_=host.c.held_by),
        )
    )


def rested(now: int, *chance: int) -> ColumnElement[int]:
    """When a host that answered just now may be asked next: its delay and some jitter, which only
    ever adds. `chance`: what the jitter is drawn from."""
    drawn = id63("jitter", *chance) % 1000
    return larger(host.c.next_at, now + host.c.delay + host.c.delay * drawn // _JITTER_PART)


def take_host(connection: Connection, name: str, *, by: int, delay: int, now: int) -> int | None:
    """Hold a host for one more request of a lease (robots.txt, a redirect); `by`: its address id.

    Returns None where the lease holds it from now on, else when to ask again, microseconds UTC.
    """
    insert_new(connection, host, {"name": name, "delay": delay, "next_at": now})
    row = connection.execute(locking(select(host).where(host.c.name == name))).one()
    if row.held_by == by or (row.delay == 0 and row.refusals is None):
        return None
    if row.held_until is not None and row.held_until > now:
        return min(int(row.held_until), now + 50_000)
    if row.next_at > now:
        return int(row.next_at)
    connection.execute(
        update(host)
        .where(host.c.name == name)
        .values(held_until=now + LEASE_SECONDS * 1_000_000, held_by=by, next_at=now + host.c.delay)
    )
    return None


def release_host(connection: Connection, name: str, *, by: int, now: int) -> None:
    """A request of a lease has ended; the host is free after its delay."""
    let_go(connection, name, by, rested(now, by, now))


def keep_delay(connection: Connection, source: str, *, delay: int) -> None:
    """The hosts of a source keep this delay, microseconds, until their robots.txt asks for more."""
    mine = select(address.c.host).where(address.c.source == source).distinct()
    connection.execute(update(host).where(host.c.name.in_(mine)).values(delay=delay))


def set_delay(connection: Connection, name: str, *, delay: int, now: int) -> None:
    """The delay of a host, microseconds, from now on."""
    upsert(connection, host, {"name": name, "delay": delay, "next_at": now}, {"delay": delay})
