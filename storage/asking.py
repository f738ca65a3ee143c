"""What the store answers: records, readings, clusters, and what two records say of each other.

Every function runs in a transaction of the caller's.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from dedup.evidence import compare
from dedup.folded import fold_record
from dedup.scheme import Scheme
from records import Cluster, Evidence, Provenance, Reading, Record, UsageError
from storage import former
from storage.content import record_id, record_of
from storage.prepared import Prepared
from storage.schema import cluster, conflict, content, page, reading, record

_BATCH = 500


def shown() -> Select[Any]:
    """Every record as its best reading says it: rows for `storage.content.record_of`."""
    return (
        select(
            record.c.id.label("record_id"),
            record.c.key,
            record.c.rank,
            record.c.cluster,
            record.c.text_group,
            reading.c.url,
            reading.c.similar,
            reading.c.cited,
            reading.c.free_pdf,
            *(column for column in content.c if column.name != "id"),
        )
        .join(content, content.c.id == record.c.content)
        .join(reading, (reading.c.page == record.c.page) & (reading.c.rank == record.c.rank))
    )


NAMES = [column.name for column in shown().selected_columns]
"""Of the columns of `shown`."""
_BY_ID = Prepared(shown().where(record.c.id == bindparam("record")))


def find(connection: Connection, key: str) -> Record:
    """The record of a key. Raises UsageError where there is none."""
    rows = _BY_ID.all(connection, record=record_id(key))
    if not rows:
        raise UsageError(f"{key}: no record has this key; glean export jsonl lists them")
    return record_of(dict(zip(NAMES, rows[0], strict=True)))


def every(connection: Connection, *, unique: bool) -> Iterator[Record]:
    """All records in the order of their ids; `unique`: of each cluster, its canonical one."""
    query = shown().order_by(record.c.id)
    if unique:
        query = query.outerjoin(cluster, cluster.c.least == record.c.cluster).where(
            (record.c.cluster.is_(None)) | (cluster.c.canonical == record.c.id)
        )
    rows = connection.execution_options(yield_per=_BATCH).execute(query).mappings()
    for row in rows:
        yield record_of(dict(row))


def _readings() -> Select[Any]:
    """Every reading: rows for `storage.content.record_of`."""
    return (
        select(
            reading.c.rank,
            reading.c.url,
            reading.c.similar,
            reading.c.cited,
            reading.c.free_pdf,
            reading.c.page.label("page_id"),
            record.c.key,
            *(column for column in content.c if column.name != "id"),
        )
        .join(record, record.c.id == reading.c.record)
        .join(content, content.c.id == reading.c.content)
    )


def records_of_page(connection: Connection, page_id: int) -> list[Record]:
    """What one page said, in its order."""
    query = _readings().where(reading.c.page == page_id).order_by(reading.c.rank)
    return [record_of(dict(row)) for row in connection.execute(query).mappings()]


def readings_of(connection: Connection, key: str) -> list[Reading]:
    """All readings of a record, in the order they were taken."""
    query = (
        _readings()
        .add_columns(
            page.c.source.label("page_source"),
            page.c.run.label("page_run"),
            page.c.url.label("page_url"),
            page.c.fetched_at,
            page.c.reader,
        )
        .join(page, page.c.id == reading.c.page)
        .where(record.c.id == record_id(key))
        .order_by(page.c.fetched_at, page.c.id, reading.c.rank)
    )
    return [
        Reading(
            record=record_of(dict(row)),
            provenance=Provenance(
                source=row["page_source"],
                run=row["page_run"],
                page=row["page_id"],
                url=row["page_url"],
                fetched_at=row["fetched_at"],
                reader=row["reader"],
            ),
        )
        for row in connection.execute(query).mappings()
    ]


def is_in_conflict(connection: Connection, key: str) -> bool:
    """Whether readings of a record name different works; see `storage.conflicts`."""
    noted = select(conflict.c.record).where(conflict.c.record == record_id(key))
    return connection.execute(noted).first() is not None


def cluster_of(connection: Connection, key: str) -> Cluster | None:
    """The cluster a record stands in; None: it stands alone. Raises UsageError: no such record."""
    row = connection.execute(
        select(record.c.cluster).where(record.c.id == record_id(key))
    ).one_or_none()
    if row is None:
        raise UsageError(f"{key}: no record has this key; glean export jsonl lists them")
    return None if row.cluster is None else next(clusters(connection, least=row.cluster))


def cluster_named(connection: Connection, cluster_id: str) -> Cluster | None:
    """The cluster that an id leads to, its own or one it had; None: its records stand alone, or are
    gone. Raises UsageError where no cluster ever had this id."""
    try:
        least = former.least_of(connection, cluster_id)
    except KeyError:
        raise UsageError(
            f"{cluster_id}: no cluster has or had this id; glean why KEY says that of a record"
        ) from None
    return None if least is None else next(clusters(connection, least=least))


def clusters(connection: Connection, *, least: int | None = None) -> Iterator[Cluster]:
    """Clusters, largest first, ties by id; `least`: only the one of this least record."""
    query = select(cluster).order_by(cluster.c.size.desc(), cluster.c.least)
    if least is not None:
        query = query.where(cluster.c.least == least)
    rows = connection.execute(query).all()
    for start in range(0, len(rows), _BATCH):
        yield from _clusters(connection, rows[start : start + _BATCH])


def _clusters(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Cluster]:
    members: dict[int, dict[int, str]] = {}
    query = select(record.c.cluster, record.c.id, record.c.key)
    for each in connection.execute(query.where(record.c.cluster.in_([r.least for r in rows]))):
        members.setdefault(each.cluster, {})[each.id] = each.key
    for row in rows:
        keys = members[row.least]
        ordered = tuple(sorted(keys.values()))
        # until the store is settled, the canonical record may be one that is gone
        yield Cluster(id=row.id, canonical=keys.get(row.canonical, ordered[0]), keys=ordered)


def explain(connection: Connection, a: str, b: str, scheme: Scheme) -> Evidence:
    """What two records say about each other. Raises UsageError: no such record."""
    first, second = (fold_record(find(connection, key), scheme) for key in (a, b))
    return compare(first, second, scheme)
