"""Schedules of every second while portal, scheduler, keepers and jobs are killed in turn; leaders
on a server killed at every step."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from records import Firing
from scheduling.owners import process_of
from storage import open_store
from storage.verifying import verify
from tests.scheduling.test_scheduler import STEPS, check_handover, rows
from tests.servers import Server

SECONDS = 60
HANDOVERS_SECONDS = 90
HARVEST_SECONDS = 90
"""The longest that a harvest nobody disturbs may take to be done, with what came before it."""
CONFIG = """\
[network]
delay = 0.0
retries = 0
allow = ["127.0.0.1:{port}"]

[scheduler]
concurrency = 3
grace = 5.0
back_off = 100

[[source]]
name = "portal"
start = ["{start}"]
depth = 5
pages = 7
revisit = [1.0, 60.0]

[[schedule]]
name = "harvests"
job = "harvest"
source = "portal"
every = 1.0

[[schedule]]
name = "settles"
job = "settle"
every = 1.0
overlap = "wait"

[[schedule]]
name = "indexes"
job = "refresh"
after = ["harvests"]
"""

pytestmark = pytest.mark.soak


class Portal:
    """The sample portal in a process that is killed and started anew."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.process: subprocess.Popen[str] | None = None
        self.start = self._begin()

    def _begin(self) -> str:
        command = [sys.executable, "-m", "crawler.sample", "--port", str(self._port)]
        self.process = subprocess.Popen(
            [*command, "--records", "120", "--seed", "5"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        lines = iter(self.process.stdout.readline, "")
        return next(word for line in lines for word in line.split() if "relate_search" in word)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def again(self) -> None:
        self.kill()
        time.sleep(1)
        self._begin()


@contextmanager
def scheduler(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    with (folder / "said").open("ab") as said:
        started = subprocess.Popen(
            [sys.executable, "-P", "-m", "cli", "schedule", "run"],
            cwd=folder,
            env=kept | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=said,
            stderr=said,
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def running(url: str) -> list[Firing]:
    return [each for each in rows(url) if each.state == "running"]


def kill_one(url: str, *, job: bool) -> bool:
    """Kill the keeper of a run, or its job. False: nothing runs."""
    for each in running(url):
        keeper = process_of(each.owner or "")
        if keeper is None:
            continue
        children = Path(f"/proc/{keeper}/task/{keeper}/children")
        with suppress(OSError, IndexError):
            os.kill(int(children.read_text().split()[0]) if job else keeper, signal.SIGKILL)
            return True
    return False


def let_hours_pass(tmp_path: Path) -> None:
    """A portal that was down for five requests in a row is left alone, five minutes and then longer
    (docs/politeness.md): as if those were over."""
    with closing(sqlite3.connect(tmp_path / "glean.db", timeout=30)) as store, store:
        store.execute("UPDATE host SET closed_until = 0, next_at = 0 WHERE closed_until > 0")


def end_harvests(url: str, *, before: int) -> None:
    """Kill those begun before then, microseconds UTC: they may wait for a host as it was then."""
    while any(
        each.schedule == "harvests" and (each.started_at or 0) < before for each in running(url)
    ):
        kill_one(url, job=True)
        time.sleep(0.2)


def wait_for_harvest(url: str, *, since: int) -> None:
    """Until one that was begun since then, microseconds UTC, is done."""
    end = time.monotonic() + HARVEST_SECONDS
    harvests: list[Firing] = []
    while not any(each.state == "done" and (each.started_at or 0) >= since for each in harvests):
        assert time.monotonic() < end, [(each.state, each.reason) for each in harvests[-20:]]
        time.sleep(0.5)
        with suppress(Exception):  # there is no store yet
            harvests = [each for each in rows(url) if each.schedule == "harvests"]


def test_a_minute_of_kills_leaves_a_whole_ledger_and_a_whole_store(
    tmp_path: Path, soak_seed: int
) -> None:
    dice = random.Random(soak_seed)
    portal = Portal(free_port())
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    port = portal.start.split("/")[2].rpartition(":")[2]
    (tmp_path / "glean.toml").write_text(CONFIG.format(port=port, start=portal.start))
    killed = dict.fromkeys(("portal", "scheduler", "keeper", "job"), 0)
    try:
        with scheduler(tmp_path):
            wait_for_harvest(url, since=0)  # else a portal that is down first leaves nothing to do
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with scheduler(tmp_path) as one:
                for what in dice.sample(["portal", "keeper", "job", "keeper", "job"], 5):
                    time.sleep(dice.uniform(0.5, 3))
                    if what == "portal":
                        portal.again()
                        let_hours_pass(tmp_path)
                        killed[what] += 1
                    else:
                        with suppress(Exception):
                            killed[what] += kill_one(url, job=what == "job")
                one.kill()
                killed["scheduler"] += 1
        with scheduler(tmp_path) as last:
            let_hours_pass(tmp_path)
            since = time.time_ns() // 1000
            end_harvests(url, before=since)
            wait_for_harvest(url, since=since)
            last.send_signal(signal.SIGTERM)
            assert last.wait(60) == 5
    finally:
        portal.kill()
    assert min(killed.values()) >= 2, killed
    check_ledger(url, {"harvests": 2, "settles": 3})
    with open_store(url) as store:
        store.settle()
        assert [each.holds for each in verify(store) if each.faults] == []


def check_ledger(url: str, names: dict[str, int]) -> None:
    """Nothing runs any more; of each schedule every second has its row, or lies in the span of one;
    at least so many were done, and of all others it says why not."""
    found = rows(url)
    assert not [each for each in found if each.state == "running"]
    for name, least in names.items():
        own = [each for each in found if each.schedule == name]
        for before, after in pairwise(own):
            assert (after.since or after.fire_time) == before.fire_time + 1_000_000
        assert sum(each.state == "done" for each in own) >= least
        assert all(each.reason for each in own if each.state not in ("done", "waiting"))


def test_leaders_killed_at_every_step_hand_over(
    postgresql: Server, tmp_path: Path, soak_seed: int
) -> None:
    dice = random.Random(soak_seed)
    until = time.monotonic() + HANDOVERS_SECONDS
    done = 0
    for number, dies in enumerate(dice.sample(STEPS, len(STEPS))):
        if time.monotonic() > until:
            break
        check_handover(postgresql, tmp_path / str(number), dies)
        done += 1
    assert done >= 5
