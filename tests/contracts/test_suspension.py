"""Hosts that refuse are left alone as they ask, for longer each time, and tried one at a time."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from records import Address, Lease
from storage import SqlStore, frontier, open_store, suspension
from storage.due import make_due
from storage.failures import Failure, store_failure
from storage.schema import address, host
from storage.suspension import FIRST_SECONDS, GROWTH, IN_A_ROW, LONGEST_SECONDS

SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND


def add(connection: Connection, *names: str, site: str = "a.example", delay: int = 0) -> None:
    frontier.add_addresses(
        connection,
        "here",
        [Address(url=f"http://{site}/{n}", fingerprint=n, kind="similar") for n in names],
        depth=0,
        run=1,
        delay=delay * SECOND,
        now=NOW,
    )


def lease(connection: Connection, now: int) -> list[Lease]:
    return [*frontier.lease(connection, "here", limit=10, max_depth=9, now=now).leases]


def fail(
    connection: Connection,
    each: Lease,
    now: int,
    *,
    status: int = 503,
    wait: float | None = None,
    site: str = "a.example",
) -> bool:
    again = status != 403
    failure = Failure(reason=f"status {status}", again=again, host=site, refused=True, wait=wait)
    return store_failure(connection, each, failure, retries=3, run=1, now=now)


def refuse(connection: Connection, often: int, now: int = NOW) -> int | None:
    until = None
    for _ in range(often):
        until = suspension.refused(connection, "a.example", reason="status 503", wait=None, now=now)
    return until


def test_a_host_that_asks_to_be_left_alone_is_not_asked_for_any_address(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one", "two", "three")
        add(connection, "else", site="b.example")
        first, *_ = [each for each in lease(connection, NOW) if "a.example" in each.address.url]
        fail(connection, first, NOW, status=429, wait=120)
        make_due(connection, "here", states=("leased",))
        later = [each.address.fingerprint for each in lease(connection, NOW + 119 * SECOND)]
        assert later == ["else"]
        assert len(lease(connection, NOW + 120 * SECOND)) == 1
        (closed,) = suspension.closed(connection, now=NOW)
    assert (closed.host, closed.until, closed.reason) == (
        "a.example",
        NOW + 120 * SECOND,
        "status 429",
    )
    assert (closed.refusals, closed.suspensions) == (1, 0)


def test_a_host_that_refused_is_asked_for_one_page_until_it_answers(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one", "two", "three")
        refuse(connection, 1)
        (trial,) = lease(connection, NOW)
        assert lease(connection, NOW) == []
        frontier.acknowledge(connection, trial, state="done", reason=None, run=1, now=NOW)
        suspension.answered(connection, "a.example", now=NOW)
        assert len(lease(connection, NOW)) == 2


def test_refusals_in_a_row_suspend_a_host_and_each_suspension_is_longer(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        assert refuse(connection, IN_A_ROW - 1) is None
        now, rests = NOW, []
        for _ in range(8):
            until = refuse(connection, 1, now)
            assert until is not None
            rests.append((until - now) // SECOND)
            now = until
    assert rests[:3] == [FIRST_SECONDS, FIRST_SECONDS * GROWTH, FIRST_SECONDS * GROWTH**2]
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_SECONDS


def test_an_answer_ends_the_row_and_the_next_suspension_is_a_first_one(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        refuse(connection, IN_A_ROW - 1)
        suspension.answered(connection, "a.example", now=NOW)
        assert refuse(connection, IN_A_ROW - 1) is None
        until = refuse(connection, 1)
        assert until == NOW + FIRST_SECONDS * SECOND
        suspension.answered(connection, "a.example", now=until)
        assert suspension.closed(connection, now=NOW) == []
        refuse(connection, IN_A_ROW - 1, until)
        assert refuse(connection, 1, until) == until + FIRST_SECONDS * SECOND


def test_what_was_on_its_way_when_a_host_closed_neither_opens_nor_closes_it_further(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        until = refuse(connection, IN_A_ROW)
        assert refuse(connection, 3, NOW + SECOND) == until
        suspension.answered(connection, "a.example", now=NOW + SECOND)
        (closed,) = suspension.closed(connection, now=NOW + SECOND)
    assert (closed.refusals, closed.suspensions, closed.until) == (IN_A_ROW, 1, until)


def test_a_suspension_lasts_through_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    with open_store(url, create=True) as store, store.database.write() as connection:
        add(connection, "one")
        until = refuse(connection, IN_A_ROW)
    with open_store(url) as store, store.database.write() as connection:
        handout = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW)
        assert (handout.leases, handout.wait_until) == ((), until)
        assert suspension.opens_at(connection, "here", max_depth=9, now=NOW) == until


def test_no_header_closes_a_host_for_longer_than_a_day(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        for wait in (1e9, float("inf")):
            suspension.refused(connection, "a.example", reason="status 429", wait=wait, now=NOW)
            (closed,) = suspension.closed(connection, now=NOW)
            assert closed.until == NOW + LONGEST_SECONDS * SECOND


def test_a_harvest_waits_for_a_host_only_where_every_due_address_does(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        until = refuse(connection, IN_A_ROW)
        add(connection, "two", site="b.example")

        def opens() -> int | None:
            return suspension.opens_at(connection, "here", max_depth=9, now=NOW)

        assert opens() is None
        (other,) = lease(connection, NOW)
        assert opens() == until
        frontier.acknowledge(connection, other, state="done", reason=None, run=1, now=NOW)
        assert opens() == until
        assert suspension.opens_at(connection, "nobody", max_depth=9, now=NOW) is None


def test_what_a_suspended_host_refuses_costs_the_address_no_attempt(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        now = NOW
        for tries in range(1, 3):
            (each,) = lease(connection, now)
            assert each.attempts == tries - 1
            assert not fail(connection, each, now)
            now += 3600 * SECOND
        refuse(connection, IN_A_ROW - 3, now)
        for _ in range(4):
            (each,) = lease(connection, now)
            assert each.attempts == 2
            assert not fail(connection, each, now)
            now += LONGEST_SECONDS * SECOND
        (each,) = lease(connection, now)
        suspension.answered(connection, "a.example", now=now)
        assert not fail(connection, each, now, status=500)
        assert connection.execute(select(address.c.attempts)).scalar_one() == 3


def test_a_page_that_is_forbidden_is_given_up_and_several_in_a_row_close_the_host(
    store: SqlStore,
) -> None:
    names = [f"p{n}" for n in range(IN_A_ROW + 1)]
    with store.database.write() as connection:
        add(connection, *names, delay=1)
        now = NOW
        for _ in range(IN_A_ROW):
            (each,) = lease(connection, now)
            assert fail(connection, each, now, status=403)
            now += 10 * SECOND
        assert lease(connection, now) == []
        assert len(lease(connection, now + FIRST_SECONDS * SECOND)) == 1


def test_a_host_that_sent_us_on_is_not_blamed_for_where_it_sent_us(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, "one", "two")
        add(connection, "there", site="b.example")
        each = next(e for e in lease(connection, NOW) if "a.example" in e.address.url)
        refuse(connection, 1)
        fail(connection, each, NOW, site="b.example", wait=60)
        (closed,) = suspension.closed(connection, now=NOW)
        refusals = select(host.c.refusals).where(host.c.name == "a.example")
        assert connection.execute(refusals).scalar_one() is None
    assert closed.host == "b.example"


@pytest.mark.parametrize("back", [1, 3600, 10 * 86_400])
def test_a_clock_set_back_opens_no_host_early(store: SqlStore, back: int) -> None:
    with store.database.write() as connection:
        add(connection, "one")
        until = refuse(connection, IN_A_ROW)
        before = NOW - back * SECOND
        assert lease(connection, before) == []
        refuse(connection, 2, before)
        suspension.answered(connection, "a.example", now=before)
        (closed,) = suspension.closed(connection, now=before)
    assert closed.until == until
