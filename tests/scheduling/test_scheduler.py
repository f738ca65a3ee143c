"""Schedulers, keepers and jobs as processes: killed, hung, greedy, short of disk; every fire time
is run once or has its reason."""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from records import Firing
from scheduling.owners import process_of
from storage import firings, open_store
from storage.engine import open_database
from tests.scheduling.leading import Leader, start
from tests.servers import Server

EVERY = {"name": "s", "job": "settle", "arguments": ["{time}"], "every": 1.0, "overlap": "wait"}
ONCE = {"name": "s", "job": "settle", "every": 2.0, "overlap": "skip"}
PATIENCE = 60.0
STEPS = (*(f"statement:{number}" for number in range(1, 60)), "launch:1", "started:1", "told:1")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of an empty store in a file."""
    made = f"sqlite:///{tmp_path / 'glean.db'}"
    open_store(made, create=True).close()
    return made


@contextmanager
def leading(*arguments: Any, **options: Any) -> Iterator[Leader]:
    leader = start(*arguments, **options)
    try:
        yield leader
    finally:
        leader.process.kill()
        leader.process.wait()
        for pipe in (leader.process.stdout, leader.process.stderr):
            pipe.close()  # type: ignore[union-attr] # keepers have them too, and may go on


def rows(url: str) -> list[Firing]:
    """Every fire time there was, oldest first."""
    database = open_database(url, create=False)
    try:
        with database.read() as connection:
            return firings.listed(connection, limit=100_000)[::-1]
    finally:
        database.close()


def until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What a call answers, once that is true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.1)
    return found


def first(url: str, *states: str) -> Firing:
    """The first fire time in one of the states, once there is one."""
    found: Firing = until(lambda: next((r for r in rows(url) if r.state in states), None))
    return found


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def check_once(url: str, ran: Path) -> None:
    """Every fire time from the first on has its row or lies in the span of one; what was run was
    run once, and what was not was not."""
    found = rows(url)
    unbegun = {"missed", "skipped", "waiting"}
    begun = [each for each in found if each.state not in unbegun]
    assert {each.state for each in found} <= {"done", "stopped", *unbegun}, found
    moments = [
        time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(each.fire_time // 1_000_000)) for each in begun
    ]
    lines = ran.read_text().split() if ran.exists() else []
    assert len(lines) == len({*lines})
    done = [m for m, each in zip(moments, begun, strict=True) if each.state == "done"]
    assert {*done} <= {*lines} <= {*moments}
    for before, after in pairwise(found):
        assert (after.since or after.fire_time) == before.fire_time + 1_000_000, (before, after)


def check_handover(server: Server, folder: Path, dies: str) -> None:
    """A leader dies at a step; another, standing by, takes over."""
    folder.mkdir(exist_ok=True)
    name = server.new_database()
    url = server.url(name)
    open_store(url, create=True).close()
    ran = folder / "ran"
    with leading(folder, url, EVERY, dies=dies) as one:
        until(lambda: b"leads" in os.read(one.process.stderr.fileno(), 100))  # type: ignore[union-attr]
        with leading(folder, url, EVERY) as two:
            assert one.process.wait(PATIENCE) == -signal.SIGKILL
            so_far = len(ran.read_text().split()) if ran.exists() else 0
            until(lambda: ran.exists() and len(ran.read_text().split()) >= so_far + 2)
            said = two.stop()
    assert "leads" in said
    until(lambda: not [each for each in rows(url) if each.state == "running"])
    check_once(url, ran)
    server.drop(name)


@pytest.mark.parametrize("dies", [*random.Random(7).sample(STEPS[:-3], 3), *STEPS[-3:]])
def test_a_leader_killed_at_a_step_leaves_no_fire_time_run_twice_and_none_lost(
    postgresql: Server, tmp_path: Path, dies: str
) -> None:
    check_handover(postgresql, tmp_path, dies)


def test_a_second_scheduler_of_a_file_leaves_and_one_of_a_server_stands_by(
    url: str, tmp_path: Path, postgresql: Server
) -> None:
    with leading(tmp_path, url, ONCE) as one:
        until(lambda: b"leads" in os.read(one.process.stderr.fileno(), 100))  # type: ignore[union-attr]
        with leading(tmp_path, url, ONCE) as two:
            assert "LockHeld" in two.process.communicate(timeout=PATIENCE)[1].decode()
    name = postgresql.new_database()
    shared = postgresql.url(name)
    open_store(shared, create=True).close()
    with leading(tmp_path, shared, ONCE) as one:
        until(lambda: b"leads" in os.read(one.process.stderr.fileno(), 100))  # type: ignore[union-attr]
        with leading(tmp_path, shared, ONCE) as two:
            said = os.read(two.process.stderr.fileno(), 200)  # type: ignore[union-attr]
            assert b"another scheduler leads: standing by" in said
            one.stop()
            until(lambda: b"leads" in os.read(two.process.stderr.fileno(), 200))  # type: ignore[union-attr]
            two.stop()
    postgresql.drop(name)


def test_a_job_outlives_a_scheduler_that_is_killed_and_is_not_run_again(
    url: str, tmp_path: Path
) -> None:
    slow = python("import time; time.sleep(4); print('{\"slept\": 4}')")
    schedule = ONCE | {"every": 3600.0, "catch_up": "all"}
    quick = ONCE | {"every": 2.0}
    with leading(tmp_path, url, quick, program=slow) as one:
        running = first(url, "running")
    assert one.process.returncode == -signal.SIGKILL
    assert process_of(running.owner or "") is not None
    with leading(tmp_path, url, schedule, program=slow) as two:
        ended = first(url, "done")
        two.stop()
    assert (ended.id, ended.status, ended.figures) == (running.id, 0, {"slept": 4})
    assert [each.id for each in rows(url) if each.state == "done"] == [running.id]


def test_a_keeper_that_is_killed_takes_its_job_with_it_and_the_run_is_lost(
    url: str, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    job = tmp_path / "job"
    tell = ["/bin/sh", "-c", f'cat > {told}; echo "$GLEAN_SCHEDULE $GLEAN_STATE" >> {told}']
    stays = python(
        f"import os, time; open({str(job)!r}, 'w').write(str(os.getpid()));time.sleep(600)"
    )
    with leading(tmp_path, url, ONCE, program=stays, on_failure=tell) as leader:
        running = first(url, "running")
        process = int(until(lambda: job.exists() and job.read_text()))
        keeper = process_of(running.owner or "")
        assert keeper is not None
        os.kill(keeper, signal.SIGKILL)
        lost = first(url, "lost")
        until(lambda: told.exists() and "lost" in told.read_text().split("\n")[-2])
        until(lambda: gone(process))
        leader.stop()
    assert (lost.id, lost.reason) == (running.id, "the process that kept it was killed")
    line, words = told.read_text().split("\n")[:2]
    assert json.loads(line)["id"] == running.id
    assert words == "s lost"


def gone(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return False
    return True


def test_a_job_that_hangs_is_asked_to_end_and_then_killed_with_all_it_started(
    url: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    deaf = python(
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'], process_group=0)\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "print('here', flush=True)\n"
        "time.sleep(600)\n"
    )
    with leading(tmp_path, url, ONCE | {"time_limit": 2.0}, program=deaf) as leader:
        failed = first(url, "failed")
        leader.stop()
    assert (failed.reason, failed.status) == ("took longer than 2 s", -signal.SIGKILL)
    until(lambda: all(gone(int(each)) for each in pids.read_text().split()), 10)
    log = Path(failed.log or "").read_text()
    assert log.startswith("here\n")
    assert "[asked to end: time]" in log
    assert "[killed: it did not end within 1 s]" in log


def test_a_job_that_eats_memory_is_ended(url: str, tmp_path: Path) -> None:
    eats = python("import time; eaten = bytearray(200_000_000); print(len(eaten)); time.sleep(600)")
    with leading(tmp_path, url, ONCE | {"memory": 100}, program=eats) as leader:
        failed = first(url, "failed")
        leader.stop()
    assert failed.reason == "took more than 100 MB of memory"


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        ("print('{\"n\": 1}')", "done", None),
        ("import sys; sys.exit(1)", "failed", "nothing usable came out: see its log"),
        ("import sys; sys.exit(3)", "partly", "a page did not pass its own check, or a source"),
        ("import sys; sys.exit(4)", "skipped", "another process was at it"),
        ("import os; os.kill(os.getpid(), 9)", "failed", "ended by SIGKILL"),
        ("print('x' * 40_000_000)", "done", None),
    ],
)
def test_what_a_job_ends_with_is_what_the_ledger_says(
    url: str, tmp_path: Path, code: str, state: str, reason: str | None
) -> None:
    with leading(tmp_path, url, ONCE, program=python(code)) as leader:
        ended = first(url, "done", "failed", "partly", "skipped")
        leader.stop()
    assert ended.state == state
    assert (ended.reason or "").startswith(reason or "")
    assert ended.figures == ({"n": 1} if "n" in code and state == "done" and "{" in code else None)
    assert Path(ended.log or "").stat().st_size < 40_000_000


def test_a_stop_lets_jobs_end_and_leaves_within_its_time(url: str, tmp_path: Path) -> None:
    kind = python(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('{\"left\": 3}'), sys.exit(5)))\n"
        "time.sleep(600)"
    )
    with leading(tmp_path, url, ONCE, program=kind) as leader:
        running = first(url, "running")
        until(lambda: Path(running.log or "").exists())
        time.sleep(1)
        said = leader.stop()
        assert leader.process.returncode == 0
    (stopped,) = (each for each in rows(url) if each.state == "stopped")
    assert (stopped.status, stopped.reason) == (5, "the scheduler was stopped")
    assert stopped.figures == {"left": 3}
    assert "stopping: jobs are asked to end" in said


def test_a_full_disk_stops_nothing_for_good(url: str, tmp_path: Path) -> None:
    schedule = EVERY | {"catch_up": "all", "catch_up_limit": 1000}
    with leading(tmp_path, url, schedule) as leader:
        first(url, "done")
        pid = leader.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        until(lambda: b"glean.db" in os.read(leader.process.stderr.fileno(), 4096))  # type: ignore[union-attr]
        resource.prlimit(
            pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        ended = len([each for each in rows(url) if each.state == "done"])
        until(lambda: len([each for each in rows(url) if each.state == "done"]) > ended + 2)
        leader.stop()
    check_once(url, tmp_path / "ran")
