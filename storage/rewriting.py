"""A file of the archive written anew, with some of its members replaced or left out.

What stands in a closed file is never changed in place: the new file gets a name of its own, pages
are led to it, and only then the old one goes. So a kill leaves each page with one whole file.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from storage import manifest
from storage.archive import Place, packed

PARTIAL = ".part"
"""Ends the name of a file that is not whole yet."""
_DIGEST = "WARC-Refers-To-Block-Digest"
"""Header of a conversion record: the digest of what it stands for, which nobody has any more."""


def members_of(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The whole members of a file of the archive, in order, with their places."""
    begun = 0
    with path.open("rb") as file:
        for end in manifest.member_ends(path):
            yield Place(path.name, begun, end - begun), file.read(end - begun)
            begun = end


def conversion_of(member: bytes, body: bytes, content_type: str) -> bytes:
    """A member that holds a response's body as it may still be read, and names the response by its
    record id and the digest of its block: a WARC conversion record."""
    original = next(iter(ArchiveIterator(BytesIO(member), parse_http=False))).headers
    refers = original.get("WARC-Refers-To") or original["WARC-Record-ID"]
    digest = original.get(_DIGEST) or original["WARC-Block-Digest"]
    record = WarcRecord()
    record.init_headers(WarcRecordType.conversion)
    record.headers["Content-Type"] = content_type
    record.headers["WARC-Date"] = original["WARC-Date"]
    record.headers["WARC-Target-URI"] = original["WARC-Target-URI"]
    record.headers["WARC-Refers-To"] = refers
    record.headers[_DIGEST] = digest
    return packed(record, body)


def free_name(folder: Path, old: str) -> str:
    """A name for the new file that no file has: of the same source and moment, and a little on."""
    stem = old.removesuffix(".warc.gz")
    prefix, _, moment = stem.rpartition("-")
    day, _, time = moment.partition("T")
    number = int(time)
    while True:
        number += 1
        name = f"{prefix}-{day}T{number:012d}.warc.gz"
        if not any((folder / f"{name}{ending}").exists() for ending in ("", ".open")):
            return name


def rewrite(
    folder: Path,
    old: str,
    new: str,
    replaced: Mapping[int, bytes],
    left_out: Collection[int] = (),
) -> tuple[manifest.Listed, dict[int, Place | None]]:
    """Write the file `new` with the members of `old`, those at some positions replaced, those at
    others left out; it has its name once it is whole, and is as old as the old one. Returns how it
    is to be listed, and where the member of each former position stands now, None: nowhere. Raises
    OSError; then `old` is as it was."""
    places: dict[int, Place | None] = {}
    digest, end, members = hashlib.sha256(), 0, 0
    partial = folder / (new + PARTIAL)
    try:
        with partial.open("wb") as file:
            for place, member in members_of(folder / old):
                if place.position in left_out:
                    places[place.position] = None
                    continue
                now = replaced.get(place.position, member)
                places[place.position] = Place(new, end, len(now))
                file.write(now)
                digest.update(now)
                end += len(now)
                members += 1
            file.flush()
            os.fsync(file.fileno())
        stands = (folder / old).stat()
        os.utime(partial, ns=(stands.st_atime_ns, stands.st_mtime_ns))
        partial.rename(folder / new)
    except OSError:
        partial.unlink(missing_ok=True)  # of a full disk
        raise
    listed = manifest.Listed(file=new, length=end, members=members, sha256=digest.hexdigest())
    return listed, places


def beside(
    folder: Path, old: str, new: str
) -> Iterator[tuple[Place, bytes, tuple[Place, bytes] | None]]:
    """Each member of a file, and what stands for it in the one that `rewrite` made of it; None: it
    was left out. Members are either left out or replaced, not both in one file."""
    after = members_of(folder / new)
    replaces = _count(folder / old) == _count(folder / new)
    following = next(after, None)
    for place, member in members_of(folder / old):
        if following is not None and (replaces or following[1] == member):
            yield place, member, following
            following = next(after, None)
        else:
            yield place, member, None


def _count(path: Path) -> int:
    return sum(1 for _ in manifest.member_ends(path))
