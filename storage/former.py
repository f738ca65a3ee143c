"""Ids that clusters had: each leads to where most of that cluster's records stand now.

A cluster's id comes from its least key, so it changes when that record goes, or a lesser one comes.
What led somewhere when it was written is later only ever led further, so no way goes in a circle.
Every function runs in a transaction of the caller's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from storage.schema import cluster, former

_CHUNK = 500


def least_of(connection: Connection, cluster_id: str) -> int | None:
    """Id of the least record of the cluster that an id, of now or of once, leads to.

    None: its records stand alone, or are gone. Raises KeyError where no cluster ever had this id.
    """
    at: str | None = cluster_id
    while at is not None:
        least = connection.execute(select(cluster.c.least).where(cluster.c.id == at)).scalar()
        if least is not None:
            return int(least)
        row = connection.execute(select(former.c.now).where(former.c.id == at)).one_or_none()
        if row is None:
            raise KeyError(cluster_id)
        at = row.now
    return None


def rename(
    connection: Connection,
    stood: Mapping[int, Iterable[int | None]],
    ids: Mapping[int, str],
) -> None:
    """Note where clusters lead that are no more, before their rows are taken out.

    `stood`: by the least record of each former cluster, in which cluster each of its records stands
    now (its least record; None: alone); `ids`: those of the clusters of now, by least record.
    """
    _take_out(connection, sorted(ids.values()))
    gone = sorted(stood.keys() - ids.keys())
    for start in range(0, len(gone), _CHUNK):
        some = gone[start : start + _CHUNK]
        rows = connection.execute(
            select(cluster.c.least, cluster.c.id).where(cluster.c.least.in_(some))
        )
        found = [{"id": row.id, "now": _most(stood[row.least], ids)} for row in rows]
        if found:
            connection.execute(insert(former), found)


def end(connection: Connection, least: int) -> None:
    """A cluster ends with its last record."""
    ended = connection.execute(select(cluster.c.id).where(cluster.c.least == least)).scalar()
    if ended is not None:
        connection.execute(delete(cluster).where(cluster.c.least == least))
        connection.execute(insert(former).values(id=ended, now=None))


def _most(places: Iterable[int | None], ids: Mapping[int, str]) -> str | None:
    """The cluster in which most stand, ties by id."""
    counts = Counter(ids[least] for least in places if least is not None)
    return min(counts, key=lambda each: (-counts[each], each), default=None)


def _take_out(connection: Connection, ids: Sequence[str]) -> None:
    """Ids that clusters have again lead nowhere else."""
    for start in range(0, len(ids), _CHUNK):
        connection.execute(delete(former).where(former.c.id.in_(ids[start : start + _CHUNK])))
