"""What formats are written with: bytes out, records in."""

import gzip
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, Literal, Protocol

from storage.exports.rows import Row

Compression = Literal["none", "gz", "zst"]
ENDINGS: dict[str, Compression] = {".gz": "gz", ".zst": "zst"}


class Out(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int: ...


Encode = Callable[[Sequence[Row]], bytes]
"""Makes a piece of an export of a slice of its records; which process does is the same."""
Put = Callable[[bytes], object]
"""Takes pieces in their order."""
Writer = Callable[..., AbstractContextManager[Put]]
"""A format, of an `Out` and options of its own: its end is written where nothing went wrong."""


def each(encode: Callable[[Row], bytes]) -> Encode:
    """Of a format in which every record stands for itself."""
    return lambda rows: b"".join(map(encode, rows))


@contextmanager
def plain(out: Out) -> Iterator[Put]:
    """A format that is its pieces, one after the other."""
    yield out.write


class Measured:
    """Bytes passed on, with their number and hash."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes, /) -> int:
        self._hash.update(data)
        self.size += len(data)
        return self._out.write(data)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        """Whoever has the file under it does that."""

    def close(self) -> None:
        """As `flush`."""

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def compressed(out: Measured, how: Compression) -> Iterator[Out]:
    """The same bytes give the same bytes: no name and no time stands in what is made."""
    if how == "gz":
        with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0, compresslevel=6) as file:
            yield file
    elif how == "zst":
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(out, "w"), "zstd") as stream:
            yield stream
    else:
        yield out
