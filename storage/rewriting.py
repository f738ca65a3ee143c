"""A file of the archive written anew, with some of its members replaced.

What stands in a closed file is never changed in place: the new file gets a name of its own, pages
are led to it, and only then the old one goes. So a kill leaves each page with one whole file.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from storage import manifest
from storage.archive import Place, packed

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
    folder: Path, old: str, new: str, replaced: Mapping[int, bytes]
) -> tuple[manifest.Listed, dict[int, Place]]:
    """Write the file `new` with the members of `old`, those at some positions replaced; what stood
    under that name is overwritten. Returns how it is to be listed, and where the member of each
    former position stands now. Raises OSError; then `old` is as it was."""
    places: dict[int, Place] = {}
    digest, end = hashlib.sha256(), 0
    with (folder / new).open("wb") as file:
        for place, member in members_of(folder / old):
            now = replaced.get(place.position, member)
            places[place.position] = Place(new, end, len(now))
            file.write(now)
            digest.update(now)
            end += len(now)
        file.flush()
        os.fsync(file.fileno())
    listed = manifest.Listed(file=new, length=end, members=len(places), sha256=digest.hexdigest())
    return listed, places
