"""What was taken down, barred in the archive: file by file, each written anew beside the old one
(`crawler.moving`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.capture import body_of
from crawler.ingest import read_or_problem
from crawler.limits import FetchFailed
from crawler.moving import write_anew
from crawler.reader import Read, Reader
from crawler.rules import Rules
from records import InputError, Record
from spiders.pages.decoding import decode
from spiders.pages.redacting import Wordings, redact, wordings
from storage import SqlStore, blocking, takedowns
from storage.archive import Exchange, exchange_in
from storage.captures import Captured
from storage.readings import Said
from storage.rewriting import conversion_of, members_of


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
        self.told.files[file] = write_anew(self.store, self.archive, file, replaced=replaced)
        self.told.members += len(replaced)


def _kind_of(exchange: Exchange) -> str:
    said = (value for name, value in exchange.headers if name.lower() == "content-type")
    return next(said, "text/html")
