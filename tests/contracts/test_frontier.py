"""Addresses come out once, nearest first, at the pace of their hosts, and come back when lost."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from records import Address, LateAcknowledgement, Lease
from storage import SqlStore, frontier, hosts, ledger, lost, open_store
from storage.ids import id63
from storage.schema import address, host

SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND
LONGEST = 1 + hosts.JITTER


def at(name: str, site: str = "a.example") -> Address:
    return Address(url=f"http://{site}/{name}", fingerprint=name, kind="listing")


def add(
    connection: Connection,
    names: Sequence[str],
    *,
    depth: int = 0,
    delay: float = 0,
    site: str = "a.example",
) -> int:
    return frontier.add_addresses(
        connection,
        "here",
        [at(name, site) for name in names],
        depth=depth,
        run=1,
        delay=int(delay * SECOND),
        now=NOW,
    )


def lease(
    connection: Connection, *, now: int = NOW, limit: int = 10, depth: int = 9
) -> list[Lease]:
    return [*frontier.lease(connection, "here", limit=limit, max_depth=depth, now=now).leases]


def names(leases: Sequence[Lease]) -> list[str]:
    return sorted(each.address.fingerprint for each in leases)


def depths(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(address.c.fingerprint, address.c.depth)).all()
    return {row.fingerprint: row.depth for row in rows}


def done(connection: Connection, each: Lease, *, now: int = NOW) -> None:
    frontier.acknowledge(connection, each, state="done", reason=None, run=1, now=now)


def test_an_address_in_any_spelling_is_leased_once(store: SqlStore) -> None:
    with store.database.write() as connection:
        first = Address(
            url="http://a.example/?aid=1&pcid=2", fingerprint="similar:1", kind="similar"
        )
        again = Address(
            url="http://b.example/?pcid=2&aid=1", fingerprint="similar:1", kind="similar"
        )
        options = {"depth": 0, "run": 1, "delay": 0, "now": NOW}
        assert frontier.add_addresses(connection, "here", [first], **options) == 1
        assert frontier.add_addresses(connection, "here", [again], **options) == 0
        assert len(lease(connection)) == 1
        assert lease(connection) == []


def test_the_nearest_addresses_are_leased_first_and_those_beyond_the_depth_never(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["far"], depth=3)
        add(connection, ["near"], depth=1)
        add(connection, ["beyond"], depth=4)
        assert names(lease(connection, limit=1, depth=3)) == ["near"]
        assert names(lease(connection, depth=3)) == ["far"]
        handout = frontier.lease(connection, "here", limit=9, max_depth=3, now=NOW)
        assert handout.leases == ()
        assert handout.wait_until is None
        assert names(lease(connection, depth=4)) == ["beyond"]


def test_a_host_with_a_delay_is_asked_one_at_a_time_and_rests_after_each_answer(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        (first,) = lease(connection)
        assert lease(connection, now=NOW + 10 * SECOND) == []
        done(connection, first, now=NOW + 10 * SECOND)
        handout = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW + 11 * SECOND)
        assert handout.leases == ()
        assert handout.wait_until is not None
        rest = handout.wait_until - (NOW + 10 * SECOND)
        assert 2 * SECOND <= rest <= LONGEST * 2 * SECOND
        assert len(lease(connection, now=handout.wait_until)) == 1


def test_a_host_that_somebody_else_holds_is_asked_for_again_soon(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        lease(connection)
        handout = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW)
        assert handout.wait_until == NOW + frontier.LOOK_AGAIN


def test_what_a_caller_still_fetches_is_not_handed_out_twice_when_the_clock_leaps(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one"])
        (first,) = lease(connection)
        later = NOW + 10 * hosts.LEASE_SECONDS * SECOND
        handout = frontier.lease(
            connection, "here", limit=9, max_depth=9, now=later, held=[first.id]
        )
        assert handout.leases == ()
        done(connection, first, now=later)


def test_a_heartbeat_renews_no_lease_that_has_passed_on(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one"])
        (first,) = lease(connection)
        later = NOW + (hosts.LEASE_SECONDS + 1) * SECOND
        (second,) = lease(connection, now=later)
        frontier.heartbeat(connection, [first], now=later + SECOND)
        until = connection.execute(select(address.c.lease_until)).scalar_one()
        assert until == second.until


def test_hosts_do_not_wait_for_each_other(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        add(connection, ["three", "four"], delay=2, site="b.example")
        hosts = [each.address.url.split("/")[2] for each in lease(connection)]
        assert sorted(hosts) == ["a.example", "b.example"]


def test_a_lease_that_ran_out_is_due_again_and_its_acknowledgement_is_refused(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one"])
        (first,) = lease(connection)
        later = NOW + (hosts.LEASE_SECONDS + 1) * SECOND
        (second,) = lease(connection, now=later)
        with pytest.raises(LateAcknowledgement, match="passed on"):
            done(connection, first, now=later)
        done(connection, second, now=later)


def test_a_heartbeat_keeps_a_lease_and_its_hold_on_the_host(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        (first,) = lease(connection)
        half = NOW + hosts.LEASE_SECONDS * SECOND // 2
        frontier.heartbeat(connection, [first], now=half)
        assert lease(connection, now=NOW + (hosts.LEASE_SECONDS + 1) * SECOND) == []


def test_a_clock_set_back_extends_a_lease_and_its_hold_and_never_shortens_them(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        (first,) = lease(connection)
        before = NOW - 3600 * SECOND
        assert lease(connection, now=before) == []
        frontier.heartbeat(connection, [first], now=before)
        row = connection.execute(
            select(address.c.lease_until, host.c.held_until).where(
                address.c.state == "leased", host.c.held_by == address.c.id
            )
        ).one()
        assert row == (first.until, first.until)
        assert lease(connection, now=first.until - 1) == []
        done(connection, first, now=before)


def test_what_a_dead_process_leased_is_taken_back_at_once(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        lease(connection)
        assert lost.take_back(connection, "here") == 1
        assert len(lease(connection, now=NOW + 3 * SECOND)) == 1


def test_a_retry_waits_for_its_moment_and_counts_its_attempts(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one"])
        (first,) = lease(connection)
        moment = NOW + 5 * SECOND
        frontier.retry_later(connection, first, reason="status 503", not_before=moment, now=NOW)
        handout = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW)
        assert handout.leases == ()
        assert handout.wait_until == moment
        (second,) = lease(connection, now=moment)
        assert second.attempts == 1
        frontier.hand_back(connection, second, now=moment)
        (third,) = lease(connection, now=moment)
        assert third.attempts == 1


def test_a_robots_fetch_uses_the_turn_of_its_lease_and_the_page_waits_for_the_next(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"], delay=2)
        (first,) = lease(connection)

        def take(now: int, by: int = first.id) -> int | None:
            return hosts.take_host(connection, "a.example", by=by, delay=0, now=now)

        assert take(NOW) is None
        hosts.release_host(connection, "a.example", by=first.id, now=NOW)
        again = take(NOW)
        assert again is not None
        assert NOW + 2 * SECOND <= again <= NOW + LONGEST * 2 * SECOND
        assert take(again) is None
        assert take(again, by=7) is not None
        done(connection, first, now=NOW + 3 * SECOND)
        assert lease(connection, now=NOW + 4 * SECOND) == []
        assert len(lease(connection, now=NOW + 6 * SECOND)) == 1


def test_a_host_asked_by_one_who_does_not_hold_it_rests_all_the_same(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"])
        first, second = lease(connection)
        hosts.set_delay(connection, "a.example", delay=2 * SECOND, now=NOW)
        hosts.release_host(connection, "a.example", by=first.id, now=NOW)
        later = NOW + SECOND
        hosts.release_host(connection, "a.example", by=second.id, now=later)
        again = hosts.take_host(connection, "a.example", by=second.id, delay=0, now=later)
        assert again is not None
        assert again >= later + 2 * SECOND


def test_a_crawl_delay_changes_the_pace_of_its_host(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two"])
        hosts.set_delay(connection, "a.example", delay=7 * SECOND, now=NOW)
        (first,) = lease(connection)
        done(connection, first)
        handout = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW)
        assert handout.wait_until is not None
        assert 7 * SECOND <= handout.wait_until - NOW <= LONGEST * 7 * SECOND
        assert connection.execute(select(host.c.delay)).scalar_one() == 7 * SECOND


def test_a_delay_learnt_is_kept_by_leases_handed_out_before(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one", "two", "three"])
        leases = lease(connection)
        assert [each.alone for each in leases] == [False] * 3

        def take(by: Lease, now: int) -> int | None:
            return hosts.take_host(connection, "a.example", by=by.id, delay=0, now=now)

        assert [take(each, NOW) for each in leases] == [None] * 3
        learner, *others = leases
        hosts.learn_delay(connection, "a.example", delay=5 * SECOND, by=learner.id, now=NOW)
        moments = {take(each, NOW) for each in leases}
        (moment,) = moments
        assert moment is not None
        assert NOW + 5 * SECOND <= moment <= NOW + LONGEST * 5 * SECOND
        assert take(others[0], moment) is None
        assert take(others[1], moment) is not None
        assert take(learner, moment) is not None


def test_a_host_that_wants_a_rest_is_held_by_the_lease_it_is_handed_out_with(
    store: SqlStore,
) -> None:
    with store.database.write() as connection:
        add(connection, ["one"], delay=2)
        add(connection, ["two"], site="b.example")
        by_name = {each.address.fingerprint: each.alone for each in lease(connection)}
        assert by_name == {"one": True, "two": False}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9))
def test_depth_is_the_least_over_all_ways_found_whatever_the_order(seed: int) -> None:
    dice = random.Random(seed)
    pages = [f"p{n}" for n in range(8)]
    links = {name: dice.sample(pages, dice.randint(0, 4)) for name in pages}
    with open_store("sqlite://", create=True) as store, store.database.write() as connection:
        ledger.begin_run(connection, "here", depth=9, budget=None, fresh=False, now=NOW)
        add(connection, ["p0"])
        while leases := lease(connection):
            dice.shuffle(leases)
            for each in leases:  # in an order that no crawl would take
                done(connection, each)
                frontier.add_found(
                    connection,
                    each.id,
                    [at(name) for name in links[each.address.fingerprint]],
                    source="here",
                    run=1,
                    delay=0,
                    now=NOW,
                )
            if dice.random() < 0.5:
                add(connection, [dice.choice(pages)], depth=dice.randint(3, 6))
        known = depths(connection)
    nearest = {name: depth for name, depth in known.items() if name == "p0"}
    for name in known:
        for other in links[name]:
            assert known[other] <= known[name] + 1
    assert nearest == {"p0": 0}


def test_ids_come_from_source_and_fingerprint(store: SqlStore) -> None:
    with store.database.write() as connection:
        add(connection, ["one"])
        (only,) = connection.execute(select(address.c.id)).scalars()
    assert only == id63("address", "here", "one")
