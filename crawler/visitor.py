"""One page the way a polite visitor gets it: rules first, its turn awaited, every hop checked."""

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from aiohttp.abc import AbstractResolver

from crawler.capture import Fetched, Sink, hand_over
from crawler.config import Network
from crawler.guard import Guard, as_address
from crawler.limits import RedirectRefused
from crawler.pace import LocalPace, Pace, Turn
from crawler.redirects import MAX_REDIRECTS, redirect_target, same_origin
from crawler.robots import Robots, RobotsForbids, Rules
from crawler.transport import Transport
from records import host_of

CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since"})
"""Headers that ask for a page only where it is another than the one we have."""


class Visitor:
    """Fetches pages under one set of limits, keeping connections and robots rules between them."""

    def __init__(
        self,
        network: Network,
        *,
        pace: Pace | None = None,
        resolver: AbstractResolver | None = None,
    ):
        """`pace`: for pages that bring none of their own; None: one of this process."""
        self._transport = Transport(
            Guard(network.allow),
            agent=network.agent,
            timeout=network.timeout,
            max_bytes=network.max_bytes,
            resolver=resolver,
        )
        self._robots = Robots(self._transport.get, delay=network.delay, max_delay=network.max_delay)
        self._pace = pace or LocalPace(network.delay)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._transport.close()

    async def visit(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        sink: Sink | None = None,
    ) -> Fetched:
        """The page at an address, redirects followed, whatever its status.

        With `pace`, the caller may hold the turn of the address's host (`Pace.holds`); what is
        taken and released on the way passes through it, and a turn of that host that is held at the
        end is left to the caller. Without, turns are the visitor's own. `sink` is given every
        response first. `headers` go no further than the address's own origin, conditions
        (`CONDITIONS`) no further than the address.
        Raises AddressRefused, and FetchFailed (its subclasses) where there is no page.
        """
        address = as_address(url)
        host = host_of(address)
        turn = Turn(pace, host if pace.holds(host) else None) if pace else Turn(self._pace)
        try:
            return await self._follow(address, turn, headers or {}, sink)
        finally:
            if pace is None or turn.host != host:
                await turn.end()

    async def rules(self, url: str) -> Rules:
        """What the site of an address asks of whoever comes. Raises as `visit`."""
        address = as_address(url)
        self._transport.guard.admit(address)
        turn = Turn(self._pace)
        try:
            return await self._robots.rules(address, turn)
        finally:
            await turn.end()

    async def _follow(
        self, address: str, turn: Turn, headers: Mapping[str, str], sink: Sink | None
    ) -> Fetched:
        url = address
        for _ in range(MAX_REDIRECTS + 1):
            fetched = await self._hop(url, address, turn, headers, sink)
            target = redirect_target(fetched)
            if target is None:
                if fetched.failure is not None:
                    raise fetched.failure
                return fetched
            url = as_address(target)
            if not same_origin(url, address):
                headers = {}
            # what is known of one page says nothing of another that it leads to
            headers = {name: value for name, value in headers.items() if name not in CONDITIONS}
        raise RedirectRefused(address, f"more than {MAX_REDIRECTS} redirects")

    async def _hop(
        self, url: str, address: str, turn: Turn, headers: Mapping[str, str], sink: Sink | None
    ) -> Fetched:
        self._transport.guard.admit(url)
        await turn.ready(host_of(url))
        rules = await self._robots.rules(url, turn, sink)
        if not rules.allow(url):
            raise RobotsForbids(url, "its robots.txt forbids it; it is not fetched")
        await turn.ready(host_of(url))
        turn.spend()
        fetched = await self._transport.get(url, requested=address, role="page", headers=headers)
        if redirect_target(fetched) is not None:
            fetched = replace(fetched, role="redirect")
        await hand_over(fetched, sink)
        return fetched
