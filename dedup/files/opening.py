"""Input files: what kind each is, its bytes decompressed, and whether it stayed the same."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any, Literal, Protocol

from dedup.files.writing import writing
from records import GleaningsError, InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Show = Callable[[int, Mapping[str, Any]], None]
"""Told a row and the object that stands there."""


class Writer(Protocol):
    """What results are written to. Raises InputError where that fails."""

    def write(self, data: bytes | memoryview) -> int: ...


class Source(Protocol):
    """A corpus that can be gone through twice."""

    rows: int
    """Of its batches so far."""
    bytes: int
    """Read, decompressed."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records, of `dedup.corpus.schema`. Raises InputError."""
        ...

    def place(self, row: int) -> int:
        """The line of a row, from 1."""
        ...

    def again(
        self, kept: np.ndarray, out: Writer | None, wanted: Sequence[int], show: Show
    ) -> None:
        """Write the rows that are kept, one object a line, and show the rows wanted.

        Raises InputError where the corpus has changed since it was read.
        """
        ...


Kind = Literal["jsonl", "csv", "parquet"]

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_ENDINGS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_PARQUET = b"PAR1"
_CHUNK = 1 << 20
_PATIENCE = 0.5
"""Seconds after which a signal is looked for where a pipe has nothing to read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One input, which can be read as often as need be."""

    name: str
    """As given."""
    path: Path
    """Of the bytes: of a copy, where the input itself cannot be read twice."""
    kind: Kind
    codec: str | None
    """`gzip`, `zstd`, or None."""
    identity: tuple[int, ...]
    """Device, number, size and times of the file when it was opened."""

    @property
    def size(self) -> int:
        """Bytes, as they are stored."""
        return self.identity[2]

    def check_unchanged(self) -> None:
        """Raise InputError where the file is no longer what it was."""
        try:
            now = _identity(self.path.stat())
        except OSError:
            now = ()
        if now != self.identity:
            raise changed(self.name)


def changed(name: str) -> InputError:
    return InputError(
        f"{name}: changed while it was read; nothing was written, run it again on a copy"
    )


def open_input(path: Path, spool: Path) -> Opened:
    """What a path leads to; a pipe is copied into `spool` first, a file that does not exist yet.

    Raises InputError where it cannot be read, or is not what its name says.
    """
    name = str(path)
    with reading(name):
        said = path.stat()
        if stat.S_ISDIR(said.st_mode):
            raise InputError(f"{name}: is a folder; name the files in it")
        if not stat.S_ISREG(said.st_mode):
            path = _spooled(path, spool)
            said = path.stat()
        with path.open("rb") as file:
            start = file.read(4)
    return Opened(name, path, _kind(name, start), _codec(name, start), _identity(said))


def _spooled(path: Path, spool: Path) -> Path:
    with path.open("rb", buffering=0) as source, writing(spool), spool.open("xb") as copy:
        while True:
            with reading(str(path)):
                # A signal that comes just before a read would be seen only when data comes.
                while not select([source], [], [], _PATIENCE)[0]:
                    pass
                data = source.read(_CHUNK)
            if not data:
                return spool
            copy.write(data)


def _identity(said: os.stat_result) -> tuple[int, ...]:
    return said.st_dev, said.st_ino, said.st_size, said.st_mtime_ns, said.st_ctime_ns


def _codec(name: str, start: bytes) -> str | None:
    found = next((codec for magic, codec in _MAGIC if start.startswith(magic)), None)
    stated = _ENDINGS.get(Path(name).suffix.lower())
    if stated and found != stated:
        raise InputError(f"{name}: is no {stated} file; name it after what it is, or fetch it anew")
    return found


def _kind(name: str, start: bytes) -> Kind:
    stem = Path(name)
    if stem.suffix.lower() in _ENDINGS:
        stem = stem.with_suffix("")
    if start == _PARQUET or stem.suffix.lower() == ".parquet":
        return "parquet"
    return "csv" if stem.suffix.lower() == ".csv" else "jsonl"


@contextmanager
def reading(name: str) -> Iterator[None]:
    """What the system or a decompressor says of an input, as an InputError."""
    try:
        yield
    except GleaningsError:
        raise
    except OSError as error:
        if error.strerror:
            said = f"cannot be read: {error.strerror}; check its name and rights"
        else:
            said = f"is cut short or damaged ({error}); fetch it anew"
        raise InputError(f"{name}: {said}") from error


@contextmanager
def decompressed(opened: Opened) -> Iterator[Any]:
    """Its bytes as a file whose `read(n)` gives n of them until the end. Raises InputError."""
    import pyarrow as pa

    with reading(opened.name), opened.path.open("rb") as file:
        if opened.codec is None:
            yield file
        else:
            with pa.CompressedInputStream(pa.PythonFile(file, "r"), opened.codec) as stream:
                yield stream
