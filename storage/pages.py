"""The page transaction: all that one page says is stored, or nothing of it."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from records import Address, Footer, LateAcknowledgement, Lease, ResultPage, as_json, page_hash
from storage import frontier, walks
from storage.archive import Place
from storage.content import record_id
from storage.ids import id63
from storage.matching import Matcher, Signed
from storage.readings import Said, store_readings, sweep_contents
from storage.schema import address, footer, kin, page, problem, reading, state


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A page that was fetched and read, ready to be stored."""

    source: str
    run: int
    address: int
    """Id of the address in the frontier."""
    lease: Lease | None
    """Acknowledged in the same transaction. None: read again from the archive, or imported."""
    url: str
    """That answered."""
    status: int
    fetched_at: int
    digest: str
    charset: str | None
    place: Place | None
    reader: str
    page: ResultPage
    signed: tuple[Signed, ...]
    """One for each of the page's records."""
    said: str | None = None
    """`records.page_hash` of the page, from who read it. None: not worked out yet."""
    delay: int = 0
    """Between requests to hosts met for the first time, microseconds."""
    instead_of: int | None = None
    """Change number of the reading that this one supersedes. None: whatever stands there."""
    enters: Address | None = None
    """Put into the frontier as done: nobody fetched it, its page was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What storing one page changed."""

    page: int
    quarantined: bool
    records: int
    new: int
    matches: int
    found: int


def store_page(connection: Connection, deposit: Deposit, matcher: Matcher, *, now: int) -> Outcome:
    """Store a page in the caller's writing transaction: acknowledged lease, page, footer, readings,
    records, matches, kin, problems and the addresses it leads to.

    A page that fails its own check is stored as page and problems alone. A page read again
    supersedes its own readings only. Raises LateAcknowledgement, with nothing to be committed.
    """
    read = deposit.page
    page_id = page_id_of(deposit.address, deposit.run)
    _check_stands(connection, deposit, page_id)
    _say_of_address(connection, deposit, now)
    change_no = next_change(connection)
    earlier = _wipe(connection, page_id)
    former = connection.execute(select(page.c.footer).where(page.c.id == page_id)).scalar()
    _write_page(connection, deposit, page_id, change_no)
    if former is not None:
        _sweep_footer(connection, former)
    pairs = zip(read.records, deposit.signed, strict=True) if read.ok else ()
    said = [Said(each, signed) for each, signed in pairs]
    changes = store_readings(
        connection,
        said,
        earlier,
        page=page_id,
        run=deposit.run,
        change_no=change_no,
        scheme=matcher.scheme,
    )
    if read.ok:
        _write_kin(connection, read, page_id)
    new_found = _follow(connection, deposit, page_id, now)
    matches = matcher.apply(connection, changes) if changes else 0
    sweep_contents(connection, earlier)
    return Outcome(
        page=page_id,
        quarantined=not read.ok,
        records=len(read.records) if read.ok else 0,
        new=sum(change.old is None for change in changes),
        matches=matches,
        found=new_found,
    )


def page_id_of(address: int, run: int) -> int:
    """Id of what an address answered in a run."""
    return id63("page", address, run)


def next_change(connection: Connection) -> int:
    """The next change number: they stand in commit order, being handed out under the lock."""
    statement = update(state).values(change_no=state.c.change_no + 1).returning(state.c.change_no)
    return int(connection.execute(statement).scalar_one())


def _check_stands(connection: Connection, deposit: Deposit, page_id: int) -> None:
    """Raise LateAcknowledgement where the page was stored anew since it was read again."""
    if deposit.instead_of is None:
        return
    stands = connection.execute(select(page.c.change_no).where(page.c.id == page_id)).scalar()
    if stands != deposit.instead_of:
        raise LateAcknowledgement(
            f"{deposit.url}: was stored anew while it was read again; what was read is dropped"
        )


def _say_of_address(connection: Connection, deposit: Deposit, now: int) -> None:
    """What the page makes of its address. Raises LateAcknowledgement."""
    read = deposit.page
    if deposit.enters is not None:
        frontier.enter(
            connection,
            deposit.source,
            deposit.enters,
            run=deposit.run,
            delay=deposit.delay,
            now=now,
        )
    if deposit.lease is not None:
        frontier.acknowledge(
            connection,
            deposit.lease,
            state="done" if read.ok else "quarantined",
            reason=None if read.ok else _reason(read),
            run=deposit.run,
            now=now,
        )
    elif read.ok:
        frontier.mend(connection, deposit.address)
    else:
        frontier.quarantine(connection, deposit.address, reason=_reason(read))


