"""Runs: when a harvest began, what it brought, why it ended.

Every function runs in a transaction of the caller's. `now` is microseconds UTC.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from records import Run
from storage import lost, revisits, walks
from storage.due import make_due, make_unshown_due
from storage.portable import locking, next_number
from storage.schema import address, cluster, page, reading, record, run


def begin_run(
    connection: Connection,
    source: str,
    *,
    depth: int,
    budget: int | None,
    fresh: bool,
    now: int,
    again: Sequence[str] = ("failed",),
    reason: str = "running",
    span: revisits.Span | None = None,
) -> int:
    """The id of the run that a harvest of a source belongs to.

    A run that was stopped or killed goes on, with what is left of its budget; else, or with
    `fresh`, a new one begins: fresh, with every address due again; otherwise with those due again
    that are in a state of `again`: that were given up; and those that a captcha answered.
    `reason`: what is said of it until it ends. `span`: of a source that is revisited: what has come
    to its moment is due again too.
    """
    last = last_run(connection, source)
    if last is not None and not last.finished:
        if not fresh:
            values = {"ended_at": None, "reason": reason, "depth": depth, "budget": budget}
            connection.execute(update(run).where(run.c.id == last.id).values(values))
            return int(last.id)
        end_run(connection, last.id, reason="begun afresh", finished=True, seconds=0, now=now)
    if fresh:
        walks.forget(connection, source)
        revisits.ask_whole(connection, address.c.source == source)
    elif span is not None:
        revisits.make_due(connection, source, span=span, budget=budget, now=now)
    states = ("due", "done", "gone", "quarantined", "failed") if fresh else again
    make_due(connection, source, states=states)
    make_unshown_due(connection, source)
    row: dict[str, Any] = {
        "id": next_number(connection, run.c.id),
        "source": source,
        "started_at": now,
        "seconds": 0.0,
        "reason": reason,
        "finished": 0,
        "depth": depth,
        "budget": budget,
    }
    connection.execute(insert(run), row)
    return int(row["id"])


def last_run(connection: Connection, source: str) -> Row[Any] | None:
    """The newest run of a source, as it stands in the table; None: there is none."""
    newest = select(run).where(run.c.source == source).order_by(run.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def end_run(
    connection: Connection,
    run_id: int,
    *,
    reason: str,
    finished: bool,
    seconds: float,
    now: int,
    failed: int | None = None,
) -> None:
    """Close a sitting of a run. `seconds`: how long this sitting worked; `failed`: what could not
    be had, None: the addresses that were given up."""
    if finished and failed is None:
        failed = _failed(connection, run_id)
    connection.execute(
        update(run)
        .where(run.c.id == run_id)
        .values(
            ended_at=now,
            reason=reason,
            finished=int(finished),
            seconds=run.c.seconds + seconds,
            # the next run makes them due again, and takes them out of this one's count
            failed=failed if finished else None,
        )
    )


def leave_run(connection: Connection, run_id: int, *, seconds: float) -> None:
    """End a sitting of a run that others are at: one of them closes it."""
    connection.execute(
        update(run).where(run.c.id == run_id).values(seconds=run.c.seconds + seconds)
    )


def hold_run(connection: Connection, run_id: int) -> None:
    """Have whoever else counts the pages of a run wait for the end of this transaction."""
    connection.execute(locking(select(run.c.id).where(run.c.id == run_id)))


def _failed(connection: Connection, run_id: int) -> int:
    given_up = select(func.count()).where(address.c.ended == run_id, address.c.state == "failed")
    return _count(connection, given_up)


def pages_of(connection: Connection, run_id: int) -> int:
    """Pages that a run has stored, quarantined ones included: what its budget counts."""
    return _count(connection, select(func.count()).where(page.c.run == run_id))


def unchanged_of(connection: Connection, run_id: int) -> int:
    """Addresses of a run that said that their page is the one we have: its budget counts them too,
    since they were asked."""
    return _count(connection, select(run.c.unchanged).where(run.c.id == run_id))


def figures(connection: Connection, run_id: int) -> Run:
    """A run with its figures so far."""
    row = connection.execute(select(run).where(run.c.id == run_id)).one()
    new = record.c.first_run == run_id
    states: dict[str, int] = dict(
        connection.execute(
            select(page.c.state, func.count()).where(page.c.run == run_id).group_by(page.c.state)
        ).all()
    )
    readings = connection.execute(
        select(func.count(), func.count(reading.c.record.distinct()))
        .join(page, page.c.id == reading.c.page)
        .where(page.c.run == run_id)
    ).one()
    return Run(
        run=row.id,
        source=row.source,
        pages=states.get("read", 0),
        records=readings[1],
        new=_count(connection, select(func.count()).where(new)),
        readings=readings[0],
        duplicates=_count(connection, _redundant().where(new)),
        quarantined=states.get("quarantined", 0)
        + lost.count_set_aside(connection, address.c.ended == run_id),
        failed=_failed(connection, run_id) if row.failed is None else row.failed,
        found=_count(connection, select(func.count()).where(address.c.run == run_id)),
        unchanged=row.unchanged or 0,
        gone=row.gone or 0,
        seconds=round(row.seconds, 3),
        finished=bool(row.finished),
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _redundant() -> Select[int]:
    """Counts records that stand in a cluster and are not its canonical record."""
    return (
        select(func.count())
        .select_from(record)
        .join(cluster, cluster.c.least == record.c.cluster)
        .where(cluster.c.canonical != record.c.id)
    )


def recent_runs(
    connection: Connection, *, source: str | None = None, limit: int = 20
) -> Sequence[Run]:
    """The newest runs first."""
    query = select(run.c.id).order_by(run.c.id.desc()).limit(limit)
    if source is not None:
        query = query.where(run.c.source == source)
    return [figures(connection, i) for i in connection.execute(query).scalars().all()]


def _count(connection: Connection, query: Select[int]) -> int:
    return int(connection.execute(query).scalar() or 0)
