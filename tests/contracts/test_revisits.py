"""Addresses that answered are asked again: seldom where nothing changes; what is gone is kept."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from records import LateAcknowledgement, Lease, Query, Record, ResultPage, region_hash
from storage import SqlStore, frontier, ledger, open_store, overview, revisits
from storage.failures import Failure, store_failure
from storage.ids import id63
from storage.pages import Outcome
from storage.revisits import Revisit, Seen, Span
from storage.schema import address, page, step, walk
from tests.storage.filling import Filler, record, result_page, similar

SECOND = 1_000_000
HOUR = 3600 * SECOND
SPAN = Span(least=8 * HOUR, most=64 * HOUR)


class Harvests:
    """Harvests of a site, run after run, by a clock of their own."""

    def __init__(self, store: SqlStore, span: Span = SPAN) -> None:
        self.store = store
        self.filler = Filler(store)
        self.span = span
        self.run = self.filler.run
        self.budget: int | None = None

    def seed(self, *asked: int) -> None:
        with self.store.database.write() as connection:
            frontier.add_addresses(
                connection,
                "here",
                [similar(each) for each in asked],
                depth=0,
                run=self.run,
                delay=0,
                now=self.filler.now,
            )

    def at(self, moment: int, *, fresh: bool = False) -> list[int]:
        """Begin a run at a moment; what is due then, by number."""
        self.filler.now = moment
        with self.store.database.write() as connection:
            ledger.end_run(connection, self.run, reason="x", finished=True, seconds=0, now=moment)
            self.run = self.filler.run = ledger.begin_run(
                connection,
                "here",
                depth=0,
                budget=self.budget,
                fresh=fresh,
                now=moment,
                span=self.span,
            )
            due = select(address.c.fingerprint).where(address.c.state == "due")
            found = connection.execute(due.where(address.c.depth == 0)).scalars()
            return sorted(int(each.removeprefix("similar:"), 16) for each in found)

    def lease(self, asked: int) -> Lease:
        with self.store.database.write() as connection:
            leases = frontier.lease(
                connection, "here", limit=99, max_depth=0, now=self.filler.now
            ).leases
            wanted = similar(asked).fingerprint
            (mine,) = [each for each in leases if each.address.fingerprint == wanted]
            for each in leases:
                if each is not mine:
                    frontier.hand_back(connection, each, now=self.filler.now)
        return mine

    def answer(
        self, asked: int, records: Sequence[Record], *, etag: str | None = '"1"', **said: object
    ) -> Outcome:
        read = replace(result_page(asked, records), **said)  # type: ignore[arg-type]
        return self.store_answer(asked, read, etag=etag)

    def store_answer(self, asked: int, read: ResultPage, *, etag: str | None = None) -> Outcome:
        deposit = replace(
            self.filler.deposit(asked, read),
            lease=self.lease(asked),
            seen=Seen(span=self.span, etag=etag, modified=None),
        )
        return self.store.store_page(deposit, now=self.filler.now)

    def same(self, asked: int) -> None:
        lease = self.lease(asked)
        with self.store.database.write() as connection:
            now = self.filler.now
            revisits.unchanged(connection, lease, run_id=self.run, span=self.span, now=now)

    def missing(self, asked: int, status: int = 410) -> bool:
        failure = Failure(
            reason=f"status {status}",
            again=False,
            host="portal.example",
            refused=False,
            is_gone=True,
        )
        lease = self.lease(asked)
        with self.store.database.write() as connection:
            return store_failure(
                connection,
                lease,
                failure,
                retries=3,
                run=self.run,
                now=self.filler.now,
                span=self.span,
            )

    def known(self, asked: int) -> Revisit:
        with self.store.database.read() as connection:
            (found,) = [
                each
                for each in revisits.listed(connection, limit=None)
                if each.url == similar(asked).url
            ]
        return found

    def conditions(self, asked: int, reader: str = "test 1") -> dict[str, str] | None:
        with self.store.database.read() as connection:
            mine = id63("address", "here", similar(asked).fingerprint)
            found = revisits.conditions(connection, [mine], reader=reader).get(mine)
        return None if found is None else found.headers

    def state(self, asked: int) -> str:
        with self.store.database.read() as connection:
            mine = address.c.fingerprint == similar(asked).fingerprint
            return str(connection.execute(select(address.c.state).where(mine)).scalar_one())


@pytest.fixture
def site(store: SqlStore) -> Harvests:
    return Harvests(store)


def test_a_page_that_stays_is_asked_for_less_and_less_and_one_that_changes_more(
    site: Harvests,
) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    every = [site.known(1).every // HOUR]
    said = [site.known(1).reason]
    for listed in ([5], [5], [5], [5], [5], [5], [6], [7], [8], [8]):
        assert site.at(site.known(1).due_at - 1) == []
        assert site.at(site.known(1).due_at) == [1]
        site.answer(1, [record(each) for each in listed])
        every.append(site.known(1).every // HOUR)
        said.append(site.known(1).reason)
    assert every == [8, 12, 18, 27, 40, 60, 64, 32, 16, 8, 12]
    assert said == ["first visit", *["unchanged"] * 6, *["changed"] * 3, "unchanged"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["same", "changed", "not modified", "gone"]), max_size=12))
def test_an_interval_never_leaves_its_span_whatever_happens(events: list[str]) -> None:
    with open_store("sqlite://", create=True) as store:
        site = Harvests(store)
        site.seed(1)
        site.answer(1, [record(1)])
        number, gone = 1, False
        for event in events:
            before = site.known(1)
            assert site.at(before.due_at) == [1]
            if event == "gone":
                assert not site.missing(1)
                gone = True
            elif event == "not modified" and not gone:
                site.same(1)
            else:
                number += event == "changed"
                site.answer(1, [record(number)])
                gone = False
            after = site.known(1)
            assert SPAN.least <= after.every <= SPAN.most
            assert after.due_at == site.filler.now + after.every
            assert (after.gone_at is not None) is gone
            if after.reason == "unchanged":
                assert after.every >= before.every
            if after.reason == "changed":
                assert after.every <= before.every


def test_another_search_time_a_session_in_a_link_and_an_advert_are_no_change(
    site: Harvests,
) -> None:
    site.seed(1)
    site.answer(1, [record(5, url="http://p.example/a?visit=1")], stated_ms=31)
    site.at(site.known(1).due_at)
    again = record(5, url="http://p.example/a?visit=2", text=None)
    site.answer(1, [again], stated_ms=77, next_url=None, footer=None)
    assert site.known(1).reason == "unchanged"


@pytest.mark.parametrize(
    "change",
    [
        {"stated_total": 3},
        {"next_url": "http://portal.example/2"},
        {"query": Query(native_id="other")},
        {"records": ()},
        {"records": (record(2, rank=1), record(1, rank=2))},
        {"records": (record(1, rank=1), record(2, rank=2, title="Other"))},
        {"records": (record(1, rank=1), record(2, rank=2, free_pdf=True))},
    ],
)
def test_what_a_page_lists_and_in_what_order_is_a_change(change: dict[str, object]) -> None:
    before = result_page(9, [record(1), record(2)])
    assert region_hash(replace(before, **change)) != region_hash(before)  # type: ignore[arg-type]
    assert region_hash(replace(before, stated_ms=1, footer=None)) == region_hash(before)


def test_what_says_that_it_is_as_it_was_makes_no_page_and_is_counted(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    site.at(site.known(1).due_at)
    assert site.conditions(1) == {"If-None-Match": '"1"'}
    site.same(1)
    with site.store.database.read() as connection:
        run = ledger.figures(connection, site.run)
        assert len(connection.execute(select(page.c.id)).all()) == 1
    assert (run.pages, run.unchanged, run.failed) == (0, 1, 0)
    assert (site.state(1), site.known(1).reason) == ("done", "unchanged")
    assert site.conditions(1) == {"If-None-Match": '"1"'}


def test_a_late_word_that_nothing_changed_is_refused_and_changes_nothing(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    site.at(site.known(1).due_at)
    late = site.lease(1)
    with site.store.database.write() as connection:
        frontier.hand_back(connection, late, now=site.filler.now)
    before = site.known(1)
    with pytest.raises(LateAcknowledgement), site.store.database.write() as connection:
        revisits.unchanged(connection, late, run_id=site.run, span=SPAN, now=site.filler.now)
    assert site.known(1) == before


def test_nothing_is_asked_with_a_condition_that_we_do_not_hold_as_it_should_be(
    site: Harvests,
) -> None:
    site.seed(1, 2, 3)
    site.answer(1, [record(5)])
    site.answer(2, [record(6)], etag=None)
    assert site.conditions(1, reader="test 2") is None
    assert site.conditions(2) is None
    assert site.conditions(3) is None
    site.at(site.known(1).due_at)
    assert site.conditions(1) is not None
    site.answer(1, [record(5)], stated_total=7, problems=result_page(1, [], total=1).problems)
    assert site.state(1) == "quarantined"
    assert site.conditions(1) is None


def test_a_step_of_a_walk_is_asked_for_whole(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    with site.store.database.write() as connection:
        mine = id63("address", "here", similar(1).fingerprint)
        connection.execute(insert(walk).values(start=mine, source="here"))
        row = {"address": mine, "walk": mine, "place": 1, "listed": 0, "new": 0}
        connection.execute(insert(step).values(row))
    assert site.conditions(1) is None


def test_a_fresh_run_asks_for_everything_and_for_whole_pages(site: Harvests) -> None:
    site.seed(1, 2, 3)
    site.answer(1, [record(5)])
    site.answer(2, [record(6)])
    site.at(site.known(2).due_at)
    site.missing(2)
    assert site.at(site.filler.now, fresh=True) == [1, 2, 3]
    assert site.conditions(1) is None


def test_what_is_gone_keeps_what_it_said_and_comes_back_when_it_answers(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    site.at(site.known(1).due_at)
    assert not site.missing(1)
    since = site.filler.now
    known = site.known(1)
    assert (site.state(1), known.gone_at, known.every) == ("gone", since, SPAN.most)
    assert known.reason == "gone: status 410"
    assert len(site.store.readings(record(5).key)) == 1
    with site.store.database.read() as connection:
        (of_source,) = overview.sources(connection)
        run = ledger.figures(connection, site.run)
    assert (of_source.gone, of_source.failed) == (1, 0)
    assert (run.gone, run.failed) == (1, 0)
    assert site.at(known.due_at) == [1]
    assert not site.missing(1, 404)
    assert site.known(1).gone_at == since
    site.at(site.known(1).due_at)
    site.answer(1, [record(6)])
    back = site.known(1)
    assert (site.state(1), back.gone_at, back.every) == ("done", None, SPAN.least)
    assert back.reason == "is back"


def test_what_never_had_a_page_is_given_up_and_not_gone(site: Harvests) -> None:
    site.seed(1)
    assert site.missing(1, 404)
    assert site.state(1) == "failed"


def test_those_that_changed_last_come_first_within_the_budget(site: Harvests) -> None:
    site.seed(1, 2, 3)
    for asked in (1, 2, 3):
        site.answer(asked, [record(asked)])
    site.at(site.known(3).due_at)
    site.answer(2, [record(9)])
    for asked in (1, 3):
        site.answer(asked, [record(asked)])
    site.budget = 1
    later = max(site.known(asked).due_at for asked in (1, 2, 3))
    assert site.at(later) == [2]
    site.budget = None
    assert site.at(later) == [1, 2, 3]


def test_what_was_done_before_its_source_had_an_interval_begins_with_the_least(
    site: Harvests, filler: Filler
) -> None:
    filler.add(4, [record(7)])
    with site.store.database.write() as connection:
        mine = address.c.fingerprint == similar(4).fingerprint
        connection.execute(address.update().where(mine).values(state="done", ended=filler.run))
        fetched = connection.execute(select(page.c.fetched_at)).scalar_one()
    assert site.at(fetched + SPAN.least - 1) == []
    assert site.known(4).due_at == fetched + SPAN.least
    assert site.conditions(4) is None
    assert site.at(fetched + SPAN.least) == [4]
    site.answer(4, [record(7)])
    assert site.known(4).reason == "not compared yet"
    site.at(site.known(4).due_at)
    site.answer(4, [record(7)])
    assert site.known(4).reason == "unchanged"


def test_intervals_follow_the_settings(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    met = site.filler.now
    site.span = Span(least=HOUR, most=2 * HOUR)
    assert site.at(met + 2 * HOUR) == [1]


def test_a_page_read_again_is_compared_with_what_it_says_now(site: Harvests) -> None:
    site.seed(1)
    outcome = site.answer(1, [record(5)])
    read = result_page(1, [record(5, title="As read by a better reader")])
    site.store.store_page(site.filler.deposit(1, read), now=site.filler.now)
    site.at(site.known(1).due_at)
    assert site.store_answer(1, read).page != outcome.page
    assert site.known(1).reason == "unchanged"


def test_a_clock_set_back_makes_nothing_due_early(site: Harvests) -> None:
    site.seed(1)
    site.answer(1, [record(5)])
    due_at = site.known(1).due_at
    assert site.at(site.filler.now - 365 * 24 * HOUR) == []
    assert site.known(1).due_at == due_at
