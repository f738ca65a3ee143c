"""What a store holds, counted: the figures behind ``glean status`` and the report.

Every function runs in a transaction of the caller's and reads only.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from storage import decisions, lost
from storage.schema import (
    address,
    cluster,
    conflict,
    content,
    footer,
    match,
    page,
    problem,
    reading,
    record,
    run,
    saturated,
    state,
    text_group,
    unsettled,
)
from storage.waiting import is_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much there is of everything."""

    pages: int
    """Stored as read."""
    quarantined: int
    """Pages that wait for somebody."""
    superseded: int
    """Pages that went into quarantine, and whose address answered rightly since."""
    readings: int
    records: int
    text_groups: int
    """Records told apart by what evidence reads."""
    matches: int
    """Pairs of text groups found to be the same work."""
    clusters: int
    clustered: int
    """Records that stand in a cluster."""
    footers: int
    unsettled: int
    """Text groups that wait for settling."""
    saturated: int
    """Buckets of more groups than make candidates."""
    conflicts: int
    """Records whose readings name different works, by title and authors."""
    decisions: int
    """Of people, in effect."""
    change_no: int
    settled_to: int

    @property
    def unique(self) -> int:
        """Records to keep: the canonical one of each cluster, and every record alone."""
        return self.records - self.clustered + self.clusters

    @property
    def repeats(self) -> int:
        """Records that repeat another."""
        return self.clustered - self.clusters


def totals(connection: Connection) -> Totals:
    at = connection.execute(select(state.c.change_no, state.c.settled_to)).one()
    pages = _pairs(connection, select(page.c.state, func.count()).group_by(page.c.state))
    by_state = dict(pages)
    waiting = _count(connection, page.c.id, is_waiting())
    clustered = select(func.count(cluster.c.least), func.coalesce(func.sum(cluster.c.size), 0))
    clusters, members = connection.execute(clustered).one()
    return Totals(
        pages=by_state.get("read", 0),
        quarantined=waiting + lost.count_set_aside(connection),
        superseded=by_state.get("quarantined", 0) - waiting,
        readings=_count(connection, reading.c.page),
        records=_count(connection, record.c.id),
        text_groups=_count(connection, text_group.c.id),
        matches=_count(connection, match.c.a, match.c.relation == "same"),
        clusters=clusters,
        clustered=members,
        footers=_count(connection, footer.c.id),
        unsettled=_count(connection, unsettled.c.text_group),
        saturated=_count(connection, saturated.c.key),
        conflicts=_count(connection, conflict.c.record),
        decisions=decisions.count(connection),
        change_no=at.change_no,
        settled_to=at.settled_to,
    )


def _count(connection: Connection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(column)).where(*where)).scalar_one())


