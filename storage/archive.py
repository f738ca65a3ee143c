"""Responses as they were received, in WARC files, flushed before anything rests on them."""

import hashlib
import os
import re
import time
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from records import InputError, StoreError, iso_time
from storage import manifest
from storage.ids import in_file_name

MAX_FILE_BYTES = 1 << 30
MAX_FILE_SECONDS = 86_400.0
"""After which a file that is still written is closed, so that a harvest of weeks has all but its
last day listed, checked and backed up."""
_OPEN = ".open"
_LEVEL = 6
_FILES = 16
"""Held open for reading, of an archive of many."""
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands in the archive."""

    file: str
    """Name within the archive's folder, as it is called once the file is closed."""
    position: int
    """Bytes from the start of the file to the record's gzip member."""
    length: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The response that an address gave before, as the archive names it."""

    url: str
    fetched_at: int
    """Microseconds UTC."""


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
    same_as: Earlier | None = None
    """Where it says that the page is the one it sent then (304); it has no body of its own."""


class Archive:
    """A folder of WARC files, one member a response. The file being written ends in ``.open``.

    One writer a file, whose name nobody else takes. Raises StoreError where it cannot write.
    """

    def __init__(self, folder: Path, prefix: str):
        """`prefix`: the source's name; files are ``<prefix>-<time>.warc.gz``."""
        self._folder = folder
        self._prefix = in_file_name(prefix)
        self._descriptor: int | None = None
        self._begun = 0.0
        self._end = 0
        self._members = 0
        self._digest = hashlib.sha256()
        self._name = ""

    def recover(self) -> None:
        """Cut what a killed writer left after its last whole member, close that file, and list in
        the manifest what is not there. Raises StoreError."""
        try:
            self._recover()
        except OSError as error:
            raise self._trouble(error) from error

    def _recover(self) -> None:
        own = re.compile(rf"{re.escape(self._prefix)}-\d{{8}}T\d{{12}}\.warc\.gz")
        listed = manifest.load(self._folder)
        for path in sorted(self._folder.glob(f"*.warc.gz{_OPEN}")):
            if not own.fullmatch(path.stem):
                continue  # of another source, whose harvest may be writing it
            whole = whole_members(path)
            if whole:
                _cut(path, whole)
                path.rename(path.with_suffix(""))
            else:
                path.unlink()
        for path in sorted(self._folder.glob("*.warc.gz")):
            if path.name in listed or not own.fullmatch(path.name):
                continue
            described = manifest.describe(path)
            if described is not None:
                manifest.add(self._folder, described)

    def _trouble(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._folder}: the archive cannot be written: {error.strerror}; see that there "
            "is room and that it may be written, then run the harvest again"
        )

    def append(self, exchange: Exchange) -> Place:
        """Write one response; when this returns, a kill no longer loses it."""
        try:
            return self._append(exchange)
        except OSError as error:
            raise self._trouble(error) from error

    def _append(self, exchange: Exchange) -> Place:
        if self._descriptor is None or self._is_full():
            self._start(exchange.fetched_at)
        member = _member(exchange)
        place = Place(self._name, self._end, len(member))
        assert self._descriptor is not None
        unwritten = memoryview(member)
        try:
            while unwritten:
                written = os.write(self._descriptor, unwritten)
                self._end += written
                unwritten = unwritten[written:]
        except OSError:
            # what comes after half a member could not be told from it
            os.ftruncate(self._descriptor, place.position)
            self._end = os.lseek(self._descriptor, place.position, os.SEEK_SET)
            raise
        self._digest.update(member)
        self._members += 1
        return place

    def _is_full(self) -> bool:
        old = time.monotonic() - self._begun > MAX_FILE_SECONDS
        return old or self._end > MAX_FILE_BYTES

    def _start(self, now: int) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        while self._descriptor is None:
            self._name = self._free_name(now)
            with suppress(FileExistsError):  # another process of the source has just taken it
                self._descriptor = os.open(self._folder / (self._name + _OPEN), flags, 0o644)
        self._begun = time.monotonic()
        self._end = self._members = 0
        self._digest = hashlib.sha256()

    def _free_name(self, now: int) -> str:
        """A name after a moment that no file has: what is imported twice has its moments twice."""
        while True:
            moment = datetime.fromtimestamp(now / 1e6, UTC).strftime("%Y%m%dT%H%M%S%f")
            name = f"{self._prefix}-{moment}.warc.gz"
            if not any((self._folder / (name + ending)).exists() for ending in ("", _OPEN)):
                return name
            now += 1

    def close(self) -> None:
        """Finish the file being written, give it its name and list it. Raises StoreError."""
        if self._descriptor is None:
            return
        path = self._folder / (self._name + _OPEN)
        descriptor, self._descriptor = self._descriptor, None
        try:
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if not self._end:
                path.unlink()
                return
            path.rename(self._folder / self._name)
            manifest.add(
                self._folder,
                manifest.Listed(
                    file=self._name,
                    length=self._end,
                    members=self._members,
                    sha256=self._digest.hexdigest(),
                ),
            )
        except OSError as error:
            raise self._trouble(error) from error


