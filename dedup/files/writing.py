"""The folder of results: held by one process, filled aside, published at the end."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from records import GleaningsError, InputError, LockHeld, UsageError

RESULTS = (
    *("clusters.jsonl", "matches.jsonl", "unique.jsonl", "report.json", "report.html"),
    "run.json",
)
"""In the order in which they appear: the last says that all are there."""
_ASIDE = ".glean-dedup.partial"
_BUFFER = 1 << 16
_PORTION = 1 << 18
"""Bytes that are handed to another thread at once."""
_AHEAD = 8
"""Portions that wait for it."""


class Output:
    """A file being written. What the system says against it is an InputError that names `shown`."""

    def __init__(self, file: BinaryIO, shown: Path) -> None:
        self._file, self._shown = file, shown

    def write(self, data: bytes | memoryview) -> int:
        with writing(self._shown):
            return self._file.write(data)


class Behind:
    """Writes in another thread what it is given, in order, while the next is made. A context
    manager, which ends when all is written; what went wrong is raised then at the latest."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._writes: deque[Future[int]] = deque()
        self._held: list[bytes | memoryview] = []
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes | memoryview) -> int:
        """Take bytes that do not change any more."""
        self._held.append(data)
        self._size += len(data)
        if self._size >= _PORTION:
            self._hand_over()
        return len(data)

    def _hand_over(self) -> None:
        if len(self._writes) == _AHEAD:
            self._writes.popleft().result()
        data = self._held[0] if len(self._held) == 1 else b"".join(self._held)
        self._writes.append(self._thread.submit(self._out.write, data))
        self._held, self._size = [], 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._hand_over()
                for write in self._writes:
                    write.result()
        finally:
            self._thread.shutdown(cancel_futures=True)


class Folder:
    """Where the results of one run go. A context manager; without `publish` it leaves no trace.

    Raises UsageError where something is in the way, LockHeld where another process writes there,
    InputError where nothing can be written.
    """

    def __init__(self, out: Path, *, overwrite: bool) -> None:
        self.out, self.overwrite = out, overwrite
        self.aside = out / _ASIDE
        self._made: list[Path] = []
        self._descriptor: int | None = None
        self._flushers = ThreadPoolExecutor(len(RESULTS), thread_name_prefix="flush")
        self._flushed: dict[Path, Future[None] | None] = {}

    def __enter__(self) -> Self:
        if self.out.exists() and not self.out.is_dir():
            raise UsageError(f"{self.out}: is no folder; name one that is empty or not there")
        try:
            with writing(self.out):
                self._make()
                self._lock()
                self._check_room()
                # Whoever left it is dead: its lock is ours.
                shutil.rmtree(self.aside, ignore_errors=True)
                self.aside.mkdir()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._flushers.shutdown()
        shutil.rmtree(self.aside, ignore_errors=True)
        self._leave()

    def _make(self) -> None:
        missing = [path for path in (self.out, *self.out.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._made.append(path)

    def _lock(self) -> None:
        descriptor = os.open(self.out, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise LockHeld(
                f"{self.out}: another process writes to it; wait for it to end, or name another "
                "folder"
            ) from None
        self._descriptor = descriptor

    def _check_room(self) -> None:
        held = {path.name for path in self.out.iterdir()} - {_ASIDE}
        if held and not self.overwrite:
            raise UsageError(
                f"{self.out}: is not empty; name another folder, or replace former results with "
                "--overwrite"
            )
        for name in held & set(RESULTS):
            if not (self.out / name).is_file():
                raise UsageError(f"{self.out / name}: is no file; move it out of the way")

    def _leave(self) -> None:
        """Remove what we made and left empty, and let the next one in."""
        for path in reversed(self._made):
            try:
                path.rmdir()
            except OSError:
                break
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def check_not_replaced(self, inputs: Sequence[Path]) -> None:
        """Raise UsageError where an input would be replaced by a result."""
        for path in inputs:
            for name in RESULTS:
                target = self.out / name
                if target.exists() and path.exists() and target.samefile(path):
                    raise UsageError(f"{path}: would be replaced by a result; name another --out")

    def shown(self, name: str) -> Path:
        """Where a result will stand."""
        return self.out / name

    @contextmanager
    def create(self, name: str) -> Iterator[Output]:
        """A result, to be published; flushed to disk while others are written: see `flush`."""
        shown = self.shown(name)
        with writing(shown):
            file = (self.aside / name).open("wb", buffering=_BUFFER)
        self._flushed[shown] = None  # in the order in which they are begun
        try:
            yield Output(file, shown)
            with writing(shown):
                file.flush()
        except BaseException:
            with writing(shown):
                file.close()
            raise
        self._flushed[shown] = self._flushers.submit(_to_disk, file)

    def flush(self) -> None:
        """Wait until all results so far are on disk. Raises InputError."""
        for shown, flushed in self._flushed.items():
            with writing(shown):
                if flushed is not None:
                    flushed.result()
        self._flushed.clear()

    def publish(self) -> None:
        """Put every result under its name. A signal waits until all are there."""
        self.flush()
        with _signals_wait(), writing(self.out):
            for name in reversed(RESULTS):
                if name == "run.json" or not (self.aside / name).exists():
                    (self.out / name).unlink(missing_ok=True)
            for name in RESULTS:
                if (self.aside / name).exists():
                    (self.aside / name).replace(self.out / name)
            if self._descriptor is not None:
                os.fsync(self._descriptor)
            self._made.clear()


def _to_disk(file: BinaryIO) -> None:
    with file:
        os.fsync(file.fileno())


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Ctrl-C and SIGTERM take effect when this ends.

    By handlers, not by a mask: a signal that one thread masks goes to another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python interrupts the main thread alone
        return
    waiting: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda got, _: waiting.append(got)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for got in waiting[:1]:
            os.kill(os.getpid(), got)


@contextmanager
def writing(shown: Path) -> Iterator[None]:
    """What the system says against writing, as an InputError."""
    try:
        yield
    except GleaningsError:
        raise
    except OSError as error:
        raise InputError(
            f"{shown}: cannot be written: {error.strerror or error}; free some room, check its "
            "rights, or name another folder"
        ) from error