def _pairs(connection: Connection, query: Select[Any]) -> list[tuple[Any, int]]:
    return [(value, count) for value, count in connection.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """Where the harvest of one source stands, in addresses."""

    source: str
    depth: int
    """Of its newest run: addresses behind it wait for a deeper one."""
    due: int
    """Within the depth."""
    beyond: int
    """Known, and deeper than the depth."""
    leased: int
    done: int
    gone: int
    """Those that had a page, and say that it is no more."""
    quarantined: int
    failed: int
    quarantined_share: float | None
    """Of those done or in quarantine; None: there are none."""


def sources(connection: Connection, source: str | None = None) -> list[SourceState]:
    """Of one source or of all, by name."""
    newest = select(func.max(run.c.id)).group_by(run.c.source)
    if source is not None:
        newest = newest.where(run.c.source == source)
    depths = connection.execute(select(run.c.source, run.c.depth).where(run.c.id.in_(newest)))
    found = []
    for name, depth in sorted(depths):
        deeper = case((address.c.depth > depth, 1), else_=0)
        counts = {
            (row["state"], row["deeper"]): row["count"]
            for row in connection.execute(
                select(address.c.state, deeper.label("deeper"), func.count().label("count"))
                .where(address.c.source == name)
                .group_by(address.c.state, "deeper")
            ).mappings()
        }
        found.append(_source_state(name, depth, counts))
    return found


def _source_state(name: str, depth: int, counts: dict[tuple[str, int], int]) -> SourceState:
    of = {
        state: counts.get((state, 0), 0) + counts.get((state, 1), 0)
        for state in ("leased", "done", "gone", "quarantined", "failed")
    }
    ended = of["done"] + of["quarantined"]
    return SourceState(
        source=name,
        quarantined_share=round(of["quarantined"] / ended, 4) if ended else None,
        depth=depth,
        due=counts.get(("due", 0), 0),
        beyond=counts.get(("due", 1), 0),
        **of,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A page in quarantine."""

    page: int | None
    """None: the harvest died of it before anything of it was stored."""
    source: str
    url: str
    fetched_at: int | None
    """Microseconds UTC. None: as `page`."""
    codes: tuple[str, ...]
    """Of its problems of severity ``error``, in their order."""
    reason: str
    """The first of their messages."""


def quarantine(
    connection: Connection, *, limit: int | None, source: str | None = None
) -> list[Waiting]:
    """Pages of one source or of all that wait in quarantine: first those that harvests died of,
    then newest first. `limit`: None: all."""
    died = lost.set_aside().order_by(address.c.source, address.c.url, address.c.id)
    if source is not None:
        died = died.where(address.c.source == source)
    set_aside = connection.execute(died.limit(limit))
    found = [
        Waiting(
            page=None,
            source=row.source,
            url=row.url,
            fetched_at=None,
            codes=(),
            reason=row.reason or "",
        )
        for row in set_aside
    ]
    left = None if limit is None else limit - len(found)
    return found + _pages_waiting(connection, limit=left, source=source)


def _pages_waiting(
    connection: Connection, *, limit: int | None, source: str | None
) -> list[Waiting]:
    query = (
        select(page.c.id, page.c.source, page.c.url, page.c.fetched_at)
        .where(is_waiting())
        .order_by(page.c.fetched_at.desc(), page.c.id)
        .limit(limit)
    )
    if source is not None:
        query = query.where(page.c.source == source)
    rows = connection.execute(query).all()
    errors: dict[int, list[tuple[str, str]]] = {row.id: [] for row in rows}
    told = connection.execute(
        select(problem.c.page, problem.c.code, problem.c.message)
        .where(problem.c.page.in_(errors), problem.c.severity == "error")
        .order_by(problem.c.page, problem.c.place)
    )
    for page_id, code, message in told:
        errors[page_id].append((code, message))
    return [
        Waiting(
            page=row.id,
            source=row.source,
            url=row.url,
            fetched_at=row.fetched_at,
            codes=tuple(dict.fromkeys(code for code, _ in errors[row.id])),
            reason=next((message for _, message in errors[row.id]), ""),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicting:
    """A record whose readings name different works."""

    key: str
    titles: tuple[str, ...]
    """All that its readings give it, sorted."""


def conflicting(connection: Connection, *, limit: int) -> list[Conflicting]:
    """Records whose readings name different works, by key."""
    keys = (
        select(record.c.id, record.c.key)
        .join(conflict, conflict.c.record == record.c.id)
        .order_by(record.c.key)
        .limit(limit)
    )
    found = []
    for record_id, key in connection.execute(keys).all():
        titles = (
            select(content.c.title)
            .join(reading, reading.c.content == content.c.id)
            .where(reading.c.record == record_id, content.c.title.is_not(None))
            .distinct()
        )
        said = sorted(connection.execute(titles).scalars())
        found.append(Conflicting(key=key, titles=tuple(said)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An address that was given up."""

    source: str
    url: str
    attempts: int
    reason: str


def failures(
    connection: Connection, *, limit: int | None, source: str | None = None
) -> list[GivenUp]:
    """Addresses given up, of one source or of all, by source and address. `limit`: None: all."""
    query = (
        select(address.c.source, address.c.url, address.c.attempts, address.c.reason)
        .where(address.c.state == "failed")
        .order_by(address.c.source, address.c.url, address.c.id)
        .limit(limit)
    )
    if source is not None:
        query = query.where(address.c.source == source)
    rows = connection.execute(query)
    return [
        GivenUp(source=row.source, url=row.url, attempts=row.attempts, reason=row.reason or "")
        for row in rows
    ]


def problem_codes(connection: Connection) -> list[tuple[str, str, int]]:
    """(code, severity, how often) of all problems noted, most frequent first."""
    count = func.count().label("count")
    query = (
        select(problem.c.code, problem.c.severity, count)
        .group_by(problem.c.code, problem.c.severity)
        .order_by(count.desc(), problem.c.code)
    )
    return [(code, severity, often) for code, severity, often in connection.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterSeen:
    """A footer, and on how many pages it stood."""

    operator: str | None
    licence: str | None
    province: str | None
    text: str
    pages: int
    sources: int


def footers(connection: Connection, *, limit: int) -> list[FooterSeen]:
    """Distinct footers, the most frequent first."""
    pages = func.count(page.c.id).label("pages")
    rows = connection.execute(
        select(footer, pages, func.count(page.c.source.distinct()).label("sources"))
        .join(page, page.c.footer == footer.c.id)
        .group_by(footer.c.id)
        .order_by(pages.desc(), footer.c.id)
        .limit(limit)
    )
    return [
        FooterSeen(
            operator=row.operator,
            licence=row.licence,
            province=row.province,
            text=row.text,
            pages=row.pages,
            sources=row.sources,
        )
        for row in rows
    ]
