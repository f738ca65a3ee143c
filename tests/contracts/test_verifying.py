"""Damage of every kind at once, on every back end, and verify beside writers."""

from itertools import count

import pytest

from storage import SqlStore
from storage.verifying import verify
from tests.storage.damaging import DAMAGES, damage, everything, fill
from tests.storage.filling import Filler, record

TOGETHER = (
    "a record points at a reading that is not its best",
    "a record in another group",
    "the whole index is gone",
    "a match is gone",
    "a match that nobody made",
    "a cluster is gone",
    "a cluster of nobody",
    "a conflict too many",
    "a footer of no page",
    "a problem of no page",
    "the clock of changes went back",
)


def test_what_happened_at_once_is_mended_at_once(store: SqlStore) -> None:
    fill(store)
    assert [each.holds for each in verify(store) if each.faults] == []
    before = everything(store)
    for name in TOGETHER:
        damage(store, *DAMAGES[name].statements)
    found = {each.holds for each in verify(store) if each.faults}
    assert found >= {DAMAGES[name].of for name in TOGETHER} - {
        "the buckets that are full are marked"
    }
    assert [each.holds for each in verify(store, repair=True) if each.left] == []
    assert [each.holds for each in verify(store) if each.faults] == []
    after = everything(store)
    assert [name for name in before if after[name] != before[name]] == ["former"]


@pytest.mark.parametrize("repair", [False, True], ids=["looking", "mending"])
def test_what_is_written_meanwhile_is_no_fault(
    store: SqlStore, repair: bool, filler: Filler
) -> None:
    for page in range(100, 110):
        filler.add(page, [record(number) for number in range(page, page + 6)])
    store.settle()
    store.refresh()
    calls, written = count(), []

    def between(*_: object) -> None:
        """Something is written between things that are looked at."""
        if next(calls) % 3 == 0:
            page = 200 + len(written)
            written.append(page)
            filler.add(page, [record(n, text=f"said {page}") for n in range(page, page + 2)])
            filler.add(100 + page % 10, [record(n) for n in range(100 + page % 7, 112)])

    told = verify(store, repair=repair, progress=between)
    assert [one for each in told for one in each.named] == []
    assert len(written) > 20
