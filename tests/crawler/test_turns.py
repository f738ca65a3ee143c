"""Turns at hosts for robots.txt and redirects: waited for, but not for a host that is suspended."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from crawler.limits import HostSuspended
from crawler.turns import PATIENCE_SECONDS, Turns
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


def take(store: SqlStore, now: Callable[[], int]) -> None:
    async def run() -> None:
        async def write(work: Callable[[], T]) -> T:
            return work()

        turns = Turns(store, write, asyncio.Event(), delay=0, now=now)
        await asyncio.wait_for(turns.take(LEASE, "b.example"), 5)

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
