"""Which addresses are due, leased, done or given up: the durable queue of a harvest.

Every method runs in a transaction of the caller's. `now` is microseconds UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from records import Address, LateAcknowledgement, Lease, host_of, normal_address
from storage import lost, queue_statements
from storage.hosts import LEASE_SECONDS, hold, later, let_go
from storage.ids import id63
from storage.portable import larger, passing_over
from storage.schema import address, found, host
from storage.schema import lost as suspected
from storage.suspension import one_at_a_time

LOOK_AGAIN = 1_000_000
"""When to ask again for a host that somebody else holds, microseconds from now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What can be fetched now."""

    leases: tuple[Lease, ...]
    wait_until: int | None
    """When something may be due next, microseconds UTC; None: nothing is, or will be, due."""


def add_addresses(
    connection: Connection,
    source: str,
    addresses: Iterable[Address],
    *,
    depth: int,
    run: int,
    delay: int,
    now: int,
) -> int:
    """Put addresses into the frontier; one already there keeps its state and its least depth.

    Returns how many were new. A depth that falls is carried on to what was found behind it.
    """
    each_by_id = {address_id(source, each): each for each in addresses}
    if not each_by_id:
        return 0
    known = dict(queue_statements.KNOWN.among(connection, each_by_id))
    fresh = [
        _row(each, number, source=source, depth=depth, run=run)
        for number, each in each_by_id.items()
        if number not in known
    ]
    if fresh:
        names = {str(row["host"]) for row in fresh}
        new = queue_statements.NO_HOST | {"delay": delay, "next_at": now}
        hosts = [new | {"name": name} for name in sorted(names)]
        queue_statements.ADD_HOST.many(connection, hosts)
        queue_statements.ADD_ADDRESS.many(connection, fresh)
    lowered = [number for number in each_by_id if known.get(number, depth) > depth]
    while lowered:
        connection.execute(update(address).where(_in(lowered)).values(depth=depth))
        depth += 1
        behind = (
            select(address.c.id)
            .join(found, found.c.address == address.c.id)
            .where(found.c.page.in_(lowered), address.c.depth > depth)
            .distinct()
        )
        lowered = list(connection.execute(behind).scalars())
    return len(fresh)


def add_found(
    connection: Connection,
    page_address: int,
    addresses: Sequence[Address],
    *,
    source: str,
    run: int,
    delay: int,
    now: int,
) -> int:
    """Addresses that a page leads to, one step deeper than the page; returns how many were new."""
    stands = queue_statements.DEPTH.all(connection, asked=page_address)
    if not stands or not addresses:
        return 0
    deeper = stands[0][0] + 1
    new = add_addresses(connection, source, addresses, depth=deeper, run=run, delay=delay, now=now)
    edges = [{"page": page_address, "address": address_id(source, each)} for each in addresses]
    queue_statements.ADD_FOUND.many(connection, edges)
    return new


def _row(each: Address, number: int, *, source: str, depth: int, run: int) -> dict[str, object]:
    url = normal_address(each.url)
    return queue_statements.NO_ADDRESS | {
        "id": number,
        "source": source,
        "fingerprint": each.fingerprint,
        "kind": each.kind,
        "url": url,
        "host": host_of(url),
        "depth": depth,
        "state": "due",
        "not_before": 0,
        "attempts": 0,
        "token": 0,
        "run": run,
    }


def address_id(source: str, each: Address) -> int:
    """Id of an address, stored or not."""
    return id63("address", source, each.fingerprint)


def enter(
    connection: Connection, source: str, each: Address, *, run: int, delay: int, now: int
) -> None:
    """Put an address into the frontier as done: its page came from elsewhere, and is not fetched.

    One already there keeps its depth.
    """
    mine = address.c.id == address_id(source, each)
    depth = connection.execute(select(address.c.depth).where(mine)).scalar() or 0
    add_addresses(connection, source, [each], depth=depth, run=run, delay=delay, now=now)
    lost.clear(connection, mine)
    connection.execute(update(address).where(mine).values(state="done", reason=None, ended=run))


def lease(
    connection: Connection,
    source: str,
    *,
    limit: int,
    max_depth: int,
    now: int,
    held: Collection[int] = (),
) -> Handout:
    """Hand out up to `limit` addresses, nearest to the start first.

    Each lease takes its host: one outstanding a host, unless the host's delay is 0 and it refused
    nothing of late (`storage.suspension`): such a host nobody holds, and who was handed one of its
    addresses takes a turn (`storage.hosts`) before it is asked. `held`: ids of addresses that the
    caller still fetches; a leap of the clock does not hand them out twice.
    What is suspect of having killed a process (`storage.lost`) goes first, and one at a time, with
    nothing else under way. Several may ask at once: a host, or an address, that one of them is just
    being handed is passed over.
    """
    ran_out = and_(address.c.lease_until < now, address.c.id.not_in([*held]))
    lost.take_back_where(connection, source, ran_out)
    mine = address.c.source == source
    waiting = and_(mine, address.c.state == "due", address.c.depth <= max_depth)
    suspects = [
        each.id
        for each in lost.suspects(connection, source)
        if each.state == "leased" or each.depth <= max_depth
    ]
    if suspects:
        if lost.is_any_leased(connection, source):
            return Handout(leases=(), wait_until=now + LOOK_AGAIN)
        waiting, limit = and_(waiting, _in(suspects)), 1
    ready = and_(waiting, address.c.not_before <= now)
    # held_until in the past is a lease that ran out: the host is free again
    busy_until = func.coalesce(host.c.held_until, 0)
    names = connection.execute(
        passing_over(
            select(host.c.name, one_at_a_time())
            .where(
                host.c.next_at <= now,
                or_(~one_at_a_time(), busy_until <= now),
                exists().where(ready, address.c.host == host.c.name),
            )
            .order_by(host.c.next_at, host.c.name)
            .limit(limit),
            host,
        )
    ).all()
    leases: list[Lease] = []
    for name, is_one in names:
        room = min(limit - len(leases), 1 if is_one else limit)
        if room <= 0:
            break
        leases += _lease_of_host(connection, name, ready, room=room, alone=bool(is_one), now=now)
    if leases:
        return Handout(leases=tuple(leases), wait_until=now)
    return Handout(leases=(), wait_until=_next_moment(connection, waiting, now))


def count_due(connection: Connection, source: str, *, max_depth: int) -> int:
    """How many addresses of a source wait within a depth."""
    query = select(func.count()).where(
        address.c.source == source, address.c.state == "due", address.c.depth <= max_depth
    )
    return int(connection.execute(query).scalar_one())


def _lease_of_host(
    connection: Connection,
    name: str,
    ready: ColumnElement[bool],
    *,
    room: int,
    alone: bool,
    now: int,
) -> list[Lease]:
    until = now + LEASE_SECONDS * 1_000_000
    rows = connection.execute(
        passing_over(
            select(address)
            .where(ready, address.c.host == name)
            .order_by(address.c.depth, address.c.id)
            .limit(room),
            address,
        )
    ).all()
    if not rows:
        return []
    connection.execute(
        update(address)
        .where(_in([row.id for row in rows]))
        .values(
            state="leased",
            lease_until=until,
            token=address.c.token + 1,
            attempts=address.c.attempts + 1,
        )
    )
    if alone:
        hold(connection, name, by=rows[0].id, now=now)
    return [
        Lease(
            id=row.id,
            source=row.source,
            address=Address(url=row.url, fingerprint=row.fingerprint, kind=row.kind),
            depth=row.depth,
            token=row.token + 1,
            attempts=row.attempts,
            until=until,
            alone=alone,
        )
        for row in rows
    ]


def _next_moment(connection: Connection, waiting: ColumnElement[bool], now: int) -> int | None:
    """When the first waiting address may be asked for; hosts and retries considered."""
    held = one_at_a_time() & (func.coalesce(host.c.held_until, 0) > now)
    free_at = larger(host.c.next_at, address.c.not_before)
    # whoever holds a host lets go of it sooner than its lease says: look again soon
    moment = connection.execute(
        select(func.min(case((held, now + LOOK_AGAIN), else_=free_at)))
        .select_from(address)
        .join(host, host.c.name == address.c.host)
        .where(waiting)
    ).scalar()
    return None if moment is None else max(int(moment), now)


def acknowledge(
    connection: Connection, lease: Lease, *, state: str, reason: str | None, run: int, now: int
) -> None:
    """The address is done, quarantined or failed, and its host free after its delay.

    Raises LateAcknowledgement where the lease has passed on or was given up.
    """
    ended = queue_statements.ACKNOWLEDGE.run(
        connection, lease=lease.id, fence=lease.token, becomes=state, why=reason, by=run
    )
    _let_go(connection, lease, ended, now=now)
    lost.heard_of(connection, lease.id)


def quarantine(connection: Connection, address_id: int, *, reason: str) -> None:
    """An address that was done is quarantined: its page was read again, and fails its check."""
    connection.execute(
        update(address)
        .where(address.c.id == address_id, address.c.state == "done")
        .values(state="quarantined", reason=reason)
    )


def mend(connection: Connection, address_id: int) -> None:
    """A quarantined address is done: its page was read again, and passes its check.

    Not one that waits for another reason than its page: the harvest died of the newer one.
    """
    suspect = select(suspected.c.address)
    connection.execute(
        update(address)
        .where(address.c.id == address_id, address.c.state == "quarantined")
        .where(address.c.id.not_in(suspect))
        .values(state="done", reason=None)
    )


def retry_later(
    connection: Connection,
    lease: Lease,
    *,
    reason: str,
    not_before: int,
    now: int,
    counted: bool = True,
) -> None:
    """The address is due again at `not_before`; `counted`: the attempt is its own, not its host's
    fault. Raises LateAcknowledgement."""
    attempts = address.c.attempts - (0 if counted else 1)
    values = {"state": "due", "reason": reason, "not_before": not_before, "attempts": attempts}
    _end(connection, lease, values, now=now)
    lost.heard_of(connection, lease.id)


def hand_back(connection: Connection, lease: Lease, *, now: int) -> None:
    """The lease was not used: due again at once, the attempt not counted."""
    _end(connection, lease, {"state": "due", "attempts": address.c.attempts - 1}, now=now)


def _end(connection: Connection, lease: Lease, values: dict[str, object], *, now: int) -> None:
    ended = connection.execute(
        update(address)
        .where(
            address.c.id == lease.id, address.c.token == lease.token, address.c.state == "leased"
        )
        .values(lease_until=None, **values)
    ).rowcount
    _let_go(connection, lease, ended, now=now)


def _let_go(connection: Connection, lease: Lease, ended: int, *, now: int) -> None:
    """`ended`: how many leases this one's end was."""
    if not ended:
        raise LateAcknowledgement(
            f"{lease.address.url}: its lease had passed on; what was fetched is dropped"
        )
    let_go(connection, host_of(lease.address.url), by=lease.id, chance=lease.token, now=now)
    queue_statements.FREE.run(connection, lease=lease.id)


def heartbeat(connection: Connection, leases: Sequence[Lease], *, now: int) -> None:
    """Renew leases, and their hold on their hosts; a clock that was set back shortens neither."""
    until = now + LEASE_SECONDS * 1_000_000
    for each in leases:
        still = (address.c.token == each.token) & (address.c.state == "leased")
        longer = later(address.c.lease_until, until)
        renewed = update(address).where(address.c.id == each.id, still).values(lease_until=longer)
        if connection.execute(renewed).rowcount:
            held = update(host).where(host.c.held_by == each.id)
            connection.execute(held.values(held_until=later(host.c.held_until, until)))


def _in(ids: Sequence[object]) -> ColumnElement[bool]:
    return address.c.id.in_(ids)
