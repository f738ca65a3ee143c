"""The page transaction: all that one page says is stored, or nothing of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from records import (
    Address,
    Footer,
    LateAcknowledgement,
    Lease,
    Measures,
    Problem,
    ResultPage,
    as_json,
    host_of,
    measures_of,
    measures_to_json,
    page_hash,
)
from storage import blocking, frontier, revisits, suspension, walks
from storage.archive import Place
from storage.content import record_id
from storage.history import History
from storage.ids import id63
from storage.matching import Matcher
from storage.noticing import Candidate, Verdict, reason, verdict
from storage.portable import new_rows, upserted
from storage.prepared import Prepared
from storage.readings import Said, store_readings, sweep_contents
from storage.schema import address, footer, kin, page, problem, reading, state
from storage.signing import Signed

_NEXT_CHANGE = Prepared(
    update(state).values(change_no=state.c.change_no + 1).returning(state.c.change_no)
)
_FORMER = Prepared(select(page.c.footer).where(page.c.id == bindparam("page")))
_SPOKEN = Prepared(
    select(reading.c.record, reading.c.content).where(reading.c.page == bindparam("page"))
)
_WIPES = [Prepared(delete(each).where(each.c.page == bindparam("page"))) for each in (reading, kin)]
_WIPE_PROBLEMS = Prepared(delete(problem).where(problem.c.page == bindparam("page")))
_WRITE_PAGE = Prepared(upserted(page))
_WRITE_KIN = Prepared(insert(kin))
_WRITE_FOOTER = Prepared(new_rows(footer))
_WRITE_PROBLEM = Prepared(insert(problem))


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
    measures: Measures | None = None
    """`records.measures_of` the page, from who read it. None: not worked out yet."""
    released: bool = False
    """Stored in spite of its problems, on a person's word."""
    said: str | None = None
    """`records.page_hash` of the page, from who read it. None: not worked out yet."""
    delay: int = 0
    """Between requests to hosts met for the first time, microseconds."""
    instead_of: int | None = None
    """Change number of the reading that this one supersedes. None: whatever stands there."""
    seen: revisits.Seen | None = None
    """What its page is known by until it is asked for again. None: it is fetched once."""
    enters: Address | None = None
    """Put into the frontier as done: nobody fetched it, its page was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What storing one page changed."""

    page: int
    quarantined: bool
    drift: tuple[Problem, ...]
    """How it is unlike its source's other pages."""
    taken_back: int
    """Pages stored before that went into quarantine with this one."""
    records: int
    new: int
    matches: int
    found: int


def store_page(
    connection: Connection, deposit: Deposit, matcher: Matcher, history: History, *, now: int
) -> Outcome:
    """Store a page in the caller's writing transaction: acknowledged lease, page, footer, readings,
    records, matches, kin, problems and the addresses it leads to.

    A page that fails its own check, or is unlike its source's other pages, is stored as page and
    problems alone; pages stored before that show to be so with it are taken back. A page read again
    supersedes its own readings only. Raises LateAcknowledgement, with nothing to be committed.
    """
    page_id = page_id_of(deposit.address, deposit.run)
    _check_stands(connection, deposit, page_id)
    change_no = next_change(connection)
    if deposit.enters is not None:
        frontier.enter(
            connection,
            deposit.source,
            deposit.enters,
            run=deposit.run,
            delay=deposit.delay,
            now=now,
        )
    judged = _judge(connection, deposit, history, page_id, change_no)
    read, accepted = judged.page, judged.accepted
    _say_of_address(connection, deposit, judged, page_id, now)
    for other, why in judged.alike:
        _take_back(connection, other, why, matcher, change_no)
    earlier = _wipe(connection, page_id)
    pairs = zip(read.records, deposit.signed, strict=True) if accepted else ()
    said = [Said(each, signed) for each, signed in pairs]
    if held_back := blocking.blocked_among(connection, said, matcher.scheme):
        said = [each for each in said if each not in held_back]
        judged = replace(judged, page=blocking.without(judged.page, held_back))
        read = judged.page
        blocking.note(connection, [page_id])
    former = _FORMER.all(connection, page=page_id)
    write_page(connection, deposit, judged, page_id, change_no)
    if former and former[0][0] is not None:
        _sweep_footer(connection, former[0][0])
    of_page = {"page": page_id, "run": deposit.run, "change_no": change_no}
    new, matches = _store_said(connection, said, earlier, matcher, **of_page)
    if accepted:
        _write_kin(connection, read, page_id)
    new_found = _follow(connection, deposit, judged, page_id, now)
    return Outcome(
        page=page_id,
        quarantined=not accepted,
        drift=judged.drift,
        taken_back=len(judged.alike),
        records=len(said),
        new=new,
        matches=matches,
        found=new_found,
    )


