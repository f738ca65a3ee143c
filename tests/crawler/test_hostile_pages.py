"""Pages made to break a reader end with a problem, in little memory, wherever they are read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.corpora.hostile import HOSTILE
from crawler.reader import Reader
from spiders.pages import PROBLEMS

ENOUGH_SECONDS = 120.0
"""Far more than any of them takes: only what would never end reaches it."""
MOST_MB = 500
PRINTED = (
    *("nested tags", "attributes", "attributes of many", "one text of wide characters", "breaks"),
    *("broken encoding", "script-built", "unclosed paragraphs", "cells", "siblings", "comments"),
    *("surrogates", "one attribute", "different classes"),
)


ORDINARY = b"<ul>" + b"".join(
    b"<li><a href=/w/%d>Sediments of lake %d</a><p>What the survey of it found, at length.</p>"
    % (n, n)
    for n in range(9)
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(0.7, wall=ENOUGH_SECONDS) as one:
        yield one


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_adds_nothing_and_the_next_page_is_read(name: str, reader: Reader) -> None:
    assert reading(reader, HOSTILE[name]()) == 0
    assert reading(reader, ORDINARY) == 9


def reading(reader: Reader, body: bytes) -> int:
    """How many records a page adds to a store."""
    page = reader.read(body, url="https://a.example/find", charset=None, fetched_at=0).page
    assert all(problem.code in PROBLEMS for problem in page.problems)
    assert page.records or not page.ok
    return len(page.records)


@pytest.mark.parametrize("name", PRINTED)
def test_glean_read_says_what_is_wrong_with_a_hostile_page(name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(HOSTILE[name]())
    status, out, megabytes = _peak_of("read", str(path), "--jsonl")
    (line,) = out.splitlines()
    page = json.loads(line)
    assert (status, page["records"]) == (1, [])
    assert [problem["code"] for problem in page["problems"] if problem["severity"] == "error"]
    assert megabytes < MOST_MB


_MEASURED = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(used.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts a command and says its peak: a small process in between, as what is started by a large one
counts the memory of that one as its own."""


def _peak_of(*words: str) -> tuple[int, str, float]:
    """Status, output and peak memory in MB of one command."""
    command = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "cli", *words]
    done = subprocess.run(command, capture_output=True, check=False)
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return done.returncode, done.stdout.decode(), int(done.stderr) / scale
