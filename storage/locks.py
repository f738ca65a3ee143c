"""Locks that a process holds for as long as it lives: released after a kill too."""

import fcntl
import os
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from records import LockHeld, StoreError
from storage.ids import in_file_name


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    who: str
    """Process, and machine where it may be another."""
    since: int
    """Microseconds UTC: when it took the lock, or connected to do so."""


class StoreLock(ABC):
    """A lock on one thing that is done to one store, as a context manager; entered, it is held
    alone. Entering raises LockHeld and StoreError."""

    what: str
    """``harvest <source>``, ``settle``."""
    alone: bool
    """Nobody else was at it when this process came."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def share(self) -> None:  # noqa: B027 - a lock that cannot be shared stays as it is
        """Let others who may join hold it beside this process, where the back end can do that."""

    def is_last(self) -> bool:
        """Give up a share of it. True: nobody else has one, and until this is left nobody takes
        one; False: others are at it, and one of them will be the last."""
        return True

    def keep(self) -> None:  # noqa: B027 - what the kernel keeps is not lost
        """Take it again where a restart of the server lost it. Raises StoreError."""

    def _held(self, holder: str) -> LockHeld:
        return LockHeld(
            f"{self.what}: another process ({holder or 'unknown'}) is at it; wait for it to end"
        )


class FileLock(StoreLock):
    """A locked file, which the kernel unlocks when the process ends."""

    def __init__(self, path: Path | None, what: str):
        """`path`: of the file that stands for the lock; None: nobody else could be at it.
        `what`: in words, ``settle``."""
        self.what = what
        self.alone = True
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
            raise self._held(holder) from None
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


def lock_beside(database: str | None, what: str) -> FileLock:
    """A lock on one thing that is done to a store in a file; `what` names the file beside it.

    A store in memory belongs to one process and needs none.
    """
    in_memory = database in (None, "", ":memory:")
    return FileLock(None if in_memory else Path(f"{database}.lock-{in_file_name(what)}"), what)


def holder_beside(database: str | None, what: str) -> Holder | None:
    """Who holds such a lock, told without touching it: whoever tries to take it at that moment
    would find it taken. None: nobody; on a machine that lists no locks, nobody that lives."""
    path = Path(f"{database}.lock-{in_file_name(what)}")
    try:
        number, stands = path.read_text("ascii").strip(), path.stat()
    except (OSError, UnicodeDecodeError):
        return None
    if not number.isdecimal() or not _is_locked(stands.st_ino, number):
        return None
    return Holder(f"process {number}", stands.st_mtime_ns // 1000)


def _is_locked(inode: int, process: str) -> bool:
    with suppress(OSError):
        lines = Path("/proc/locks").read_text("ascii").split("\n")
        held = (line.split() for line in lines if "FLOCK" in line)
        return any(each[4] == process and each[5].endswith(f":{inode}") for each in held)
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