def forget(
    connection: Connection, earlier: Mapping[int, set[int]], matcher: Matcher, change_no: int
) -> None:
    """Bring records up to readings of theirs that were deleted; `earlier`: records with the
    contents of those readings."""
    _store_said(connection, [], earlier, matcher, page=0, run=0, change_no=change_no)


def _judge(
    connection: Connection, deposit: Deposit, history: History, page_id: int, change_no: int
) -> Verdict:
    candidate = Candidate(
        id=page_id,
        address=deposit.address,
        source=deposit.source,
        page=deposit.page,
        measures=deposit.measures or measures_of(deposit.page),
        released=deposit.released,
    )
    return verdict(connection, candidate, history, change_no=change_no)


def _store_said(
    connection: Connection,
    said: Sequence[Said],
    earlier: Mapping[int, set[int]],
    matcher: Matcher,
    *,
    page: int,
    run: int,
    change_no: int,
) -> tuple[int, int]:
    """Store what a page says of records, in place of what it said before; returns how many records
    are new, and how many matches."""
    changes = store_readings(
        connection,
        said,
        earlier,
        page=page,
        run=run,
        change_no=change_no,
        scheme=matcher.scheme,
    )
    matches = matcher.apply(connection, changes) if changes else 0
    sweep_contents(connection, earlier)
    return sum(change.old is None for change in changes), matches


def page_id_of(address: int, run: int) -> int:
    """Id of what an address answered in a run."""
    return id63("page", address, run)


def next_change(connection: Connection) -> int:
    """The next change number: they stand in commit order, being handed out under the lock."""
    return int(_NEXT_CHANGE.all(connection)[0][0])


def _check_stands(connection: Connection, deposit: Deposit, page_id: int) -> None:
    """Raise LateAcknowledgement where the page was stored anew since it was read again."""
    if deposit.instead_of is None:
        return
    place = deposit.place
    read_of = (deposit.instead_of, place and place.file, place and place.position)
    stored = select(page.c.change_no, page.c.archive, page.c.position).where(page.c.id == page_id)
    stands = connection.execute(stored).one_or_none()
    if stands is None or tuple(stands) != read_of:
        raise LateAcknowledgement(
            f"{deposit.url}: was stored anew while it was read again; what was read is dropped"
        )


def _say_of_address(
    connection: Connection, deposit: Deposit, judged: Verdict, page_id: int, now: int
) -> None:
    """What the page makes of its address. Raises LateAcknowledgement."""
    why = None if judged.accepted else reason(judged.page.problems)
    if deposit.lease is not None:
        frontier.acknowledge(
            connection,
            deposit.lease,
            state="done" if why is None else "quarantined",
            reason=why,
            run=deposit.run,
            now=now,
        )
        for name in {host_of(deposit.lease.address.url), host_of(deposit.url)}:
            suspension.answered(connection, name, now=now)
        if why is not None:
            revisits.ask_whole(connection, address.c.id == deposit.address)
        elif deposit.seen is not None:
            asked = deposit.address, page_id, judged.page, deposit.seen
            revisits.visited(connection, *asked, now=now)
    elif why is None:
        frontier.mend(connection, deposit.address)
        revisits.reread(connection, page_id, deposit.address, judged.page)
    else:
        frontier.quarantine(connection, deposit.address, reason=why)


