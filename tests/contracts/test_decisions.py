"""A person's word: obeyed at once, kept for ever, and never lost with the records it is about."""

import pytest
from sqlalchemy import text

from dedup.clusters import cluster_id
from records import DecisionRefused, UsageError
from storage import SqlStore, decisions
from storage.decisions import Kind, Word
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check


def key(number: int) -> str:
    return record(number).key


def word(kind: Kind, a: int, b: int | None = None, *, who: str = "Li", why: str = "read") -> Word:
    return Word(kind=kind, a=key(a), b=None if b is None else key(b), who=who, why=why)


def twins(filler: Filler, *numbers: int) -> None:
    """Records of one text, on a page each."""
    for number in numbers:
        filler.add(100 + number, [record(number, text=abstract(1), title="One work", year=2000)])
    filler.store.settle()


def together(store: SqlStore, number: int) -> tuple[str, ...]:
    found = store.cluster_of(key(number))
    return (key(number),) if found is None else found.keys


def test_a_merge_joins_what_nothing_else_does(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1), record(2), record(3)])
    store.settle()
    decided = store.decide(word("merge", 2, 1), now=5)
    assert decided.new
    assert decided.before == (None, None)
    assert decided.after[0] is not None
    assert together(store, 1) == (key(1), key(2))
    assert together(store, 3) == (key(3),)
    check(store, settled=True)


def test_a_split_keeps_apart_records_of_one_text(store: SqlStore, filler: Filler) -> None:
    twins(filler, 1, 2, 3)
    store.decide(word("split", 1, 3), now=5)
    assert together(store, 1) == (key(1), key(2))
    assert together(store, 3) == (key(3),)
    store.take_back(word("split", 3, 1, who="Zhang"), now=9)
    assert together(store, 3) == (key(1), key(2), key(3))


def test_a_decision_settles_what_it_touches_and_nothing_else(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2), record(3)])
    store.settle()
    filler.add(101, [record(n, text=abstract(9), title="New", year=2000) for n in (4, 5)])
    decided = store.decide(word("merge", 1, 2), now=5)
    assert together(store, 1) == (key(1), key(2))
    assert decided.settled_to == 1
    assert store.settle().groups == 1
    assert store.settled_to() == 3


def test_a_canonical_record_is_the_one_named_last(store: SqlStore, filler: Filler) -> None:
    twins(filler, 1, 2, 3)
    for number, when in ((3, 50), (2, 40)):  # the clock was set back in between
        store.decide(word("canonical", number), now=when)
        found = store.cluster_of(key(1))
        assert found is not None
        assert found.canonical == key(number)
    again = store.decide(word("canonical", 3, who="Wang"), now=60)
    assert again.new
    assert again.after[0] is not None
    assert again.after[0].canonical == key(3)
    former, newest = (made for made in store.decisions([key(3)]))
    assert former.taken_back is not None
    assert former.taken_back.who == "Wang"
    assert newest.taken_back is None
    assert [each.key for each in store.records(unique=True)] == [key(3)]


def test_the_same_decision_again_changes_nothing_and_says_so(
    store: SqlStore, filler: Filler
) -> None:
    twins(filler, 1, 2)
    store.decide(word("canonical", 2), now=5)
    store.decide(word("split", 1, 2), now=6)
    with store.database.read() as connection:
        before = connection.execute(text("SELECT change_no FROM state")).scalar_one()
    assert not store.decide(word("canonical", 2, who="another"), now=8).new
    repeated = store.decide(word("split", 2, 1, who="another"), now=8)
    assert not repeated.new
    assert repeated.made.decision.who == "Li"
    with store.database.read() as connection:
        assert decisions.count(connection) == 2
        assert connection.execute(text("SELECT change_no FROM state")).scalar_one() == before


def test_what_contradicts_is_refused_and_names_all_it_contradicts(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(n) for n in range(1, 6)])
    store.decide(word("merge", 1, 2), now=0)
    store.decide(word("merge", 2, 3), now=1)
    store.decide(word("split", 3, 4), now=2)
    with pytest.raises(DecisionRefused) as split:
        store.decide(word("split", 1, 3), now=3)
    for a, b in ((1, 2), (2, 3)):
        assert f"merge {key(a)} {key(b)} (Li, 1970-01-01)" in str(split.value)
    with pytest.raises(DecisionRefused, match=f"split {key(3)} {key(4)} "):
        store.decide(word("merge", 4, 1), now=3)
    store.take_back(word("merge", 1, 2), now=4)
    assert store.decide(word("merge", 4, 1), now=5).new
    check(store)