def being_written(folder: Path, source: str) -> list[str]:
    """Files of a source that a writer has open, or was killed over; as they are called once
    closed."""
    own = re.compile(rf"{re.escape(in_file_name(source))}-\d{{8}}T\d{{12}}\.warc\.gz")
    paths = folder.glob(f"*.warc.gz{_OPEN}")
    return sorted(path.stem for path in paths if own.fullmatch(path.stem))


def _cut(path: Path, length: int) -> None:
    """Shorten a file, for good."""
    with path.open("r+b") as file:
        file.truncate(length)
        os.fsync(file.fileno())


def _member(exchange: Exchange) -> bytes:
    """One gzip member holding one WARC record: a response, or a revisit that refers to one."""
    lines = [f"HTTP/1.1 {exchange.status} {exchange.reason}".rstrip()]
    lines += [f"{name}: {value}" for name, value in exchange.headers]
    block = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + exchange.body
    record = WarcRecord()
    is_new = exchange.same_as is None
    record.init_headers(WarcRecordType.response if is_new else WarcRecordType.revisit)
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.headers["WARC-Date"] = iso_time(exchange.fetched_at)
    record.headers["WARC-Target-URI"] = exchange.url
    if exchange.address:
        record.headers["WARC-IP-Address"] = exchange.address
    if exchange.same_as is not None:
        record.headers["WARC-Profile"] = _NOT_MODIFIED
        record.headers["WARC-Refers-To-Target-URI"] = exchange.same_as.url
        record.headers["WARC-Refers-To-Date"] = iso_time(exchange.same_as.fetched_at)
    return packed(record, block)


def packed(record: WarcRecord, block: bytes) -> bytes:
    """A gzip member that holds a record, whose headers are set, and this block."""
    record.set_bytes_content(block)
    buffer = BytesIO()
    with GzipWriter(buffer, compression_level=_LEVEL) as writer:
        record.write(writer, checksum_data=True)
        writer.finish()
        return buffer.getvalue()


class Members:
    """Reads members of an archive's files, of which it keeps a few open. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[str, int] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def member(self, place: Place) -> bytes:
        """The gzip member at a place, as it stands there; a file that is too short gives what it
        has. Raises InputError where it cannot be read."""
        try:
            return os.pread(self._descriptor(place.file), place.length, place.position)
        except OSError as error:
            raise InputError(
                f"{self._folder / place.file}: {error.strerror}; the page cannot be read again"
            ) from error

    def _descriptor(self, name: str) -> int:
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name]
        path = self._folder / name
        if not path.exists():
            path = self._folder / (name + _OPEN)
        self._open[name] = descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if len(self._open) > _FILES:
            os.close(self._open.popitem(last=False)[1])
        return descriptor


def read_exchange(folder: Path, place: Place) -> Exchange:
    """The response at a place. Raises InputError where it is not whole any more."""
    with Members(folder) as members:
        member = members.member(place)
    try:
        return exchange_in(member)
    except InputError as error:
        raise InputError(f"{folder / place.file}: at byte {place.position}: {error}") from error


def exchange_in(member: bytes) -> Exchange:
    """The response that a gzip member holds; of what `storage.rewriting` put in its place, the body
    as text, with the status of a success. Raises InputError where it is not a whole one."""
    decoder = zlib.decompressobj(31)
    try:
        plain = decoder.decompress(member)
    except zlib.error:
        plain = b""
    if not decoder.eof or decoder.unused_data:
        raise InputError("cut short, or changed; the page cannot be read again")
    record = next(iter(ArchiveIterator(BytesIO(plain), parse_http=False)), None)
    if record is None:
        raise InputError("holds no WARC record; the page cannot be read again")
    if record.record_type == WarcRecordType.conversion:
        kind = record.headers.get("Content-Type") or "text/html"
        return Exchange(
            url=record.headers["WARC-Target-URI"],
            status=200,
            reason="",
            headers=(("Content-Type", kind),),
            body=record.reader.read(),
            fetched_at=_moment_of(record),
        )
    head, _, body = record.reader.read().partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    _, status, reason = f"{status_line}  ".split(" ", 2)
    pairs = (line.partition(": ") for line in lines)
    return Exchange(
        url=record.headers["WARC-Target-URI"],
        status=int(status),
        reason=reason.strip(),
        headers=tuple((name, value) for name, _, value in pairs),
        body=body,
        fetched_at=_moment_of(record),
        address=record.headers.get("WARC-IP-Address"),
    )


def _moment_of(record: WarcRecord) -> int:
    moment = datetime.fromisoformat(record.headers["WARC-Date"])
    return (moment - _EPOCH) // timedelta(microseconds=1)


def whole_members(path: Path) -> int:
    """Bytes up to the end of the last whole gzip member of a file; 0 if there is none."""
    return max(manifest.member_ends(path), default=0)


def body_digest(body: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(body).hexdigest()
