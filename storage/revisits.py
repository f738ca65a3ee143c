"""When an address that answered is asked again, and by what its page is known until then.

A page that stays as it was is asked for less and less often, one that changes more often. What is
gone keeps what it said, is asked for seldom, and comes back when it answers. Every function runs in
a transaction of the caller's. `now` is microseconds UTC.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, func, insert, literal, select, update

from records import Lease, ResultPage, host_of, region_hash
from storage import frontier, suspension
from storage.archive import Earlier
from storage.due import DUE, is_reached
from storage.schema import Id, Text, address, page, run, step, visit

SLOWER = 1.5
"""By how much the interval of a page grows that was as it was before."""
FASTER = 0.5
"""By how much it shrinks when the page had changed. Growing takes two steps where shrinking takes
one (1.5 twice is 2.25), so that what changes every so often is met late by half an interval, and
not by many."""

_FIRST, _CHANGED, _SAME, _BACK = "first visit", "changed", "unchanged", "is back"
_UNKNOWN = "not compared yet"


@dataclass(frozen=True, slots=True)
class Span:
    """Between which intervals the pages of a source are asked for again, microseconds."""

    least: int
    most: int

    def clip(self, every: float) -> int:
        return int(min(max(every, self.least), self.most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page that was fetched is known by from now on."""

    span: Span
    etag: str | None
    """As sent; None: it has none."""
    modified: str | None
    """Last-Modified, as sent; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What an address is asked with: for its page, if it is another than this one."""

    etag: str | None
    modified: str | None
    earlier: Earlier
    """That page, as the archive names it."""

    @property
    def headers(self) -> dict[str, str]:
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in said.items() if value is not None}


def visited(
    connection: Connection, address_id: int, page_id: int, read: ResultPage, seen: Seen, *, now: int
) -> None:
    """An address answered with a page that is stored as read."""
    region = region_hash(read)
    before = connection.execute(select(visit).where(visit.c.address == address_id)).one_or_none()
    every, changed_at, reason = float(seen.span.least), now, _FIRST
    if before is not None and before.gone_at is not None:
        reason = _BACK
    elif before is not None and before.region is None:
        every, changed_at, reason = before.every, before.changed_at, _UNKNOWN
    elif before is not None and before.region == region:
        every, changed_at, reason = before.every * SLOWER, before.changed_at, _SAME
    elif before is not None:
        every, reason = before.every * FASTER, _CHANGED
    row = {
        "page": page_id,
        "etag": seen.etag,
        "modified": seen.modified,
        "region": region,
        "changed_at": changed_at,
        "gone_at": None,
        **_next(seen.span.clip(every), reason, now),
    }
    if before is None:
        connection.execute(insert(visit).values(address=address_id, **row))
    else:
        connection.execute(update(visit).where(visit.c.address == address_id).values(row))


def _next(every: int, reason: str, now: int) -> dict[str, object]:
    return {"every": every, "checked_at": now, "due_at": now + every, "reason": reason}


def unchanged(connection: Connection, lease: Lease, *, run_id: int, span: Span, now: int) -> None:
    """An address says that its page is the one we have (304): it is done, and no page of this run
    is made of it. Raises LateAcknowledgement."""
    frontier.acknowledge(connection, lease, state="done", reason=None, run=run_id, now=now)
    suspension.answered(connection, host_of(lease.address.url), now=now)
    mine = visit.c.address == lease.id
    every = connection.execute(select(visit.c.every).where(mine)).scalar_one()
    row = _next(span.clip(every * SLOWER), _SAME, now)
    connection.execute(update(visit).where(mine).values(row))
    _count(connection, run_id, run.c.unchanged)


def gone(
    connection: Connection, lease: Lease, *, reason: str, run_id: int, span: Span, now: int
) -> bool:
    """An address that had a page says that it is no more: it is marked so, with what it said left
    as it was, and asked for as seldom as any. Returns whether it had a page; else nothing is done.

    Raises LateAcknowledgement.
    """
    mine = visit.c.address == lease.id
    if connection.execute(select(visit.c.address).where(mine)).first() is None:
        return False
    frontier.acknowledge(connection, lease, state="gone", reason=reason, run=run_id, now=now)
    row = _next(span.most, f"gone: {reason}", now)
    since = func.coalesce(visit.c.gone_at, now)
    values = {"gone_at": since, "etag": None, "modified": None, **row}
    connection.execute(update(visit).where(mine).values(values))
    _count(connection, run_id, run.c.gone)
    return True


def _count(connection: Connection, run_id: int, column: ColumnElement[int | None]) -> None:
    one_more = {column: func.coalesce(column, 0) + 1}
    connection.execute(update(run).where(run.c.id == run_id).values(one_more))


def reread(connection: Connection, page_id: int, address_id: int, read: ResultPage) -> None:
    """A page was read again from the archive: what it is compared with is what it says now."""
    mine = (visit.c.address == address_id) & (visit.c.page == page_id)
    if connection.execute(select(visit.c.address).where(mine)).first() is not None:
        connection.execute(update(visit).where(mine).values(region=region_hash(read)))


