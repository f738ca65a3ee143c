"""Hosts that refuse: held back as they ask, suspended when they go on, tried again one at a time.

What is known of a host's refusals stands in its row and lasts through restarts. Every function runs
in a transaction of the caller's. `now` is microseconds UTC.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from storage import queue_statements
from storage.hosts import later
from storage.schema import address, host

IN_A_ROW = 5
"""Refusals in a row from which a host is suspended. One to three are what a busy site says in
passing, and an address alone is asked for four times (`retries`) before it is given up, which says
more of the address than of its host; the fifth in a row has come from two addresses at least, or
from two harvests."""
FIRST_SECONDS = 300
"""The first suspension: longer than a restart, and than the minute in which most sites count
requests; short enough for a harvest to sit it out."""
GROWTH = 3
"""How much longer each suspension is than the one before, until the host answers again: 5 minutes,
15, 45, 2 h 15, 6 h 45, 20 h 15, a day. A host that stays away for a week is asked a dozen times."""
LONGEST_SECONDS = 24 * 3600
"""What no suspension, and no Retry-After that is heeded, is longer than: a site may be asked once a
day whether it is back, and a header of a year is no reason to forget it."""


def refused(
    connection: Connection, name: str, *, reason: str, wait: float | None, now: int
) -> int | None:
    """A host refused a request, or could not be connected to. `wait`: seconds that it asks for.

    Returns until when it is suspended, microseconds UTC, for one refusal too many; None: it is not,
    though it is left alone for as long as it asks.
    """
    row = connection.execute(select(host).where(host.c.name == name)).one_or_none()
    if row is None:
        return None
    closed = row.closed_until or 0
    if closed > now:
        # what was on its way when the host closed says nothing new, unless it asks for longer
        asked = now + _microseconds(min(wait or 0.0, LONGEST_SECONDS))
        _close(connection, name, {}, max(closed, asked))
        return max(closed, asked) if row.suspensions else None
    refusals = (row.refusals or 0) + 1
    suspensions = (row.suspensions or 0) + (refusals >= IN_A_ROW)
    rest = wait or 0.0
    if suspensions:
        rest = max(rest, FIRST_SECONDS * GROWTH ** min(suspensions - 1, 9))
    until = now + _microseconds(min(rest, LONGEST_SECONDS))
    said = {"refusals": refusals, "suspensions": suspensions, "refusal": reason}
    _close(connection, name, said, until)
    return until if suspensions else None


def _microseconds(seconds: float) -> int:
    return int(seconds * 1e6)


def _close(connection: Connection, name: str, said: dict[str, object], until: int) -> None:
    values = {"closed_until": until, "next_at": later(host.c.next_at, until), **said}
    connection.execute(update(host).where(host.c.name == name).values(values))


def answered(connection: Connection, name: str, *, now: int) -> None:
    """A host answered: its refusals are forgotten, unless what it answered was on its way when it
    asked to be left alone."""
    queue_statements.ANSWERED.run(connection, asked=name, now=now)


def one_at_a_time() -> ColumnElement[bool]:
    """Hosts of which one request is under way at most: those with a delay, and those that refused
    the last one, whose next request is a trial."""
    return or_(host.c.delay > 0, host.c.refusals.is_not(None))


def closed_until(connection: Connection, name: str) -> int | None:
    """Until when a host is left alone for its refusals, microseconds UTC, past or to come; None:
    there are none."""
    return connection.execute(select(host.c.closed_until).where(host.c.name == name)).scalar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A host that is left alone, or on trial."""

    host: str
    until: int
    """Microseconds UTC; past: its next request is a trial."""
    reason: str
    """What it refused the last request with."""
    refusals: int
    """In a row."""
    suspensions: int
    """In a row; 0: it asked to be left alone so long itself."""


def closed(
    connection: Connection, *, now: int, source: str | None = None, only_due: bool = False
) -> list[Closed]:
    """Hosts of one source or of all that are suspended or left alone as they ask, and suspended
    ones whose trial is due; by the moment, then by name. `only_due`: those on which something of
    it is due."""
    query = (
        select(host)
        .where(host.c.refusals.is_not(None))
        .where(or_(host.c.closed_until > now, func.coalesce(host.c.suspensions, 0) > 0))
        .order_by(host.c.closed_until, host.c.name)
    )
    if source is not None:
        mine = select(address.c.host).where(address.c.source == source)
        if only_due:
            mine = mine.where(address.c.state == "due")
        query = query.where(host.c.name.in_(mine))
    return [
        Closed(
            host=row.name,
            until=row.closed_until,
            reason=row.refusal,
            refusals=row.refusals,
            suspensions=row.suspensions,
        )
        for row in connection.execute(query)
    ]


def opens_at(connection: Connection, source: str, *, max_depth: int, now: int) -> int | None:
    """When the first of the hosts may be asked again that all of a source's due addresses within a
    depth wait for, microseconds UTC; None: one may be asked already, or nothing is due."""
    first = (
        select(func.min(func.coalesce(host.c.closed_until, 0)))
        .select_from(address)
        .join(host, host.c.name == address.c.host)
        .where(address.c.source == source, address.c.state == "due", address.c.depth <= max_depth)
    )
    moment = connection.execute(first).scalar()
    return None if moment is None or moment <= now else int(moment)
