"""A few pages for ``glean read``: fetched as a harvest would, without one."""

import asyncio
from collections.abc import Sequence

from crawler.capture import Fetched, Sink
from crawler.config import Config
from crawler.visitor import Visitor
from records import GleaningsError


def fetch_pages(
    urls: Sequence[str], config: Config, *, sink: Sink | None = None
) -> list[Fetched | GleaningsError]:
    """For each address, in order, its page (whatever the HTTP status) or what kept it from us.

    Blocks until all are there; not to be called where an event loop runs.
    """
    return asyncio.run(_fetch_pages(urls, config, sink))


async def _fetch_pages(
    urls: Sequence[str], config: Config, sink: Sink | None
) -> list[Fetched | GleaningsError]:
    room = asyncio.Semaphore(config.network.concurrency)

    async def fetch(visitor: Visitor, url: str) -> Fetched | GleaningsError:
        async with room:
            try:
                return await visitor.visit(url, sink=sink)
            except GleaningsError as error:
                return error

    async with Visitor(config.network) as visitor:
        return await asyncio.gather(*(fetch(visitor, url) for url in urls))
