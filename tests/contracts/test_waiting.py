"""A page in quarantine waits until its address answers rightly."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from storage import SqlStore, captures, overview
from storage.schema import page
from tests.storage.filling import Filler, record, result_page
from tests.storage.invariants import check

GOOD = [record(2), record(3)]


def waiting(store: SqlStore) -> list[int | None]:
    """Ids of the pages that wait, which everybody who lists or counts them agrees on."""
    with store.database.read() as connection:
        listed = [each.page for each in overview.quarantine(connection, limit=9)]
        totals = overview.totals(connection)
        offered = [each.id for each in captures.waiting_of(connection, "here")]
    assert totals.quarantined == len(listed)
    assert sorted(offered) == sorted(filter(None, listed))
    return listed


def superseded(store: SqlStore) -> int:
    with store.database.read() as connection:
        return overview.totals(connection).superseded


@pytest.fixture
def refused(filler: Filler) -> int:
    """The page of an address that was refused in the first of two runs."""
    outcome = filler.add(1, GOOD, total=20)
    assert outcome.quarantined
    filler.run = filler.begin(fresh=True)
    return outcome.page


def test_a_page_whose_address_answers_rightly_later_waits_no_more(
    filler: Filler, refused: int
) -> None:
    assert (waiting(filler.store), superseded(filler.store)) == ([refused], 0)
    filler.add(1, GOOD)
    assert (waiting(filler.store), superseded(filler.store)) == ([], 1)
    with filler.store.database.read() as connection:
        assert captures.waiting(connection, str(refused)) == []
    assert [each.id for each in captures.captured(filler.store.database) if each.quarantined] == [
        refused
    ], "what reads the archive again still reads it"
    check(filler.store, at_rest=False)


def test_another_address_supersedes_nothing(filler: Filler, refused: int) -> None:
    filler.add(5, [record(6)])
    assert waiting(filler.store) == [refused]


def test_what_was_right_before_supersedes_nothing(filler: Filler) -> None:
    filler.add(1, GOOD)
    filler.run = filler.begin(fresh=True)
    refused = filler.add(1, GOOD, total=20).page
    assert waiting(filler.store) == [refused]


def test_an_older_capture_that_is_imported_later_supersedes_nothing(
    filler: Filler, refused: int
) -> None:
    old = replace(filler.deposit(1, result_page(1, GOOD)), fetched_at=1)
    assert not filler.store.store_page(old, now=filler.now).quarantined
    assert waiting(filler.store) == [refused]


def test_one_capture_imported_twice_is_superseded_by_its_second_run(
    filler: Filler, refused: int
) -> None:
    again = filler.deposit(1, result_page(1, GOOD))  # at the same moment
    assert not filler.store.store_page(again, now=filler.now).quarantined
    assert waiting(filler.store) == []


def test_a_page_waits_again_where_the_later_one_is_taken_back(filler: Filler, refused: int) -> None:
    later = filler.add(1, GOOD).page
    assert waiting(filler.store) == []
    with filler.store.database.write() as connection:
        connection.execute(update(page).where(page.c.id == later).values(state="quarantined"))
    assert waiting(filler.store) == [later, refused]
