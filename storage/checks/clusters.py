"""Clusters are those that matches and decisions make today."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, delete, exists, func, select

from dedup.clusters import contradiction
from storage import decisions, former, settling
from storage.checks.check import Bench, Fault
from storage.matching import mark
from storage.portable import rows_among
from storage.schema import cluster, record, text_group
from storage.schema import former as former_table
from storage.tied import tied

_BATCH = 200
"""Text groups whose components are looked at in one transaction."""


def finds(bench: Bench) -> Iterator[Fault]:
    """All components but of records that stand alone, each once; those that something waits to
    settle are left out."""
    seen: set[int] = set()
    last = -1
    while True:
        with bench.database.read() as connection:
            some = connection.execute(tied(last, _BATCH)).scalars().all()
            groups = settling.component(connection, {*some} - seen)
            waiting = _waiting(connection, groups)
            found = _wrong(connection, bench, groups - waiting)
        bench.looked_at(len(groups - seen))
        bench.leave_out(len(waiting - seen))
        seen |= groups
        yield from found
        if len(some) < _BATCH:
            return
        last = some[-1]


def _waiting(connection: Connection, groups: set[int]) -> set[int]:
    """Those of whole components that settling is still to look at."""
    found: set[int] = set()
    query = "SELECT text_group FROM unsettled"
    marked = {each for (each,) in rows_among(connection, query, "text_group", groups)}
    while marked - found:
        found |= settling.component(connection, marked - found)
    return found & groups


def _wrong(connection: Connection, bench: Bench, groups: set[int]) -> list[Fault]:
    if not groups:
        return []
    found = settling.standing(connection, groups, bench.scheme)
    wanted, rows = found.clusters_of(), found.cluster_rows()
    leasts = rows.keys() | {row["cluster"] for row in found.records.values()} - {None}
    query = select(cluster).where(cluster.c.least.in_(leasts))
    stored = {row["least"]: dict(row) for row in connection.execute(query).mappings()}
    faults = [
        Fault(row["key"], "stands in another cluster than it should", row["text_group"])
        for each, row in found.records.items()
        if row["cluster"] != wanted.get(each)
    ]
    for least in sorted(rows):
        if stored.get(least) != rows[least]:
            member = found.records[least]
            words = "its cluster is not as its records make it"
            faults.append(Fault(member["key"], words, member["text_group"]))
    for row, refused in found.refused():
        if refused != row["refused"]:
            what = f"{found.least[row['a']]} and {found.least[row['b']]}"
            faults.append(Fault(what, "are wrong about whether they may be joined", row["a"]))
    return faults


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    """Settling looks at them."""
    with bench.database.write() as connection:
        known = select(text_group.c.id).where(text_group.c.id.in_([each.id for each in faults]))
        mark(connection, connection.execute(known).scalars().all())
        bench.touched = True
    return len(faults)


# ------------------------------------------------------------------ of nobody


def finds_empty(bench: Bench) -> Iterator[Fault]:
    """Clusters that no record stands in, and former ids that are a cluster's own."""
    empty = select(cluster.c.least, cluster.c.id).where(
        ~exists().where(record.c.cluster == cluster.c.least)
    )
    twice = select(cluster.c.least, cluster.c.id).join(
        former_table, former_table.c.id == cluster.c.id
    )
    with bench.database.read() as connection:
        count = select(func.count()).select_from(cluster)
        rows = connection.execute(count).scalar_one()
        nobody = connection.execute(empty).all()
        former_too = connection.execute(twice).all()
    bench.looked_at(rows)
    for row in nobody:
        yield Fault(row.id, "no record stands in it", row.least)
    for row in former_too:
        yield Fault(row.id, "is said to be no cluster's any more", row.least)


def mends_empty(bench: Bench, faults: Sequence[Fault]) -> int:
    ids = [each.id for each in faults]
    with bench.database.write() as connection:
        empty = select(cluster.c.least).where(
            cluster.c.least.in_(ids), ~exists().where(record.c.cluster == cluster.c.least)
        )
        own = select(cluster.c.id).where(cluster.c.least.in_(ids))
        connection.execute(delete(former_table).where(former_table.c.id.in_(own)))
        for least in connection.execute(empty).scalars().all():
            former.end(connection, least)
    return len(faults)


# ------------------------------------------------------------------ decisions


def finds_contradictions(bench: Bench) -> Iterator[Fault]:
    """Decisions in effect that contradict one another: none was taken that did."""
    with bench.database.read() as connection:
        made = [*decisions.in_effect(connection)]
        found = []
        for each in made:
            ends = [end for end in (each.a, each.b) if end is not None]
            others = [one for one in decisions.near(connection, ends) if one.when < each.when]
            against = contradiction(others, each)
            if against:
                words = "; ".join(f"{one.decision} {one.a} {one.b}" for one in against)
                what = f"{each.decision} {each.a} {each.b}"
                found.append(Fault(what, f"contradicts {words}"))
    bench.looked_at(len(made))
    yield from found
