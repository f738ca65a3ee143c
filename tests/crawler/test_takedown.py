"""A takedown reaches every kind of file, whenever it is killed."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.reparse import reparse
from crawler.rules import Rules
from crawler.sample import Portal
from crawler.taking_down import finish
from crawler.verifying import verify
from records import Record
from storage import SqlStore, open_store, takedowns
from storage.schema import problem
from tests.crawler.harvesting import harvest, store_of, write_config
from tests.crawler.takedowns import alone, holding, is_indexed, others
from tests.storage.invariants import check

NOW = 1_800_000_000_000_000


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    with Portal(records=60, seed=3) as portal:
        harvest(write_config(folder, portal, pages=8))
    return folder


@pytest.fixture
def folder(harvested: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "copied"
    shutil.copytree(harvested, copied)
    return copied


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    with open_store(store_of(folder / "glean.toml")) as opened:
        yield opened


def take(store: SqlStore, each: Record) -> None:
    store.take_down([each.key], who="me", reason="asked by its author", now=NOW)
    store.settle()


def test_it_is_found_in_database_and_archive_before_and_nowhere_after(
    folder: Path, store: SqlStore
) -> None:
    taken = alone(store)
    before = holding(folder, taken)
    assert any(name.startswith("glean.db") for name in before)
    assert any(name.endswith(".warc.gz") for name in before)
    assert is_indexed(folder / "glean.db-related", taken)
    left = others(store, taken)
    take(store, taken)
    done = finish(store, folder / "archive", Rules())
    assert holding(folder, taken) == set()
    assert not is_indexed(folder / "glean.db-related", taken)
    assert others(store, taken) == left
    (receipt,) = done.receipts
    assert receipt["records"] == [taken.key]
    assert receipt["archive"]["members"] >= 1
    assert receipt["database"]["remains"] == 0
    assert verify(store, folder / "archive").faults == 0
    check(store, settled=True)


def test_every_other_record_is_still_read_from_the_archive(folder: Path, store: SqlStore) -> None:
    taken = alone(store)
    left = others(store, taken)
    take(store, taken)
    finish(store, folder / "archive", Rules())
    told = reparse(store, folder / "archive")
    assert (told.changed, told.quarantined, told.missing) == (0, 0, 0)
    with store.database.write() as connection:  # as if every page had been read otherwise
        connection.exec_driver_sql("UPDATE page SET said = 'otherwise'")
    told = reparse(store, folder / "archive")
    assert told.changed == told.pages
    assert others(store, taken) == left


def test_what_a_site_lists_again_is_neither_stored_nor_left_in_the_archive(tmp_path: Path) -> None:
    with Portal(records=30, seed=3) as portal:
        config = write_config(tmp_path, portal, pages=4)
        harvest(config)
        with open_store(store_of(config)) as store:
            taken = alone(store)
            take(store, taken)
            finish(store, tmp_path / "archive", Rules())
        harvest(config, "--fresh")
    with open_store(store_of(config)) as store:
        assert taken.key not in {each.key for each in store.records()}
        assert holding(tmp_path, taken) == set()
        assert verify(store, tmp_path / "archive").faults == 0
        with store.database.read() as connection:
            said = connection.execute(select(problem.c.code)).scalars().all()
    assert "taken-down" in said


def test_a_file_that_a_harvest_writes_is_left_and_said(folder: Path, store: SqlStore) -> None:
    taken = alone(store)
    (file,) = (folder / "archive").glob("*.warc.gz")
    file.rename(file.with_name(f"{file.name}.open"))
    take(store, taken)
    with store.database.lock("harvest portal"):
        done = finish(store, folder / "archive", Rules())
    assert done.receipts == []
    assert "is being written by a harvest of portal" in done.left[0]
    done = finish(store, folder / "archive", Rules())
    assert len(done.receipts) == 1
    assert holding(folder, taken) == set()


STEPS = """
import os, signal, sys
from crawler import moving, taking_down
from crawler.rules import Rules
from pathlib import Path
from storage import manifest, open_store, takedowns
from storage import rewriting
left = int(sys.argv[3])
def counted(module, name):
    done = getattr(module, name)
    def step(*args, **more):
        global left
        said = done(*args, **more)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return said
    setattr(module, name, step)
for module, names in (
    (takedowns, ("begin_move", "lead", "end_move", "barred", "forget_words", "close")),
    (manifest, ("add", "strike")), (moving, ("rewrite",)), (taking_down, ("scrub",)),
):
    for name in names:
        counted(module, name)
with open_store(sys.argv[1]) as store:
    taking_down.finish(store, Path(sys.argv[2]), Rules())
print(left)
"""


@pytest.mark.soak
def test_a_kill_at_any_step_leaves_whole_pages_and_is_gone_on_from(
    harvested: Path, tmp_path: Path
) -> None:
    killed, step = 0, 0
    while killed == step:
        step += 1
        folder = tmp_path / str(step)
        shutil.copytree(harvested, folder)
        with open_store(store_of(folder / "glean.toml")) as store:
            taken = alone(store)
            left = others(store, taken)
            take(store, taken)
            command = [sys.executable, "-c", STEPS, store.url, folder / "archive", str(step)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
            killed += ended.returncode == -signal.SIGKILL
            assert verify(store, folder / "archive").faults == 0
            finish(store, folder / "archive", Rules())
            assert holding(folder, taken) == set()
            assert others(store, taken) == left
            with store.database.read() as connection:
                assert takedowns.unfinished(connection) == []
                assert takedowns.moves(connection) == []
            assert len([*(folder / "archive").glob("*.warc.gz*")]) == 1
            check(store, settled=True)
    assert killed >= 10
