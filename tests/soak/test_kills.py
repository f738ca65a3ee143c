"""A harvest that is killed again and again leaves the rows of one that nobody disturbed."""

import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from crawler.sample import Portal
from storage import manifest, open_store
from storage.archive import whole_members
from storage.verifying import verify
from tests.crawler.harvesting import harvest, rows, start_harvest, store_of, write_config
from tests.storage.invariants import check

RECORDS = 300
KILLS = 20
IN_TRANSACTION = 3

pytestmark = pytest.mark.soak


def test_twenty_kills_leave_the_rows_of_an_undisturbed_harvest(
    tmp_path: Path, soak_seed: int
) -> None:
    dice = random.Random(soak_seed)
    with Portal(records=RECORDS, seed=11, markup="random") as portal:
        calm = write_config(_folder(tmp_path, "calm"), portal)
        stormy = write_config(_folder(tmp_path, "stormy"), portal)
        undisturbed = harvest(calm)
        leased, inside = 0, 0
        for number in range(KILLS):
            held, writing = _kill_one(stormy, dice, wait_for_transaction=number % 3 == 0)
            leased += held
            inside += writing
        figures = harvest(stormy)
    assert leased >= KILLS / 2, f"only {leased} kills met a lease"
    assert inside >= IN_TRANSACTION, f"only {inside} kills met an open transaction"
    assert figures["finished"]
    assert figures["pages"] == undisturbed["pages"] == RECORDS
    assert rows(store_of(stormy)) == rows(store_of(calm))
    with open_store(store_of(stormy)) as store:
        check(store, settled=True)
        assert [each.holds for each in verify(store) if each.faults] == []
    for path in (stormy.parent / "archive").iterdir():
        if path.name == manifest.NAME:
            continue
        assert path.suffix == ".gz"
        assert whole_members(path) == path.stat().st_size


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def _kill_one(
    config: Path, dice: random.Random, *, wait_for_transaction: bool
) -> tuple[bool, bool]:
    """Begin or go on with a harvest, kill it while it works; whether a lease was outstanding, and
    whether a writing transaction was open.

    The process is stopped first, so that what is seen is what it is killed in.
    """
    database = config.parent / "glean.db"
    stored = _pages(database)
    process = start_harvest(config)
    try:
        _wait(lambda: _pages(database) > stored or process.poll() is not None, 60)
        time.sleep(dice.uniform(0, 0.12))
        for _ in range(400):
            process.send_signal(signal.SIGSTOP)
            writing = _is_writing(database)
            if writing or not wait_for_transaction or process.poll() is not None:
                break
            process.send_signal(signal.SIGCONT)
            time.sleep(dice.uniform(0, 0.004))
        assert process.poll() is None, "the harvest ended before all its kills: make it longer"
        process.kill()
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()
    return _count(database, "SELECT count(*) FROM address WHERE state = 'leased'") > 0, writing


def _wait(true, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)


def _is_writing(database: Path) -> bool:
    """Whether somebody holds the write lock right now."""
    driver = sqlite3.connect(database, timeout=0, isolation_level=None)
    try:
        driver.execute("BEGIN IMMEDIATE")
        driver.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    else:
        return False
    finally:
        driver.close()


def _pages(database: Path) -> int:
    return _count(database, "SELECT count(*) FROM page")


def _count(database: Path, query: str) -> int:
    if not database.exists():
        return 0
    driver = sqlite3.connect(database, timeout=30)
    try:
        return int(driver.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # the tables are not there yet
    finally:
        driver.close()
