"""Pages that others archived or saved: through the same door as fetched ones, without a network."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from crawler.capture import Fetched
from crawler.config import MOST_QUARANTINED, Config, check_address
from crawler.desk import microseconds
from crawler.ingest import Ingest
from crawler.names import source_name
from crawler.reader import Reader
from crawler.rules import rules_of
from crawler.run import opened_archive, settle_and_refresh
from crawler.secrets import public
from crawler.sitting import Progress, Sitting
from dedup.scheme import Scheme
from records import Address, Run, UsageError, normal_address
from spiders.pages import address_of
from storage import SqlStore, imports, ledger, lost, open_store
from storage.archive import body_digest
from storage.warcs import Broken, Skipped

_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of an input, ready to be stored."""

    fetched: Fetched
    file: str | None
    """Address of the file it was saved in, for where another of the run has the page's own. None:
    of an archive, where the newer of two takes the place of the older."""


Input = Iterable[Found | Skipped | Broken]


@dataclass(slots=True)
class Imported:
    """What an import brought."""

    run: Run
    skipped: Counter[str] = field(default_factory=Counter)
    """Records and files that are nothing to read, by kind."""
    broken: int = 0
    named: list[Broken] = field(default_factory=list)
    """The first that cannot be used."""


def import_pages(
    config: Config,
    source: str,
    pages: Input,
    *,
    store_url: str,
    depth: int = 0,
    fresh: bool = False,
    budget: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    now: Callable[[], int] = microseconds,
) -> Imported:
    """Archive, read and store pages as a run of a source, each once; settle.

    An import that was stopped or killed, or that found too many bad pages, goes on as the same run,
    and takes nothing of it twice.
    Addresses are entered as done; what the pages lead to is entered as found. Raises UsageError
    where a harvest of the source is not finished, LockHeld, StoreError.
    """
    begun = time.monotonic()
    scheme = Scheme.from_threshold(config.dedup.threshold)
    with ExitStack() as stack:
        related = config.store.related_folder(store_url)
        store = stack.enter_context(
            open_store(store_url, scheme=scheme, create=True, related_folder=related)
        )
        stack.enter_context(store.database.lock(f"harvest {source}"))
        files = opened_archive(config, source, stack)
        rules = rules_of(config)
        reader = stack.enter_context(Reader(scheme.threshold, profiles=rules.profiles))
        with store.database.write() as connection:
            run = imports.begin(
                connection, source, depth=depth, budget=budget, fresh=fresh, now=now()
            )
            lost.take_back(connection, source)
            stored = ledger.pages_of(connection, run)
        delay = int(config.network.delay * 1e6)
        ingest = Ingest(store, files, reader, run, delay, now, rules.named.get(source))
        told = Progress(pages=stored, budget=budget)
        sitting = Sitting(progress=told, most_quarantined=_share_of(config, source))
        intake = _Intake(ingest, source, sitting, progress)
        reason = intake.take(pages)
        with store.database.write() as connection:
            imports.end(
                connection,
                run,
                reason=reason,
                failed=intake.broken,
                seconds=time.monotonic() - begun,
                now=now(),
            )
        settle_and_refresh(store)
        with store.database.read() as connection:
            figures = ledger.figures(connection, run)
    figures = replace(figures, failed=intake.broken)
    return Imported(figures, intake.skipped, intake.broken, intake.named)


def _share_of(config: Config, source: str) -> float:
    """Of its pages in quarantine: beyond it the import of a source ends."""
    known = config.sources.get(source)
    return MOST_QUARANTINED if known is None else known.quarantine


@dataclass(slots=True)
class _Intake:
    """Takes one page after another."""

    ingest: Ingest
    source: str
    sitting: Sitting
    tell: Callable[[Progress], None]
    skipped: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    named: list[Broken] = field(default_factory=list)

    def take(self, pages: Input) -> str:
        """Why it ended."""
        told = self.sitting.progress
        try:
            for each in pages:
                if isinstance(each, Skipped):
                    self.skipped[each.kind] += 1
                elif isinstance(each, Broken):
                    self._note(each)
                elif told.budget is not None and told.pages + told.quarantined >= told.budget:
                    return imports.BUDGET
                else:
                    self._page(each)
                self.tell(told)
                if self.sitting.is_past_its_share:
                    return imports.PAST_SHARE
        except KeyboardInterrupt:
            return imports.STOPPED
        return imports.DONE

    def _note(self, broken: Broken) -> None:
        self.broken += 1
        self.sitting.progress.failed += 1
        if len(self.named) < _NAMED:
            self.named.append(broken)

    def _page(self, found: Found) -> None:
        fetched = public(found.fetched)
        address = self._free(found, fetched)
        if address is None:
            self.skipped["taken already"] += 1
            return
        place = self.ingest.archive(fetched)
        read = self.ingest.read(fetched)
        self.sitting.count(self.ingest.enter(self.source, address, fetched, place, read))

    def _free(self, found: Found, fetched: Fetched) -> Address | None:
        """The address under which a page is entered; None: the run has it, or a newer one."""
        digest = body_digest(fetched.body)
        own = _address(fetched.url)
        stands = self._stands(own)
        if stands is None:
            return own
        if found.file is None:
            newer = (fetched.fetched_at, digest) > (stands.fetched_at, stands.digest)
            return own if newer else None
        if stands.digest == digest:
            return None
        filed = _address(found.file)
        stands = self._stands(filed)
        return filed if stands is None or stands.digest != digest else None

    def _stands(self, address: Address) -> imports.Stands | None:
        store: SqlStore = self.ingest.store
        with store.database.read() as connection:
            return imports.stands(connection, self.source, address, self.ingest.run)


def _address(url: str) -> Address:
    return address_of(url) or Address(url=url, fingerprint=normal_address(url), kind="listing")


def is_address(url: str) -> bool:
    """Whether a page can be of an address: http or https, with a host, and nothing unseen in it."""
    if not url.isprintable() or not url.lower().startswith(("http://", "https://")):
        return False
    try:
        check_address(url)
    except ValueError:
        return False
    return True


def check_source(name: str) -> str:
    """A name for a source. Raises UsageError."""
    try:
        return source_name(name)
    except ValueError as error:
        raise UsageError(str(error)) from error
