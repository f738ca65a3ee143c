"""When a host may be asked: one request at a time, a delay between them."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

JITTER = 0.25
"""Largest share of the delay that chance adds to it. Nothing is ever taken off."""


class Pace(Protocol):
    """Who may ask which host when. Hosts are as `records.host_of` spells them."""

    def holds(self, host: str) -> bool:
        """Whether the host's turn is held from the start, and lasts whatever is learnt of it."""

    async def take(self, host: str) -> None:
        """Return when the host may be asked now; its turn is then held until released."""

    async def release(self, host: str) -> None:
        """The answer ended: the host's next turn comes its delay from now at the earliest.

        Releasing a host whose turn is not held does nothing.
        """

    async def set_delay(self, host: str, seconds: float) -> None:
        """From now on, an answer of its own just now included, the host wants this much between
        two requests."""


class Turn:
    """The right to ask one host once, traded for another's while one page is fetched."""

    def __init__(self, pace: Pace, host: str | None = None):
        """`host`: whose turn is held already."""
        self.pace = pace
        self.host = host
        self._spent = False

    async def ready(self, host: str) -> None:
        """Return when this host may be asked once; a turn held for it and not spent is used."""
        if self.host != host or self._spent:
            await self.end()
            await self.pace.take(host)
            self.host, self._spent = host, False

    def spend(self) -> None:
        """A request goes out."""
        self._spent = True

    async def end(self) -> None:
        """Give up the turn held, if any."""
        if self.host is not None:
            held, self.host = self.host, None
            await self.pace.release(held)


@dataclass(slots=True)
class _Host:
    delay: float
    next_at: float = 0.0
    outstanding: int = 0
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)


class LocalPace:
    """A `Pace` within one process, for what no frontier leases."""

    def __init__(
        self,
        delay: float,
        *,
        jitter: float = JITTER,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ):
        """`delay` and `clock` in seconds; `chance` gives 0 to 1."""
        self._delay = delay
        self._jitter = jitter
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._hosts: dict[str, _Host] = {}

    def holds(self, host: str) -> bool:
        return False

    async def take(self, host: str) -> None:
        state = self._host(host)
        async with state.queue:  # first come, first served
            while state.delay:
                if state.outstanding:
                    state.freed.clear()
                    await state.freed.wait()
                elif (wait := state.next_at - self._clock()) > 0:
                    await self._sleep(wait)
                else:
                    break
            state.outstanding += 1

    async def release(self, host: str) -> None:
        state = self._host(host)
        if state.outstanding:
            state.outstanding -= 1
            state.next_at = self._clock() + state.delay * (1 + self._jitter * self._chance())
            state.freed.set()

    async def set_delay(self, host: str, seconds: float) -> None:
        state = self._host(host)
        state.delay = seconds
        state.freed.set()

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host(self._delay))
