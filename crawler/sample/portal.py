"""A portal that runs: in a thread of this process, from ``with`` to its end."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from crawler.sample.corpus import Corpus, Planted
from crawler.sample.faults import Fault, as_faults
from crawler.sample.markups import MARKUPS
from crawler.sample.search import SEARCH
from crawler.sample.services import SERVICES
from crawler.sample.site import Site, Visit
from crawler.sample.truth import article_truth, page_truth, record_truth, start_paths
from records import GleaningsError, UsageError


class PortTaken(GleaningsError):
    """The port is in use; the portal does not start."""


class Truth:
    """What was planted, and what every record says; written when asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    @property
    def pairs(self) -> list[Planted]:
        """Every planted pair; `Planted.duplicate` says whether the two are one work."""
        return list(self._corpus.planted())

    @property
    def aids(self) -> list[str]:
        """Of all records, by number."""
        return [self._corpus.aid(index) for index in range(self._corpus.size)]

    def record(self, aid: str) -> dict[str, Any]:
        """One record as a reader should print it. Raises KeyError."""
        return record_truth(self._corpus, self._index(aid))

    def page(self, aid: str) -> list[dict[str, Any]]:
        """What the page of a record's kin lists, in order. Raises KeyError."""
        return page_truth(self._corpus, self._index(aid))

    def article(self, aid: str) -> dict[str, Any]:
        """What the record's own page says. Raises KeyError."""
        return article_truth(self._corpus, self._index(aid))

    def kin(self, aid: str) -> list[str]:
        """The aids that the page lists, in order. Raises KeyError."""
        return [self._corpus.aid(index) for index in self._corpus.plan.kin(self._index(aid))]

    def _index(self, aid: str) -> int:
        index = self._corpus.find(aid)
        if index is None:
            raise KeyError(aid)
        return index


class Portal:
    """A similar-literature site of synthetic records on loopback.

    Same seed, same bytes. Usable once, as a context manager; several may run at once.
    ``records`` is how many there are; ``port`` 0 takes a free one; ``search`` is the layout of its
    search service; ``keep`` is how many printed pages stay in memory, ``print_ahead`` how many of
    the pages that a breadth-first harvest asks for first are printed before serving (into a
    temporary file).
    """

    def __init__(
        self,
        records: int = 300,
        seed: int = 7,
        markup: str = "table",
        faults: Iterable[Fault | str] = (),
        port: int = 0,
        host: str = "127.0.0.1",
        crawl_delay: float | None = None,
        *,
        search: str = "items",
        etags: bool = False,
        keep: int = 256,
        print_ahead: int = 0,
    ) -> None:
        if records < 1:
            raise UsageError(f"a portal of {records} records; write 1 or more")
        self.corpus = Corpus(records, seed)
        self.truth = Truth(self.corpus)
        self._site = Site(self.corpus, _known(markup), as_faults(faults), crawl_delay, keep)
        self.search = search
        self.etags = etags
        self._ahead = print_ahead
        self._address = (host, port)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        listener = _listen(*self._address)
        self._address = listener.getsockname()[:2]
        try:
            self._site.print_ahead(self._ahead)
        except BaseException:
            listener.close()
            self._site.shelf.close()
            raise
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)), name="sample-portal"
        )
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._site.stopped.set)
            self._thread.join()
        self._site.shelf.close()

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        # Handlers end when their client leaves, so that nothing outlives a killed harvest.
        runner = web.AppRunner(
            self._site.application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=1.0,
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listener, backlog=256).start()
            ready.set()
            await self._site.stopped.wait()
        finally:
            ready.set()
            await runner.cleanup()

    @property
    def port(self) -> int:
        return self._address[1]

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://{self._address[0]}:{self.port}"

    @property
    def start(self) -> list[str]:
        """Start addresses, one a subject; from the first of them links lead to every record."""
        return [self.url + path for path in start_paths(self.corpus)]

    @property
    def log(self) -> list[Visit]:
        """Every request so far, oldest first. The list grows while the portal runs."""
        return self._site.log

    @property
    def markup(self) -> str:
        return self._site.markup

    @markup.setter
    def markup(self, name: str) -> None:
        self._site.markup = _known(name)

    @property
    def search(self) -> str:
        """Layout of the search service, where its address names none: one of `SERVICES`."""
        return self._site.layout

    @search.setter
    def search(self, name: str) -> None:
        if name not in SERVICES:
            raise UsageError(f"no search page is called {name!r}; there are: {', '.join(SERVICES)}")
        self._site.layout = name

    def search_address(self, layout: str | None = None) -> str:
        """The first page of results, of the layout that the portal has or of one by name."""
        return f"{self.url}{SEARCH}" + (f"/{layout}" if layout else "")

    @property
    def found(self) -> list[dict[str, Any]]:
        """What the search service lists on all its pages, in order: `Search.truth`."""
        return self._site.search.truth()

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._site.faults

    @faults.setter
    def faults(self, faults: Iterable[Fault | str]) -> None:
        self._site.misbehave(as_faults(faults))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds, as robots.txt states it. None: it states none."""
        return self._site.crawl_delay

    @crawl_delay.setter
    def crawl_delay(self, seconds: float | None) -> None:
        self._site.crawl_delay = seconds

    @property
    def etags(self) -> bool:
        """Whether its pages have an ETag, and a client that has the page is told so (304)."""
        return self._site.etags

    @etags.setter
    def etags(self, on: bool) -> None:
        self._site.etags = on

    def truth_page(self, aid: str) -> list[dict[str, Any]]:
        """What a reader of the page of this record's kin should find, in order: rank, title,
        authors, venue, year, volume, issue, pages, abstract, cited_by, free_pdf, aid and more.

        Plain text shows less: ``text`` no aids, ``bare`` nothing but abstracts (a title where
        there is none). Raises KeyError.
        """
        return self.truth.page(aid)


def _known(markup: str) -> str:
    if markup not in MARKUPS:
        raise UsageError(f"no mark-up is called {markup!r}; there are: {', '.join(MARKUPS)}")
    return markup


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=256)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} on {host} is in use; stop what listens there or choose another port"
            ) from error
        raise PortTaken(f"cannot listen on {host} port {port}: {error.strerror}") from error
