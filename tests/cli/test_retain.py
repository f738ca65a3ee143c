"""``glean retain``, as it is typed and as a schedule runs it."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import SqlStore, firings, open_store

OLD = time.time() - 200 * 86_400


@pytest.fixture
def glean(harvested, glean_in: Callable, tmp_path: Path):
    folder = tmp_path / "kept"
    shutil.copytree(harvested.glean.folder, folder)
    return glean_in(folder)


def opened(glean) -> SqlStore:
    return open_store(f"sqlite:///{glean.folder / 'glean.db'}")


def add(glean, text: str) -> None:
    with (glean.folder / "glean.toml").open("a") as file:
        file.write(text)


def log(glean, name: str, *, when: float) -> Path:
    path = glean.folder / "logs" / "nightly" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("said")
    os.utime(path, (when, when))
    return path


def test_it_lets_nothing_of_the_archive_go_unless_it_is_told_to(glean) -> None:
    said = glean.json("retain", "--json")
    assert said["dry_run"] is False
    assert said["archive"] == {
        **{"closed": [], "open": [], "files": 0, "removed": [], "rewritten": {}},
        **{"pages": 0, "responses": 0, "freed": 0, "passed_over": []},
    }
    assert (said["runs"], said["logs"]) == (0, 0)
    assert (said["backups"], said["partial_backups"]) == ([], [])
    assert glean.json("verify", "--json")["faults"] == 0


def test_runs_and_logs_that_were_kept_long_enough_go(glean) -> None:
    old = log(glean, "20260101T000000Z-1.log", when=OLD)
    new = log(glean, "20260601T000000Z-2.log", when=time.time())
    strange = log(glean, "access.log", when=OLD)
    moment = round(OLD * 1e6)
    due = [
        firings.Due(schedule="nightly", fire_time=moment + at, begins=moment, arguments=["settle"])
        for at in range(3)
    ]
    with opened(glean) as store, store.database.write() as connection:
        firings.enter(connection, due, now=moment)
        for each in firings.open_firings(connection):
            firings.begin(connection, each.id, owner="o", log=None, now=moment)
            ended = {"status": 0, "reason": None, "figures": None, "now": moment}
            firings.end(connection, each.id, owner="o", state="done", **ended)
    would = glean.json("retain", "--dry-run", "--json")
    assert (would["runs"], would["logs"], old.exists()) == (2, 1, True)
    did = glean.json("retain", "--json")
    assert (did["runs"], did["logs"]) == (2, 1)  # the newest run of a schedule stays
    assert (old.exists(), new.exists(), strange.exists()) == (False, True, True)
    assert len(glean.json("runs", "--json")["firings"]) == 1


def test_a_second_one_beside_it_leaves_at_once(glean) -> None:
    with opened(glean) as store, store.database.lock("retain"):
        assert "retain: another process" in glean.fails("retain", status=4)
        assert glean("retain", "--dry-run").returncode == 0


def test_a_file_that_is_not_as_it_was_is_named_and_the_rest_is_done(glean) -> None:
    add(glean, "\n[retention]\npages = 1.0\n")
    (file,) = (glean.folder / "archive").glob("*.gz")
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(file, (OLD, OLD))
    with opened(glean) as store, store.database.write() as connection:
        connection.exec_driver_sql("UPDATE page SET archive = NULL")
    done = glean("retain")
    assert done.returncode == 5
    assert f"{file.name}: left as it is" in done.stderr


def test_for_people_it_says_what_went(glean) -> None:
    log(glean, "20260101T000000Z-1.log", when=OLD)
    said = glean("retain", "--dry-run").stdout
    assert said.startswith("would go:\n")
    assert "0 ended runs of the ledger, 1 log\n" in said
