"""Clusters brought up to date: only components that something touched are looked at again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from dedup.clusters import Clustering, Group, GroupMatch, Member, cluster
from dedup.scheme import Scheme
from records import Decision
from storage import decisions, former, generations, saturation
from storage.content import record_id
from storage.database import Database
from storage.matching import Matcher
from storage.schema import cluster as cluster_table
from storage.schema import match, record, state, text_group, unsettled

_BATCH = 400
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a settling did."""

    groups: int
    """Text groups looked at."""
    changed: int
    """Clusters that came, went, or have other records than before."""
    settled_to: int
    """The change number that the clusters are those of."""


def settle(
    database: Database,
    matcher_of: Callable[[Connection], Matcher],
    progress: Callable[[int], None],
) -> Settled:
    """Settle a store, a batch of components a transaction. `matcher_of`: of the scheme that the
    store is matched by. Raises LockHeld."""
    generations.tidy(database)
    with database.lock("settle"):
        return settle_alone(database, matcher_of, progress)


def settle_alone(
    database: Database,
    matcher_of: Callable[[Connection], Matcher],
    progress: Callable[[int], None],
) -> Settled:
    """`settle`, under its lock."""
    looked_at = changed = 0
    while True:
        with database.read() as connection:
            left = _left(connection)
        progress(left)
        with database.write() as connection:
            matcher = matcher_of(connection)
            if saturation.settle_one(connection, matcher):
                continue
            batch = set(
                connection.execute(
                    select(unsettled.c.text_group).order_by(unsettled.c.text_group).limit(_BATCH)
                ).scalars()
            )
            if not batch:
                return Settled(groups=looked_at, changed=changed, settled_to=_close(connection))
            of_batch = _settle_around(connection, batch, matcher.scheme)
            looked_at += of_batch[0]
            changed += of_batch[1]


def settle_around(connection: Connection, groups: set[int], scheme: Scheme) -> int:
    """Settle the components of these text groups in the caller's writing transaction; returns the
    change number that the clusters are those of, which stays behind while others wait."""
    _settle_around(connection, groups, scheme)
    if _left(connection) or saturation.is_unsettled(connection):
        return int(connection.execute(select(state.c.settled_to)).scalar_one())
    return _close(connection)


def _settle_around(connection: Connection, start: set[int], scheme: Scheme) -> tuple[int, int]:
    """Returns how many text groups were looked at, and how many clusters changed."""
    groups = component(connection, start)
    found = standing(connection, groups, scheme)
    _write(connection, found)
    for chunk in _chunks(groups):
        connection.execute(delete(unsettled).where(unsettled.c.text_group.in_(chunk)))
    return len(groups), found.changed()


def _left(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(unsettled)).scalar_one())


def _close(connection: Connection) -> int:
    """Nothing is left, and under the write lock nothing comes: the clusters are those of now,
    unless matches are still to be brought up by a rebuild."""
    now = case((state.c.behind.is_(None), state.c.change_no), else_=state.c.settled_to)
    statement = update(state).values(settled_to=now).returning(state.c.settled_to)
    return int(connection.execute(statement).scalar_one())


def _chunks(items: Iterable[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(items)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def component(connection: Connection, start: Collection[int]) -> set[int]:
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


@dataclass(frozen=True, slots=True)
class Standing:
    """Whole components: what stands in the store of them, and the clusters that they make."""

    clustering: Clustering
    records: Mapping[int, RowMapping]
    """Rows by id."""
    matches: Sequence[RowMapping]
    least: Mapping[int, str]
    """The least key of each text group."""

    def cluster_rows(self) -> dict[int, dict[str, Any]]:
        """The rows of ``cluster``, by their least records."""
        rows: dict[int, dict[str, Any]] = {}
        for each in self.clustering.clusters:
            least = record_id(each.keys[0])
            row = {"least": least, "id": each.id, "canonical": record_id(each.canonical)}
            rows[least] = row | {"size": len(each.keys)}
        return rows

    def clusters_of(self) -> dict[int, int]:
        """By id of each record that stands in a cluster, its least record."""
        return {
            record_id(key): record_id(each.keys[0])
            for each in self.clustering.clusters
            for key in each.keys
        }

    def changed(self) -> int:
        """How many clusters come, go, or have other records than they are said to have."""
        wanted = self.clusters_of()
        kept: dict[int, bool] = {}
        for each, row in self.records.items():
            said, now = row["cluster"], wanted.get(each)
            for least in {said, now} - {None}:
                kept[least] = kept.get(least, True) and said == now
        return sum(not same for same in kept.values())

    def refused(self) -> list[tuple[RowMapping, int]]:
        """The matches, each with whether its join is refused."""
        refused = {(one.a, one.b) for one in self.clustering.refused}
        ends = (sorted((self.least[row["a"]], self.least[row["b"]])) for row in self.matches)
        return [
            (row, int((first, second) in refused))
            for row, (first, second) in zip(self.matches, ends, strict=True)
        ]


def standing(connection: Connection, groups: set[int], scheme: Scheme) -> Standing:
    """The clusters that whole components make, whatever the store says."""
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
    known = [row for row in matches if row["a"] in members and row["b"] in members]
    clustering = cluster(
        {
            group: Group(tuple(_member(row) for row in rows), same.get(group, False))
            for group, rows in members.items()
        },
        [GroupMatch(row["a"], row["b"], row["strength"]) for row in known],
        decided,
        scheme,
    )
    return Standing(
        clustering,
        {row["id"]: row for rows in members.values() for row in rows},
        known,
        {group: min(row["key"] for row in rows) for group, rows in members.items()},
    )


def _member(row: RowMapping) -> Member:
    return Member(row["key"], row["completeness"], bool(row["identified"]))


def _write(connection: Connection, found: Standing) -> None:
    """Make rows say what the clustering says, touching those that differ."""
    wanted, rows = found.clusters_of(), found.cluster_rows()
    stood: dict[int, list[int | None]] = {}
    for each_id, record_row in found.records.items():
        if record_row["cluster"] is not None:
            stood.setdefault(record_row["cluster"], []).append(wanted.get(each_id))
    former.rename(connection, stood, {least: row["id"] for least, row in rows.items()})
    for chunk in _chunks(stood.keys() | rows.keys()):
        connection.execute(delete(cluster_table).where(cluster_table.c.least.in_(chunk)))
    if rows:
        connection.execute(insert(cluster_table), [*rows.values()])
    moved = [
        {"moved": each, "now": wanted.get(each)}
        for each, row in found.records.items()
        if row["cluster"] != wanted.get(each)
    ]
    if moved:
        statement = (
            update(record).where(record.c.id == bindparam("moved")).values(cluster=bindparam("now"))
        )
        connection.execute(statement, moved)
    for row, refused in found.refused():
        if refused != row["refused"]:
            this = (match.c.a == row["a"]) & (match.c.b == row["b"])
            connection.execute(update(match).where(this).values(refused=refused))