def ask_whole(connection: Connection, which: ColumnElement[bool]) -> None:
    """The addresses that a condition names are asked for their pages whatever they are."""
    ids = select(address.c.id).where(which)
    known = visit.c.address.in_(ids)
    connection.execute(update(visit).where(known).values(etag=None, modified=None))


def conditions(
    connection: Connection, addresses: Collection[int], *, reader: str
) -> Mapping[int, Condition]:
    """By address what it may be asked with. None for those whose page is in quarantine, was read by
    another reader than `reader`, or is a step of a walk, which goes on by what the page lists."""
    if not addresses:
        return {}
    rows = connection.execute(
        select(visit.c.address, visit.c.etag, visit.c.modified, page.c.url, page.c.fetched_at)
        .join(page, page.c.id == visit.c.page)
        .where(visit.c.address.in_(addresses), page.c.state == "read", page.c.reader == reader)
        .where(visit.c.etag.is_not(None) | visit.c.modified.is_not(None))
        .where(visit.c.address.not_in(select(step.c.address)))
    )
    return {
        row.address: Condition(
            etag=row.etag, modified=row.modified, earlier=Earlier(row.url, row.fetched_at)
        )
        for row in rows
    }


def make_due(
    connection: Connection, source: str, *, span: Span, budget: int | None, now: int
) -> int:
    """Addresses of a source whose moment has come are due: no more than `budget`, those first that
    wait for as long as their interval again, by how many of them, then those that changed last, of
    those alike the longest overdue. Returns how many there were.

    So those that change do not keep the others from ever being asked, however small the budget: to
    overtake one that waits, an address has to have waited for more intervals of its own.
    """
    _begin(connection, source, span)
    _keep_to(connection, source, span)
    ids = (
        select(visit.c.address)
        .join(address, address.c.id == visit.c.address)
        .where(address.c.source == source, address.c.state.in_(["done", "gone"]))
        .where(visit.c.due_at <= now, is_reached())
        .order_by(_waits(now).desc(), visit.c.changed_at.desc(), visit.c.due_at, visit.c.address)
        .limit(budget)
    )
    chosen = connection.execute(ids).scalars().all()
    for start in range(0, len(chosen), _AT_ONCE):
        some = address.c.id.in_(chosen[start : start + _AT_ONCE])
        connection.execute(update(address).where(some).values(DUE))
    return len(chosen)


_AT_ONCE = 500


def _waits(now: int) -> ColumnElement[float]:
    """For how many of its intervals an address is overdue; 0 for less than one."""
    overdue = now - visit.c.due_at
    return case((overdue >= visit.c.every, overdue / (visit.c.every + 1.0)), else_=0.0)


def _begin(connection: Connection, source: str, span: Span) -> None:
    """Addresses that were done before their source had a span begin with its least interval."""
    known = select(visit.c.address).where(visit.c.address == address.c.id)
    columns = ("address", "page", "checked_at", "changed_at", "every", "due_at", "reason")
    rows = (
        select(
            address.c.id,
            page.c.id,
            page.c.fetched_at,
            page.c.fetched_at,
            literal(span.least, Id),
            page.c.fetched_at + span.least,
            literal(_FIRST, Text),
        )
        .join(page, (page.c.address == address.c.id) & (page.c.run == address.c.ended))
        .where(address.c.source == source, address.c.state == "done", page.c.state == "read")
        .where(~known.exists())
    )
    connection.execute(insert(visit).from_select(columns, rows))


def _keep_to(connection: Connection, source: str, span: Span) -> None:
    """Intervals follow a span that the settings say otherwise than before."""
    mine = visit.c.address.in_(select(address.c.id).where(address.c.source == source))
    off = (visit.c.every < span.least) | (visit.c.every > span.most)
    every = case((visit.c.every < span.least, span.least), else_=span.most)
    values = {"every": every, "due_at": visit.c.checked_at + every}
    connection.execute(update(visit).where(mine, off).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """An address that answered, and when it is asked again."""

    source: str
    url: str
    checked_at: int
    """When it answered last. Moments are microseconds UTC, `every` is microseconds."""
    changed_at: int
    """When it was found to say something else, or was first met."""
    every: int
    due_at: int
    reason: str
    """Why its interval is what it is."""
    gone_at: int | None
    """Since when it is no more; None: it is there."""


def listed(
    connection: Connection, *, limit: int | None, source: str | None = None
) -> list[Revisit]:
    """The addresses of one source or of all that are asked again, by their moments."""
    query = (
        select(address.c.source, address.c.url, visit)
        .join(address, address.c.id == visit.c.address)
        .order_by(visit.c.due_at, visit.c.address)
        .limit(limit)
    )
    if source is not None:
        query = query.where(address.c.source == source)
    return [
        Revisit(
            source=row.source,
            url=row.url,
            checked_at=row.checked_at,
            changed_at=row.changed_at,
            every=row.every,
            due_at=row.due_at,
            reason=row.reason,
            gone_at=row.gone_at,
        )
        for row in connection.execute(query)
    ]
