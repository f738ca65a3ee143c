"""One harvest of one source, from its locks to its closing figures."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from crawler.config import Config, Source, require_contact
from crawler.desk import QUARANTINE_SHARE, Desk
from crawler.ingest import Ingest
from crawler.patience import patiently
from crawler.reader import Reader
from crawler.rules import require_allowed, rules_of
from crawler.sitting import Progress
from crawler.terms import Terms
from dedup.scheme import Scheme
from records import GleaningsError, LockHeld, Run
from spiders.pages import READER
from spiders.pages.known import Profiles, profiles_of
from storage import SqlStore, ledger, lost, open_store, takedowns, walks
from storage.archive import Archive
from storage.revisits import Span

if TYPE_CHECKING:
    from spiders.starts import StartsSpider

_SETTLE_AGAIN_SECONDS = 0.2


class Harvest:
    """All that a harvest holds while it runs: store, lock, archive, reader process, its run.

    A context manager; leaving it without `finish` leaves the run to go on another time. Raises
    StoreError, LockHeld, ConfigError when entered.
    """

    def __init__(
        self,
        config: Config,
        source: Source,
        *,
        store_url: str,
        fresh: bool = False,
        budget: int | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        now: Callable[[], int] | None = None,
    ) -> None:
        """`budget`: pages of the run, instead of the source's own; `now`: microseconds UTC, instead
        of the store's clock."""
        self._config = config
        self._source = source
        self._store_url = store_url
        self._fresh = fresh
        self._budget = source.pages if budget is None else budget
        self._progress = progress
        self._now = now
        self._stack = ExitStack()
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._open(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything. Once is enough; more does no harm."""
        self._stack.close()

    def _open(self, stack: ExitStack) -> None:
        config, source = self._config, self._source
        folder = rules_of(config).profiles
        profiles = profiles_of(folder)
        scheme = Scheme.from_threshold(config.dedup.threshold)
        self._store = stack.enter_context(
            open_store(
                self._store_url,
                scheme=scheme,
                create=True,
                related_folder=config.store.related_folder(self._store_url),
            )
        )
        database = self._store.database
        self._lock = stack.enter_context(database.lock(f"harvest {source.name}", joins=True))
        if self._fresh and not self._lock.alone:
            raise LockHeld(
                f"harvest {source.name}: others are at it; --fresh begins once they have ended"
            )
        now = self._now or database.now
        files = opened_archive(config, source.name, stack, mend=self._lock.alone)
        reader = stack.enter_context(Reader(scheme.threshold, profiles=folder))
        reader.begin()
        delay = int(config.network.delay * 1e6)
        span = span_of(source)
        with database.write() as connection:
            if self._lock.alone:
                lost.take_back(connection, source.name)
            self._run = ledger.begin_run(
                connection,
                source.name,
                depth=source.steps,
                budget=self._budget,
                fresh=self._fresh,
                now=now(),
                span=span,
            )
        self._lock.share()
        self.desk = Desk(
            self._store,
            Ingest(
                self._store,
                files,
                reader,
                self._run,
                delay,
                now,
                source.profile or None,
                span,
            ),
            self._terms(delay, span, profiles),
            self._lock,
            progress=self._progress,
            now=now,
        )

    def _terms(self, delay: int, span: Span | None, profiles: Profiles) -> Terms:
        source = self._source
        return Terms(
            source=source.name,
            depth=source.steps,
            budget=self._budget,
            delay=delay,
            concurrency=self._config.network.concurrency,
            retries=self._config.network.retries,
            least=lambda host: int(profiles.least_delay(f"http://{host}") * 1e6),
            span=span,
            reader=READER,
            quarantine=source.quarantine,
        )

    def is_any_to_bar(self) -> bool:
        """Whether pages list again what was taken down."""
        with self._store.database.read() as connection:
            return takedowns.is_any_to_bar(connection)

    def finish(self) -> Run:
        """Close the sitting, settle the store, and return the run with its figures.

        Raises what ended the harvest, where something unforeseen did.
        """
        self.desk.end()
        ending = patiently(self._end_sitting, self._lock.keep)
        if self.desk.fault is not None:
            raise self.desk.fault
        patiently(partial(settle_and_refresh, self._store))
        with self._store.database.read() as connection:
            figures = ledger.figures(connection, self._run)
        return replace(figures, reason=ending.reason, finished=ending.finished)

    def _end_sitting(self) -> "_Ending":
        """Close the run, if no other process is at it any more."""
        fault, reason = self.desk.fault, self.desk.reason
        seconds = time.monotonic() - self._begun
        is_last = self._lock.is_last()
        with self._store.database.write() as connection:
            if reason == "nothing due":
                reason = walks.ending_of_run(connection, self._run) or reason
            finished = reason not in ("stopped", QUARANTINE_SHARE) and fault is None
            ending = _Ending(reason if fault is None else "failed", finished)
            if is_last:
                ledger.end_run(
                    connection,
                    self._run,
                    reason=ending.reason,
                    finished=finished,
                    seconds=seconds,
                    now=self._store.database.now(),
                )
            else:
                ledger.leave_run(connection, self._run, seconds=seconds)
        return ending


class _Ending(NamedTuple):
    reason: str
    finished: bool


def span_of(source: Source) -> Span | None:
    """Between which intervals the pages of a source are asked for again; None: they are not."""
    return Span(*(int(each * 1e6) for each in source.revisit)) if source.revisit else None


def opened_archive(
    config: Config, source: str, stack: ExitStack, *, mend: bool = True
) -> Archive | None:
    """The archive that a source's pages go into; closed with `stack`. None: nothing is archived.

    `mend`: make whole what a killed writer left. Only for who is alone on the source.
    """
    if not config.store.archive:
        return None
    files = Archive(Path(config.store.archive), source)
    if mend:
        files.recover()
    stack.callback(files.close)
    return files


def settle(store: SqlStore) -> None:
    """Settle; where another process is at it, after it: what it left behind is still ours."""
    while True:
        try:
            store.settle()
        except LockHeld:
            time.sleep(_SETTLE_AGAIN_SECONDS)
        else:
            break


def settle_and_refresh(store: SqlStore) -> None:
    """Settle. Then bring up the index of related literature, which nothing waits for: where that
    cannot be done, ``glean status`` says how far it is behind."""
    settle(store)
    with suppress(GleaningsError):
        store.refresh()


def spider_of(source: Source) -> "type[StartsSpider]":
    """The spider that a source names."""
    from spiders.listing import ListingSpider
    from spiders.similar import SimilarSpider

    return {"similar": SimilarSpider, "listing": ListingSpider}[source.spider]


def harvest(
    config: Config,
    source: Source,
    *,
    store_url: str,
    fresh: bool = False,
    budget: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Run:
    """Harvest one source until nothing is due, its budget is spent, or a signal stops it; settle.

    Once a process, since Scrapy's reactor cannot start again. Raises ConfigError without a contact
    for a public site, UsageError for a start that its spider does not take, LockHeld beside another
    harvest of the source, StoreError.
    """
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.settings import settings_for

    spider = spider_of(source)
    starts = [address.url for address in spider.addresses([*source.addresses()])]
    require_allowed(profiles_of(config.reading.profiles), starts)
    require_contact(config, starts)
    with Harvest(
        config, source, store_url=store_url, fresh=fresh, budget=budget, progress=progress
    ) as opened:
        process = AsyncCrawlerProcess(settings_for(config))
        process.crawl(spider, url=starts, desk=opened.desk)
        handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
        process.start()
        for each, handler in handlers.items():  # Scrapy's would have a long settling heed neither
            signal.signal(each, handler)
        ended, came_back = opened.finish(), opened.is_any_to_bar()
    if came_back:  # once the archive's file is closed
        _bar_what_came_back(config, store_url)
    return ended


def _bar_what_came_back(config: Config, store_url: str) -> None:
    """Bar pages of the archive that list again what was taken down; what cannot be barred now, the
    next ``glean takedown --resume`` or harvest bars."""
    from crawler.taking_down import finish

    archive = config.store.archive
    related = config.store.related_folder(store_url)
    with suppress(LockHeld), open_store(store_url, related_folder=related) as store:
        finish(store, Path(archive) if archive else None, rules_of(config))
