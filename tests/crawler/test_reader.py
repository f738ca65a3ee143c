"""A page is read in a child that may die of it; the next page is read all the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.reader import Reader, _send_by
from dedup.scheme import Scheme
from records import GleaningsError, ReaderFailed, Record, as_json, page_hash
from spiders.pages import READER, read
from storage.signing import sign

PAGE = (
    "首页 | 本学科首页   官方微博 | 高级检索\n"
    "\u00a0共查询到1条相似文献,搜索用时 31 毫秒\n"
    "Reservoirs upstream hold back most of the sand that once fed the delta."
    "\u00a0\u00a0相似文献 \u00a0\u00a0\n\n"
    "设为首页 | 免责声明 | 关于我们 | 加入收藏\n\n"
    "Copyright©北京某某公司  京ICP备00000001号"
)
URL = "http://portal.example/relate_search.aspx?aid=0f1e"


def ask(reader: Reader, body: str | bytes = PAGE) -> Record:
    data = body.encode() if isinstance(body, str) else body
    said = reader.read(data, url=URL, charset="utf-8", fetched_at=0)
    return said.page.records[0]


def test_a_page_comes_back_as_read_here_and_signed() -> None:
    with Reader(0.7) as reader:
        said = reader.read(PAGE.encode(), url=URL, charset="utf-8", fetched_at=0)
    here = read(PAGE.encode(), url=URL, charset="utf-8")
    assert as_json(said.page) == as_json(here)
    assert said.page.found == here.found
    assert said.reader == READER
    assert said.said == page_hash(here)
    assert said.signed == tuple(sign(each, Scheme.from_threshold(0.7)) for each in here.records)


def test_an_address_on_a_host_that_cannot_be_is_not_followed() -> None:
    similar = "relate_search.aspx?aid=0f1e2d3c4b5a69788796a5b4c3d2e1f"
    texts = [f"Of river {n} and the sand that feeds its delta. " * 3 for n in range(2)]
    hosts = ["a" * 3000 + ".example", "portal.example"]
    blocks = [
        f'<div>{text}<a href="http://{host}/{similar}{n}">相似文献</a></div>'
        for n, (text, host) in enumerate(zip(texts, hosts, strict=True))
    ]
    with Reader(0.7) as reader:
        body = f"<body>{''.join(blocks)}</body>".encode()
        said = reader.read(body, url=URL, charset="utf-8", fetched_at=0)
    assert len(said.page.records) == 2
    assert [each.url for each in said.page.found] == [f"http://portal.example/{similar}1"]


def test_one_child_reads_many_pages() -> None:
    with Reader(0.7) as reader:
        ask(reader)
        (child,) = _children()
        ask(reader)
        assert _children() == [child]
    assert _children() == []


def test_a_child_that_was_to_come_up_early_reads_the_first_page() -> None:
    with Reader(0.7) as reader:
        reader.begin()
        early = _children()
        reader.begin()
        ask(reader)
        reader.begin()
        assert len(early) == 1
        assert _children() == early
    assert _children() == []


def test_a_child_that_nobody_asked_anything_is_ended_too() -> None:
    with Reader(0.7) as reader:
        reader.begin()
        assert len(_children()) == 1
    assert _children() == []


def test_a_child_imports_no_store_and_no_network() -> None:
    code = (
        "import sys\n"
        "from crawler.child import main\n"
        "sys.argv[1:] = ['0.7', str(400 << 20), '25', '']\n"
        "main()\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    names = set(done.stderr.split())
    assert "spiders.pages.reading" in names
    assert names.isdisjoint({"sqlalchemy", "aiohttp", "scrapy", "numba", "pyarrow"})


def test_a_child_that_died_of_something_else_costs_no_page() -> None:
    with Reader(0.7) as reader:
        ask(reader)
        (child,) = _children()
        os.kill(child, signal.SIGKILL)
        assert ask(reader).rank == 1


def test_a_page_that_kills_the_child_is_named_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deaths: list[int] = []

    def send(pipe: int, asked: dict[str, Any], body: bytes, deadline: float) -> None:
        _send_by(pipe, asked, body, deadline)
        if b"deadly" in body:
            deaths.extend(_children())
            os.kill(deaths[-1], signal.SIGKILL)

    monkeypatch.setattr("crawler.reader._send_by", send)
    with Reader(0.7) as reader:
        with pytest.raises(ReaderFailed, match=r"portal\.example.*signal 9"):
            ask(reader, PAGE + "<p>deadly" * 100_000)
        assert len(deaths) == 2
        assert ask(reader).rank == 1


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with Reader(0.7, wall=1.5) as reader:
        ask(reader)
        (child,) = _children()
        os.kill(child, signal.SIGSTOP)
        with pytest.raises(ReaderFailed, match=r"more than 1\.5 s"):
            ask(reader)
        reader.wall = 20
        assert ask(reader).rank == 1


def test_a_page_that_nobody_takes_is_given_up() -> None:
    with Reader(0.7, wall=1.5) as reader:
        ask(reader)
        (child,) = _children()
        os.kill(child, signal.SIGSTOP)
        with pytest.raises(ReaderFailed, match=r"more than 1\.5 s"):
            ask(reader, PAGE + " more than a pipe holds" * 20_000)


@pytest.mark.parametrize("answer", ["nonsense", "[]", '{"page": {}}', "{}"])
def test_a_child_that_answers_nonsense_is_given_up(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    with Reader(0.7) as reader:
        ask(reader)
        with monkeypatch.context() as patched:
            patched.setattr("crawler.reader._receive_by", lambda *_: answer.encode())
            with pytest.raises(ReaderFailed, match="nonsense"):
                ask(reader)
        assert ask(reader).rank == 1


def test_a_child_that_does_not_start_is_no_page_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Reader(0.7) as reader, pytest.raises(GleaningsError, match="does not start") as told:
        ask(reader)
    assert not isinstance(told.value, ReaderFailed)


def test_a_page_that_wants_too_much_memory_is_given_up() -> None:
    with Reader(0.7, memory=8 << 20) as reader:
        ask(reader)
        huge = "<p>" + "<b><i>some text " * 2_000_000
        with pytest.raises(ReaderFailed, match=r"memory|died"):
            ask(reader, huge)
        assert ask(reader).rank == 1


def test_the_child_ends_with_its_parent() -> None:
    code = (
        "import os, signal\n"
        "from crawler.reader import Reader\n"
        "reader = Reader(0.7)\n"
        f"reader.read({PAGE.encode()!r}, url={URL!r}, charset='utf-8', fetched_at=0)\n"
        "print(reader._child.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    child = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            return
        signal.sigtimedwait([], 0.05)
    pytest.fail("the child outlived its parent")


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
