"""A rebuilt store is as if it had been made with its new scheme, whatever went on meanwhile."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import text

from dedup.scheme import Scheme
from records import Cluster, SchemeMismatch
from storage import SqlStore, generations, open_store
from storage.decisions import Word
from storage.rebuilding import Told, rebuild
from storage.verifying import verify
from tests.storage import rebuilt
from tests.storage.damaging import everything
from tests.storage.filling import record
from tests.storage.rebuilt import (
    LOOSE,
    STRICT,
    add_some,
    as_of_another_folding,
    check_rebuilt,
    fill,
    without_buckets,
)


@pytest.fixture
def store(loose_store: SqlStore) -> SqlStore:
    return loose_store


def test_a_rebuild_with_the_same_scheme_changes_nothing(store: SqlStore) -> None:
    fill(store)
    before = everything(store)
    done = rebuild(store, LOOSE)
    assert everything(store) == before
    assert (done.matches_changed, done.clusters_changed) == (0, 0)
    assert done.matches == done.matches_before == len(before["match"])
    assert done.clusters == done.clusters_before > 0
    assert (done.records, done.groups) == (len(before["record"]), len(before["text_group"]))
    assert done.buckets == len({key for key, _ in before["entries"]})
    check_rebuilt(store, LOOSE)


@pytest.mark.usefixtures("small_slices")
def test_a_rebuild_with_another_threshold_equals_a_store_made_with_it(store: SqlStore) -> None:
    fill(store)
    before = {each.id for each in store.clusters()}
    done = rebuild(store, STRICT)
    check_rebuilt(store, STRICT)
    assert (done.former_scheme, done.scheme) == (LOOSE.name, STRICT.name)
    assert done.clusters_changed
    assert done.matches_changed
    with _in_memory_of(STRICT) as other:
        fill(other)
        mine, others = everything(store), everything(other)
        for each in ("entries", "record", "text_group", "match", "cluster", "saturated"):
            assert mine[each] == others[each]
    for each in before:
        store.cluster(each)  # those that are no more lead on
    rebuild(store, LOOSE)
    check_rebuilt(store, LOOSE)
    assert {each.id for each in store.clusters()} == before


def _in_memory_of(scheme: Scheme) -> SqlStore:
    return open_store("sqlite://", scheme=scheme, create=True)


def test_decisions_stand(store: SqlStore) -> None:
    fill(store)
    joined = _first_cluster(store)
    every = sorted(each.key for each in store.records())
    alone = [key for key in every if store.cluster_of(key) is None]
    words = [
        Word(kind="split", a=joined.keys[0], b=joined.keys[1], who="me", why="so"),
        Word(kind="merge", a=alone[0], b=alone[1], who="me", why="so"),
        Word(kind="canonical", a=alone[1], b=None, who="me", why="so"),
    ]
    for word in words:
        store.decide(word, now=7)
    for scheme in (STRICT, LOOSE):
        rebuild(store, scheme)
        check_rebuilt(store, scheme)
        merged = store.cluster_of(alone[0])
        assert merged is not None
        assert (merged.canonical, alone[1] in merged.keys) == (alone[1], True)
        split = store.cluster_of(joined.keys[0])
        assert split is None or joined.keys[1] not in split.keys


def _first_cluster(store: SqlStore) -> Cluster:
    return min(store.clusters(), key=lambda each: each.id)


@pytest.mark.usefixtures("small_slices")
def test_a_store_of_another_folding_is_refused_then_rebuilt_then_works(store: SqlStore) -> None:
    filler = fill(store)
    wanted = {each.id: each.keys for each in store.clusters()}
    as_of_another_folding(store)
    left = {each.id: each.keys for each in store.clusters()}
    assert left.items() < wanted.items()
    first = min(store.records(), key=lambda each: each.key)
    word = Word(kind="canonical", a=first.key, b=None, who="me", why="so")
    refused: list[Callable[[], object]] = [
        lambda: filler.add(200, [first]),
        lambda: store.near_duplicates(key=first.key),
        lambda: store.decide(word, now=7),
        lambda: store.take_down([first.key], who="me", reason="so", now=7),
        store.settle,
    ]
    for each in refused:
        with pytest.raises(SchemeMismatch, match="glean rebuild"):
            each()
    assert {each.id: each.keys for each in store.clusters()} == left  # and are read
    done = rebuild(store, LOOSE)
    assert done.former_scheme == rebuilt.FORMER
    check_rebuilt(store, LOOSE)
    assert {each.id: each.keys for each in store.clusters()} == wanted
    add_some(filler, random.Random(9))
    store.settle()
    check_rebuilt(store, LOOSE)


def test_a_store_whose_buckets_are_gone_is_refused_then_rebuilt(store: SqlStore) -> None:
    filler = fill(store)
    with store.database.write() as connection:
        without_buckets(connection)
    with pytest.raises(SchemeMismatch, match="no bucket index; glean rebuild"):
        add_some(filler, random.Random(9))
    done = rebuild(store, LOOSE)
    assert (done.matches_changed, done.clusters_changed) == (0, 0)
    check_rebuilt(store, LOOSE)


def test_a_rebuild_that_fails_leaves_what_was(store: SqlStore) -> None:
    filler = fill(store)
    before = everything(store)

    def stop(told: Told) -> None:
        if told.at == "parts of the index written" and told.done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, STRICT, stop)
    assert everything(store) == before
    check_rebuilt(store, LOOSE)
    add_some(filler, random.Random(3))
    store.settle()
    check_rebuilt(store, LOOSE)


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize(
    "at", ["records put into text groups", "parts of the index read", "pairs judged"]
)
def test_a_rebuild_that_fails_behind_the_swap_is_gone_on_with(store: SqlStore, at: str) -> None:
    filler = fill(store)
    as_of_another_folding(store)

    def stop(told: Told) -> None:
        if told.at == at and told.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, LOOSE, stop)
    with store.database.read() as connection:
        now = generations.of(connection)
        assert now.behind == ("groups" if at.startswith("records") else "matches")
    if now.behind == "groups":
        with pytest.raises(SchemeMismatch, match="half rebuilt"):
            add_some(filler, random.Random(3))
    else:
        add_some(filler, random.Random(3))
        settled_to = store.settled_to()
        assert store.settle().settled_to == settled_to
    said: set[str] = set()
    rebuild(store, LOOSE, lambda told: said.add(told.at))
    assert "records placed" not in said
    check_rebuilt(store, LOOSE)


def test_a_rebuild_of_another_scheme_takes_over_what_another_left_half_done(
    store: SqlStore,
) -> None:
    fill(store)

    def stop(told: Told) -> None:
        if told.at == "pairs judged":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, STRICT, stop)
    done = rebuild(store, LOOSE)
    assert done.former_scheme == STRICT.name
    check_rebuilt(store, LOOSE)


def test_what_a_kill_left_of_a_new_generation_is_removed_when_the_store_is_settled(
    store: SqlStore,
) -> None:
    filler = fill(store)
    generations.begin(store.database, STRICT)
    filler.add(300, [record(77)])
    with store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM next_fresh")).scalar_one()
    store.settle()
    check_rebuilt(store, LOOSE)


def test_a_repair_is_not_made_of_a_store_that_is_half_rebuilt(store: SqlStore) -> None:
    fill(store)

    def look(told: Told) -> None:
        if told.at == "pairs judged":
            verify(store)

    with pytest.raises(Exception, match="half rebuilt"):
        rebuild(store, STRICT, look)
