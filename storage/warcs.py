"""WARC files of others: what they hold, and what of it is broken. Bounded, whatever stands there.

Readers of WARC take a record that ends too soon for a whole one, and end at the first that is
broken: here the one is told, and reading goes on at the next member that begins like a record.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1991, 9999
"""There was no page before, and there are no dates after."""
_HEAD_BYTES = 1 << 18
"""Of an HTTP head, beyond the body."""
_CHUNK = 1 << 16
_MAGIC = b"\x1f\x8b\x08"
_FRAME = b"\x28\xb5\x2f\xfd"
_PLAIN = b"WARC/"

Kind = Literal["response", "conversion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record that others archived: a response as it came, or the text of one."""

    kind: Kind
    url: str
    fetched_at: int
    """Microseconds UTC."""
    block: bytes
    """Of a response its HTTP head and body."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that is nothing to read."""

    kind: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A record, or the rest of a file, that cannot be used."""

    where: str
    reason: str


def read_warc(path: Path, *, max_bytes: int) -> Iterator[Kept | Skipped | Broken]:
    """What a WARC file holds, in order: plain, gzip or zstd, of any length.

    `max_bytes`: of one body. No more than one record is held in memory.
    """
    try:
        with path.open("rb") as file:
            yield from _records(path, file, max_bytes)
    except OSError as error:
        yield Broken(str(path), f"cannot be read: {error.strerror or error}")


def _records(path: Path, file: IO[bytes], max_bytes: int) -> Iterator[Kept | Skipped | Broken]:
    start: int | None = 0
    any_found = False
    while start is not None:
        file.seek(start)
        last = -1
        try:
            for record in ArchiveIterator(file, parse_http=False):
                any_found = True
                last = record.stream_pos
                yield _kept(f"{path}, byte {start + last}", record, max_bytes)
            return
        except (OSError, ValueError, UnicodeError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            begun = start + max(last, 0)
            told = start > 0 and last < 0  # still the same breach
            start = _next_member(file, begun + 1)
            if start is None and not any_found:
                yield Broken(str(path), "is no WARC file")
            elif not told:
                yield Broken(f"{path}, after byte {begun}", str(error).strip().lower())


def _kept(where: str, record: WarcRecord, max_bytes: int) -> Kept | Skipped | Broken:
    kind: Kind
    if record.record_type == WarcRecordType.response:
        kind = "response"
    elif record.record_type == WarcRecordType.conversion:
        kind = "conversion"
    else:
        return Skipped(str(record.record_type))
    length, said = record.content_length, record.headers.get("Content-Length") or ""
    if not said.isdecimal() or int(said) != length:
        return Broken(where, "does not say how long it is")
    if length > max_bytes + _HEAD_BYTES:
        return Broken(where, f"says that it is {length:,} bytes long; the limit is {max_bytes:,}")
    block = bytearray()
    while len(block) < length and (chunk := record.reader.read(min(length - len(block), _CHUNK))):
        block += chunk
    if len(block) < length:
        return Broken(where, f"ends after {len(block):,} bytes of {length:,}")
    url = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")
    if not url.lower().startswith(("http://", "https://")):
        return Skipped(f"{kind} of {url.partition(':')[0][:20] or 'no address'}")
    fetched_at = _moment(record.headers.get("WARC-Date") or "")
    if fetched_at is None:
        return Broken(where, "has no date")
    return Kept(kind=kind, url=url, fetched_at=fetched_at, block=bytes(block))


def _moment(said: str) -> int | None:
    """
    >>> _moment("2001-09-09T01:46:40Z"), _moment("yesterday"), _moment("0001-01-01")
    (1000000000000000, None, None)
    """
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        return None
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _next_member(file: IO[bytes], start: int) -> int | None:
    """Where, from a place on, a compressed member begins that holds a record; None: nowhere."""
    file.seek(start)
    held, at = b"", start
    while chunk := file.read(_CHUNK):
        held += chunk
        place = held.find(_MAGIC)
        while 0 <= place < len(held) - 64:
            if _begins_record(held[place : place + _CHUNK]):
                return at + place
            place = held.find(_MAGIC, place + 1)
        keep = held[place:] if place >= 0 else held[-2:]
        at += len(held) - len(keep)
        held = keep
    return at if _begins_record(held) else None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, len(_PLAIN)) == _PLAIN
    except zlib.error:
        return False
