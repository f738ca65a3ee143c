"""A search by words and traits, over an index that is brought up to date."""

import pytest

from records import IndexUnusable, UsageError
from storage import SqlStore
from storage.searching import DEEPEST, Search
from tests.storage.filling import Filler, record


def keys(store: SqlStore, **asked: object) -> set[str]:
    return {each.record.key for each in store.search(Search(**asked), limit=50).hits}  # type: ignore[arg-type]


def test_a_record_that_another_source_shows_too_is_found_under_both(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    store.refresh()
    other = Filler(store, "there")
    other.now = filler.now
    other.add(101, [record(1, text="Cut short …")])  # not its best reading: the record is as it was
    assert keys(store, sources=("there",)) == set()
    assert store.refresh().records == 1
    assert keys(store, sources=("there",)) == {record(1).key}
    assert keys(store, sources=("here",)) == {record(1).key, record(2).key}
    assert store.refresh().records == 0


def test_a_reworded_record_is_found_by_what_it_says_now(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1, title="Ants of Peru", year=2001), record(2)])
    store.refresh()
    filler.add(100, [record(1, title="Bees of Chile", year=2002), record(2)])
    store.refresh()
    assert keys(store, title="ants") == keys(store, first_year=2001, last_year=2001) == set()
    assert keys(store, words="bees chile") == {record(1).key}
    assert keys(store, first_year=2002, last_year=2002) == {record(1).key}


def test_hits_come_with_their_work_and_a_page_at_a_time(store: SqlStore, filler: Filler) -> None:
    twins = [record(n, text=record(1).abstract, title="Tied", year=2000) for n in (1, 2)]
    filler.add(100, [*twins, *(record(n, title="Tied") for n in range(3, 9))])
    store.settle()
    store.refresh()
    first, rest = (store.search(Search(title="tied"), limit=5, offset=offset) for offset in (0, 5))
    assert (first.total, len(first.hits), len(rest.hits)) == (8, 5, 3)
    found = {each.record.key: each for each in (*first.hits, *rest.hits)}
    assert len(found) == 8
    assert found[record(1).key].size == 2
    assert found[record(1).key].cluster == found[record(2).key].cluster
    assert (found[record(3).key].size, found[record(3).key].cluster) == (1, None)
    with pytest.raises(UsageError, match="first 1,000"):
        store.search(Search(title="tied"), limit=20, offset=DEEPEST)


@pytest.mark.parametrize("odd", ['"', "*", "NEAR(", "title:x AND", "\\", "\0", "' OR 1=1 --", "🐜"])
def test_what_other_searches_obey_is_but_words_here(
    store: SqlStore, filler: Filler, odd: str
) -> None:
    with pytest.raises(IndexUnusable, match="glean refresh"):
        store.search(Search(words=odd))
    filler.add(100, [record(1)])
    store.refresh()
    assert store.search(Search(words=odd, title=odd, venue=odd)).total == 0
