"""The page transaction and a source's history: what enters, what waits, what is taken back."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from records import PageRefused, Problem
from storage import SqlStore, open_store
from storage.baseline import LAST, LEAST, WINDOW, Baseline
from storage.habits import habits
from storage.history import History, history_of
from storage.pages import Deposit, Outcome
from storage.schema import address, kin, page, problem, reading
from storage.schema import record as record_table
from tests.storage.filling import Filler, record, result_page
from tests.storage.invariants import check
from tests.storage.test_baseline import figures


class Source:
    """Puts pages of seven records into a store, none of which another page has."""

    def __init__(self, store: SqlStore) -> None:
        self.filler = Filler(store)
        self.store = store
        self.count = 0

    def add(self, *, records: int = 7, **fields: Any) -> Outcome:
        """One page more; `fields` of each of its records."""
        self.count += 1
        first = self.count * 100
        said = [
            record(number, **({"authors": ("Lee A.",), "language": "en"} | fields))
            for number in range(first, first + records)
        ]
        return self.filler.add(first, said)

    def release(self, number: int, **fields: Any) -> Outcome:
        """A page that was added as `number`, from 1, released with these fields."""
        deposit = self.deposit(number, **fields)
        return self.store.store_page(replace(deposit, released=True), now=self.filler.now)

    def again(self, number: int, *, problems: tuple[Problem, ...] = (), **fields: Any) -> Outcome:
        """The same, read again."""
        deposit = self.deposit(number, **fields)
        said = replace(deposit.page, problems=problems)
        return self.store.store_page(replace(deposit, page=said), now=self.filler.now)

    def deposit(self, number: int, *, records: int = 7, **fields: Any) -> Deposit:
        first = number * 100
        said = [
            record(each, **({"authors": ("Lee A.",), "language": "en"} | fields))
            for each in range(first, first + records)
        ]
        return self.filler.deposit(first, result_page(first, said))


@pytest.fixture
def source(store: SqlStore) -> Source:
    return Source(store)


def one(store: SqlStore, query: Any) -> Any:
    with store.database.read() as connection:
        return connection.execute(query).scalar_one()


def test_a_page_unlike_the_others_is_stored_as_page_and_problem_alone(source: Source) -> None:
    for _ in range(LEAST):
        assert not source.add().quarantined
    records = one(source.store, select(func.count()).select_from(record_table))
    odd = source.add(authors=())
    assert odd.quarantined
    assert (odd.records, odd.new, odd.found, odd.taken_back) == (0, 0, 0, 0)
    assert [each.code for each in odd.drift] == ["drift"]
    assert one(source.store, select(func.count()).select_from(record_table)) == records
    for table in (reading, kin):
        query = select(func.count()).select_from(table).where(table.c.page == odd.page)
        assert one(source.store, query) == 0
    said = one(source.store, select(problem.c.message).where(problem.c.page == odd.page))
    assert said == "no record has authors; on 20 earlier pages 100 % of the records did"
    assert not source.add().quarantined
    check(source.store, at_rest=False)


def test_pages_that_turn_out_to_be_drift_are_taken_back(source: Source) -> None:
    for _ in range(WINDOW):
        source.add()
    before = one(source.store, select(func.count()).select_from(record_table))
    outcomes = [source.add(records=2, authors=()) for _ in range(8)]
    noticed = next(n for n, each in enumerate(outcomes) if each.quarantined)
    assert noticed in (4, 5)
    assert outcomes[noticed].taken_back == noticed
    assert all(each.quarantined for each in outcomes[noticed:])
    assert one(source.store, select(func.count()).select_from(record_table)) == before
    ids = [each.page for each in outcomes]
    states = select(page.c.state).where(page.c.id.in_(ids)).distinct()
    assert one(source.store, states) == "quarantined"
    with source.store.database.read() as connection:
        problems = connection.execute(
            select(problem.c.page, func.count())
            .where(problem.c.page.in_(ids), problem.c.severity == "error")
            .group_by(problem.c.page)
        ).all()
    assert {each for each, _ in problems} == set(ids)
    assert not source.add().quarantined
    source.store.settle()
    check(source.store, at_rest=False, settled=True)


def test_what_is_taken_back_waits_with_its_address(source: Source) -> None:
    done = text(
        "UPDATE address SET state = 'done' WHERE id IN "
        "(SELECT address FROM page WHERE state = 'read')"
    )
    outcomes = []
    for number in range(WINDOW + 8):
        outcomes.append(source.add(records=7 if number < WINDOW else 2))
        with source.store.database.write() as connection:
            connection.execute(done)
    back = sum(each.taken_back for each in outcomes)
    assert back >= 4
    query = select(func.count()).select_from(address).where(address.c.state == "quarantined")
    assert one(source.store, query) == back
    reason = select(address.c.reason).where(address.c.state == "quarantined").limit(1)
    assert "the page has 2 records; so it is on " in one(source.store, reason)
    check(source.store, at_rest=False)


def test_a_released_page_enters_in_spite_of_its_problems(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    number = source.count + 1
    odd = source.add(authors=())
    before = one(source.store, select(func.count()).select_from(record_table))
    released = source.release(number, authors=())
    assert (released.quarantined, released.records, released.new) == (False, 7, 7)
    assert one(source.store, select(func.count()).select_from(record_table)) == before + 7
    with source.store.database.read() as connection:
        row = connection.execute(
            select(page.c.state, page.c.released).where(page.c.id == odd.page)
        ).one()
    assert row == ("read", 1)
    check(source.store, at_rest=False)


def test_a_released_page_stays_released_when_it_is_read_again(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    number = source.count + 1
    source.add(authors=())
    source.release(number, authors=())
    assert not source.again(number, authors=(), year=None).quarantined
    wrong = Problem(code="total-mismatch", severity="error", message="states another total")
    assert not source.again(number, authors=(), problems=(wrong,)).quarantined
    nothing = source.again(number, records=0, problems=(wrong,))
    assert nothing.quarantined, "nothing is left to be released"
    check(source.store, at_rest=False)


def test_a_page_in_quarantine_that_reads_as_the_others_do_enters(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    number = source.count + 1
    assert source.add(authors=()).quarantined
    assert source.again(number, authors=(), year=None).quarantined
    mended = source.again(number)
    assert (mended.quarantined, mended.records) == (False, 7)
    check(source.store, at_rest=False)


def test_a_page_once_accepted_is_not_drift_for_being_read_otherwise(source: Source) -> None:
    for _ in range(WINDOW):
        source.add()
    assert not source.again(WINDOW, authors=()).quarantined


def test_released_pages_teach_the_source_s_new_normal(source: Source) -> None:
    for _ in range(LEAST + LAST):
        source.add()
    first = source.count + 1
    assert all(source.add(authors=()).quarantined for _ in range(3))
    for number in range(first, first + 3):
        source.release(number, authors=())
    assert not any(source.add(authors=()).quarantined for _ in range(30))
    assert not source.add().quarantined


def test_sources_and_kinds_are_compared_among_themselves(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    with source.store.database.write() as connection:
        connection.execute(text("UPDATE page SET kind = 'article'"))
        connection.execute(text("UPDATE state SET change_no = change_no + 1"))
    assert not source.add(authors=()).quarantined
    with source.store.database.read() as connection:
        found = {each.kind: each for each in habits(connection)}
        assert habits(connection, "elsewhere") == []
    assert (found["article"].pages, found["article"].judged) == (LEAST, True)
    assert (found["similar"].pages, found["similar"].judged) == (1, False)
    assert found["article"].filled["authors"] == 1.0
    assert found["article"].languages == {"en": 1.0}
    assert found["article"].records == 7


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**9))
def test_a_history_kept_up_is_the_one_that_the_store_tells(seed: int) -> None:
    """Whatever happens: drift, pages taken back, releases, pages read again, other writers."""
    dice = random.Random(seed)
    with open_store("sqlite://", create=True) as opened:
        source = Source(opened)
        odd: list[int] = []
        for _ in range(dice.randint(LEAST, 2 * LEAST + LAST)):
            source.add()
        for _ in range(30):
            fields = dice.choice(({}, {}, {"authors": ()}, {"records": 2}))
            if source.add(**fields).quarantined:
                odd.append(source.count)
            if odd and dice.random() < 0.2:
                dice.choice((source.release, source.again))(odd.pop(), authors=())
            if dice.random() < 0.1:
                with opened.database.write() as connection:
                    connection.execute(text("UPDATE state SET change_no = change_no + 1"))
            kept = known(opened._history)
            with opened.database.read() as connection:
                told = history_of(connection, "here", "similar")
            assert kept is None or standing(kept) == standing(told)
        check(opened, at_rest=False)


def known(history: History) -> Baseline | None:
    return history._known.get(("here", "similar"))


def standing(baseline: Baseline) -> tuple[Any, ...]:
    """All that decides what a baseline says."""
    return (
        figures(baseline.tally),
        [each.page for each in baseline.pages],
        [(each.page, each.accepted) for each in baseline._last],
    )


def test_a_transaction_that_fails_teaches_nothing(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    kept = known(source.store._history)
    assert kept is not None
    before = standing(kept)
    with pytest.raises(PageRefused):
        source.add(year=10**30)
    again = known(source.store._history)
    assert again is not None
    assert standing(again) == before
    source.add()
    with source.store.database.read() as connection:
        told = history_of(connection, "here", "similar")
    again = known(source.store._history)
    assert again is not None
    assert standing(again) == standing(told)


def test_a_page_that_fails_its_own_check_is_compared_with_none(source: Source) -> None:
    for _ in range(LEAST):
        source.add()
    bad = source.filler.add(9900, [record(9901)], total=20)
    assert bad.quarantined
    assert bad.drift == ()
    assert one(source.store, select(page.c.measures).where(page.c.id == bad.page)) is None
