"""The archive's manifest: length, members and SHA-256 of every closed file.

Readers of WARC do not notice that a file was cut between two members, so the archive says how long
its files are. One line of JSON a file, in ``manifest.jsonl`` beside them; a line is added once the
file has its final name, so that at any moment of a kill what is listed is right, and what is not is
listed when its source is harvested again. Of several lines about a file the last one counts.
"""

import fcntl
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

NAME = "manifest.jsonl"
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A closed file of the archive, as it was when it was closed."""

    file: str
    length: int
    members: int
    sha256: str
    """Hex."""


def add(folder: Path, listed: Listed) -> None:
    """List a file; when this returns, not even a power cut loses the line. Raises OSError."""
    _append(folder, asdict(listed))


def strike(folder: Path, file: str) -> None:
    """List a file no more. Raises OSError."""
    _append(folder, {"file": file, "gone": True})


def _append(folder: Path, said: dict[str, Any]) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(folder / NAME, flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # harvests of other sources list theirs
        end = os.lseek(descriptor, 0, os.SEEK_END)
        torn = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
        line = json.dumps(said, ensure_ascii=False) + "\n"
        os.write(descriptor, b"\n" * torn + line.encode("utf-8"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load(folder: Path) -> dict[str, Listed]:
    """What is listed, by file name. A line that a kill tore is none. Raises OSError."""
    try:
        lines = (folder / NAME).read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    listed: dict[str, Listed] = {}
    for line in lines:
        try:
            said = json.loads(line)
            if said.get("gone") is True:
                listed.pop(str(said["file"]), None)
            else:
                each = _listed(said)
                listed[each.file] = each
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return listed


def _listed(said: Any) -> Listed:
    return Listed(
        file=str(said["file"]),
        length=int(said["length"]),
        members=int(said["members"]),
        sha256=str(said["sha256"]),
    )


def describe(path: Path) -> Listed | None:
    """What would be listed of a file; None: it does not end with a whole member."""
    digest, length, members = hashlib.sha256(), 0, 0
    for end in member_ends(path):
        length, members = end, members + 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        if file.tell() != length:
            return None
    return Listed(file=path.name, length=length, members=members, sha256=digest.hexdigest())


def member_ends(path: Path) -> Iterator[int]:
    """Where each whole gzip member of a file ends, up to the first that is none."""
    with path.open("rb") as file:
        decoder = zlib.decompressobj(31)
        read = 0
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            while chunk:
                try:
                    decoder.decompress(chunk)
                except zlib.error:
                    return
                if not decoder.eof:
                    break
                chunk = decoder.unused_data
                yield read - len(chunk)
                decoder = zlib.decompressobj(31)


def differs(folder: Path, listed: Listed) -> str | None:
    """In what a file is not as listed, in words; None: in nothing."""
    path = folder / listed.file
    try:
        length = path.stat().st_size
        if length != listed.length:
            return f"is {length:,} bytes long, was {listed.length:,} when it was closed"
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if digest.hexdigest() != listed.sha256:
        return "is not what it was when it was closed: its SHA-256 is another"
    return None
