"""Pages sent ahead to the reader process: answers in order, and one that ends it costs itself."""

import asyncio
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

import crawler.ahead
from crawler.ahead import Ahead
from crawler.reader import Read, Reader, whole
from records import GleaningsError, ReaderFailed
from tests.crawler.test_reader import PAGE, URL
from tests.crawler.test_readers import _children, numbered

HUGE = "<p>" + "<b><i>some text " * 2_000_000


def read(reader: Reader, bodies: Sequence[str], *, kill: int = 0) -> list[Read | BaseException]:
    """What becomes of pages that are all asked for at once, behind a first one. `kill`: a signal
    that the process is sent once they are."""

    async def run() -> list[Read | BaseException]:
        with ThreadPoolExecutor(1) as pool:
            ahead = Ahead(reader, pool)

            async def one(body: str) -> Read:
                return await ahead.read(body.encode(), url=URL, charset="utf-8", fetched_at=0)

            await one(PAGE)
            asked = [asyncio.create_task(one(body)) for body in bodies]
            await asyncio.sleep(0)
            if kill:
                (child,) = _children()
                os.kill(child, kill)
            said = await asyncio.gather(*asked, return_exceptions=True)
            ahead.close()
            return said

    return asyncio.run(run())


def stated(said: Sequence[Read | BaseException]) -> list[int | None]:
    return [each.page.stated_ms if isinstance(each, Read) else None for each in said]


def test_pages_are_answered_each_with_its_own() -> None:
    with Reader(0.7) as reader:
        said = read(reader, [numbered(number) * (1 + number % 5) for number in range(50)])
        assert len(_children()) == 1
    assert stated(said) == list(range(50))
    assert _children() == []


def test_a_page_is_read_as_without_others() -> None:
    with Reader(0.7) as reader:
        alone = reader.read(numbered(7).encode(), url=URL, charset="utf-8", fetched_at=0)
    with Reader(0.7) as reader:
        assert read(reader, [numbered(6), numbered(7)])[1] == alone


def test_more_than_a_pipe_holds_is_read() -> None:
    long = PAGE + " more than a pipe holds" * 100_000
    with Reader(0.7) as reader:
        said = read(reader, [long, numbered(3), long, long, numbered(4)])
    assert stated(said) == [31, 3, 31, 31, 4]


def test_a_long_answer_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.ahead, "_LONG", 0)
    with Reader(0.7) as reader:
        assert stated(read(reader, [numbered(number) for number in range(9)])) == list(range(9))


def test_a_process_that_died_of_something_else_costs_no_page() -> None:
    with Reader(0.7) as reader:
        said = read(reader, [numbered(number) for number in range(20)], kill=signal.SIGKILL)
    assert stated(said) == list(range(20))


def test_a_page_that_takes_too_much_is_named_and_the_others_are_read() -> None:
    with Reader(0.7, memory=8 << 20) as reader:
        said = read(reader, [numbered(1), HUGE, numbered(3), numbered(4), numbered(5)])
    assert stated(said) == [1, None, 3, 4, 5]
    assert isinstance(said[1], ReaderFailed)
    assert URL in str(said[1])


def test_a_page_that_takes_too_long_is_given_up_and_the_others_are_read() -> None:
    with Reader(0.7, wall=3) as reader:
        said = read(reader, [numbered(number) for number in range(9)], kill=signal.SIGSTOP)
    late = [each for each in said if isinstance(each, ReaderFailed)]
    assert len(late) == 1
    assert "more than 3 s" in str(late[0])
    assert [each for each in stated(said) if each is not None] == list(range(1, 9))


@pytest.mark.parametrize("answer", [b"nonsense", b"[]", b'{"page": {}}', b"{}"])
def test_a_process_that_answers_nonsense_is_given_up_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    answered = []

    def take(received: bytearray, most: int) -> bytes | None:
        said = whole(received, most)
        if said is not None:
            answered.append(said)
        return answer if said is not None and len(answered) == 3 else said

    monkeypatch.setattr(crawler.ahead, "whole", take)
    with Reader(0.7) as reader:
        said = read(reader, [numbered(number) for number in range(6)])
    assert stated(said) == [0, None, 2, 3, 4, 5]
    assert "nonsense" in str(said[1])


def test_a_process_that_does_not_start_is_no_page_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with Reader(0.7) as reader, pytest.raises(GleaningsError, match="does not start") as told:
        read(reader, [])
    assert not isinstance(told.value, ReaderFailed)


def test_nobody_waits_for_an_answer_once_it_is_closed() -> None:
    async def run() -> list[Read | BaseException]:
        with ThreadPoolExecutor(1) as pool:
            ahead = Ahead(reader, pool)
            body = PAGE.encode()
            asked = [
                asyncio.create_task(ahead.read(body, url=URL, charset=None, fetched_at=0))
                for _ in range(5)
            ]
            await asyncio.sleep(0)
            ahead.close()
            return await asyncio.gather(*asked, return_exceptions=True)

    with Reader(0.7) as reader:
        said = asyncio.run(run())
    assert [type(each) for each in said] == [asyncio.CancelledError] * 5
    assert _children() == []
