"""What a rebuilt store is to be, and stores that are to be rebuilt."""

import random
from dataclasses import replace

from sqlalchemy import Connection, delete, func, insert, select, update

from dedup.batch import deduplicate_records
from dedup.scheme import Scheme
from storage import SqlStore, decisions, open_store
from storage.coming import TWINS
from storage.generations import Generation, of
from storage.schema import (
    cluster,
    fresh,
    match,
    record,
    saturated,
    shelf,
    shelving,
    state,
    text_group,
)
from storage.verifying import verify
from tests.storage.filling import Filler, abstract
from tests.storage.filling import record as record_of
from tests.storage.invariants import check
from tests.storage.settled import TIGHT, some_record

LOOSE = TIGHT
STRICT = replace(Scheme.from_threshold(0.9), saturation=3)
FORMER = LOOSE.name.replace("f5-", "f4-")


def made(url: str) -> SqlStore:
    """A store of `LOOSE`, where there is none or an empty one."""
    if url != "sqlite://":
        with open_store(url, create=True) as opened, opened.database.write() as connection:
            connection.execute(update(state).values(scheme=LOOSE.name))
    return open_store(url, scheme=LOOSE, create=True)


def fill(store: SqlStore, seed: int = 5, pages: int = 14) -> Filler:
    """Pages of few works, two records of one text among them, settled."""
    dice = random.Random(seed)
    filler = Filler(store)
    twins = [record_of(n, text=abstract(60), title="Of one text", year=2000) for n in (60, 61)]
    filler.add(150, twins)
    for _ in range(pages):
        add_some(filler, dice)
    store.settle()
    return filler


def add_some(filler: Filler, dice: random.Random) -> None:
    """A page, or a page anew: of what it said before some goes."""
    said = [some_record(dice) for _ in range(dice.randint(0, 7))]
    filler.add(100 + dice.randrange(14), [*{each.key: each for each in said}.values()])


def check_rebuilt(store: SqlStore, scheme: Scheme) -> None:
    """Raises AssertionError where a settled store is not what deduplicating its records says."""
    with store.database.read() as connection:
        assert of(connection) == Generation(scheme.name, None, None)
        for _, made in TWINS:
            assert connection.execute(select(made)).all() == []
        decided = [*decisions.in_effect(connection)]
    check(store, at_rest=False, settled=True)
    assert store.scheme == scheme
    at_once = deduplicate_records(store.records(), decided, scheme=scheme)
    assert sorted(store.clusters(), key=lambda each: each.id) == [*at_once.clusters]
    found = [each for each in verify(store) if each.area not in ("related", "files")]
    assert [(each.holds, each.named) for each in found if each.left] == []
    with store.database.read() as connection:
        kept = connection.execute(select(match)).all()
        full = connection.execute(select(saturated.c.key).order_by(saturated.c.key)).scalars()
        assert [*full] == sorted(at_once.funnel.saturated)
    relations = at_once.funnel.relations
    assert len(kept) == sum(relations.get(each, 0) for each in ("same", "version", "related"))


def as_of_another_folding(store: SqlStore) -> None:
    """As another version of this program would have left it, settled: text groups of other ids,
    matches that this one would not make, buckets of which it knows nothing, and a cluster of one
    text less."""
    with store.database.write() as connection:
        groups = connection.execute(select(text_group)).all()
        connection.execute(
            insert(text_group), [{"id": one.id ^ 1, "self_same": one.self_same} for one in groups]
        )
        matches = connection.execute(select(match)).mappings().all()
        connection.execute(delete(match))
        ends = [(row, sorted((row["a"] ^ 1, row["b"] ^ 1))) for row in matches]
        moved = [{**row, "a": a, "b": b} for row, (a, b) in ends]
        connection.execute(insert(match), [*moved[::2], _strange(groups[0].id, groups[-1].id)])
        for one in groups:
            this = record.c.text_group == one.id
            connection.execute(update(record).where(this).values(text_group=one.id ^ 1))
        connection.execute(delete(text_group).where(text_group.c.id.in_([g.id for g in groups])))
        for each in (fresh, shelf, shelving, saturated):
            connection.execute(delete(each))
        _take_apart(connection)
        connection.execute(update(state).values(scheme=FORMER))


def _take_apart(connection: Connection) -> None:
    """One of the clusters of records that have one text."""
    query = (
        select(record.c.cluster)
        .where(record.c.cluster.is_not(None))
        .group_by(record.c.cluster)
        .having(func.min(record.c.text_group) == func.max(record.c.text_group))
    )
    least = connection.execute(query.limit(1)).scalar_one()
    connection.execute(update(record).where(record.c.cluster == least).values(cluster=None))
    connection.execute(delete(cluster).where(cluster.c.least == least))


def _strange(one: int, other: int) -> dict[str, object]:
    a, b = sorted((one ^ 1, other ^ 1))
    said = {"relation": "same", "similarity": 1.0, "strength": 1.0, "borderline": 0, "refused": 0}
    return {"a": a, "b": b, **said}


def without_buckets(connection: Connection) -> None:
    """As the migration left a store that put them into blocks."""
    for each in (fresh, shelf, shelving, saturated):
        connection.execute(delete(each))
    connection.execute(update(state).values(behind="index"))
