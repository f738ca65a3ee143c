"""What a dead process had in hand costs no attempt, is tried alone, and not for ever."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, select

from records import Address, Lease
from storage import SqlStore, frontier, hosts, ledger, lost, overview
from storage.frontier import Handout
from storage.schema import address
from storage.schema import lost as lost_table
from tests.storage.filling import Filler, record, similar
from tests.storage.invariants import check

NOW = 1_700_000_000_000_000
LATER = NOW + (hosts.LEASE_SECONDS + 1) * 1_000_000


@pytest.fixture
def run(filler: Filler) -> int:
    return filler.run


def add(connection: Connection, names: Sequence[str], run: int, *, depth: int = 0) -> None:
    addresses = [
        Address(url=f"http://a.example/{name}", fingerprint=name, kind="listing") for name in names
    ]
    frontier.add_addresses(connection, "here", addresses, depth=depth, run=run, delay=0, now=NOW)


def ask(connection: Connection, *, now: int = NOW, depth: int = 9) -> Handout:
    return frontier.lease(connection, "here", limit=10, max_depth=depth, now=now)


def names(leases: Sequence[Lease]) -> list[str]:
    return sorted(each.address.fingerprint for each in leases)


def acknowledge(connection: Connection, lease: Lease, run: int) -> None:
    frontier.acknowledge(connection, lease, state="done", reason=None, run=run, now=NOW)


def suspected(connection: Connection) -> int:
    return len(connection.execute(select(lost_table)).all())


def test_a_kill_costs_no_address_an_attempt_and_leaves_no_trace_once_all_were_heard_of(
    store: SqlStore, run: int
) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two", "three"], run)
        for _ in range(lost.MOST_LOST - 1):
            ask(connection)
            lost.take_back(connection, "here")
        for _ in range(3):
            (lease,) = ask(connection).leases
            assert lease.attempts == 0
            acknowledge(connection, lease, run)
        assert suspected(connection) == 0


def test_what_was_under_way_in_a_death_is_leased_first_and_alone(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["far one", "far two"], run, depth=3)
        assert len(ask(connection).leases) == 2
        lost.take_back(connection, "here")
        add(connection, ["near one", "near two"], run)
        for _ in range(2):
            (suspect,) = ask(connection).leases
            assert suspect.address.fingerprint.startswith("far")
            waiting = ask(connection)
            assert waiting.leases == ()
            assert waiting.wait_until == NOW + frontier.LOOK_AGAIN
            acknowledge(connection, suspect, run)
        assert names(ask(connection).leases) == ["near one", "near two"]


def test_a_suspect_waits_until_nothing_else_is_under_way(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["one"], run)
        ask(connection)
        add(connection, ["two"], run)
        (two,) = ask(connection).leases
        other = ask(connection, now=LATER).leases  # both ran out, as in another process's death
        assert len(other) == 1
        with pytest.raises(Exception, match="passed on"):
            acknowledge(connection, two, run)
        assert ask(connection, now=LATER).leases == ()


def test_suspects_beyond_the_depth_hold_nobody_back(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["far"], run, depth=3)
        ask(connection)
        lost.take_back(connection, "here")
        add(connection, ["one", "two"], run)
        assert len(ask(connection, depth=1).leases) == 2


def test_what_is_under_way_in_death_after_death_is_quarantined_and_said(
    store: SqlStore, run: int
) -> None:
    with store.database.write() as connection:
        add(connection, ["good", "bad"], run)
        deaths = 0
        while leases := ask(connection).leases:
            if "bad" in names(leases):
                deaths += 1
                lost.take_back(connection, "here")
            else:
                acknowledge(connection, leases[0], run)
        assert deaths == lost.MOST_LOST
        states = connection.execute(select(address.c.fingerprint, address.c.state)).all()
        assert dict(states) == {"good": "done", "bad": "quarantined"}
        (waiting,) = overview.quarantine(connection, limit=5)
        assert waiting.url == "http://a.example/bad"
        assert (waiting.page, waiting.fetched_at, waiting.codes) == (None, None, ())
        assert f"died {lost.MOST_LOST} times" in waiting.reason
        assert overview.totals(connection).quarantined == 1
        assert ledger.figures(connection, run).quarantined == 1


def test_leases_that_run_out_again_and_again_count_as_deaths(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["bad"], run)
        now, deaths = NOW, 0
        while ask(connection, now=now).leases:
            now += LATER - NOW
            deaths += 1
        assert deaths == lost.MOST_LOST
        (state,) = connection.execute(select(address.c.state)).scalars()
        assert state == "quarantined"


def test_a_retry_that_was_asked_for_is_no_death(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["one"], run)
        ask(connection)
        lost.take_back(connection, "here")
        (lease,) = ask(connection).leases
        frontier.retry_later(connection, lease, reason="status 503", not_before=NOW, now=NOW)
        assert suspected(connection) == 0


def test_a_fresh_run_tries_what_was_quarantined_so_once_more(store: SqlStore, run: int) -> None:
    with store.database.write() as connection:
        add(connection, ["bad"], run)
        while ask(connection).leases:
            lost.take_back(connection, "here")
        ledger.begin_run(connection, "here", depth=9, budget=None, fresh=False, now=NOW)
        assert ask(connection).leases == ()
        ledger.begin_run(connection, "here", depth=9, budget=None, fresh=True, now=NOW)
        assert names(ask(connection).leases) == ["bad"]


def test_an_older_page_that_is_mended_does_not_mend_what_harvests_died_of(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1)], total=20)
    with store.database.write() as connection:
        connection.execute(
            address.update()
            .where(address.c.fingerprint == similar(100).fingerprint)
            .values(state="due")
        )
        while ask(connection).leases:
            lost.take_back(connection, "here")
    filler.add(100, [record(1)])
    with store.database.read() as connection:
        states = dict(connection.execute(select(address.c.fingerprint, address.c.state)).all())
    assert states[similar(100).fingerprint] == "quarantined"
    check(store)
