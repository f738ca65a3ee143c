"""How a store's records and pairs spread: over sources, languages, years, sizes, similarities.

Every function runs in a transaction of the caller's and reads only.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from storage.schema import cluster, content, match, page, reading, record, run

Spread = list[tuple[Any, int, int]]
"""A value, how many records have it, and how many of those repeat another record."""


def _repeats() -> ColumnElement[Any]:
    """Of a row of `record` beside its cluster's, if it has one: its id where it repeats another."""
    return case((cluster.c.canonical != record.c.id, record.c.id))


def by_source(connection: Connection) -> Spread:
    """Distinct records that each source showed, most first."""
    count = func.count(reading.c.record.distinct()).label("count")
    return _spread(
        connection,
        select(page.c.source, count, func.count(_repeats().distinct()))
        .join(reading, reading.c.page == page.c.id)
        .join(record, record.c.id == reading.c.record)
        .outerjoin(cluster, cluster.c.least == record.c.cluster)
        .group_by(page.c.source)
        .order_by(count.desc(), page.c.source),
    )


def by_language(connection: Connection) -> Spread:
    """Records a language, most first; None: no language could be told."""
    count = func.count().label("count")
    order = count.desc(), content.c.language.nulls_first()
    return _spread(connection, _shown(content.c.language, count).order_by(*order))


def by_year(connection: Connection) -> Spread:
    """Records a year, oldest first; None, last: no year is stated."""
    return _spread(
        connection,
        _shown(content.c.year, func.count()).order_by(content.c.year.is_(None), content.c.year),
    )


def by_completeness(connection: Connection) -> list[tuple[int, int]]:
    """Records a class of `records.Completeness`, fullest first."""
    return _pairs(
        connection,
        select(record.c.completeness, func.count())
        .group_by(record.c.completeness)
        .order_by(record.c.completeness.desc()),
    )


def _shown(column: ColumnElement[Any], count: ColumnElement[int]) -> Select[Any]:
    """Counts records by what their best reading says."""
    return (
        select(column, count, func.count(_repeats()))
        .select_from(record)
        .join(content, content.c.id == record.c.content)
        .outerjoin(cluster, cluster.c.least == record.c.cluster)
        .group_by(column)
    )


def cluster_sizes(connection: Connection) -> list[tuple[int, int]]:
    """(records in a cluster, how many such clusters), smallest first."""
    return _pairs(
        connection,
        select(cluster.c.size, func.count()).group_by(cluster.c.size).order_by(cluster.c.size),
    )


def relations(connection: Connection) -> list[tuple[str, int]]:
    """(relation, pairs of text groups) of all pairs that are kept."""
    return _pairs(
        connection,
        select(match.c.relation, func.count())
        .group_by(match.c.relation)
        .order_by(match.c.relation),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Pairs of text groups whose similarity lies in [low, high); the last bin includes 1."""

    low: float
    high: float
    same: int
    apart: int
    """Versions, related works and pairs to look at: kept, and not the same work."""


def similarities(connection: Connection, *, bins: int = 20) -> list[Bin]:
    """Pairs by the exact Jaccard similarity of their abstracts; pairs without text are left out."""
    edges = [(match.c.similarity < number / bins, number - 1) for number in range(1, bins)]
    place = case(*edges, else_=bins - 1)
    same = case((match.c.relation == "same", 1), else_=0)
    counts = {
        (row["place"], row["same"]): row["count"]
        for row in connection.execute(
            select(place.label("place"), same.label("same"), func.count().label("count"))
            .where(match.c.similarity.is_not(None))
            .group_by("place", "same")
        ).mappings()
    }
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            same=counts.get((number, 1), 0),
            apart=counts.get((number, 0), 0),
        )
        for number in range(bins)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one run brought, as it stands now."""

    run: int
    source: str
    started_at: int
    """Microseconds UTC."""
    new: int
    """Records first met in it."""
    duplicates: int
    """Of those, records that repeat another."""
    records: int
    """New ones of all runs up to this one."""
    repeats: int
    """Of those, records that repeat another."""


def by_run(connection: Connection) -> list[Brought]:
    """Of all runs that brought a record, oldest first."""
    counted = (
        select(record.c.first_run, func.count(), func.count(_repeats()))
        .select_from(record)
        .outerjoin(cluster, cluster.c.least == record.c.cluster)
        .group_by(record.c.first_run)
    )
    known = {
        row.id: row for row in connection.execute(select(run.c.id, run.c.source, run.c.started_at))
    }
    found, records, repeats = [], 0, 0
    for number, new, duplicates in sorted(map(tuple, connection.execute(counted))):
        records += new
        repeats += duplicates
        row = known[number]
        found.append(
            Brought(
                run=number,
                source=row.source,
                started_at=row.started_at,
                new=new,
                duplicates=duplicates,
                records=records,
                repeats=repeats,
            )
        )
    return found


def _pairs(connection: Connection, query: Select[Any]) -> list[tuple[Any, int]]:
    return [(value, count) for value, count in connection.execute(query)]


def _spread(connection: Connection, query: Select[Any]) -> Spread:
    return [(value, count, repeats) for value, count, repeats in connection.execute(query)]