def _wipe(connection: Connection, page_id: int) -> dict[int, set[int]]:
    """Forget what a page said of records; returns those it spoke of, with the contents."""
    earlier: dict[int, set[int]] = {}
    for each, said in _SPOKEN.all(connection, page=page_id):
        earlier.setdefault(each, set()).add(said)
    for wipe in _WIPES:
        wipe.run(connection, page=page_id)
    return earlier


def _take_back(
    connection: Connection, page_id: int, why: Problem, matcher: Matcher, change_no: int
) -> None:
    """A page that was accepted goes into quarantine, and what it said of records with it."""
    stored = connection.execute(
        select(page.c.address, page.c.run, page.c.footer).where(page.c.id == page_id)
    ).one()
    earlier = _wipe(connection, page_id)
    values = {"state": "quarantined", "footer": None, "change_no": change_no}
    connection.execute(update(page).where(page.c.id == page_id).values(values))
    if stored.footer is not None:
        _sweep_footer(connection, stored.footer)
    place = select(func.count()).where(problem.c.page == page_id).scalar_subquery()
    connection.execute(insert(problem).values(page=page_id, place=place, **as_json(why)))
    frontier.quarantine(connection, stored.address, reason=why.message)
    of_page = {"page": page_id, "run": stored.run, "change_no": change_no}
    _store_said(connection, [], earlier, matcher, **of_page)


def write_page(
    connection: Connection, deposit: Deposit, judged: Verdict, page_id: int, change_no: int
) -> None:
    """The row of table ``page``, and those of its footer and problems."""
    read, place, accepted = judged.page, deposit.place, judged.accepted
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
        "said": deposit.said or page_hash(deposit.page),
        "charset": deposit.charset,
        "reader": deposit.reader,
        "state": "read" if accepted else "quarantined",
        "profile": read.profile,
        "confidence": read.confidence,
        "encoding": read.encoding,
        "replaced": read.replaced,
        "asked": read.query.native_id,
        "query": read.query.text,
        "stated_total": read.stated_total,
        "stated_ms": read.stated_ms,
        "next_url": read.next_url,
        "footer": _write_footer(connection, read.footer) if read.footer and accepted else None,
        "change_no": change_no,
        "kind": judged.kind,
        "measures": judged.measures and json.dumps(measures_to_json(judged.measures)),
        "released": 1 if judged.released else None,
    }
    _WRITE_PAGE.run(connection, **row)
    _WIPE_PROBLEMS.run(connection, page=page_id)
    _WRITE_PROBLEM.many(
        connection,
        [
            {"page": page_id, "place": place, **as_json(each)}
            for place, each in enumerate(read.problems)
        ],
    )


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
    _WRITE_FOOTER.run(connection, **row)
    return footer_id


def _sweep_footer(connection: Connection, footer_id: int) -> None:
    """Remove a footer that no page has any more."""
    used = select(page.c.id).where(page.c.footer == footer_id)
    connection.execute(delete(footer).where(footer.c.id == footer_id, ~used.exists()))


def _follow(
    connection: Connection, deposit: Deposit, judged: Verdict, page_id: int, now: int
) -> int:
    """Put what the page leads to into the frontier: the next page of a listing, where its walk goes
    on, and of similar literature the kin. Returns how many addresses were new."""
    read = judged.page
    if judged.kind == "listing":
        found = walks.Found(
            page=page_id,
            address=deposit.address,
            source=deposit.source,
            run=deposit.run,
            read=read,
            accepted=judged.accepted,
            fetched=deposit.lease is not None,
            delay=deposit.delay,
        )
        return walks.advance(connection, found, now=now)
    if not judged.accepted:
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
    _WRITE_KIN.many(connection, rows)
