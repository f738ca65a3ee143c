"""Several reader processes: answers in order, and a page that ends one costs that page alone."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.readers import Answered, Asked, Readers
from records import GleaningsError, page_hash
from spiders.pages import read
from storage.archive import Archive, Exchange, Members, Place
from tests.crawler.test_reader import PAGE, URL


@pytest.fixture
def members(tmp_path: Path) -> Iterator["Kept"]:
    with Kept(tmp_path) as kept:
        yield kept


class Kept:
    """Archives pages, and asks for them again."""

    def __init__(self, folder: Path) -> None:
        self._archive = Archive(folder, "here")
        self._members = Members(folder)

    def __enter__(self) -> "Kept":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._members.__exit__(None, None, None)

    def asked(self, body: str, said: str = "") -> Asked:
        place = self.place(body)
        return Asked(
            url=URL,
            charset="utf-8",
            fetched_at=0,
            profile=None,
            said=said,
            member=self._members.member(place),
        )

    def place(self, body: str) -> Place:
        headers = (("Content-Type", "text/html"),)
        return self._archive.append(
            Exchange(
                url=URL, status=200, reason="OK", headers=headers, body=body.encode(), fetched_at=0
            )
        )


def numbered(number: int) -> str:
    return PAGE.replace("31 毫秒", f"{number} 毫秒")


def answers(readers: Readers, asked: list[Asked]) -> list[tuple[int, Answered]]:
    return list(readers.read(enumerate(asked)))


def test_answers_come_in_order_whatever_the_number_of_processes(members: Kept) -> None:
    asked = [members.asked(numbered(number) * (1 + number % 5)) for number in range(100)]
    for jobs in (1, 3):
        with Readers(0.7, jobs) as readers:
            said = answers(readers, asked)
        assert [number for number, _ in said] == list(range(100))
        assert [each.read and each.read.page.stated_ms for _, each in said] == list(range(100))


def test_a_page_that_says_what_it_said_is_answered_with_that_alone(members: Kept) -> None:
    said = page_hash(read(PAGE.encode(), url=URL, charset="utf-8"))
    with Readers(0.7, 1) as readers:
        (_, same), (_, other) = answers(
            readers, [members.asked(PAGE, said), members.asked(numbered(5), said)]
        )
    assert (same.read, same.failure) == (None, None)
    assert other.read is not None
    assert other.read.said == page_hash(other.read.page) != said
    assert len(other.read.signed) == 1
    assert same.seconds > 0


def test_no_more_is_taken_than_is_under_way(members: Kept) -> None:
    asked = members.asked(PAGE)
    taken = []

    def pages() -> Iterator[tuple[int, Asked]]:
        for number in range(1000):
            taken.append(number)
            yield number, asked

    with Readers(0.7, 2) as readers:
        for number, _ in readers.read(pages()):
            assert len(taken) - number < 40
    assert len(taken) == 1000


def test_a_process_that_died_of_something_else_costs_no_page(members: Kept) -> None:
    asked = [members.asked(numbered(number)) for number in range(60)]
    with Readers(0.7, 2) as readers:
        said = []
        for number, answer in readers.read(enumerate(asked)):
            if number in (5, 30):
                os.kill(_children()[-1], signal.SIGKILL)
            said.append(answer)
    assert [each.read and each.read.page.stated_ms for each in said] == list(range(60))


def test_a_page_that_takes_too_much_is_named_and_the_others_are_read(members: Kept) -> None:
    huge = "<p>" + "<b><i>some text " * 2_000_000
    asked = [members.asked(body) for body in (PAGE, huge, numbered(7), numbered(8))]
    with Readers(0.7, 1, memory=8 << 20) as readers:
        said = [each for _, each in answers(readers, asked)]
    assert [each.read is None for each in said] == [False, True, False, False]
    assert said[1].failure is not None
    assert URL in said[1].failure


def test_a_page_that_takes_too_long_is_given_up_and_the_others_are_read(members: Kept) -> None:
    asked = [members.asked(numbered(number) * 20) for number in range(200)]
    with Readers(0.7, 1, wall=1.5) as readers:
        said = []
        for number, answer in readers.read(enumerate(asked)):
            if number == 0:
                os.kill(_children()[0], signal.SIGSTOP)
            said.append(answer)
    late = [number for number, each in enumerate(said) if each.failure]
    assert len(late) == 1
    assert "more than 1.5 s" in str(said[late[0]].failure)
    read = [each.read.page.stated_ms for each in said if each.read]
    assert read == [number for number in range(200) if number not in late]


def test_what_is_not_there_is_answered_in_its_turn(members: Kept) -> None:
    good = members.asked(PAGE)
    torn = Asked(**{**_fields(good), "member": good.member[:-9]})
    gone = Asked(**{**_fields(good), "member": b"", "missing": "no such file"})
    with Readers(0.7, 2) as readers:
        said = [each.failure for _, each in answers(readers, [good, gone, torn, good])]
    assert said[:2] == [None, "no such file"]
    assert "cut short" in str(said[2])
    assert said[3] is None


def test_leaving_early_leaves_no_process(members: Kept) -> None:
    asked = members.asked(PAGE)
    with Readers(0.7, 2) as readers:
        next(readers.read((number, asked) for number in range(1000)))
        assert len(_children()) == 2
    assert _children() == []


def test_a_process_that_does_not_start_is_no_page_s_fault(
    members: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = members.asked(PAGE)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with Readers(0.7, 1) as readers, pytest.raises(GleaningsError, match="does not start"):
        answers(readers, [asked])


def _fields(asked: Asked) -> dict[str, object]:
    return {name: getattr(asked, name) for name in Asked.__dataclass_fields__}


def _children() -> list[int]:
    """Reader processes of this one that still run; a server of the tests' is none."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    found = {pid for each in tasks.glob("*/children") for pid in each.read_text().split()}
    return sorted(int(pid) for pid in found if _is_reader(pid))


def _is_reader(pid: str) -> bool:
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    # one that has ended and was not waited for says nothing
    return not said or b"crawler.child" in said
