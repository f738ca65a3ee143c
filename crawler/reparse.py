"""The archive read again through today's reader: no network, no Scrapy."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from crawler.desk import microseconds
from crawler.limits import FetchFailed, codings_of, decoded
from crawler.reader import Read, Reader
from crawler.run import settle_in_turn
from records import InputError, PageRefused, ReaderFailed, Record, as_json
from storage import SqlStore, asking
from storage.archive import read_exchange
from storage.captures import Captured, captured
from storage.pages import Deposit

_MAX_BYTES = 1 << 30


@dataclass(slots=True)
class Reparsed:
    """What reading the archive again changed."""

    pages: int = 0
    unchanged: int = 0
    changed: int = 0
    """Pages whose records read otherwise now."""
    mended: int = 0
    """Quarantined pages that pass their check now."""
    quarantined: int = 0
    """Pages that fail their check now, and did not before."""
    missing: int = 0
    """Pages left as they are: the archive does not hold them whole, or reading them failed."""
    fields: Counter[str] = field(default_factory=Counter)
    """How many records changed in each field; ``record``: came or went."""


def reparse(
    store: SqlStore,
    archive: Path,
    sources: Collection[str] = (),
    progress: Callable[[Reparsed], None] = lambda _: None,
) -> Reparsed:
    """Read archived pages again, of some sources or of all; one transaction a page that changed.

    A page whose reading is unchanged is left alone. Settles at the end.
    """
    told = Reparsed()
    with Reader(store.scheme.threshold) as reader:
        for row in captured(store.database, sources):
            told.pages += 1
            _reparse_page(store, archive, reader, row, told)
            progress(told)
    settle_in_turn(store)
    return told


def _reparse_page(
    store: SqlStore, archive: Path, reader: Reader, row: Captured, told: Reparsed
) -> None:
    try:
        body = _body(archive, row)
        read = reader.read(body, url=row.url, charset=row.charset, fetched_at=row.fetched_at)
    except (InputError, FetchFailed, ReaderFailed):
        told.missing += 1
        return
    if not _compare(store, row, read, told):
        told.unchanged += 1
        return
    try:
        store.store_page(_deposit(row, read), now=microseconds())
    except PageRefused:
        told.missing += 1


def _body(archive: Path, row: Captured) -> bytes:
    """The page's body, decoded. Raises InputError, FetchFailed."""
    if row.place is None:
        raise InputError(f"{row.url}: was not archived")
    exchange = read_exchange(archive, row.place)
    headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in exchange.headers]
    return decoded(exchange.body, codings_of(headers), url=row.url, max_bytes=_MAX_BYTES)


def _compare(store: SqlStore, row: Captured, read: Read, told: Reparsed) -> bool:
    """Count what is different; whether anything is, be it a record, the footer or a link."""
    was_ok, is_ok = not row.quarantined, read.page.ok
    if was_ok != is_ok:
        told.mended += is_ok
        told.quarantined += was_ok
    before = _stored_records(store, row.id) if was_ok else {}
    after = {each.rank: _said(each) for each in read.page.records} if is_ok else {}
    differing = Counter[str]()
    for rank in before.keys() | after.keys():
        if rank in before and rank in after:
            names = before[rank].keys() | after[rank].keys()
            differing.update(n for n in names if before[rank].get(n) != after[rank].get(n))
        else:
            differing["record"] += 1
    told.fields.update(differing)
    told.changed += bool(differing) and was_ok and is_ok
    return bool(differing) or row.said != read.said


def _said(record: Record) -> dict[str, object]:
    said = dict(as_json(record))
    if record.title is not None or record.abstract is not None:
        del said["text"]  # stored only where no field holds it
    return said


def _stored_records(store: SqlStore, page_id: int) -> dict[int, dict[str, object]]:
    with store.database.read() as connection:
        return {each.rank: _said(each) for each in asking.records_of_page(connection, page_id)}


def _deposit(row: Captured, read: Read) -> Deposit:
    return Deposit(
        source=row.source,
        run=row.run,
        address=row.address,
        lease=None,
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
    )
