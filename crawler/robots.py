"""robots.txt as RFC 9309 has it: unreachable means do not fetch."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from crawler.capture import Fetched, Role, Sink, hand_over
from crawler.guard import as_address
from crawler.limits import FetchFailed
from crawler.origin import origin_of
from crawler.pace import Turn
from crawler.redirects import MAX_REDIRECTS, redirect_target
from records import AddressRefused, host_of

KEPT_SECONDS = 24 * 3600
"""How long the rules of an origin are believed."""
DOWN_SECONDS = 60
"""How long an origin whose robots.txt could not be had is left alone."""

_MOST_ORIGINS = 1000
_TOKEN = "gleanings"  # noqa: S105  the product token that robots.txt groups name


class RobotsForbids(FetchFailed):
    word = "robots.txt forbids it"
    again = False
    refused = None


class RobotsUnreachable(FetchFailed):
    """The rules could not be had, so nothing of the origin is fetched until they can."""

    word = "robots.txt unreachable"

    def __init__(self, url: str, what: str, *, was_asked: bool = True):
        """`was_asked`: just now, and not for another page a moment ago."""
        super().__init__(url, what)
        self.refused = True if was_asked else None


class _NotHad(Exception):
    """Why an origin's rules could not be had."""


class Get(Protocol):
    """One request, as `Transport.get` makes it."""

    async def __call__(self, url: str, *, requested: str, role: Role) -> Fetched: ...


class _Parser(Protocol):
    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin asks of us."""

    parser: _Parser | None
    """None: everything is allowed."""
    crawl_delay: float | None = None
    """Seconds. None: it names none."""

    def allow(self, url: str) -> bool:
        return self.parser is None or self.parser.allowed(url, _TOKEN)


@dataclass(slots=True)
class _Known:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Rules | None = None
    trouble: str | None = None
    until: float = 0.0


class Robots:
    """The rules of every origin asked so far; each is fetched once, whoever waits for it."""

    def __init__(
        self,
        get: Get,
        *,
        delay: float,
        max_delay: float,
        clock: Callable[[], float] = time.monotonic,
    ):
        """`delay`, `max_delay`: seconds; a Crawl-delay counts between the two."""
        self._get = get
        self._delay = delay
        self._max_delay = max_delay
        self._clock = clock
        self._known: OrderedDict[tuple[str, str, int], _Known] = OrderedDict()

    async def rules(self, url: str, turn: Turn, sink: Sink | None = None) -> Rules:
        """The rules for an address. May spend the turn, or give it up.

        Raises RobotsUnreachable, and AddressRefused where the origin itself is refused.
        """
        known = self._entry(origin_of(url))
        was_asked = False
        if self._clock() >= known.until:
            if known.lock.locked():
                # who fetches them may need this very turn; nobody waits here with one in hand
                await turn.end()
            async with known.lock:
                if self._clock() >= known.until:
                    await self._learn(known, url, turn, sink)
                    was_asked = True
        if known.trouble is not None:
            what = f"not fetched, because {known.trouble}"
            raise RobotsUnreachable(url, what, was_asked=was_asked)
        assert known.rules is not None
        return known.rules

    def _entry(self, origin: tuple[str, str, int]) -> _Known:
        known = self._known.setdefault(origin, _Known())
        self._known.move_to_end(origin)
        while len(self._known) > _MOST_ORIGINS:
            self._known.popitem(last=False)
        return known

    async def _learn(self, known: _Known, url: str, turn: Turn, sink: Sink | None) -> None:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt"
        try:
            known.rules = await self._fetch(address, turn, sink)
        except _NotHad as trouble:
            known.rules, known.trouble = None, str(trouble)
            known.until = self._clock() + DOWN_SECONDS
            return
        wish = min(known.rules.crawl_delay or 0.0, self._max_delay)
        await turn.pace.set_delay(host_of(url), max(self._delay, wish))
        # only now may anybody go by them: who did before would not keep the delay
        known.trouble = None
        known.until = self._clock() + KEPT_SECONDS

    async def _fetch(self, address: str, turn: Turn, sink: Sink | None) -> Rules:
        url = address
        for _ in range(MAX_REDIRECTS + 1):
            await turn.ready(host_of(url))
            turn.spend()
            try:
                fetched = await self._get(url, requested=address, role="robots")
            except AddressRefused as refused:
                if url == address:
                    raise
                raise _NotHad(f"{address} leads astray: {refused}") from refused
            except FetchFailed as failure:
                raise _NotHad(str(failure)) from failure
            await hand_over(fetched, sink)
            target = redirect_target(fetched)
            if target is None:
                return _rules_of(fetched, address)
            try:
                url = as_address(target)
            except AddressRefused as refused:
                raise _NotHad(f"{address} leads astray: {refused}") from refused
        return Rules(None)  # "unavailable" in the RFC's words, as a 404 is


def _rules_of(fetched: Fetched, address: str) -> Rules:
    if 200 <= fetched.status < 300:
        if fetched.failure is not None:
            raise _NotHad(str(fetched.failure)) from fetched.failure
        return _parse(fetched)
    # 429 is no answer but a plea to ask less, so it is not taken for "no rules"
    if 400 <= fetched.status < 500 and fetched.status != 429:
        return Rules(None)
    raise _NotHad(f"{address} answered {fetched.status}")


def _parse(fetched: Fetched) -> Rules:
    from scrapy.robotstxt import ProtegoRobotParser

    body = fetched.body
    if fetched.cut:  # half a rule could forbid or allow what the whole one does not
        body = body[: body.rfind(b"\n") + 1]
    parser = ProtegoRobotParser(body, None)
    return Rules(parser, parser.crawl_delay(_TOKEN))
