"""The reader process, from outside: pages are read and signed where a hostile one does no harm.

One long-lived child a harvest, with a ceiling on its memory and on the time a page may take. A page
that kills it costs the child alone. What the child says is JSON, never pickle: whoever takes it
over with a page can only say things about that page.
"""

import fcntl
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from crawler.child import HEAD
from records import (
    GleaningsError,
    Measures,
    ReaderFailed,
    ResultPage,
    measures_from_json,
    page_from_json,
)
from storage.signing import Signed

T = TypeVar("T")

MEMORY_BYTES = 400 << 20
"""What one page may make the child allocate beyond what it holds when it starts."""
WALL_SECONDS = 20.0
AT_ONCE = 1 << 16
"""Bytes taken out of a pipe; most answers are a few, and room for many costs more than they do."""
_PIPE_BYTES = 1 << 20
_START_SECONDS = 60.0
_ORPHAN_SECONDS = 5
"""Beyond its wall, after which the child ends a page itself: nobody is there to end it."""
_STARTS = 3
NO_ANSWER = b""
TRIES = 2
"""A page that ends the child ends the next one too; what else ended the first does not."""


@dataclass(frozen=True, slots=True)
class Read:
    """A page as the child read it."""

    page: ResultPage
    signed: tuple[Signed, ...]
    """One for each of the page's records."""
    reader: str
    """Name and version of the reader."""
    said: str
    """`records.page_hash` of the page."""
    measures: Measures
    """`records.measures_of` the page."""


