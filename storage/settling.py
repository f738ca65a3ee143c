"""Clusters brought up to date: only components that something touched are looked at again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from dedup.clusters import Clustering, Group, GroupMatch, Member, cluster
from dedup.scheme import Scheme
from records import Decision
from storage import decisions, former, saturation
from storage.content import record_id
from storage.database import Database
from storage.matching import Matcher
from storage.schema import cluster as cluster_table
from storage.schema import match, record, state, text_group, unsettled

_BATCH = 1000
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a settling did."""

    groups: int
    """Text groups looked at."""
    settled_to: int
    """The change number that the clusters are those of."""


def settle(database: Database, matcher: Matcher, progress: Callable[[int], None]) -> Settled:
    """Settle a store, a batch of components a transaction. Raises LockHeld."""
    looked_at = 0
    with database.lock("settle"):
        while True:
            with database.read() as connection:
                left = _left(connection)
            progress(left)
            with database.write() as connection:
                if saturation.settle_one(connection, matcher):
                    continue
                batch = set(
                    connection.execute(
                        select(unsettled.c.text_group)
                        .order_by(unsettled.c.text_group)
                        .limit(_BATCH)
                    ).scalars()
                )
                if not batch:
                    return Settled(groups=looked_at, settled_to=_close(connection))
                looked_at += _settle_around(connection, batch, matcher.scheme)


def settle_around(connection: Connection, groups: set[int], scheme: Scheme) -> int:
    """Settle the components of these text groups in the caller's writing transaction; returns the
    change number that the clusters are those of, which stays behind while others wait."""
    _settle_around(connection, groups, scheme)
    if _left(connection) or saturation.is_unsettled(connection):
        return int(connection.execute(select(state.c.settled_to)).scalar_one())
    return _close(connection)


def _settle_around(connection: Connection, start: set[int], scheme: Scheme) -> int:
    """Returns how many text groups were looked at."""
    groups = _component(connection, start)
    _settle_groups(connection, groups, scheme)
    for chunk in _chunks(groups):
        connection.execute(delete(unsettled).where(unsettled.c.text_group.in_(chunk)))
    return len(groups)


def _left(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(unsettled)).scalar_one())


def _close(connection: Connection) -> int:
    """Nothing is left, and under the write lock nothing comes: the clusters are those of now."""
    statement = update(state).values(settled_to=state.c.change_no).returning(state.c.settled_to)
    return int(connection.execute(statement).scalar_one())


def _chunks(items: Iterable[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(items)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def _component(connection: Connection, start: set[int]) -> set[int]:
    """All groups that matches, merges, or clusters as they were, tie to the given ones."""
    groups, fresh = set(start), set(start)
    mate = record.alias()
    while fresh:
        reached: set[int] = set()
        for chunk in _chunks(fresh):
            for near, far in ((match.c.a, match.c.b), (match.c.b, match.c.a)):
                tied = select(far).where(near.in_(chunk), match.c.relation == "same")
                reached.update(connection.execute(tied).scalars())
            mates = (
                select(mate.c.text_group)
                .join(record, record.c.cluster == mate.c.cluster)
                .where(record.c.text_group.in_(chunk))
                .distinct()
            )
            reached.update(connection.execute(mates).scalars())
            reached.update(decisions.merged_with(connection, chunk))
        fresh = reached - groups
        groups |= fresh
    return groups


def _settle_groups(connection: Connection, groups: set[int], scheme: Scheme) -> None:
    members: dict[int, list[RowMapping]] = {}
    same: dict[int, bool] = {}
    matches: list[RowMapping] = []
    decided: list[Decision] = []
    for chunk in _chunks(groups):
        decided += decisions.of_groups(connection, chunk)
        rows = connection.execute(select(record).where(record.c.text_group.in_(chunk)))
        for row in rows.mappings():
            members.setdefault(row["text_group"], []).append(row)
        rows = connection.execute(select(text_group).where(text_group.c.id.in_(chunk)))
        same.update({row["id"]: bool(row["self_same"]) for row in rows.mappings()})
        rows = connection.execute(
            select(match).where(match.c.a.in_(chunk), match.c.relation == "same")
        )
        matches.extend(rows.mappings())
    clustering = cluster(
        {
            group: Group(tuple(_member(row) for row in rows), same[group])
            for group, rows in members.items()
        },
        [GroupMatch(row["a"], row["b"], row["strength"]) for row in matches],
        decided,
        scheme,
    )
    records = {row["id"]: row for rows in members.values() for row in rows}
    _write_clusters(connection, clustering, records)
    _write_refused(connection, clustering, members, matches)


def _member(row: RowMapping) -> Member:
    return Member(row["key"], row["completeness"], bool(row["identified"]))


def _write_clusters(
    connection: Connection, clustering: Clustering, records: dict[int, RowMapping]
) -> None:
    """Make rows say what the clustering says, touching those that differ."""
    wanted: dict[int, int] = {}
    rows, ids = [], {}
    for each in clustering.clusters:
        least = record_id(each.keys[0])
        wanted |= {record_id(key): least for key in each.keys}
        ids[least] = each.id
        row = {"least": least, "id": each.id, "canonical": record_id(each.canonical)}
        rows.append(row | {"size": len(each.keys)})
    stood: dict[int, list[int | None]] = {}
    for each_id, record_row in records.items():
        if record_row["cluster"] is not None:
            stood.setdefault(record_row["cluster"], []).append(wanted.get(each_id))
    former.rename(connection, stood, ids)
    for chunk in _chunks(stood.keys() | ids.keys()):
        connection.execute(delete(cluster_table).where(cluster_table.c.least.in_(chunk)))
    if rows:
        connection.execute(insert(cluster_table), rows)
    moved = [
        {"moved": each, "now": wanted.get(each)}
        for each, row in records.items()
        if row["cluster"] != wanted.get(each)
    ]
    if moved:
        statement = (
            update(record).where(record.c.id == bindparam("moved")).values(cluster=bindparam("now"))
        )
        connection.execute(statement, moved)


def _write_refused(
    connection: Connection,
    clustering: Clustering,
    members: dict[int, list[RowMapping]],
    matches: Sequence[RowMapping],
) -> None:
    least = {group: min(row["key"] for row in rows) for group, rows in members.items()}
    refused = {(one.a, one.b) for one in clustering.refused}
    for row in matches:
        first, second = sorted((least[row["a"]], least[row["b"]]))
        now = int((first, second) in refused)
        if now != row["refused"]:
            connection.execute(
                update(match)
                .where(match.c.a == row["a"], match.c.b == row["b"])
                .values(refused=now)
            )
