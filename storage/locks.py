"""Locks that a process holds for as long as it lives: released by the kernel, also after a kill."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.engine import make_url

from records import LockHeld, StoreError


class FileLock:
    """An exclusive lock on one thing that is done, as a context manager.

    Raises LockHeld, and StoreError where the file cannot be made.
    """

    def __init__(self, path: Path | None, what: str):
        """`path`: of the file that stands for the lock; None: nobody else could be at it.
        `what`: in words, ``settle``."""
        self.what = what
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        if self._path is None:
            return self
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be made: {error.strerror}; make the folder writable, or "
                "copy the store to one that is and name the copy with --store"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise LockHeld(
                f"{self.what}: another process ({holder or 'unknown'}) is at it; wait for it to end"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._descriptor = descriptor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The file stays: removing it would let two processes lock two files of one name.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class ProcessLock(FileLock):
    """A lock on one thing that is done to one store.

    A store in memory belongs to one process and needs none.
    """

    def __init__(self, store_url: str, what: str):
        """`what`: ``harvest <source>``, ``settle``; it names the file beside the store."""
        database = make_url(store_url).database
        slug = "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):x}" for c in what)
        in_memory = database in (None, "", ":memory:")
        super().__init__(None if in_memory else Path(f"{database}.lock-{slug}"), what)
