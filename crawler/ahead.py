"""Pages sent ahead to the reader process: while one is read, the next ones stand in its pipe."""

import asyncio
import os
from collections import deque
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from crawler.reader import (
    AT_ONCE,
    NO_ANSWER,
    TRIES,
    Read,
    Reader,
    answer_in,
    died_of,
    message,
    read_in,
    slower_than,
    whole,
    widen,
)
from records import ReaderFailed

_AHEAD = 3
"""Pages that the process has been given and has not answered: it never waits for the next."""
_LONG = 1 << 20
"""Bytes of an answer from which it is not taken apart on the event loop, which others wait for."""
_FAILED = b'{"failed"'
"""How an answer begins that says why there is none."""


@dataclass(slots=True, eq=False)
class _Page:
    url: str
    message: bytes
    answer: asyncio.Future[bytes]
    tries: int = 0


class Ahead:
    """A `Reader` for many pages at a time, on one event loop: they are read in the order in which
    they are asked for. `Reader.close` ends the process once this is closed."""

    def __init__(self, reader: Reader, pool: Executor) -> None:
        """`pool`: where to wait for a process that starts."""
        self._reader = reader
        self._pool = pool
        self._waiting: deque[_Page] = deque()
        self._given: deque[_Page] = deque()
        """In the order in which they will be answered."""
        self._pipes: tuple[int, int] | None = None
        """To the process, and from it. None: there is none."""
        self._starting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = bytearray()
        self._received = bytearray()

    async def read(
        self,
        body: bytes,
        *,
        url: str,
        charset: str | None,
        fetched_at: int,
        profile: str | None = None,
    ) -> Read:
        """As `Reader.read`, and raises what that does."""
        asked = {"url": url, "charset": charset, "fetched_at": fetched_at, "profile": profile}
        loop = asyncio.get_running_loop()
        page = _Page(url, message(asked, body), loop.create_future())
        self._waiting.append(page)
        self._give()
        said = await page.answer
        try:
            if len(said) > _LONG:
                return await loop.run_in_executor(self._pool, answer_in, said, read_in)
            return answer_in(said, read_in)
        except ReaderFailed as why:
            self._end()
            self._give()
            raise ReaderFailed(f"{url}: {why}") from why

    def _give(self) -> None:
        """Give the process what it has room for; start one where there is none."""
        if not self._waiting:
            return
        if self._pipes is None:
            if self._starting is None:
                self._starting = asyncio.create_task(self._start())
            return
        was_idle = not self._given
        while self._waiting and len(self._given) < _AHEAD:
            page = self._waiting.popleft()
            self._given.append(page)
            self._unsent += page.message
        if was_idle:
            self._begin_waiting()
        self._send()

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            child = await loop.run_in_executor(self._pool, self._reader.start)
        except Exception as error:
            for page in self._waiting:
                _fail(page, error)
            self._waiting.clear()
            return
        finally:
            self._starting = None
        assert child.stdin is not None
        assert child.stdout is not None
        self._pipes = child.stdin.fileno(), child.stdout.fileno()
        for pipe in self._pipes:
            widen(pipe)
            os.set_blocking(pipe, False)
        loop.add_reader(self._pipes[1], self._receive)
        self._give()

    def _send(self) -> None:
        assert self._pipes is not None
        questions, _ = self._pipes
        loop = asyncio.get_running_loop()
        try:
            del self._unsent[: os.write(questions, self._unsent)]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._unsent.clear()  # the answers end too, and say so
        if self._unsent:
            loop.add_writer(questions, self._send)
        else:
            loop.remove_writer(questions)

    def _receive(self) -> None:
        assert self._pipes is not None
        try:
            data = os.read(self._pipes[1], AT_ONCE)
        except BlockingIOError:
            return
        if not data:
            self._died()
            return
        self._received += data
        while (said := whole(self._received, self._reader.memory)) is not None and self._given:
            page = self._given.popleft()
            if not page.answer.done():
                page.answer.set_result(said)
            if said == NO_ANSWER or said.startswith(_FAILED):
                self._end()  # before what it says of the next page is believed
                break
            self._begin_waiting()
        self._give()

    def _begin_waiting(self) -> None:
        """The process is at the next page, which may take so long."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._given:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._reader.wall, self._give_up, self._given[0])

    def _give_up(self, page: _Page) -> None:
        self._receive()  # what came while the loop stood still
        if self._given and self._given[0] is page:
            self._given.popleft()
            self._end()
            _fail(page, ReaderFailed(f"{page.url}: {slower_than(self._reader.wall)}"))
            self._give()

    def _died(self) -> None:
        first = self._given[0] if self._given else None
        status = self._end()
        if first is not None:
            first.tries += 1
            if first.tries >= TRIES:
                self._waiting.popleft()
                _fail(first, ReaderFailed(f"{first.url}: {died_of(status)}"))
        self._give()

    def _end(self) -> int:
        """End the process; what it has not answered waits for another. Returns its status."""
        if self._pipes is None:
            return 0
        self._let_go()
        self._waiting.extendleft(reversed(self._given))
        self._given.clear()
        return self._reader.kill()

    def _let_go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pipes is not None:
            questions, answers = self._pipes
            with suppress(RuntimeError):  # of a loop that is gone
                loop = asyncio.get_running_loop()
                loop.remove_reader(answers)
                loop.remove_writer(questions)
        self._pipes = None
        self._unsent.clear()
        self._received.clear()

    def close(self) -> None:
        """Wait for no answer any more."""
        self._let_go()
        for page in (*self._given, *self._waiting):
            with suppress(RuntimeError):
                page.answer.cancel()
        self._given.clear()
        self._waiting.clear()


def _fail(page: _Page, error: Exception) -> None:
    if not page.answer.done():
        page.answer.set_exception(error)
