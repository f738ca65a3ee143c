"""The archive checked: against its manifest, and against the pages that the store knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crawler.capture import body_of
from crawler.limits import FetchFailed
from records import InputError
from storage import SqlStore, manifest
from storage.archive import Members, body_digest, exchange_in
from storage.captures import Captured, captured

_NAMED = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of the archive that is not as it was."""

    what: str
    """A file of the archive, or the address of a page."""
    reason: str


@dataclass(slots=True)
class Verified:
    """What checking the archive found."""

    files: int = 0
    """Listed in the manifest."""
    unlisted: list[str] = field(default_factory=list)
    """Files that are not: being written, or left by a kill. The next harvest of their source closes
    and lists them."""
    pages: int = 0
    """Of the store."""
    archived: int = 0
    """Those of them that are said to stand in the archive."""
    faults: int = 0
    """Files that are not as listed, and pages that cannot be read out of the archive as they were
    fetched."""
    named: list[Fault] = field(default_factory=list)
    """The first of the faults."""

    def found(self, what: str, reason: str) -> None:
        self.faults += 1
        if len(self.named) < _NAMED:
            self.named.append(Fault(what, reason))


def verify(
    store: SqlStore,
    archive: Path,
    progress: Callable[[Verified], None] = lambda _: None,
    *,
    repair: bool = False,
) -> Verified:
    """Check every file that the manifest lists for length and SHA-256, and of every archived page
    that its place holds one whole response, of its address, with its body. With `repair`, closed
    files that are whole and not in the manifest are put there.

    Raises InputError where the manifest cannot be read.
    """
    told = Verified()
    try:
        listed = manifest.load(archive)
    except OSError as error:
        raise InputError(f"{archive / manifest.NAME}: {error.strerror}") from error
    for each in listed.values():
        told.files += 1
        if (reason := manifest.differs(archive, each)) is not None:
            told.found(each.file, reason)
        progress(told)
    there = sorted(path.name for path in archive.glob("*.warc.gz*"))
    told.unlisted = [name for name in there if name not in listed]
    if repair:
        told.unlisted = [name for name in told.unlisted if not _list(archive, name)]
    with Members(archive) as members:
        for row in captured(store.database):
            told.pages += 1
            told.archived += row.place is not None
            if (reason := _wrong(members, row)) is not None:
                told.found(row.url, reason)
            progress(told)
    return told


def _list(archive: Path, name: str) -> bool:
    """Put a file into the manifest; False: it is being written, or not whole."""
    described = manifest.describe(archive / name) if name.endswith(".warc.gz") else None
    if described is None:
        return False
    manifest.add(archive, described)
    return True


def _wrong(members: Members, row: Captured) -> str | None:
    """What is wrong with a page's place in the archive; None: nothing, or it has none."""
    if row.place is None:
        return None
    try:
        exchange = exchange_in(members.member(row.place))
    except InputError as error:
        return f"{row.place.file}, byte {row.place.position}: {error}"
    if exchange.url != row.url:
        return f"{row.place.file}, byte {row.place.position}: holds {exchange.url} instead"
    try:
        digest = body_digest(body_of(exchange))
    except FetchFailed as error:
        return f"{row.place.file}, byte {row.place.position}: {error}"
    if digest != row.digest:
        return f"{row.place.file}, byte {row.place.position}: holds another body"
    return None
