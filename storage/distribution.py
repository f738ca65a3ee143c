"""How a store's records and pairs spread: over sources, languages, years, sizes, similarities.

Every function runs in a transaction of the caller's and reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from storage.buckets import Buckets
from storage.schema import cluster, content, match, page, reading, record, saturated


def by_source(connection: Connection) -> list[tuple[str, int]]:
    """Distinct records that each source showed, most first."""
    count = func.count(reading.c.record.distinct()).label("count")
    return _pairs(
        connection,
        select(page.c.source, count)
        .join(reading, reading.c.page == page.c.id)
        .group_by(page.c.source)
        .order_by(count.desc(), page.c.source),
    )


def by_language(connection: Connection) -> list[tuple[str | None, int]]:
    """Records a language, most first; None: no language could be told."""
    count = func.count().label("count")
    order = count.desc(), content.c.language.nulls_first()
    return _pairs(connection, _shown(content.c.language, count).order_by(*order))


def by_year(connection: Connection) -> list[tuple[int | None, int]]:
    """Records a year, oldest first; None, last: no year is stated."""
    return _pairs(
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
        select(column, count)
        .select_from(record)
        .join(content, content.c.id == record.c.content)
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


def refused_joins(connection: Connection) -> int:
    """Pairs that are the same work by their evidence, and that clustering kept apart."""
    return _count(connection, match.c.a, match.c.refused == 1)


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


def borderline_pairs(connection: Connection, *, limit: int) -> Sequence[tuple[str, str]]:
    """Keys of pairs that are worth a person's look, the most alike first: of each text group the
    least key."""
    a, b = record.alias(), record.alias()
    query = (
        select(func.min(a.c.key), func.min(b.c.key))
        .select_from(match)
        .join(a, a.c.text_group == match.c.a)
        .join(b, b.c.text_group == match.c.b)
        .where(match.c.borderline == 1)
        .group_by(match.c.a, match.c.b)
        .order_by(match.c.strength.desc(), match.c.a, match.c.b)
        .limit(limit)
    )
    return [(min(pair), max(pair)) for pair in connection.execute(query)]


def borderline_count(connection: Connection) -> int:
    return _count(connection, match.c.a, match.c.borderline == 1)


def crowded_buckets(connection: Connection, *, limit: int) -> list[tuple[int, int]]:
    """(key, text groups) of saturated buckets, largest first."""
    full = set(connection.execute(select(saturated.c.key)).scalars())
    held = Buckets().all_holders(connection, full)
    counted = sorted((-len(groups), key) for key, groups in held.items())
    return [(key, -count) for count, key in counted[:limit]]


def _count(connection: Connection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(column)).where(*where)).scalar_one())


def _pairs(connection: Connection, query: Select[Any]) -> list[tuple[Any, int]]:
    return [(value, count) for value, count in connection.execute(query)]