class Reader:
    """The parent's end. Not for several threads at once; a context manager."""

    def __init__(
        self,
        threshold: float,
        *,
        profiles: str = "",
        wall: float = WALL_SECONDS,
        memory: int = MEMORY_BYTES,
    ) -> None:
        """`threshold`: of the scheme to sign under; `profiles`: the user's folder of them, which
        must load; `wall`: seconds a page may take."""
        self._threshold = threshold
        self._profiles = profiles
        self.wall = wall
        self.memory = memory
        self._child: subprocess.Popen[bytes] | None = None
        self._coming: subprocess.Popen[bytes] | None = None
        """A child that nobody has waited for yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def read(
        self,
        body: bytes,
        *,
        url: str,
        charset: str | None,
        fetched_at: int,
        profile: str | None = None,
    ) -> Read:
        """Read and sign one page; the next call starts another child where this one died of it.

        Raises ReaderFailed where the child dies of it, takes too long or answers nonsense, and
        GleaningsError where it does not even start.
        """
        asked = {"url": url, "charset": charset, "fetched_at": fetched_at, "profile": profile}
        status = 0
        for _ in range(TRIES):
            try:
                return self._ask(asked, body)
            except (BrokenPipeError, EOFError):
                status = self.kill()
            except ReaderFailed as why:
                self.kill()
                raise ReaderFailed(f"{url}: {why}") from why
        raise ReaderFailed(f"{url}: {died_of(status)}")

    def _ask(self, asked: dict[str, Any], body: bytes) -> Read:
        """Raises BrokenPipeError and EOFError where the child is gone, ReaderFailed where it is to
        be ended."""
        child = self._child or self.start()
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + self.wall
        try:
            _send_by(child.stdin.fileno(), asked, body, deadline)
            said = _receive_by(child.stdout.fileno(), deadline, self.memory)
        except TimeoutError:
            raise ReaderFailed(slower_than(self.wall)) from None
        return answer_in(said, read_in)

    def begin(self) -> None:
        """Have a child come up beside what else is to be done before the first page is there."""
        if self._child is None and self._coming is None:
            self._coming = self._spawn()

    def start(self) -> subprocess.Popen[bytes]:
        """A child that has begun; what ends it before that is not a page."""
        status = 0
        for _ in range(_STARTS):
            self._child = child = self._coming or self._spawn()
            self._coming = None
            assert child.stdout is not None
            try:
                _receive_by(child.stdout.fileno(), time.monotonic() + _START_SECONDS, self.memory)
            except (EOFError, TimeoutError):
                status = self.kill()
            else:
                return child
        raise GleaningsError(
            f"the reader process does not start ({_how(status)}): see what it says above, and "
            "whether there is memory for it"
        )

    def _spawn(self) -> subprocess.Popen[bytes]:
        seconds = int(self.wall) + _ORPHAN_SECONDS
        said = [str(self._threshold), str(self.memory), str(seconds), self._profiles]
        child = subprocess.Popen(
            [sys.executable, "-m", "crawler.child", *said],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            # a group of its own: Ctrl-C is for the harvest, which lets the child finish its page
            start_new_session=True,
        )
        assert child.stdin is not None
        os.set_blocking(child.stdin.fileno(), False)
        return child

    def kill(self) -> int:
        """End the child whatever it is at; its status."""
        child, self._child = self._child, None
        assert child is not None
        child.kill()
        return _reap(child)

    def close(self) -> None:
        """End the child. Another call of `read` starts a new one."""
        # It holds nothing that is to be kept, and takes its time to end by itself.
        for child in (self._child, self._coming):
            if child is not None:
                child.kill()
                _reap(child)
        self._child = self._coming = None


def answer_in(said: bytes, taken: Callable[[dict[str, Any]], T]) -> T:
    """What `taken` makes of an answer. Raises ReaderFailed where it is none, or the child did not
    read the page; then the child is to be ended: what it holds after running out of memory, or
    saying nonsense, is anybody's guess."""
    try:
        answer = json.loads(said)
        if "failed" in answer:
            raise ReaderFailed(str(answer["failed"]))
        return taken(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        words = f"the reader process answered nonsense: {type(error).__name__}"
        raise ReaderFailed(words) from error


def slower_than(wall: float) -> str:
    return f"reading took more than {wall:g} s"


def died_of(status: int) -> str:
    return f"the reader process died of it ({_how(status)})"


def read_in(said: dict[str, Any]) -> Read:
    """The page that an answer holds. Raises ValueError, KeyError, TypeError, AttributeError."""
    page = page_from_json(said["page"])
    signed = tuple(Signed(group, tuple(keys), same) for group, keys, same in said["signed"])
    if len(signed) != len(page.records):
        raise ValueError("not one signature a record")
    measures = measures_from_json(said["measures"])
    return Read(page, signed, str(said["reader"]), str(said["said"]), measures)


def whole(received: bytearray, most: int) -> bytes | None:
    """Take the next answer out of what was received, none of more than `most` bytes; None: it is
    not all there yet."""
    if len(received) < HEAD.size:
        return None
    length, _ = HEAD.unpack_from(received)
    if length > most:
        return NO_ANSWER
    end = HEAD.size + length
    if len(received) < end:
        return None
    said = bytes(received[HEAD.size : end])
    del received[:end]
    return said


def widen(pipe: int) -> None:
    """Let a pipe hold several pages, where the system allows it."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # its own size will do
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _reap(child: subprocess.Popen[bytes]) -> int:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        return child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _how(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def message(asked: dict[str, Any], body: bytes) -> bytes:
    """One page as the child is asked for it (`crawler.child`)."""
    said = json.dumps(asked).encode()
    return HEAD.pack(len(said), len(body)) + said + body


def _send_by(pipe: int, asked: dict[str, Any], body: bytes, deadline: float) -> None:
    """One page for the child. Raises TimeoutError, BrokenPipeError."""
    data = memoryview(message(asked, body))
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_WRITE)
        while data:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            data = data[os.write(pipe, data) :]


def _receive_by(pipe: int, deadline: float, most: int) -> bytes:
    """One answer of the child's; none of more than `most` bytes. Raises TimeoutError, EOFError."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)

        def some(length: int) -> bytes:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            data = os.read(pipe, length)
            if not data:
                raise EOFError
            return data

        head = b""
        while len(head) < HEAD.size:
            head += some(HEAD.size - len(head))
        length, _ = HEAD.unpack(head)
        if length > most:
            return NO_ANSWER
        parts: list[bytes] = []
        while length:
            parts.append(some(min(length, 1 << 20)))
            length -= len(parts[-1])
        return b"".join(parts)
