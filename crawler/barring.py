"""What was taken down, barred in the archive: file by file, each written anew beside the old one.

A closed file is never changed in place. While the new one is made the store says so, pages are led
to it once it is whole and listed, and only then the old one goes; whoever is killed on the way is
gone on from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.capture import body_of
from crawler.ingest import read_or_problem
from crawler.limits import FetchFailed
from crawler.reader import Read, Reader
from crawler.rules import Rules
from records import InputError, Record
from spiders.pages.decoding import decode
from spiders.pages.redacting import Wordings, redact, wordings
from storage import SqlStore, blocking, manifest, takedowns
from storage.archive import Exchange, Place, body_digest, exchange_in
from storage.captures import Captured
from storage.readings import Said
from storage.rewriting import conversion_of, free_name, members_of, rewrite

_LED_AT_ONCE = 2_000
"""Pages led to a new file in one transaction."""


@dataclass(slots=True)
class Barred:
    """What barring changed in the archive."""

    files: dict[str, str] = field(default_factory=dict)
    """Files written anew, and the names of the new ones."""
    members: int = 0
    """Responses replaced by what may still be read of them."""
    searched: int = 0
    """Responses looked at."""
    said_by_others: list[str] = field(default_factory=list)
    """Addresses of pages where a record that stays says the same."""
    unread: list[str] = field(default_factory=list)
    """Where something stands that cannot be decoded, and so was not searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barring:
    """Bars pages of one archive. Not for several processes at once."""

    store: SqlStore
    archive: Path
    reader: Reader
    rules: Rules
    sought: tuple[Record, ...]
    """Wordings to look for in every response. Empty: only in pages that are named."""
    told: Barred
    progress: Callable[[Barred], None] = lambda _: None

    def bar_file(self, file: str, pages: Mapping[int, Sequence[Captured]]) -> None:
        """Bar what a file holds; `pages`: of the store that are to be barred, by their position in
        the file. Raises OSError where the archive cannot be written; the file is then as it was."""
        replaced: dict[int, bytes] = {}
        said: dict[int, str] = {}
        words = wordings(self.sought)
        for place, member in members_of(self.archive / file):
            rows = pages.get(place.position, ())
            if not rows and not self.sought:
                continue
            self.told.searched += 1
            self.progress(self.told)
            try:
                exchange = exchange_in(member)
                body = body_of(exchange)
            except (InputError, FetchFailed) as error:
                self.told.unread.append(f"{file}, byte {place.position}: {error}")
                continue
            if not rows and not words.stand_in(decode(body).text):
                continue
            barred = self._bar(exchange, body, rows, words)
            if barred != body:
                kind = _kind_of(exchange)
                replaced[place.position] = conversion_of(member, barred, kind)
            if rows:
                hashed = self._read(barred, exchange, rows).said
                said |= {row.id: hashed for row in rows}
        if replaced:
            self._replace(file, replaced)
        with self.store.database.write() as connection:
            for page, hashed in said.items():
                takedowns.barred(connection, page, said=hashed)

    def _bar(
        self, exchange: Exchange, body: bytes, rows: Sequence[Captured], words: Wordings
    ) -> bytes:
        read = self._read(body, exchange, rows)
        pairs = zip(read.page.records, read.signed, strict=True)
        said = [Said(record, signed) for record, signed in pairs]
        with self.store.database.read() as connection:
            held = blocking.blocked_among(connection, said, self.store.scheme)
        taken = [each.record for each in held]
        gone = {id(each) for each in taken}
        kept = [each for each in read.page.records if id(each) not in gone]
        encoding = read.page.encoding or decode(body).encoding
        barred = redact(body, encoding, taken, kept, self.sought)
        if words.stand_in(decode(barred).text):
            self.told.said_by_others.append(exchange.url)
        return barred

    def _read(self, body: bytes, exchange: Exchange, rows: Sequence[Captured]) -> Read:
        row = next(iter(rows), None)
        return read_or_problem(
            self.reader,
            body,
            exchange.url,
            row.charset if row else None,
            exchange.fetched_at,
            self.rules.named.get(row.source) if row else None,
        )

    def _replace(self, file: str, replaced: Mapping[int, bytes]) -> None:
        new = free_name(self.archive, file)
        with self.store.database.write() as connection:
            takedowns.begin_move(connection, file, new)
        listed, places = rewrite(self.archive, file, new, replaced)
        manifest.add(self.archive, listed)
        digests = {at: body_digest(exchange_in(member).body) for at, member in replaced.items()}
        _lead_over(self.store, self.archive, file, places, digests)
        self.told.files[file] = new
        self.told.members += len(replaced)


def _lead_over(
    store: SqlStore,
    archive: Path,
    old: str,
    places: Mapping[int, Place],
    digests: Mapping[int, str],
) -> None:
    """Lead the pages of a file to the whole new one, and remove the old."""
    led = 1
    while led:
        with store.database.write() as connection:
            led = takedowns.lead(connection, old, places, digests, _LED_AT_ONCE)
    (archive / old).unlink(missing_ok=True)
    manifest.strike(archive, old)
    with store.database.write() as connection:
        takedowns.end_move(connection, old)


def recover_moves(store: SqlStore, archive: Path) -> None:
    """Go on where somebody was killed while a file was written anew."""
    with store.database.read() as connection:
        moves = takedowns.moves(connection)
    listed = manifest.load(archive)
    for old, new in moves:
        if new not in listed:  # not whole: the old one stands, and is begun again
            (archive / new).unlink(missing_ok=True)
            with store.database.write() as connection:
                takedowns.end_move(connection, old)
            continue
        places, digests = {}, {}
        if (archive / old).exists():
            pairs = zip(members_of(archive / old), members_of(archive / new), strict=True)
            for (before, was), (after, now) in pairs:
                places[before.position] = after
                if now != was:
                    digests[before.position] = body_digest(exchange_in(now).body)
        _lead_over(store, archive, old, places, digests)


def _kind_of(exchange: Exchange) -> str:
    said = (value for name, value in exchange.headers if name.lower() == "content-type")
    return next(said, "text/html")
