"""Files that appear under their names when they are whole and on the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from records import InputError


@contextmanager
def published(out: Path) -> Iterator[BinaryIO]:
    """A file to fill, which takes the place of `out` at the end; a link is written through.

    Whatever ends it early leaves what stood there. Where several are nested, the innermost appears
    first. Raises InputError where it cannot be written.
    """
    target = out.resolve()
    partial = aside(target)
    sweep(target)
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        to_disk(target.parent)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}; free some room") from error
    finally:
        partial.unlink(missing_ok=True)


def aside(target: Path) -> Path:
    """Where this process fills a file that is to stand at `target`."""
    return target.with_name(f".{target.name}.{os.getpid()}.partial")


def sweep(target: Path) -> None:
    """Remove what killed processes left beside `target`; what those that live fill stays."""
    for path in target.parent.glob(f".{_literal(target.name)}.*.partial"):
        number = path.name.split(".")[-2]
        if number.isdecimal() and not _lives(int(number)):
            path.unlink(missing_ok=True)


def to_disk(path: Path) -> None:
    """Flush a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _literal(name: str) -> str:
    """A name as a pattern that only it fits.

    >>> _literal("a[1]*.db")
    'a[[]1][*].db'
    """
    return "".join(f"[{each}]" if each in "*?[" else each for each in name)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is somebody else's
    return True
