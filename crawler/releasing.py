"""Pages let out of quarantine as they are: somebody says that they are as they should be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crawler.desk import microseconds
from crawler.reader import Read
from crawler.readers import Readers
from crawler.reparse import asked, deposit_of
from crawler.rules import Rules
from crawler.run import settle_and_refresh
from records import LateAcknowledgement, PageRefused
from storage import SqlStore
from storage.archive import Members
from storage.captures import Captured


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A page that stays in quarantine."""

    page: int
    url: str
    reason: str


@dataclass(slots=True)
class Released:
    """What releasing pages brought."""

    pages: int = 0
    """Released."""
    records: int = 0
    """On them."""
    new: int = 0
    """Of those, met for the first time."""
    kept: list[Kept] = field(default_factory=list)


def release(
    store: SqlStore,
    archive: Path,
    pages: Sequence[Captured],
    progress: Callable[[Released], None] = lambda _: None,
    *,
    reading: Rules | None = None,
    jobs: int = 1,
) -> Released:
    """Read pages from the archive as they are read now, and store what they say in spite of their
    problems; one transaction a page. Settles at the end.

    `reading`: what pages are read by. A page of which no record is read is kept in quarantine:
    there is nothing to release.
    """
    told, rules = Released(), reading or Rules()
    with (
        Members(archive) as members,
        Readers(store.scheme.threshold, jobs, profiles=rules.profiles) as readers,
    ):
        for row, answer in readers.read(asked(members, pages, rules, unchanged=True)):
            reason = answer.failure or _release_page(store, row, answer.read, told)
            if reason is not None:
                reason = reason.removeprefix(f"{row.url}: ")
                told.kept.append(Kept(page=row.id, url=row.url, reason=reason))
            progress(told)
    settle_and_refresh(store)
    return told


def _release_page(store: SqlStore, row: Captured, read: Read | None, told: Released) -> str | None:
    """Why a page is kept; None: it was released."""
    if read is None or not read.page.records:
        found = () if read is None else read.page.problems
        why = next((each.message for each in found if each.severity == "error"), "it has none")
        return f"no record is read of it: {why}"
    drift = tuple(each for each in row.problems if each.code == "drift")
    page = replace(read.page, problems=(*read.page.problems, *drift))
    try:
        outcome = store.store_page(
            replace(deposit_of(row, read), page=page, released=True), now=microseconds()
        )
    except (PageRefused, LateAcknowledgement) as error:
        return str(error)
    told.pages += 1
    told.records += outcome.records
    told.new += outcome.new
    return None