def _reason(read: ResultPage) -> str:
    return next(p.message for p in read.problems if p.severity == "error")


def _wipe(connection: Connection, page_id: int) -> dict[int, set[int]]:
    """Forget what a page said before; returns the records it spoke of, with the contents."""
    earlier: dict[int, set[int]] = {}
    spoken = select(reading.c.record, reading.c.content).where(reading.c.page == page_id)
    for each, said in connection.execute(spoken):
        earlier.setdefault(each, set()).add(said)
    for table in (reading, kin, problem):
        connection.execute(delete(table).where(table.c.page == page_id))
    return earlier


def _write_page(connection: Connection, deposit: Deposit, page_id: int, change_no: int) -> None:
    read, place = deposit.page, deposit.place
    row = {
        "id": page_id,
        "address": deposit.address,
        "run": deposit.run,
        "source": deposit.source,
        "url": deposit.url,
        "fetched_at": deposit.fetched_at,
        "status": deposit.status,
        "archive": place and place.file,
        "position": place and place.position,
        "length": place and place.length,
        "digest": deposit.digest,
        "said": deposit.said or page_hash(read),
        "charset": deposit.charset,
        "reader": deposit.reader,
        "state": "read" if read.ok else "quarantined",
        "profile": read.profile,
        "confidence": read.confidence,
        "encoding": read.encoding,
        "replaced": read.replaced,
        "asked": read.query.native_id,
        "query": read.query.text,
        "stated_total": read.stated_total,
        "stated_ms": read.stated_ms,
        "next_url": read.next_url,
        "footer": _write_footer(connection, read.footer) if read.footer and read.ok else None,
        "change_no": change_no,
    }
    statement = insert(page).values(row)
    values = {name: statement.excluded[name] for name in row if name != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=[page.c.id], set_=values))
    problems = [
        {"page": page_id, "place": place, **as_json(each)}
        for place, each in enumerate(read.problems)
    ]
    if problems:
        connection.execute(insert(problem), problems)


def _write_footer(connection: Connection, each: Footer) -> int:
    links = json.dumps(as_json(each.links), ensure_ascii=False)
    footer_id = id63("footer", each.operator or "", each.licence or "", links, each.text)
    row = {
        "id": footer_id,
        "operator": each.operator,
        "licence": each.licence,
        "province": each.province,
        "links": links,
        "text": each.text,
    }
    connection.execute(insert(footer).on_conflict_do_nothing(), row)
    return footer_id


def _sweep_footer(connection: Connection, footer_id: int) -> None:
    """Remove a footer that no page has any more."""
    used = select(page.c.id).where(page.c.footer == footer_id)
    connection.execute(delete(footer).where(footer.c.id == footer_id, ~used.exists()))


def _follow(connection: Connection, deposit: Deposit, page_id: int, now: int) -> int:
    """Put what the page leads to into the frontier: the next page of a listing, where its walk goes
    on, and of similar literature the kin. Returns how many addresses were new."""
    read = deposit.page
    kind = select(address.c.kind).where(address.c.id == deposit.address)
    if connection.execute(kind).scalar() == "listing":
        found = walks.Found(
            page=page_id,
            address=deposit.address,
            source=deposit.source,
            run=deposit.run,
            read=read,
            accepted=read.ok,
            fetched=deposit.lease is not None,
            delay=deposit.delay,
        )
        return walks.advance(connection, found, now=now)
    if not read.ok:
        return 0
    return frontier.add_found(
        connection,
        deposit.address,
        [each for each in read.found if each.kind != "listing"],
        source=deposit.source,
        run=deposit.run,
        delay=deposit.delay,
        now=now,
    )


def _write_kin(connection: Connection, read: ResultPage, page_id: int) -> None:
    """Edges from the asked-for record, stored or not, to the listed ones."""
    asked = read.query.native_id
    if asked is None:
        return
    rows = [
        {"asked": record_id(f"{namespace}:{asked.casefold()}"), "page": page_id}
        | {"rank": each.rank, "listed": record_id(each.key)}
        for each in read.records
        if each.native_id and (namespace := each.key.partition(":")[0])
        if each.native_id.casefold() != asked.casefold()
    ]
    if rows:
        connection.execute(insert(kin), rows)
