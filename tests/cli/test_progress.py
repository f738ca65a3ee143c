"""Progress: plain lines now and then where nobody watches, a live line on a terminal."""

import os
import pty
import subprocess
import sys
from typing import Any

import pytest

from cli.progress import EVERY_SECONDS, HarvestMeter, Meter
from crawler.sitting import Progress


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_come_at_most_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Meter("at work", live=False, clock=clock) as meter:
        for second in range(60):
            clock.now = 1000.0 + second
            meter.show(f"{second} done", "so far", done=second, total=None)
    told = capsys.readouterr()
    assert told.out == ""
    lines = told.err.splitlines()
    assert lines[0] == "at work: 5 done; so far"
    assert len(lines) == 60 // EVERY_SECONDS - 1


def test_a_harvest_tells_pages_records_duplicates_rate_and_time_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    with HarvestMeter("portal", live=False, clock=clock) as meter:
        meter.update(Progress(pages=100, due=400))
        clock.now += 10
        meter.update(
            Progress(pages=150, records=3000, new=1200, matches=80, due=340, leased=10, failed=2)
        )
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "portal: 150 of 500 pages, 1 min 10 s left, 0 quarantined, 2 failed; "
        "3,000 readings, 1,200 new, 80 duplicates, 5.0 pages/s"
    )


def test_time_left_ends_with_the_budget(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with HarvestMeter("portal", live=False, clock=clock) as meter:
        meter.update(Progress())
        clock.now += 10
        meter.update(Progress(pages=100, due=10_000, budget=150))
    assert "5 s left" in capsys.readouterr().err


def test_a_terminal_shows_a_live_line_that_is_gone_at_the_end(harvested: Any) -> None:
    leader, follower = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli", "settle"],
            cwd=harvested.glean.folder,
            stdout=subprocess.PIPE,
            stderr=follower,
            env={**os.environ, "TERM": "xterm"},
        )
        shown = os.read(leader, 65536)
    finally:
        os.close(follower)
        os.close(leader)
    assert done.returncode == 0
    assert done.stdout.startswith(b"settled to change")
    assert b"settling" in shown
