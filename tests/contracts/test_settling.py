"""After settling, the store equals deduplicating the same records at once."""

import random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dedup.batch import deduplicate_records
from dedup.scheme import Scheme
from storage import SqlStore
from storage.schema import state
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check
from tests.storage.settled import TIGHT, check_settled_equals_at_once, some_record


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([TIGHT, Scheme.from_threshold(0.7)]))
def test_the_settled_store_equals_deduplicating_its_records_at_once(
    seed: int, scheme: Scheme
) -> None:
    check_settled_equals_at_once(seed, scheme, tell=event)


def test_only_what_was_touched_is_looked_at(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(n) for n in range(20)])
    assert store.settle().groups == 0  # each stands alone
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


def test_buckets_that_are_sorted_in_between_two_pages_change_nothing(
    filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("buckets", "shelving"):
        monkeypatch.setattr(f"storage.{module}.LEAST", 40)
    dice = random.Random(5)
    for page in range(36):
        said = [some_record(dice) for _ in range(6)]
        filler.add(100 + page % 12, [*{each.key: each for each in said}.values()])
    filler.store.settle()
    check(filler.store, at_rest=False, settled=True)
    at_once = deduplicate_records(filler.store.records())
    assert sorted(filler.store.clusters(), key=lambda c: c.id) == list(at_once.clusters)
