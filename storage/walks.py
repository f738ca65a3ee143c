"""Walks through a listing: a start address, and the pages reached from it by next links.

Where a page is stored it is decided, in the same transaction, whether its walk goes on: the next
page's address becomes due, or the walk ends and says why. A store holds one walk a start address;
a run begun afresh walks again. Every function runs in a transaction of the caller's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from records import ResultPage
from storage import frontier, lost
from storage.content import record_id
from storage.due import DUE
from storage.ids import id63
from storage.schema import address, page, reading, run, step, walk

STATED_TOTAL = "stated total"
REPEATED_PAGE = "repeated page"
NOTHING_NEW = "nothing new"
NO_NEXT_PAGE = "no next page"
ELSEWHERE = "next page elsewhere"
OTHER_WALK = "another walk"

BARREN = 2
"""Pages in a row without a key that the walk had not, after which it ends. One may be chance: a
list that grew by a page meanwhile shows that page again. For two in a row it would have to grow as
fast as it is read, and then reading on does not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a listing as it was stored."""

    page: int
    address: int
    source: str
    run: int
    read: ResultPage
    accepted: bool
    """False: it is in quarantine, and leads nowhere until it is read again or released."""
    fetched: bool
    """False: read again from the archive."""
    delay: int
    """Between requests to hosts met for the first time, microseconds."""


def advance(connection: Connection, found: Found, *, now: int) -> int:
    """Take a stored page, quarantined or not, as a step of its walk; the walk goes on or ends.

    A page read again counts where it is a step of the walk that there is now, and decides where it
    is the last. Returns how many addresses were new.
    """
    own = _step(connection, found.address)
    if own is None and not found.fetched:
        return 0
    if own is None:
        connection.execute(insert(walk), {"start": found.address, "source": found.source})
        own = _Step(walk=found.address, place=1, page=None)
        _write_step(connection, found.address, own.walk, own.place)
    elif not found.fetched and own.page != found.page:
        return 0
    seen = _seen(connection, own, found)
    connection.execute(update(step).where(step.c.address == found.address).values(seen))
    if _is_behind(connection, own):
        return 0
    new, reason = _go_on(connection, own, found, now) if found.accepted else (0, None)
    connection.execute(update(walk).where(walk.c.start == own.walk).values(reason=reason))
    return new


class _Step(NamedTuple):
    walk: int
    place: int
    page: int | None


def _step(connection: Connection, address_id: int) -> _Step | None:
    """The step that an address is of a walk; None: of none that there is now."""
    columns = select(step.c.walk, step.c.place, step.c.page)
    row = connection.execute(columns.where(step.c.address == address_id)).one_or_none()
    return None if row is None else _Step(*row)


def _is_behind(connection: Connection, own: _Step) -> bool:
    """Whether the walk went on from a step."""
    later = select(step.c.address).where(step.c.walk == own.walk, step.c.place > own.place)
    return connection.execute(later.limit(1)).first() is not None


def _seen(connection: Connection, own: _Step, found: Found) -> dict[str, int | None]:
    """What a page brought to its walk."""
    keys = [each.key for each in found.read.records] if found.accepted else []
    if not keys:
        return {"page": found.page, "listed": 0, "new": 0, "hash": None}
    ids = {record_id(key) for key in keys}
    had = (
        select(func.count(reading.c.record.distinct()))
        .join(step, step.c.page == reading.c.page)
        .where(reading.c.record.in_(ids), step.c.walk == own.walk, step.c.place < own.place)
    )
    known = connection.execute(had).scalar_one()
    return {
        "page": found.page,
        "listed": len(keys),
        "new": len(ids) - known,
        "hash": _hash(keys),
    }


def _hash(keys: Sequence[str]) -> int:
    """Equal for pages that list the same records in the same order."""
    digest = hashlib.blake2b(digest_size=16)
    for key in keys:
        digest.update(key.encode("utf-8", "surrogatepass") + b"\0")
    return id63("keys", digest.hexdigest())


def _go_on(
    connection: Connection,
    own: _Step,
    found: Found,
    now: int,
) -> tuple[int, str | None]:
    """How many addresses were new, and why the walk ends here; None: it goes on."""
    reason = _ending(connection, own.walk, own.place, found.read)
    if reason is not None:
        return 0, reason
    onward = next(each for each in found.read.found if each.kind == "listing")
    target = id63("address", found.source, onward.fingerprint)
    other = _step(connection, target)
    if other is not None:
        return 0, REPEATED_PAGE if other.walk == own.walk else OTHER_WALK
    depth = connection.execute(select(address.c.depth).where(address.c.id == target)).scalar()
    if depth == 0:  # a start address, whose walk has yet to begin
        return 0, OTHER_WALK
    new = frontier.add_found(
        connection,
        found.address,
        [onward],
        source=found.source,
        run=found.run,
        delay=found.delay,
        now=now,
    )
    if not new:
        _make_due(connection, target)
    _write_step(connection, target, own.walk, own.place + 1)
    return new, None


def _write_step(connection: Connection, address_id: int, walk_id: int, place: int) -> None:
    row = {"address": address_id, "walk": walk_id, "place": place, "listed": 0, "new": 0}
    connection.execute(insert(step), row)


def _ending(connection: Connection, walk_id: int, place: int, read: ResultPage) -> str | None:
    """Why a walk ends at a page, as far as the pages themselves say."""
    so_far = connection.execute(
        select(step.c.place, step.c.new, step.c.hash)
        .where(step.c.walk == walk_id, step.c.place <= place)
        .order_by(step.c.place.desc())
    ).all()
    last = so_far[0]
    if last.hash is not None and any(each.hash == last.hash for each in so_far[1:]):
        return REPEATED_PAGE
    if read.search_total is not None and sum(each.new for each in so_far) >= read.search_total:
        return STATED_TOTAL
    if len(so_far) >= BARREN and not any(each.new for each in so_far[:BARREN]):
        return NOTHING_NEW
    if not any(each.kind == "listing" for each in read.found):
        return NO_NEXT_PAGE if read.next_url is None else ELSEWHERE
    return None


def _make_due(connection: Connection, address_id: int) -> None:
    """An address that an earlier harvest met is a step of a walk, and fetched again."""
    lost.clear(connection, address.c.id == address_id)
    connection.execute(update(address).where(address.c.id == address_id).values(DUE))


def forget(connection: Connection, source: str) -> None:
    """Walks of a source begin anew at its start addresses: what they had yet to fetch behind those
    is due no more, until a walk comes by again. Only for a harvest that is alone on its source."""
    starts = select(walk.c.start).where(walk.c.source == source)
    if connection.execute(starts.limit(1)).first() is None:
        return
    lost.take_back(connection, source)
    behind = select(step.c.address).where(step.c.walk.in_(starts), step.c.place > 1)
    connection.execute(
        update(address)
        .where(address.c.id.in_(behind), address.c.state == "due")
        .values(state="left", reason=None)
    )
    connection.execute(delete(step).where(step.c.walk.in_(starts)))
    connection.execute(delete(walk).where(walk.c.source == source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a walk has come."""

    source: str
    start: str
    """The address it began at."""
    pages: int
    """Stored, quarantined ones included."""
    listed: int
    """Records on them, each as often as it is listed."""
    records: int
    """Distinct ones."""
    stated_total: int | None
    """As its newest page states it."""
    reason: str
    """Why it ended, or what it waits for."""


