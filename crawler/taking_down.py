"""Records taken down, from the tables to the archive, and a receipt of what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crawler.barring import Barred, Barring
from crawler.closing import close_left_open
from crawler.desk import microseconds
from crawler.moving import recover_moves
from crawler.reader import Reader
from crawler.rules import Rules
from crawler.run import settle, settle_and_refresh
from records import Record, StoreError
from storage import SqlStore, takedowns
from storage.captures import Captured
from storage.scrubbing import scrub


@dataclass(slots=True)
class Finished:
    """What going on with takedowns brought."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    """Of those of which nothing is left to be done."""
    left: list[str] = field(default_factory=list)
    """What is still to be done, each with the reason."""


def begin(store: SqlStore, keys: Sequence[str], *, who: str, reason: str) -> int:
    """Take records out of the store and settle it; the takedown's id.

    Raises UsageError where no record has one of the keys; then nothing was done.
    """
    number = store.take_down(keys, who=who, reason=reason, now=microseconds())
    settle_and_refresh(store)
    return number


def finish(
    store: SqlStore,
    archive: Path | None,
    rules: Rules,
    progress: Callable[[Barred], None] = lambda _: None,
) -> Finished:
    """Do what is still to be done of every takedown: settle, bar archived pages, derived indexes,
    what a database keeps of deleted rows. Again after a kill, it goes on.

    Raises LockHeld beside another process that does.
    """
    told = Finished()
    with store.database.lock("takedown"):
        if archive is not None and archive.is_dir():
            recover_moves(store, archive)
        with store.database.read() as connection:
            begun = takedowns.unfinished(connection)
            pages = takedowns.pages_to_bar(connection)
        if not begun and not pages:
            return told
        settle(store)  # whoever took the records out may have been killed before
        sought = tuple(record for each in begun for record in each.sought)
        barred = Barred()
        if archive is None or not archive.is_dir():
            _pass_over(store, pages)
        else:
            told.left += _bar_archive(store, archive, pages, sought, rules, barred, progress)
        if told.left:
            return told
        told.receipts += _close(store, begun, sought, barred)
    return told


def _close(
    store: SqlStore, begun: Sequence[takedowns.Begun], sought: Sequence[Record], barred: Barred
) -> list[dict[str, Any]]:
    """The words that were looked for go before the database is scrubbed, or they would stay."""
    said = {each.id: {**each.receipt} for each in begun}
    with store.database.write() as connection:
        copies = [asdict(each) for each in takedowns.copies(connection)]
        for number, receipt in said.items():
            receipt.setdefault("archive", asdict(barred))
            receipt["copies"] = copies
            takedowns.forget_words(connection, number, receipt)
    if store.related_state().refreshed_to is not None:
        store.refresh(rebuild=True)  # what an index deletes stands in its segments still
    # words forgotten before a kill cannot be looked for: then the database is written anew
    scrubbed = scrub(store.database, sought, anew=any(not each.sought for each in begun))
    with store.database.write() as connection:
        return [
            takedowns.close(
                connection, number, receipt | {"database": asdict(scrubbed)}, now=microseconds()
            )
            for number, receipt in said.items()
        ]


def _bar_archive(
    store: SqlStore,
    archive: Path,
    pages: Sequence[Captured],
    sought: tuple[Record, ...],
    rules: Rules,
    barred: Barred,
    progress: Callable[[Barred], None],
) -> list[str]:
    """Returns what could not be done yet."""
    left = close_left_open(store, archive).left
    by_file: dict[str, dict[int, list[Captured]]] = {}
    for row in pages:
        if row.place is not None:
            by_file.setdefault(row.place.file, {}).setdefault(row.place.position, []).append(row)
    there = {path.name for path in archive.glob("*.warc.gz")}
    busy = {path.stem for path in archive.glob("*.warc.gz.open")}
    with Reader(store.scheme.threshold, profiles=rules.profiles) as reader:
        work = Barring(
            store=store,
            archive=archive,
            reader=reader,
            rules=rules,
            sought=sought,
            told=barred,
            progress=progress,
        )
        for file in sorted(there if sought else there & by_file.keys()):
            try:
                work.bar_file(file, by_file.get(file, {}))
            except OSError as error:
                raise StoreError(
                    f"{archive / file}: cannot be written anew: {error.strerror}; see that there "
                    "is room, then run glean takedown --resume"
                ) from error
    lost = [row for row in pages if row.place is None or row.place.file not in there | busy]
    _pass_over(store, lost)
    return left


def _pass_over(store: SqlStore, pages: Sequence[Captured]) -> None:
    """Pages of which nothing is archived."""
    with store.database.write() as connection:
        for row in pages:
            takedowns.unarchived(connection, row.id)
