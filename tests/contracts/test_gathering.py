"""Records of files, stored by many at once, leave what each would have left alone."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from records import Record
from storage import SqlStore, imports, open_store
from storage.decisions import Word
from storage.gathering import Origin, deposit_of
from storage.sheets import sheet_of
from tests.storage.filling import Filler, record
from tests.storage.invariants import check
from tests.storage.rows import every_row
from tests.storage.settled import TIGHT, some_record

NOW = 1_760_000_000_000_000
OF_PAGES = {
    "record": {"page", "rank", "change_no"},
    "reading": {"page", "rank"},
}
"""Columns that tell on which page something stands."""
TOLD = ("content", "record", "reading", "text_group", "match", "cluster", "saturated", "buckets")


def begin(store: SqlStore) -> Origin:
    with store.database.write() as connection:
        run = imports.begin(connection, "files", depth=0, budget=None, fresh=False, now=NOW)
    return Origin("files", run, NOW)


def sheets_of(store: SqlStore, said: Sequence[Record], size: int) -> list[Any]:
    found = [sheet_of(said[at : at + size], store.scheme) for at in range(0, len(said), size)]
    return [*{each.digest: each for each in found}.values()]


def at_rest(store: SqlStore, passing: dict[str, set[str]]) -> dict[str, Any]:
    store.settle()
    check(store, at_rest=False, settled=True)
    with store.database.read() as connection:
        return every_row(connection, passing)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_an_import_in_any_slices_equals_record_by_record_ingest(seed: int) -> None:
    dice = random.Random(seed)
    before = [[some_record(dice) for _ in range(dice.randint(1, 6))] for _ in range(3)]
    said = [some_record(dice) for _ in range(dice.randint(1, 40))]
    size, most = dice.randint(1, 9), dice.randint(1, 6)
    decides = dice.random() < 0.3
    found: list[dict[str, Any]] = []
    for way in ("together", "page by page", "one by one"):
        with open_store("sqlite://", scheme=TIGHT, create=True) as store:
            filler = Filler(store)
            for page, some in enumerate(before):
                filler.add(page, [*{each.key: each for each in some}.values()])
            if decides:
                decide(store)
            origin = begin(store)
            sheets = sheets_of(store, said, 1 if way == "one by one" else size)
            if way == "together":
                with store.gathering():
                    for first in range(0, len(sheets), most):
                        store.store_sheets(sheets[first : first + most], origin)
                        store.shelve()
                    store.shelve(last=True)
            for sheet in () if way == "together" else sheets:
                records = [sheet.record(at) for at in range(len(sheet.keys))]
                store.store_page(deposit_of(sheet, origin, records), now=NOW)
            found.append(at_rest(store, OF_PAGES if way == "one by one" else {}))
            if way == "page by page":
                found.append(at_rest(store, OF_PAGES))
    together, by_page, as_one, one_by_one = found
    assert together == by_page
    for name in TOLD:  # two sheets that say the same are one page
        assert {*as_one[name]} == {*one_by_one[name]}
    event(f"comes twice: {len({each.key for each in said}) < len(said)}")
    event(f"stood: {bool({e.key for e in said} & {e.key for some in before for e in some})}")
    event(f"matches: {min(3, len(together['match']))}, full: {bool(together['saturated'])}")


def decide(store: SqlStore) -> None:
    keys = sorted(each.key for each in store.records())[:2]
    if len(keys) == 2:
        store.decide(Word(kind="merge", a=keys[0], b=keys[1], who="me", why="so"), now=NOW)


def test_what_was_taken_down_does_not_come_back_with_a_file(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    store.take_down([record(1).key], who="me", reason="asked", now=NOW)
    gathered = store.store_sheets(
        sheets_of(store, [record(1), record(2), record(3)], 2), begin(store)
    )
    assert gathered.new == 1
    assert sorted(each.key for each in store.records()) == [record(2).key, record(3).key]


@pytest.fixture
def filler(store: SqlStore) -> Filler:
    return Filler(store)


def test_a_sheet_gives_back_the_records_it_was_made_of(store: SqlStore) -> None:
    said = [record(1, authors=("A. B", "C"), identifiers={"doi": "10.1/x"}), record(2, text="")]
    sheet = sheet_of(said, store.scheme)
    for at, each in enumerate(said):
        again = sheet.record(at)
        assert (again.key, again.title, again.authors) == (each.key, each.title, each.authors)
        assert again.identifiers == each.identifiers
        wording = sheet.wording(at)
        for name in wording._fields:
            assert getattr(wording, name) == getattr(again, name)
