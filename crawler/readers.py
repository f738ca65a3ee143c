"""Archived pages read again, many under way at once: several reader processes, answers in order.

What comes out is the same whatever the number of processes: one page after another, in the order
in which they were asked for.
"""

import os
import select
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from crawler.reader import (
    AT_ONCE,
    MEMORY_BYTES,
    TRIES,
    WALL_SECONDS,
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

T = TypeVar("T")

_UNDER_WAY = 16
"""Pages that a process has been given and has not answered: it never waits for the next."""
_AGAIN = 8
"""So many left, or fewer, and it is given more: several at a time, which costs less than one by
one."""
_BYTES_UNDER_WAY = 32 << 20
_BUSY = 4
"""Pages under way in every process, before another is started."""
_TICK = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An archived page to read again."""

    url: str
    charset: str | None
    fetched_at: int
    profile: str | None
    said: str
    """`records.page_hash` when it was stored."""
    member: bytes
    """Its gzip member of the archive."""
    missing: str | None = None
    """Why there is no member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of it."""

    read: Read | None = None
    """None: it says what it said, or was not read."""
    failure: str | None = None
    """Why it was not read."""
    seconds: float = 0.0
    """Processor time of the process that read it."""


@dataclass(slots=True)
class _Task(Generic[T]):
    of: T
    asked: Asked
    answer: Answered | None
    tries: int = 0


class Readers:
    """Several reader processes, started as they are needed. A context manager."""

    def __init__(
        self,
        threshold: float,
        jobs: int,
        *,
        profiles: str = "",
        wall: float = WALL_SECONDS,
        memory: int = MEMORY_BYTES,
    ) -> None:
        """`threshold`: of the scheme to sign under; `jobs`: the most processes; `profiles`: the
        user's folder of them, which must load."""
        readers = [
            Reader(threshold, profiles=profiles, wall=wall, memory=memory) for _ in range(jobs)
        ]
        self._workers = [_Worker(reader, wall, memory) for reader in readers]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.close()

    def read(self, pages: Iterable[tuple[T, Asked]]) -> Iterator[tuple[T, Answered]]:
        """What each page says, with what it was given with, in order.

        Takes no more of `pages` than is under way. Raises GleaningsError where no process starts.
        """
        coming = iter(pages)
        order: deque[_Task[T]] = deque()
        under_way, done, workers = 0, False, len(self._workers)
        while not done or order:
            room = _UNDER_WAY * workers if len(order) <= _AGAIN * workers else 0
            while not done and len(order) < room:
                if under_way > _BYTES_UNDER_WAY:
                    break
                each = next(coming, None)
                if each is None:
                    done = True
                    break
                order.append(task := _task(*each))
                under_way += len(task.asked.member)
                if task.answer is None:
                    self._idlest().give(task)
            while order and (answer := order[0].answer) is not None:
                task = order.popleft()
                under_way -= len(task.asked.member)
                yield task.of, answer
            if order:
                self._wait()

    def _idlest(self) -> "_Worker":
        """The process with the least under way; another one where all have enough of it."""
        begun = [worker for worker in self._workers if worker.has_begun]
        idlest = min(begun, key=lambda worker: len(worker.given), default=None)
        if idlest is None or len(idlest.given) >= _BUSY:
            idlest = next((each for each in self._workers if not each.has_begun), idlest)
        assert idlest is not None
        return idlest

    def _wait(self) -> None:
        """Until something was answered, or sent, or given up."""
        busy = [worker for worker in self._workers if worker.given]
        answers = {worker.answers: worker for worker in busy}
        questions = {worker.questions: worker for worker in busy if worker.unsent}
        readable, writable, _ = select.select([*answers], [*questions], [], _TICK)
        for pipe in writable:
            questions[pipe].send()
        for pipe in readable:
            answers[pipe].receive()
        if not readable and not writable:
            for worker in busy:
                worker.wait_no_longer()


def _task(of: T, asked: Asked) -> _Task[T]:
    missing = asked.missing
    return _Task(of, asked, None if missing is None else Answered(failure=missing))


@dataclass(slots=True)
class _Worker:
    """One process, and what it was given."""

    reader: Reader
    wall: float
    memory: int
    given: deque[_Task[Any]] = field(default_factory=deque)
    """In the order in which they will be answered."""
    has_begun: bool = False
    answers: int = -1
    questions: int = -1
    unsent: bytearray = field(default_factory=bytearray)
    _received: bytearray = field(default_factory=bytearray)
    _waited: float = 0.0
    """Seconds since the last answer, a stop of the whole machine not counted."""

    def give(self, task: _Task[Any]) -> None:
        if not self.has_begun:
            self._begin()
        if not self.given:
            self._waited = 0.0
        self.given.append(task)
        self.unsent += _message(task.asked)

    def _begin(self) -> None:
        child = self.reader.start()
        assert child.stdin is not None
        assert child.stdout is not None
        self.questions, self.answers = child.stdin.fileno(), child.stdout.fileno()
        for pipe in (self.questions, self.answers):
            widen(pipe)
        self.has_begun = True

    def send(self) -> None:
        try:
            written = os.write(self.questions, self.unsent)
        except BrokenPipeError:
            return  # its answers end too, and say so
        del self.unsent[:written]

    def receive(self) -> None:
        data = os.read(self.answers, AT_ONCE)
        if not data:
            self._died()
            return
        self._waited = 0.0
        self._received += data
        while (said := whole(self._received, self.memory)) is not None and self._take(said):
            pass

    def _take(self, said: bytes) -> bool:
        """One answer; False where the process was ended for it."""
        try:
            self.given[0].answer = answer_in(said, _answered)
        except ReaderFailed as why:
            self._give_up(str(why))
            return False
        self.given.popleft()
        return True

    def wait_no_longer(self) -> None:
        """Nothing came for a tick: the page it is at may have had its time."""
        self._waited += _TICK
        if self._waited > self.wall:
            self._give_up(slower_than(self.wall))

    def _died(self) -> None:
        status = self._end()
        first = self.given[0]
        first.tries += 1
        if first.tries >= TRIES:
            self._fail_first(died_of(status))
        self._again()

    def _give_up(self, why: str) -> None:
        """End the process, for the page that it is at."""
        self._end()
        self._fail_first(why)
        self._again()

    def _fail_first(self, why: str) -> None:
        task = self.given.popleft()
        task.answer = Answered(failure=f"{task.asked.url}: {why}")

    def _end(self) -> int:
        self.has_begun = False
        self.unsent.clear()
        self._received.clear()
        self._waited = 0.0
        return self.reader.kill()

    def _again(self) -> None:
        """Give what is not answered to a new process."""
        if self.given:
            self._begin()
        for task in self.given:
            self.unsent += _message(task.asked)

    def close(self) -> None:
        if self.given:
            self._end()  # what it says of them, nobody waits for
        self.reader.close()


def _message(asked: Asked) -> bytes:
    said = {
        "url": asked.url,
        "charset": asked.charset,
        "fetched_at": asked.fetched_at,
        "profile": asked.profile,
        "said": asked.said,
    }
    return message(said, asked.member)


def _answered(answer: dict[str, Any]) -> Answered:
    seconds = float(answer["seconds"])
    if "gone" in answer:
        return Answered(failure=str(answer["gone"]), seconds=seconds)
    if "same" in answer:
        return Answered(seconds=seconds)
    return Answered(read=read_in(answer), seconds=seconds)