def test_what_was_taken_back_stays_on_record(store: SqlStore, filler: Filler) -> None:
    twins(filler, 1, 2)
    store.decide(word("split", 1, 2, why="other authors"), now=5)
    store.take_back(word("split", 1, 2, who="Zhang", why="the same after all"), now=9)
    (made,) = store.decisions([key(2)])
    assert (made.decision.who, made.decision.when, made.decision.why) == ("Li", 5, "other authors")
    assert made.taken_back is not None
    assert (made.taken_back.who, made.taken_back.when) == ("Zhang", 9)
    assert made.taken_back.why == "the same after all"
    with store.database.read() as connection:
        assert list(decisions.in_effect(connection)) == []
    with pytest.raises(UsageError, match="not decided"):
        store.take_back(word("split", 1, 2), now=10)


def test_a_decision_waits_for_a_record_that_is_gone(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1)])
    filler.add(101, [record(2)])
    filler.add(102, [record(3)])
    store.decide(word("merge", 1, 2), now=5)
    store.decide(word("merge", 2, 3), now=6)
    filler.add(101, [record(9)])
    check(store)
    assert store.cluster_of(key(1)) is not None  # as it was settled last
    store.settle()
    check(store, settled=True)
    assert together(store, 1) == (key(1),)
    filler.add(101, [record(2, text=abstract(77))])
    store.settle()
    assert together(store, 1) == (key(1), key(2), key(3))
    with pytest.raises(UsageError, match="no record has this key"):
        store.decide(word("merge", 1, 8), now=7)


def test_a_decision_about_a_record_that_is_gone_can_be_taken_back(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    store.decide(word("merge", 1, 2), now=5)
    filler.add(100, [record(1)])
    back = store.take_back(word("merge", 1, 2), now=6)
    assert back.after == (None, None)
    store.settle()
    check(store, settled=True)


def test_one_record_twice_is_no_decision() -> None:
    with pytest.raises(UsageError, match="named twice"):
        word("merge", 1, 1)


def test_words_that_no_database_takes_are_kept_readable(store: SqlStore, filler: Filler) -> None:
    twins(filler, 1, 2)
    made = store.decide(word("split", 1, 2, who="L\x00i", why="\ud800"), now=5).made
    assert (made.decision.who, made.decision.why) == ("L\ufffdi", "\ufffd")


# ------------------------------------------------------------------ ids of clusters


def test_a_former_id_leads_to_where_most_of_its_records_went(
    store: SqlStore, filler: Filler
) -> None:
    twins(filler, 1, 2, 3)
    first = cluster_id(key(1))
    filler.add(101, [record(9)])  # in place of record 1
    store.settle()
    second = cluster_id(key(2))
    found = store.cluster(first)
    assert found is not None
    assert (found.id, found.keys) == (second, (key(2), key(3)))
    store.decide(word("split", 2, 3), now=5)
    assert store.cluster(first) is store.cluster(second) is None
    filler.add(101, [record(1, text=abstract(1), title="One work", year=2000)])
    store.settle()
    found = store.cluster(first)
    assert found is not None
    assert found.keys == (key(1), key(2))
    assert store.cluster(second) is None
    check(store, settled=True)


def test_the_id_of_a_cluster_that_joined_a_lesser_one_leads_there(
    store: SqlStore, filler: Filler
) -> None:
    twins(filler, 3, 4)
    filler.add(101, [record(1), record(2)])
    store.decide(word("merge", 1, 2), now=5)
    store.decide(word("merge", 2, 3), now=6)
    found = store.cluster(cluster_id(key(3)))
    assert found is not None
    assert found.id == cluster_id(key(1))
    assert len(found.keys) == 4


def test_the_id_of_a_cluster_whose_records_are_all_gone_leads_nowhere(
    store: SqlStore, filler: Filler
) -> None:
    twins(filler, 1, 2)
    filler.add(101, [record(8)])
    assert store.cluster(cluster_id(key(1))) is not None  # of the one that stays, until settled
    filler.add(102, [record(9)])
    assert store.cluster(cluster_id(key(1))) is None
    store.settle()
    assert store.cluster(cluster_id(key(1))) is None
    check(store, settled=True)


def test_an_id_that_no_cluster_had_is_said(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="no cluster has or had this id"):
        store.cluster("c0123456789abcdef")