def newest(connection: Connection, *, limit: int, source: str | None = None) -> list[Walk]:
    """Walks of one source or of all: those that have not ended, then by source and address."""
    starts = (
        select(walk.c.start)
        .join(address, address.c.id == walk.c.start)
        .order_by(walk.c.reason.is_not(None), walk.c.source, address.c.url, walk.c.start)
        .limit(limit)
    )
    if source is not None:
        starts = starts.where(walk.c.source == source)
    return [_walk(connection, start) for start in connection.execute(starts).scalars().all()]


def of_run(connection: Connection, run_id: int) -> list[Walk]:
    """The walks that came to a page in a run, by their start addresses."""
    met = select(step.c.walk).join(page, page.c.id == step.c.page).where(page.c.run == run_id)
    starts = connection.execute(met.distinct()).scalars().all()
    return sorted((_walk(connection, start) for start in starts), key=lambda each: each.start)


def ending_of_run(connection: Connection, run_id: int) -> str | None:
    """Why the walks of a run ended, where all ended alike; None: there was none, they ended for
    different reasons, or one has not ended."""
    met = select(step.c.walk).join(page, page.c.id == step.c.page).where(page.c.run == run_id)
    reasons = select(walk.c.reason).where(walk.c.start.in_(met)).distinct().limit(2)
    found = list(connection.execute(reasons).scalars())
    return found[0] if len(found) == 1 else None


def _walk(connection: Connection, start: int) -> Walk:
    sums = select(func.count(step.c.page), func.sum(step.c.listed), func.sum(step.c.new))
    pages, listed, records = connection.execute(sums.where(step.c.walk == start)).one()
    row = connection.execute(
        select(walk.c.source, walk.c.reason, address.c.url)
        .join(address, address.c.id == walk.c.start)
        .where(walk.c.start == start)
    ).one()
    total = (
        select(page.c.stated_total)
        .join(step, step.c.page == page.c.id)
        .where(step.c.walk == start, page.c.state == "read")
        .order_by(step.c.place.desc())
        .limit(1)
    )
    return Walk(
        source=row.source,
        start=row.url,
        pages=pages,
        listed=listed,
        records=records,
        stated_total=connection.execute(total).scalar(),
        reason=row.reason or _waiting(connection, start, row.source),
    )


_WAITING = {"failed": "given up", "quarantined": "quarantine"}


def _waiting(connection: Connection, start: int, source: str) -> str:
    """What a walk that has not ended waits for: what became of its last address, else why the
    newest run of its source ended."""
    last = connection.execute(
        select(address.c.state, address.c.depth)
        .join(step, step.c.address == address.c.id)
        .where(step.c.walk == start)
        .order_by(step.c.place.desc())
        .limit(1)
    ).one()
    newest = connection.execute(
        select(run.c.depth, run.c.reason).where(run.c.source == source).order_by(run.c.id.desc())
    ).first()
    assert newest is not None
    if last.state == "due" and last.depth > newest.depth:
        return "depth"
    return _WAITING.get(last.state) or str(newest.reason)
