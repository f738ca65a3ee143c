"""After settling, the store equals deduplicating the same records at once."""

import random
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dedup.batch import deduplicate_records
from dedup.scheme import Scheme
from records import Record
from storage import SqlStore, open_store
from storage.schema import match, saturated, state, unsettled
from tests.storage.filling import Filler, abstract, record

TIGHT = replace(Scheme.from_threshold(0.7), saturation=4)
"""Buckets fill at once, so that small runs meet saturated ones."""


def reword(text: str, share: float, dice: random.Random) -> str:
    """A text with a share of its words replaced by others."""
    return " ".join(
        f"word{dice.randrange(10**6)}" if dice.random() < share else word for word in text.split()
    )


def some_record(dice: random.Random) -> Record:
    """A record of few works: equal, near and distant wordings, with and without titles."""
    number = dice.randrange(30)
    text = abstract(dice.randrange(5))
    share = dice.choice((0.0, 0.0, 0.02, 0.05, 0.12, 0.3))
    said = reword(text, share, dice) if share else text
    title = dice.choice((None, None, f"On matters {number % 5}", "Front Matter"))
    return record(number, text=dice.choice((said, said, said, "")), title=title, year=None)


def joined_pairs(store: SqlStore) -> set[tuple[int, int, bool]]:
    with store.database.read() as connection:
        rows = connection.execute(
            select(match.c.a, match.c.b, match.c.refused).where(match.c.relation == "same")
        )
        return {(row.a, row.b, bool(row.refused)) for row in rows}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([TIGHT, Scheme.from_threshold(0.7)]))
def test_the_settled_store_equals_deduplicating_its_records_at_once(
    seed: int, scheme: Scheme
) -> None:
    dice = random.Random(seed)
    with open_store("sqlite://", scheme=scheme, create=True) as store:
        filler = Filler(store)
        for _ in range(dice.randint(3, 14)):
            said = [some_record(dice) for _ in range(dice.randint(1, 6))]
            page = dice.randrange(100, 106)  # pages come again, and readings go
            filler.add(page, [*{each.key: each for each in said}.values()])
            if dice.random() < 0.15:
                store.settle()
        store.settle()
        at_once = deduplicate_records(store.records(), scheme=scheme)
        assert sorted(store.clusters(), key=lambda c: c.id) == list(at_once.clusters)
        with store.database.read() as connection:
            kept = connection.execute(select(match)).all()
            assert connection.execute(select(saturated.c.key)).scalars().all() == sorted(
                at_once.funnel.saturated
            )
            assert connection.execute(select(unsettled)).all() == []
        assert sum(row.refused for row in kept) == len(
            [one for one in at_once.matches if one.state == "refused"]
        )
        relations = at_once.funnel.relations
        assert sum(row.relation == "same" for row in kept) == relations.get("same", 0)
        event(f"saturated buckets: {bool(at_once.funnel.saturated)}")
        event(f"refused joins: {bool(at_once.refused)}")
        event(f"clusters: {min(3, len(at_once.clusters))}")


def test_only_what_was_touched_is_looked_at(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(n) for n in range(20)])
    assert store.settle().groups == 20
    five = record(5)
    longer = f"{five.abstract} And so on."
    filler.add(101, [five, record(205, text=longer, title=five.title, year=five.year)])
    assert store.settle().groups == 2
    assert store.settle().groups == 0


def test_the_store_says_to_which_change_it_is_settled(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1)])
    assert store.settled_to() == 0
    filler.add(101, [record(2)])
    assert store.settle().settled_to == 2
    with store.database.read() as connection:
        assert connection.execute(select(state.c.change_no)).scalar_one() == 2


def test_a_cluster_falls_apart_when_its_bridge_is_reworded(store: SqlStore, filler: Filler) -> None:
    twin = record(201, text=record(1).abstract, title=record(1).title, year=record(1).year)
    filler.add(100, [record(1)])
    filler.add(101, [twin])
    store.settle()
    cluster = store.cluster_of(record(1).key)
    assert cluster is not None
    assert cluster.keys == (record(1).key, twin.key)
    filler.add(101, [record(201)])
    store.settle()
    assert store.cluster_of(record(1).key) is None
    assert list(store.clusters()) == []


def test_a_member_that_is_gone_leaves_its_cluster(store: SqlStore, filler: Filler) -> None:
    twins = [record(n, text=abstract(7), title="One work", year=2000) for n in (1, 2, 3)]
    for place, each in enumerate(twins):
        filler.add(100 + place, [each])
    store.settle()
    filler.add(100, [record(9)])
    store.settle()
    (cluster,) = store.clusters()
    assert cluster.keys == (twins[1].key, twins[2].key)
    assert len(list(store.records(unique=True))) == 2


def test_a_small_memory_of_folded_texts_changes_nothing(
    filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.matching._CACHED_GROUPS", 3)
    dice = random.Random(5)
    for page in range(12):
        said = [some_record(dice) for _ in range(6)]
        filler.add(100 + page, [*{each.key: each for each in said}.values()])
    filler.store.settle()
    at_once = deduplicate_records(filler.store.records())
    assert sorted(filler.store.clusters(), key=lambda c: c.id) == list(at_once.clusters)
