"""A record that was taken down is in no table, and does not come back."""

import pytest
from sqlalchemy import select

from records import Record, UsageError
from storage import SqlStore, takedowns
from storage.removed import takedown
from storage.schema import problem
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check
from tests.storage.statements import said_anywhere

NOW = 1_700_000_000_000_000


def take(store: SqlStore, *keys: str) -> int:
    number = store.take_down(keys, who="me", reason="asked", now=NOW)
    store.settle()
    return number


def test_what_it_said_is_in_no_table_any_more(store: SqlStore, filler: Filler) -> None:
    filler.add(0, [record(1), record(2), record(3)])
    filler.add(1, [record(2), record(4)])
    assert str(record(2).title) in said_anywhere(store)
    take(store, record(2).key)
    left = said_anywhere(store)
    assert str(record(2).title) not in left
    assert abstract(2)[:40] not in left
    assert str(record(3).title) in left
    check(store, settled=True)
    with pytest.raises(UsageError, match="no record has this key"):
        store.record(record(2).key)


def test_its_duplicates_stay_and_are_told_apart_anew(store: SqlStore, filler: Filler) -> None:
    same = [record(n, text=abstract(9), title="On one thing", year=2000) for n in (1, 2, 3)]
    filler.add(0, same)
    store.settle()
    cluster = store.cluster_of(same[0].key)
    assert cluster is not None
    assert len(cluster.keys) == 3
    take(store, min(each.key for each in same))
    (cluster,) = store.clusters()
    assert sorted(cluster.keys) == sorted(each.key for each in same)[1:]
    check(store, settled=True)


@pytest.mark.parametrize(
    "back",
    [
        record(2),
        record(2, text=abstract(2) + " One sentence more than before."),
        record(77, text=abstract(2), title=record(2).title, year=record(2).year),
        record(78, text=abstract(2) + " And a tail.", title="Under another title altogether"),
    ],
    ids=["the same", "reworded", "the same text under another key", "nearly the same text"],
)
def test_it_does_not_come_back(store: SqlStore, filler: Filler, back: Record) -> None:
    filler.add(0, [record(1), record(2)])
    take(store, record(2).key)
    outcome = filler.add(5, [record(3), back])
    assert outcome.records == 1
    assert back.key not in {each.key for each in store.records()}
    with store.database.read() as connection:
        waiting = [each.id for each in takedowns.pages_to_bar(connection)]
        problems = connection.execute(select(problem.c.code)).scalars().all()
    assert outcome.page in waiting
    assert "taken-down" in problems
    check(store, settled=False)


def test_others_of_the_subject_are_not_kept_out(store: SqlStore, filler: Filler) -> None:
    filler.add(0, [record(2)])
    take(store, record(2).key)
    others = [record(n, title=record(2).title) for n in (11, 12, 13)]
    assert filler.add(1, others).records == 3


def test_a_text_that_shares_half_of_it_is_not_kept_out(store: SqlStore, filler: Filler) -> None:
    said = abstract(2, 16)
    filler.add(0, [record(2, text=said)])
    take(store, record(2).key)
    half = said[: len(said) * 2 // 3]
    others = [record(n, text=half + " " + abstract(n, 8)) for n in range(20, 40)]
    assert filler.add(1, others).records == 20


def test_of_a_record_that_says_nothing_only_the_key_is_kept_out(
    store: SqlStore, filler: Filler
) -> None:
    empty = {"title": None, "text": "", "year": None, "abstract": None}
    filler.add(0, [record(1, **empty), record(2)])
    take(store, record(1).key)
    assert filler.add(1, [record(3, **empty)]).records == 1


def test_nothing_is_done_where_a_key_is_unknown(store: SqlStore, filler: Filler) -> None:
    filler.add(0, [record(1)])
    before = said_anywhere(store)
    with pytest.raises(UsageError):
        store.take_down([record(1).key, "aid:none"], who="me", reason="asked", now=NOW)
    assert said_anywhere(store) == before


def test_its_words_are_kept_only_until_the_archive_was_searched(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(0, [record(1)])
    number = take(store, record(1).key)
    with store.database.write() as connection:
        (begun,) = takedowns.unfinished(connection)
        assert begun.sought[0].title == record(1).title
        takedowns.forget_words(connection, number, begun.receipt)
        receipt = takedowns.close(connection, number, begun.receipt, now=NOW + 1)
        assert takedowns.unfinished(connection) == []
        sought = connection.execute(select(takedown.c.sought)).scalar()
    assert sought is None
    assert receipt["records"] == [record(1).key]
    assert receipt["rows"]["record"] == 1
    assert receipt["reason"] == "asked"
