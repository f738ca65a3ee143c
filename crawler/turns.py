"""The hosts of one harvest: whose turn it is to ask, by the frontier's clock."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from crawler.limits import HostSuspended
from records import GleaningsError, Lease, host_of
from storage import SqlStore, hosts, suspension

T = TypeVar("T")

PATIENCE_SECONDS = 600
"""How long a harvest waits for hosts that are all left alone for their refusals: the first
suspension is sat out, the second is not. A job that sits there for hours holds its source's lock,
and is no nearer its end than one that comes again."""
FIRST_PATIENCE_SECONDS = 60
"""The same for a sitting that has stored nothing yet: whoever began it is told at once."""


class NotAsked(GleaningsError):
    """This request did not go out; its lease is handed back."""


class Stopping(NotAsked):
    """The harvest ends."""


class HostBusy(NotAsked):
    """A host that asked for no rest when the lease was handed out wants one by now: whose turn it
    is, the frontier says anew."""


class Write(Protocol):
    """Does some work on the thread that alone writes to the store."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


class Turns:
    """Gives leases turns at hosts beyond the one they may hold: for robots.txt and redirects, and
    for every page of a host without a delay, which may have learnt to ask for one."""

    def __init__(
        self,
        store: SqlStore,
        write: Write,
        stopped: asyncio.Event,
        *,
        delay: int,
        least: Callable[[str], int] = lambda host: 0,
        now: Callable[[], int],
    ) -> None:
        """`stopped`: set when nobody is to wait any longer; `delay`: of hosts met for the first
        time, microseconds; `least`: of one host, whoever asks for less."""
        self._store = store
        self._write = write
        self._stopped = stopped
        self._delay = delay
        self._least = least
        self._now = now

    async def take(self, lease: Lease, host: str) -> None:
        """Return when a host may be asked once more for this lease. Raises NotAsked, and
        HostSuspended where that is longer than is waited."""
        may_wait = lease.alone or host != host_of(lease.address.url)
        while True:
            if self._stopped.is_set():
                raise Stopping(f"{lease.address.url}: the harvest is stopping")
            moment = await self._write(lambda: self._take(lease, host))
            if moment is None:
                return
            if not may_wait:
                raise HostBusy(f"{lease.address.url}: {host} is to be asked one page at a time")
            await wait_for(self._stopped, max(0.001, (moment - self._now()) / 1e6))

    def _take(self, lease: Lease, host: str) -> int | None:
        with self._store.database.read() as connection:
            if hosts.is_free(connection, host):
                return None
        delay, now = max(self._delay, self._least(host)), self._now()
        with self._store.database.write() as connection:
            wait = ((suspension.closed_until(connection, host) or 0) - now) / 1e6
            if wait > PATIENCE_SECONDS:
                raise HostSuspended(f"http://{host}", wait)
            return hosts.take_host(connection, host, by=lease.id, delay=delay, now=now)

    async def release(self, lease: Lease, host: str) -> None:
        """A request for this lease has ended; the host rests."""

        def work() -> None:
            with self._store.database.write() as connection:
                hosts.release_host(connection, host, by=lease.id, now=self._now())

        await self._write(work)

    async def learn_delay(self, lease: Lease, host: str, seconds: float) -> None:
        """A host asks for this much between two requests, as its robots.txt, just had, says."""

        delay = max(int(seconds * 1e6), self._least(host))

        def work() -> None:
            with self._store.database.write() as connection:
                hosts.learn_delay(connection, host, delay=delay, by=lease.id, now=self._now())

        await self._write(work)


class LeasePace:
    """A `crawler.pace.Pace` in the name of one lease."""

    def __init__(self, turns: Turns, lease: Lease) -> None:
        self._turns = turns
        self._lease = lease

    def holds(self, host: str) -> bool:
        return self._lease.alone and host == host_of(self._lease.address.url)

    async def take(self, host: str) -> None:
        await self._turns.take(self._lease, host)

    async def release(self, host: str) -> None:
        await self._turns.release(self._lease, host)

    async def set_delay(self, host: str, seconds: float) -> None:
        await self._turns.learn_delay(self._lease, host, seconds)


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait until the event is set, or for so long; None: however long it takes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
