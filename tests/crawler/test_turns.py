"""Turns at hosts for robots.txt and redirects: waited for, but not for a host that is suspended."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from crawler.limits import HostSuspended
from crawler.turns import PATIENCE_SECONDS, HostBusy, Turns
from records import Address, Lease
from storage import SqlStore, hosts, open_store, suspension

T = TypeVar("T")
SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND
LEASE = Lease(
    id=1,
    source="here",
    address=Address(url="http://a.example/", fingerprint="a", kind="similar"),
    depth=0,
    token=1,
    attempts=0,
    until=NOW + 120 * SECOND,
)


def take(
    store: SqlStore, now: Callable[[], int], *, lease: Lease = LEASE, host: str = "b.example"
) -> None:
    async def run() -> None:
        async def write(work: Callable[[], T]) -> T:
            return work()

        turns = Turns(store, write, asyncio.Event(), delay=0, now=now)
        await asyncio.wait_for(turns.take(lease, host), 5)

    asyncio.run(run())


def test_a_turn_at_a_suspended_host_is_not_waited_for() -> None:
    with open_store("sqlite://", create=True) as store:
        with store.database.write() as connection:
            hosts.set_delay(connection, "b.example", delay=0, now=NOW)
            wait = PATIENCE_SECONDS + 1.0
            suspension.refused(connection, "b.example", reason="busy", wait=wait, now=NOW)
        with pytest.raises(HostSuspended) as suspended:
            take(store, lambda: NOW)
        assert suspended.value.wait == PATIENCE_SECONDS + 1.0
        take(store, lambda: NOW + (PATIENCE_SECONDS + 1) * SECOND)


def test_a_lease_of_a_host_that_wanted_no_rest_is_handed_back_once_it_wants_one() -> None:
    free = replace(LEASE, alone=False)
    with open_store("sqlite://", create=True) as store:

        def say(seconds: int) -> None:
            with store.database.write() as connection:
                hosts.learn_delay(
                    connection, "a.example", delay=seconds * SECOND, by=LEASE.id, now=NOW
                )

        say(0)
        take(store, lambda: NOW, lease=free, host="a.example")
        say(3)
        with pytest.raises(HostBusy):
            take(store, lambda: NOW, lease=free, host="a.example")
        take(store, lambda: NOW + 4 * SECOND, lease=free, host="a.example")


def test_a_turn_at_another_host_is_waited_for() -> None:
    free = replace(LEASE, alone=False)
    moments = iter([NOW, NOW, NOW + 4 * SECOND, NOW + 4 * SECOND])
    with open_store("sqlite://", create=True) as store:
        with store.database.write() as connection:
            hosts.learn_delay(connection, "b.example", delay=3 * SECOND, by=2, now=NOW)
        take(store, lambda: next(moments, NOW + 4 * SECOND), lease=free)
