"""The hosts of one harvest: whose turn it is to ask, by the frontier's clock."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from crawler.limits import HostSuspended
from records import GleaningsError, Lease
from storage import SqlStore, hosts, suspension

T = TypeVar("T")

PATIENCE_SECONDS = 600
"""How long a harvest waits for hosts that are all left alone for their refusals: the first
suspension is sat out, the second is not. A job that sits there for hours holds its source's lock,
and is no nearer its end than one that comes again."""
FIRST_PATIENCE_SECONDS = 60
"""The same for a sitting that has stored nothing yet: whoever began it is told at once."""


class Stopping(GleaningsError):
    """The harvest ends before this request went out; its lease is handed back."""


class Write(Protocol):
    """Does some work on the thread that alone writes to the store."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


class Turns:
    """Gives leases turns at hosts beyond the one they hold: for robots.txt and redirects."""

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
        """Return when a host may be asked once more for this lease. Raises Stopping, and
        HostSuspended where that is longer than is waited."""
        while True:
            if self._stopped.is_set():
                raise Stopping(f"{lease.address.url}: the harvest is stopping")
            moment = await self._write(lambda: self._take(lease, host))
            if moment is None:
                return
            await wait_for(self._stopped, max(0.001, (moment - self._now()) / 1e6))

    def _take(self, lease: Lease, host: str) -> int | None:
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

    async def set_delay(self, host: str, seconds: float) -> None:
        """A host asks for this much between two requests, as its robots.txt says."""

        delay = max(int(seconds * 1e6), self._least(host))

        def work() -> None:
            with self._store.database.write() as connection:
                hosts.set_delay(connection, host, delay=delay, now=self._now())

        await self._write(work)


class LeasePace:
    """A `crawler.pace.Pace` in the name of one lease."""

    def __init__(self, turns: Turns, lease: Lease) -> None:
        self._turns = turns
        self._lease = lease

    async def take(self, host: str) -> None:
        await self._turns.take(self._lease, host)

    async def release(self, host: str) -> None:
        await self._turns.release(self._lease, host)

    async def set_delay(self, host: str, seconds: float) -> None:
        await self._turns.set_delay(host, seconds)


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait until the event is set, or for so long; None: however long it takes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
