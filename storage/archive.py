"""Responses as they were received, in WARC files, flushed before anything rests on them."""

import hashlib
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from records import InputError, StoreError, iso_time

MAX_FILE_BYTES = 1 << 30
_OPEN = ".open"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands in the archive."""

    file: str
    """Name within the archive's folder, as it is called once the file is closed."""
    position: int
    """Bytes from the start of the file to the record's gzip member."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP response as received."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Content encodings as received."""
    fetched_at: int
    """Microseconds UTC."""
    address: str | None = None
    """IP address that answered."""


class Archive:
    """A folder of WARC files, one member a response. The file being written ends in ``.open``.

    One writer a folder and prefix. Raises StoreError where it cannot write.
    """

    def __init__(self, folder: Path, prefix: str):
        """`prefix`: the source's name; files are ``<prefix>-<time>.warc.gz``."""
        self._folder = folder
        self._prefix = "".join(c if c.isalnum() or c in "-_" else "_" for c in prefix)
        self._file: BinaryIO | None = None
        self._name = ""

    def recover(self) -> None:
        """Cut what a killed writer left after its last whole member, and close that file."""
        for path in sorted(self._folder.glob(f"{self._prefix}-*{_OPEN}")):
            whole = whole_members(path)
            if whole:
                os.truncate(path, whole)
                path.rename(path.with_suffix(""))
            else:
                path.unlink()

    def append(self, exchange: Exchange) -> Place:
        """Write one response; when this returns, a kill no longer loses it."""
        try:
            return self._append(exchange)
        except OSError as error:
            raise StoreError(
                f"{self._folder}: the archive cannot be written: {error.strerror}; free some room, "
                "then run the harvest again"
            ) from error

    def _append(self, exchange: Exchange) -> Place:
        file = self._file
        if file is None or file.tell() > MAX_FILE_BYTES:
            file = self._start(exchange.fetched_at)
        position = file.tell()
        file.write(_member(exchange))
        file.flush()
        return Place(self._name, position, file.tell() - position)

    def _start(self, now: int) -> BinaryIO:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.fromtimestamp(now / 1e6, UTC).strftime("%Y%m%dT%H%M%S%f")
        self._name = f"{self._prefix}-{moment}.warc.gz"
        self._file = (self._folder / (self._name + _OPEN)).open("xb")
        return self._file

    def close(self) -> None:
        """Finish the file being written and give it its name."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            (self._folder / (self._name + _OPEN)).rename(self._folder / self._name)


def _member(exchange: Exchange) -> bytes:
    """One gzip member holding one WARC response record."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    head = StatusAndHeaders(
        f"{exchange.status} {exchange.reason}".strip(), list(exchange.headers), "HTTP/1.1"
    )
    extra = {"WARC-Date": iso_time(exchange.fetched_at)}
    if exchange.address:
        extra["WARC-IP-Address"] = exchange.address
    record = writer.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        http_headers=head,
        warc_headers_dict=extra,
    )
    writer.write_record(record)
    return buffer.getvalue()


def read_exchange(folder: Path, place: Place) -> Exchange:
    """The response at a place. Raises InputError where it is not whole any more."""
    path = folder / place.file
    if not path.exists():
        path = folder / (place.file + _OPEN)
    try:
        with path.open("rb") as file:
            file.seek(place.position)
            member = file.read(place.length)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; the page cannot be read again") from error
    if len(member) != place.length or not _is_whole(member):
        raise InputError(f"{path}: cut at byte {place.position}; the page cannot be read again")
    return next(iter(_exchanges(member)))


def _exchanges(data: bytes) -> Iterable[Exchange]:
    for record in ArchiveIterator(BytesIO(data)):
        moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
        status, _, reason = record.http_headers.statusline.partition(" ")
        yield Exchange(
            url=record.rec_headers.get_header("WARC-Target-URI"),
            status=int(status),
            reason=reason,
            headers=tuple(record.http_headers.headers),
            body=record.raw_stream.read(),
            fetched_at=int(moment.timestamp() * 1e6),
            address=record.rec_headers.get_header("WARC-IP-Address"),
        )


def _is_whole(member: bytes) -> bool:
    decoder = zlib.decompressobj(31)
    try:
        decoder.decompress(member)
    except zlib.error:
        return False
    return decoder.eof and not decoder.unused_data


def whole_members(path: Path) -> int:
    """Bytes up to the end of the last whole gzip member of a file; 0 if there is none."""
    end = 0
    with path.open("rb") as file:
        decoder = zlib.decompressobj(31)
        read = 0
        while chunk := file.read(1 << 16):
            read += len(chunk)
            while chunk:
                try:
                    decoder.decompress(chunk)
                except zlib.error:
                    return end
                if not decoder.eof:
                    break
                chunk = decoder.unused_data
                end = read - len(chunk)
                decoder = zlib.decompressobj(31)
    return end


def body_digest(body: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(body).hexdigest()
