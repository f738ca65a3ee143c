"""The archive kept in order, and what nothing rests on any more let go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crawler.closing import close_left_open
from crawler.moving import recover_moves, remove, write_anew
from records import InputError, StoreError
from storage import SqlStore, manifest
from storage.archive import exchange_in
from storage.retention import Held, held_by_file, needed_at
from storage.rewriting import members_of

WORTH_IT = 0.2
"""Share of a file's bytes that must have become free for it to be written anew: less, and a night
is spent on copying what stays."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of the archive that is left as it is."""

    file: str
    reason: str


@dataclass(slots=True)
class Retained:
    """What came of the archive."""

    closed: list[str] = field(default_factory=list)
    """Files that killed harvests had left open."""
    open: list[str] = field(default_factory=list)
    """Files that stay open, each with the reason."""
    files: int = 0
    """Looked through, of those old enough."""
    removed: list[str] = field(default_factory=list)
    """Files in which nothing was needed."""
    rewritten: dict[str, str] = field(default_factory=dict)
    """Files written anew without what was not needed, with the names of the new ones; of a dry run
    with their own."""
    pages: int = 0
    """Archived pages that went."""
    responses: int = 0
    """Other responses that went: robots.txt, redirects, refusals, pages that had not changed."""
    freed: int = 0
    """Bytes."""
    passed_over: list[PassedOver] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Members of a file."""

    stay: int
    pages: dict[int, int]
    """Length by position of those that may go."""
    responses: dict[int, int]

    @property
    def free(self) -> int:
        return sum(self.pages.values()) + sum(self.responses.values())


def retain(
    store: SqlStore,
    archive: Path,
    *,
    before: int | None,
    dry_run: bool = False,
    progress: Callable[[Retained], None] = lambda _: None,
) -> Retained:
    """Close what killed harvests left open; then, of files closed before a moment (microseconds
    UTC; None: of none), let go what was fetched before it and nothing needs.

    `dry_run`: only say what would go. Raises LockHeld beside a takedown, StoreError where the
    archive cannot be written.
    """
    told = Retained()
    if not archive.is_dir():
        return told
    try:
        if dry_run:
            _let_go(store, archive, before, told, progress, dry_run=True)
            return told
        with store.database.lock("takedown"):
            recover_moves(store, archive)
            closing = close_left_open(store, archive)
            told.closed, told.open = closing.closed, closing.left
            _let_go(store, archive, before, told, progress, dry_run=False)
    except OSError as error:
        raise StoreError(
            f"{error.filename or archive}: cannot be written: {error.strerror}; see that there is "
            "room and that it may be written, then run glean retain again"
        ) from error
    return told


def _let_go(
    store: SqlStore,
    archive: Path,
    before: int | None,
    told: Retained,
    progress: Callable[[Retained], None],
    *,
    dry_run: bool,
) -> None:
    if before is None:
        return
    held_by = held_by_file(store.database, before=before)
    for name, listed in sorted(manifest.load(archive).items()):
        path, held = archive / name, held_by.get(name, Held())
        if not path.exists() or path.stat().st_mtime * 1e6 >= before:
            continue
        if listed.length - held.needed < WORTH_IT * listed.length:
            continue
        told.files += 1
        progress(told)
        found = _sorted(store, archive, listed, held, before)
        if isinstance(found, PassedOver):
            told.passed_over.append(found)
        elif found.free and found.free >= WORTH_IT * listed.length:
            _free(store, archive, name, found, held, told, dry_run=dry_run)


def _sorted(
    store: SqlStore, archive: Path, listed: manifest.Listed, held: Held, before: int
) -> _Sorted | PassedOver:
    """Which members of a file are needed. A file that is not as it was is nobody's to judge."""
    told = manifest.differs(archive, listed)
    if told is not None:
        return PassedOver(listed.file, f"{told}; see glean verify")
    with store.database.read() as connection:
        needed = needed_at(connection, listed.file, held.pages, before=before)
    stay, pages, responses = 0, {}, {}
    for place, member in members_of(archive / listed.file):
        if place.position not in needed:
            if _is_passing(member, before):
                responses[place.position] = place.length
            else:
                stay += 1
        elif needed.pop(place.position):
            stay += 1
        else:
            pages[place.position] = place.length
    if needed:
        return PassedOver(
            listed.file, "pages of the store do not stand where they should; see glean verify"
        )
    return _Sorted(stay, pages, responses)


def _is_passing(member: bytes, before: int) -> bool:
    """Whether a response that is no page of the store is nothing that a page could be made of, and
    old. What might be one stays: a store brought back from a backup does not know it yet."""
    try:
        exchange = exchange_in(member)
    except InputError:
        return False
    is_rules = urlsplit(exchange.url).path == "/robots.txt"
    return exchange.fetched_at < before and (is_rules or not 200 <= exchange.status < 300)


def _free(
    store: SqlStore,
    archive: Path,
    name: str,
    found: _Sorted,
    held: Held,
    told: Retained,
    *,
    dry_run: bool,
) -> None:
    left_out = {*found.pages, *found.responses}
    if not found.stay:
        if not dry_run:
            remove(store, archive, name, held.pages)
        told.removed.append(name)
    elif dry_run:
        told.rewritten[name] = name
    else:
        told.rewritten[name] = write_anew(store, archive, name, left_out=left_out, pages=held.pages)
    told.pages += len(found.pages)
    told.responses += len(found.responses)
    told.freed += found.free
