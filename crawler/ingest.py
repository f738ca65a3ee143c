"""A page in, one transaction out. Knows the store, the archive and the reader; no Scrapy."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from crawler.ahead import Ahead
from crawler.capture import Fetched
from crawler.reader import Read, Reader
from crawler.secrets import public
from records import (
    Address,
    Lease,
    PageRefused,
    ReaderFailed,
    ResultPage,
    measures_of,
    page_hash,
    storable,
)
from spiders.pages.problems import problem
from storage import SqlStore
from storage.archive import Archive, Earlier, Exchange, Place, body_digest
from storage.frontier import address_id
from storage.pages import Deposit, Outcome
from storage.revisits import Seen, Span

_MOST_SENT = 512
"""Characters of a header that is sent back."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """Takes the pages of one run. `archive`, `store`: from one thread; `read`: from another."""

    store: SqlStore
    files: Archive | None
    """None: nothing is archived."""
    reader: Reader
    run: int
    delay: int
    """Between requests to hosts met for the first time, microseconds."""
    now: Callable[[], int]
    profile: str | None = None
    """What the pages are read by; None: chosen page by page."""
    span: Span | None = None
    """Between which intervals they are asked for again; None: they are fetched once."""

    def archive(self, fetched: Fetched, same_as: Earlier | None = None) -> Place | None:
        """Write a response as received; when this returns, a kill no longer loses it. `same_as`:
        the one that it says stands (304)."""
        if self.files is None:
            return None
        return self.files.append(replace(exchange_of(public(fetched)), same_as=same_as))

    def read(self, fetched: Fetched) -> Read:
        """What the page says. A page that the reader cannot survive says that, as a problem."""
        fetched = public(fetched)
        return read_or_problem(
            self.reader,
            fetched.body,
            fetched.url,
            fetched.charset,
            fetched.fetched_at,
            self.profile,
        )

    async def read_ahead(self, ahead: Ahead, fetched: Fetched) -> Read:
        """`read`, of many pages at a time."""
        fetched = public(fetched)
        try:
            return await ahead.read(
                fetched.body,
                url=fetched.url,
                charset=fetched.charset,
                fetched_at=fetched.fetched_at,
                profile=self.profile,
            )
        except ReaderFailed as failure:
            return _unread(fetched.url, failure)

    def commit(self, lease: Lease, fetched: Fetched, place: Place | None, read: Read) -> Outcome:
        """The page transaction. A page that the store refuses is stored as that problem alone.

        Raises LateAcknowledgement; then nothing was stored.
        """
        deposit = self._deposit(lease.source, lease.id, fetched, place, read)
        seen = None if self.span is None else seen_of(fetched, self.span)
        return self._store(replace(deposit, lease=lease, seen=seen))

    def enter(
        self, source: str, address: Address, fetched: Fetched, place: Place | None, read: Read
    ) -> Outcome:
        """`commit` for a page that nobody leased: its address is entered as done."""
        deposit = self._deposit(source, address_id(source, address), fetched, place, read)
        return self._store(replace(deposit, enters=address))

    def _deposit(
        self, source: str, address: int, fetched: Fetched, place: Place | None, read: Read
    ) -> Deposit:
        fetched = public(fetched)
        return Deposit(
            source=source,
            run=self.run,
            address=address,
            lease=None,
            url=fetched.url,
            status=fetched.status,
            fetched_at=fetched.fetched_at,
            digest=body_digest(fetched.body),
            charset=fetched.charset,
            place=place,
            reader=read.reader,
            page=read.page,
            signed=read.signed,
            said=read.said,
            measures=read.measures,
            delay=self.delay,
        )

    def _store(self, deposit: Deposit) -> Outcome:
        try:
            return self.store.store_page(deposit, now=self.now())
        except PageRefused as refusal:
            said = _problem_page(deposit.url, "unstorable", str(refusal))
            kept = replace(
                deposit, page=said, signed=(), said=page_hash(said), measures=measures_of(said)
            )
            return self.store.store_page(kept, now=self.now())


def read_or_problem(
    reader: Reader,
    body: bytes,
    url: str,
    charset: str | None,
    fetched_at: int,
    profile: str | None = None,
) -> Read:
    """Read a page; where that fails, a page whose one problem says why."""
    try:
        return reader.read(body, url=url, charset=charset, fetched_at=fetched_at, profile=profile)
    except ReaderFailed as failure:
        return _unread(url, failure)


def _unread(url: str, failure: ReaderFailed) -> Read:
    page = _problem_page(url, "reader-failed", str(failure))
    return Read(page, (), "none", page_hash(page), measures_of(page))


def _problem_page(url: str, code: str, message: str) -> ResultPage:
    """A page of which nothing can be said but what is wrong with it."""
    said = problem(code, storable(message)[0])
    return ResultPage(
        url=url, profile="", confidence=0.0, encoding="", replaced=0, problems=(said,)
    )


def seen_of(fetched: Fetched, span: Span) -> Seen:
    """What a page may be asked for again by: of one that another address sent us to nothing, since
    that address may send us elsewhere."""
    is_direct = fetched.requested == fetched.url
    return Seen(
        span=span,
        etag=_sendable(fetched.header("ETag")) if is_direct else None,
        modified=_sendable(fetched.header("Last-Modified")) if is_direct else None,
    )


def _sendable(value: str | None) -> str | None:
    """A header's value as it can be sent back; None: there is none, or it cannot."""
    if not value or len(value) > _MOST_SENT or not (value.isascii() and value.isprintable()):
        return None
    return value


def exchange_of(fetched: Fetched) -> Exchange:
    """A response as the archive keeps it: no header speaks of the transfer coding, undone here."""
    return Exchange(
        url=fetched.url,
        status=fetched.status,
        reason=fetched.reason,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in fetched.headers
            if name.lower() != b"transfer-encoding"
        ),
        body=fetched.raw,
        fetched_at=fetched.fetched_at,
        address=fetched.address,
    )
