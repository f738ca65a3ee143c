"""The archive read again through today's readers: no network, no Scrapy."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from crawler.changes import Changes
from crawler.desk import microseconds
from crawler.reader import Read
from crawler.readers import Answered, Asked, Readers
from crawler.rules import Rules
from crawler.run import settle_and_refresh
from records import InputError, LateAcknowledgement, PageRefused
from storage import SqlStore
from storage.archive import Members
from storage.captures import Captured, captured, stored_page
from storage.pages import Deposit

_NAMED = 20
"""Pages that could not be read, named with the reason."""


@dataclass(slots=True)
class Work:
    """What one half of a reparse took, both going on at once."""

    pages: int = 0
    seconds: float = 0.0
    """Of the clock, while this half was what the other waited for."""
    cpu_seconds: float = 0.0
    """Of processors, over all processes."""

    @property
    def pages_per_second(self) -> float | None:
        """None: too little to tell."""
        return round(self.pages / self.seconds, 1) if self.seconds else None

    @property
    def pages_per_cpu_second(self) -> float | None:
        """None: too little to tell."""
        return round(self.pages / self.cpu_seconds, 1) if self.cpu_seconds else None


@dataclass(frozen=True, slots=True)
class Missing:
    """A page that was left as it is."""

    url: str
    reason: str


@dataclass(slots=True)
class Reparsed:
    """What reading the archive again changed: every page is in one of the counts after `pages`."""

    pages: int = 0
    unchanged: int = 0
    changed: int = 0
    """Pages that read otherwise now; in quarantine now if they were before."""
    mended: int = 0
    """Quarantined pages that pass their check now."""
    quarantined: int = 0
    """Pages that fail their check now, and did not before."""
    missing: int = 0
    """Pages left as they are: the archive does not hold them whole, or reading them failed."""
    finished: bool = False
    """Whether all were looked at."""
    changes: Changes = field(default_factory=Changes)
    named: list[Missing] = field(default_factory=list)
    """The first of the missing."""
    reading: Work = field(default_factory=Work)
    storing: Work = field(default_factory=Work)


def reparse(
    store: SqlStore,
    archive: Path,
    sources: Collection[str] = (),
    progress: Callable[[Reparsed], None] = lambda _: None,
    *,
    jobs: int = 1,
    dry_run: bool = False,
    reading: Rules = Rules(),
) -> Reparsed:
    """Read archived pages again, of some sources or of all; one transaction a page that changed.

    A page whose reading is unchanged is left alone. `jobs`: processes that read; what comes of it
    is the same whatever their number. `dry_run`: nothing is stored. `reading`: what pages are read
    by. Settles at the end, also after
    Ctrl-C, which leaves every page as it was or as it is read now.
    """
    told = Reparsed()
    clock = _Clock(told)
    with (
        Members(archive) as members,
        Readers(store.scheme.threshold, jobs, profiles=reading.profiles) as readers,
    ):
        try:
            pages = captured(store.database, sources)
            for row, answer in readers.read(asked(members, pages, reading)):
                clock.read(answer)
                _take(store, row, answer, told, dry_run=dry_run)
                clock.stored()
                progress(told)
            told.finished = True
        except KeyboardInterrupt:
            pass
    clock.end()
    if not dry_run:
        settle_and_refresh(store)
    return told


class _Clock:
    """Shares out this process's time to reading and storing."""

    def __init__(self, told: Reparsed) -> None:
        self._told = told
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def _passed(self, work: Work) -> None:
        clock, cpu = time.perf_counter(), time.process_time()
        work.seconds += clock - self._clock
        work.cpu_seconds += cpu - self._cpu
        self._clock, self._cpu = clock, cpu

    def read(self, answer: Answered) -> None:
        self._passed(self._told.reading)
        self._told.reading.pages += 1
        self._told.reading.cpu_seconds += answer.seconds

    def stored(self) -> None:
        self._passed(self._told.storing)

    def end(self) -> None:
        self._passed(self._told.reading)


def asked(
    members: Members, pages: Iterable[Captured], reading: Rules, *, unchanged: bool = False
) -> Iterator[tuple[Captured, Asked]]:
    """Stored pages as they are asked for again; `unchanged`: also those that say what they said."""
    for row in pages:
        member, missing = b"", None
        try:
            if row.place is None:
                missing = "was not archived"
            else:
                member = members.member(row.place)
        except InputError as error:
            missing = str(error)
        yield (
            row,
            Asked(
                url=row.url,
                charset=row.charset,
                fetched_at=row.fetched_at,
                profile=reading.named.get(row.source),
                said="" if unchanged else row.said,
                member=member,
                missing=missing,
            ),
        )


def _take(
    store: SqlStore, row: Captured, answer: Answered, told: Reparsed, *, dry_run: bool
) -> None:
    told.pages += 1
    if answer.failure is not None:
        _miss(told, row, answer.failure)
    elif answer.read is None:
        told.unchanged += 1
    else:
        _supersede(store, row, answer.read, told, dry_run=dry_run)


def _miss(told: Reparsed, row: Captured, reason: str) -> None:
    told.missing += 1
    if len(told.named) < _NAMED:
        told.named.append(Missing(row.url, reason.removeprefix(f"{row.url}: ")))


def _supersede(
    store: SqlStore, row: Captured, read: Read, told: Reparsed, *, dry_run: bool
) -> None:
    with store.database.read() as connection:
        before = stored_page(connection, row.id)
    after, is_ok = read.page, read.page.ok
    if not dry_run:
        try:
            outcome = store.store_page(deposit_of(row, read), now=microseconds())
        except (PageRefused, LateAcknowledgement) as error:
            _miss(told, row, str(error))
            return
        told.storing.pages += 1
        after = replace(after, problems=(*after.problems, *outcome.drift))
        is_ok = not outcome.quarantined
    told.mended += is_ok and row.quarantined
    told.quarantined += not is_ok and not row.quarantined
    told.changed += is_ok is not row.quarantined
    told.changes.add(row.id, row.url, before, after)


def deposit_of(row: Captured, read: Read) -> Deposit:
    """A stored page as it reads now."""
    return Deposit(
        source=row.source,
        run=row.run,
        address=row.address,
        lease=None,
        instead_of=row.change_no,
        url=row.url,
        status=row.status,
        fetched_at=row.fetched_at,
        digest=row.digest,
        charset=row.charset,
        place=row.place,
        reader=read.reader,
        page=read.page,
        signed=read.signed,
        said=read.said,
        measures=read.measures,
    )
