"""Scrapy's two doors to a harvest: leases come in as requests, pages go out to be stored."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, signals
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.capture import fetched_from
from crawler.config import Source, require_contact, store_url
from crawler.desk import NOT_MODIFIED, Desk, microseconds
from crawler.failures import of_error, of_response
from crawler.rules import require_allowed
from crawler.run import Harvest
from crawler.secrets import Credentials
from crawler.settings import config_of
from crawler.turns import LeasePace, NotAsked
from records import AddressRefused, GleaningsError, Lease, host_of
from records.secrets import without_secrets
from spiders import Answer
from spiders.pages.known import profiles_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_LOOKED_EVERY = 0.2


class _Misled(GleaningsError):
    """A spider that navigates by itself: addresses travel in the page, and pages as answers."""


class FeedMiddleware:
    """Takes a spider's start requests as seeds of the frontier, and feeds it leases in their place.

    A start request has its `Address` in its meta. A callback that yields a request of its own is an
    error: addresses travel in the page.
    """

    def __init__(self, crawler: "Crawler", desk: Desk, own: Harvest | None = None) -> None:
        """`own`: the harvest to finish when the spider closes, where nobody else does."""
        self._crawler = crawler
        self._own = own
        self._watching: asyncio.Task[None] | None = None
        self._credentials = Credentials()
        self.desk = desk

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        desk = getattr(crawler.spider, "desk", None)
        if isinstance(desk, Desk):
            middleware = cls(crawler, desk)
        else:
            own = _bare_harvest(crawler).__enter__()
            middleware = cls(crawler, own.desk, own)
        crawler.signals.connect(middleware.closed, signals.spider_closed)
        return middleware

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        seeds = []
        async for request in start:
            self._credentials.learn(request.url)
            seeds.append(request.meta["address"])
        await self.desk.seed(seeds)
        self._watching = asyncio.create_task(self._watch())
        async for lease in self.desk.leases():
            try:
                request = self._request(lease)
            except ValueError as error:  # what a page may link to and Scrapy does not take
                refused = AddressRefused(f"{lease.address.url}: {error}")
                await self.desk.failed(lease, of_error(refused, lease))
            else:
                yield request

    async def _watch(self) -> None:
        """Tell the desk of a signal as soon as Scrapy has: it says so when all requests are
        through, and those that rest for a host would take their turns one by one."""
        while self._crawler.crawling:
            await asyncio.sleep(_LOOKED_EVERY)
        self.desk.stop()

    def _request(self, lease: Lease) -> Request:
        url, headers = self._credentials.added_to(lease.address.url)
        return Request(
            url,
            headers=headers | self.desk.headers_of(lease),
            callback=self._crawler.spider.parse,  # type: ignore[union-attr]
            errback=self._failed,
            dont_filter=True,
            meta={
                "lease": lease,
                "pace": LeasePace(self.desk.turns, lease),
                "capture": partial(self.desk.archived, lease),
            },
        )

    async def _failed(self, failure: Failure) -> None:
        meta = failure.request.meta  # type: ignore[attr-defined]
        lease: Lease = meta["lease"]
        meta["failed"] = True  # no callback sees its response, and nobody is to answer for it
        error = failure.value
        assert error is not None
        if isinstance(error, NotAsked):
            await self.desk.hand_back(lease)
        elif isinstance(error, HttpError):
            fetched = fetched_from(error.response)
            if fetched.status == NOT_MODIFIED and self.desk.headers_of(lease):
                await self.desk.unchanged(lease)
            else:
                await self.desk.failed(lease, of_response(fetched, now=microseconds()))
        else:
            await self.desk.failed(lease, of_error(error, lease))

    async def process_spider_output(
        self, response: "Response", result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        answered = False
        try:
            async for item in result:
                if isinstance(item, Request):
                    raise _Misled(f"{without_secrets(response.url)}: a callback yielded a request")
                answered = answered or isinstance(item, Answer)
                yield item
            if not answered and "failed" not in response.meta:
                raise _Misled(f"{without_secrets(response.url)}: a callback yielded no Answer")
        except Exception as error:
            self.process_spider_exception(response, error)

    def process_spider_exception(self, response: "Response", exception: Exception) -> tuple[()]:
        """A fault of the spider's is not the page's: the harvest ends, and says it."""
        self.desk.break_off(exception)
        return ()

    async def closed(self, spider: "Spider", reason: str) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self.desk.close()
        if self._own is not None:
            with closing(self._own):
                self._own.finish()


def _bare_harvest(crawler: "Crawler") -> Harvest:
    """What ``scrapy crawl similar -a url=…`` asks for: a source named after its first host."""
    config = config_of(crawler.settings)
    spider = crawler.spider
    starts = [*getattr(spider, "starts", ())]
    require_allowed(profiles_of(config.reading.profiles), starts)
    require_contact(config, starts)
    bounds: dict[str, Any] = {
        name: int(getattr(spider, name)) for name in ("depth", "pages") if hasattr(spider, name)
    }
    source = Source(
        name=host_of(starts[0]).replace(":", "-"),
        spider="listing" if getattr(spider, "name", "") == "listing" else "similar",
        start=tuple(starts[:1]),
        **bounds,
    )
    url = store_url(crawler.settings.get("GLEAN_STORE"), os.environ, config)
    return Harvest(config, source, store_url=url)


class IngestPipeline:
    """Scrapy's item pipeline, as a door to the desk."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    async def process_item(self, item: Answer) -> Answer:
        feed = self._crawler.get_spider_middleware(FeedMiddleware)
        assert feed is not None
        await feed.desk.page(item.response.meta["lease"], fetched_from(item.response))
        return item
