"""Scrapy's way in: its download handler for http and https."""

from typing import Self, cast

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.misc import load_object

from crawler.capture import META, Fetched, Sink
from crawler.settings import config_of
from crawler.visitor import Visitor
from records import UsageError

_UNDONE = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})


class VisitHandler(BaseDownloadHandler):
    """Downloads through a `Visitor`: one request in, the page it leads to out.

    A request's ``meta``: ``pace``, a `Pace` that holds the turn of the request's host; ``capture``,
    a `Sink` for every response on the way (else what the setting ``GLEAN_CAPTURE`` names by its
    import path). The page's `Fetched` comes back in it: `fetched_from`.
    """

    lazy = False

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._visitor = Visitor(config_of(crawler.settings).network)
        path = crawler.settings.get("GLEAN_CAPTURE")
        self._sink = cast("Sink | None", load_object(path) if path else None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One handler a crawler: http and https share robots rules and the pace of hosts."""
        if crawler not in _HANDLERS:
            _HANDLERS[crawler] = cls(crawler)
        return cast("Self", _HANDLERS[crawler])

    async def download_request(self, request: Request) -> Response:
        """Raises AddressRefused, FetchFailed, and UsageError for anything but a GET."""
        if request.method != "GET" or request.body:
            raise UsageError(f"{request.url}: only GET requests without a body are sent")
        fetched = await self._visitor.visit(
            request.url,
            headers=cast("dict[str, str]", request.headers.to_unicode_dict()),
            pace=request.meta.get("pace"),
            sink=request.meta.get("capture") or self._sink,
        )
        request.meta[META] = fetched
        return as_response(fetched)

    async def close(self) -> None:
        _HANDLERS.pop(self.crawler, None)
        await self._visitor.close()


_HANDLERS: dict[Crawler, VisitHandler] = {}


def as_response(fetched: Fetched) -> Response:
    """Scrapy's view of a response: its body decoded, and the headers that spoke of it left out."""
    headers = Headers()
    for name, value in fetched.headers:
        if name.lower() not in _UNDONE:
            headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=fetched.url, body=fetched.body)
    return kind(url=fetched.url, status=fetched.status, headers=headers, body=fetched.body)
