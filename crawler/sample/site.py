"""What the portal answers: routes, faults and the log of visits. No threads, no sockets."""

import asyncio
import socket
import struct
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import islice
from math import ceil
from typing import Literal, NamedTuple

from aiohttp import web

from crawler.sample.addresses import ARTICLE, SIMILAR, SUBJECT, settled_order, subject_id
from crawler.sample.corpus import Corpus
from crawler.sample.faults import BEFORE, CONTENT, DELIVERY, Fault
from crawler.sample.printing import PageKind, Printed, Shelf, notice, print_page
from crawler.sample.search import PAPER, SEARCH, Search
from crawler.sample.services import SERVICES
from crawler.sample.truth import start_paths, truth_json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Visit(NamedTuple):
    """One request as the portal saw it."""

    time: float
    """Seconds since the epoch, when the request had been read."""
    host: str
    """The Host header."""
    path: str
    aid: str | None
    """As asked for. None: the address names none."""
    status: int
    """0: no status was sent (hang, reset)."""


class Site:
    """The pages of one corpus. Mark-up, faults and crawl delay may change at any time."""

    def __init__(
        self,
        corpus: Corpus,
        markup: str,
        faults: tuple[Fault, ...],
        crawl_delay: float | None,
        keep: int,
    ) -> None:
        self.corpus = corpus
        self.markup = markup
        self.faults = faults
        self.crawl_delay = crawl_delay
        self.etags = False
        """Whether pages have an ETag, and a client that has one is told so (304)."""
        self.log: list[Visit] = []
        self.shelf = Shelf(keep)
        self.search = Search(corpus)
        self.layout = "items"
        """Of the search service, where its address names none."""
        self.searched = 0
        """Pages of results served at that address."""
        self.stopped = asyncio.Event()
        """Set when the portal closes: ends what hangs or drips."""
        self._befallen: Counter[tuple[str, str, str]] = Counter()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._home)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get(SUBJECT, self._subject)
        app.router.add_get("/truth.json", self._truth)
        app.router.add_get(SIMILAR, self._similar)
        app.router.add_get(ARTICLE, self._article)
        app.router.add_get(SEARCH, self._search)
        app.router.add_get(f"{SEARCH}/{{layout}}", self._search)
        app.router.add_get(PAPER, self._paper)
        app.router.add_get("/{path:.*}", self._nothing)
        return app

    def misbehave(self, faults: tuple[Fault, ...]) -> None:
        """From now on; every fault begins anew."""
        self._befallen = Counter()
        self.searched = 0
        self.faults = faults

    def _note(self, request: web.Request, status: int) -> None:
        aid = request.query.get("aid")
        self.log.append(Visit(time.time(), request.host, request.path, aid, status))

    # Pages of records

    async def _similar(self, request: web.Request) -> web.StreamResponse:
        return await self._record_page(request, "similar")

    async def _article(self, request: web.Request) -> web.StreamResponse:
        return await self._record_page(request, "article")

    async def _record_page(self, request: web.Request, kind: PageKind) -> web.StreamResponse:
        aid = request.query.get("aid", "")
        index = self.corpus.find(aid)
        if index is None:
            return await self._nothing(request)
        fault = self._fault_for(request, kind, self.corpus.aid(index))
        if fault is not None and fault.name in BEFORE:
            return await self._refuse(request, fault)
        content = fault.name if fault is not None and fault.name in CONTENT else None
        page = self.page(kind, index, content)
        return await self._answer(request, page, fault)

    def page(self, kind: PageKind, index: int, fault: str | None = None) -> Printed:
        key = (kind, index, self.markup, fault)
        page = self.shelf.get(key)
        if page is None:
            page = print_page(self.corpus, kind, index, self.markup, fault)
            self.shelf.put(key, page)
        return page

    async def _answer(
        self, request: web.Request, page: Printed, fault: Fault | None = None
    ) -> web.StreamResponse:
        """Hands a page over, as well as the fault lets it; where the portal has etags, to a client
        that has the page only the word that it has."""
        headers = {"ETag": page.etag} if self.etags else {}
        if self.etags and request.headers.get("If-None-Match") == page.etag:
            self._note(request, 304)
            return web.Response(status=304, headers=headers)
        self._note(request, 200)
        if fault is not None and fault.name in DELIVERY:
            return await self._deliver_badly(request, page, fault)
        return web.Response(body=page.body, headers={"Content-Type": page.content_type, **headers})

    # Pages of results

    async def _search(self, request: web.Request) -> web.StreamResponse:
        number = request.query.get("page", "1")
        results = self.search.results(int(number)) if number.isdecimal() else None
        name = request.match_info.get("layout") or self._layout_now()
        if results is None or name not in SERVICES:
            return await self._nothing(request)
        fault = self._fault_for(request, "search", f"{request.path} {number}")
        if fault is not None and fault.name in BEFORE:
            return await self._refuse(request, fault)
        if fault is not None and fault.name in ("captcha", "soft-404"):
            page = notice(fault.name)
        else:
            self.searched += "layout" not in request.match_info
            page = Printed(SERVICES[name](results).encode(), "text/html; charset=utf-8")
        return await self._answer(request, page, fault)

    def _layout_now(self) -> str:
        for fault in self.faults:
            if fault.name == "redesign" and self.searched >= fault.after:
                return fault.into
        return self.layout

    async def _paper(self, request: web.Request) -> web.StreamResponse:
        index = self.corpus.find(request.match_info["aid"])
        if index is None:
            return await self._nothing(request)
        return await self._answer(request, self.page("article", index))

    def print_ahead(self, count: int) -> None:
        """Print the pages that a breadth-first harvest asks for first, to serve them fast."""
        for index in islice(self._breadth_first(), count):
            page = print_page(self.corpus, "similar", index, self.markup)
            self.shelf.store(("similar", index, self.markup, None), page)

    def _breadth_first(self) -> Iterator[int]:
        seen, queue = {0}, deque([0])
        while queue:
            index = queue.popleft()
            yield index
            fresh = [kin for kin in self.corpus.plan.kin(index) if kin not in seen]
            seen.update(fresh)
            queue.extend(fresh)

    # Faults

    def _fault_for(
        self, request: web.Request, kind: PageKind | Literal["search"], aid: str
    ) -> Fault | None:
        """The first fault that befalls this page now. Counts it."""
        for fault in self.faults:
            if not fault.befalls(self.corpus.seed, aid) or not _applies(fault, kind, request):
                continue
            count = self._befallen[fault.name, kind, aid]
            if count < fault.limit:
                self._befallen[fault.name, kind, aid] = count + 1
                return fault
        return None

    async def _refuse(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.name.isdecimal():
            self._note(request, int(fault.name))
            is_busy = fault.name in ("429", "503")
            headers = {"Retry-After": str(ceil(fault.seconds))} if is_busy else {}
            return web.Response(status=int(fault.name), headers=headers, text="not now\n")
        if fault.name in ("redirect", "redirect-loop"):
            self._note(request, 302)
            target = request.rel_url
            if fault.name == "redirect":
                target = target.with_query(settled_order(list(request.query.items())))
            return web.Response(status=302, headers={"Location": str(target)})
        self._note(request, 0)
        if fault.name == "hang":
            await self.stopped.wait()
        _reset(request)
        return web.Response(status=503)

    async def _deliver_badly(
        self, request: web.Request, page: Printed, fault: Fault
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": page.content_type})
        body = page.body
        if fault.name == "cut-chunk":
            response.enable_chunked_encoding()
        else:
            response.content_length = len(body)
        await response.prepare(request)
        if fault.name == "slow":
            async for piece in self._dripping(body, fault.seconds):
                await response.write(piece)
            return response
        await response.write(body[: len(body) * 3 // 5])
        if request.transport is not None:
            request.transport.close()
        return response

    async def _dripping(self, body: bytes, seconds: float) -> AsyncIterator[bytes]:
        drops = 20
        size = max(1, ceil(len(body) / drops))
        for start in range(0, len(body), size):
            yield body[start : start + size]
            if not self.stopped.is_set():
                try:
                    await asyncio.wait_for(self.stopped.wait(), seconds / drops)
                except TimeoutError:
                    continue

    # Everything else

    async def _robots(self, request: web.Request) -> web.StreamResponse:
        names = {fault.name for fault in self.faults}
        if "robots-503" in names:
            self._note(request, 503)
            return web.Response(status=503, text="busy\n")
        self._note(request, 200)
        lines = ["User-agent: *", f"Disallow: {'/' if 'robots-disallow' in names else '/admin/'}"]
        if self.crawl_delay is not None:
            lines.append(f"Crawl-delay: {self.crawl_delay:g}")
        return web.Response(text="\n".join(lines) + "\n")

    async def _home(self, request: web.Request) -> web.StreamResponse:
        self._note(request, 200)
        return _listing(
            "学科列表",
            [
                (self.corpus.subject_name(subject), f"{SUBJECT}?pcid={pcid}")
                for subject, pcid in self._subject_ids()
            ],
        )

    async def _subject(self, request: web.Request) -> web.StreamResponse:
        asked = request.query.get("pcid", "").upper()
        for path, index in zip(start_paths(self.corpus), self.corpus.starts(), strict=True):
            subject = self.corpus.plan.subject[index]
            if subject_id(self.corpus.seed, subject) == asked:
                self._note(request, 200)
                title = self.corpus.paper(index).title or "相似文献"
                return _listing(self.corpus.subject_name(subject), [(title, path)])
        return await self._nothing(request)

    def _subject_ids(self) -> list[tuple[int, str]]:
        subjects = [self.corpus.plan.subject[index] for index in self.corpus.starts()]
        return [(subject, subject_id(self.corpus.seed, subject)) for subject in subjects]

    async def _truth(self, request: web.Request) -> web.StreamResponse:
        self._note(request, 200)
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        await response.prepare(request)
        pieces = truth_json(self.corpus, f"http://{request.host}")
        while text := "".join(islice(pieces, 50)):
            await response.write(text.encode())
            await asyncio.sleep(0)
        return response

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        self._note(request, 404)
        return web.Response(status=404, text="404 Not Found\n")


def _applies(fault: Fault, kind: PageKind | Literal["search"], request: web.Request) -> bool:
    if kind == "search":
        return fault.name not in ("redirect", "empty", "wrong-total", "wrong-charset", "cut-page")
    if fault.name == "redirect":
        asked = list(request.query.items())
        return asked != settled_order(asked)
    return kind == "similar" or fault.name not in ("empty", "wrong-total")


def _listing(title: str, links: list[tuple[str, str]]) -> web.Response:
    items = "".join(
        f'<li><a href="{href.replace("&", "&amp;")}">{text}</a></li>\n' for text, href in links
    )
    html = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n<ul>\n{items}</ul></body></html>\n"
    )
    return web.Response(text=html, content_type="text/html")


def _reset(request: web.Request) -> None:
    """Close so that the client sees a reset, not an end."""
    transport = request.transport
    if transport is None:
        return
    if (sock := transport.get_extra_info("socket")) is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
