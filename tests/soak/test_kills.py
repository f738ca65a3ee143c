"""A harvest that is killed again and again leaves the rows of one that nobody disturbed."""

import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.sample import Portal
from crawler.verifying import verify as verify_archive
from storage import manifest, open_store
from storage.archive import whole_members
from storage.lost import MOST_LOST
from storage.verifying import verify
from tests.crawler.forking import Forked, Forker
from tests.crawler.harvesting import harvest, rows, store_of, write_config
from tests.storage.invariants import check

RECORDS = 1500
KILLS = 100
MET = {"leased": KILLS / 2, "writing": KILLS / 10, "archived": KILLS / 20, "starting": KILLS / 20}
"""So many kills at least met a page under way, an open transaction, a page that is in the archive
and not in the store, and a harvest that had stored nothing yet."""
OFTEN = MOST_LOST - 1
"""Deaths that one page was under way in: at one more it would be taken for the cause of them."""

pytestmark = pytest.mark.soak


def test_a_hundred_kills_leave_the_rows_of_an_undisturbed_harvest(
    tmp_path: Path, soak_seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(soak_seed)
    with Portal(records=RECORDS, seed=11, markup="random") as portal, Forker() as forker:
        calm = write_config(_folder(tmp_path, "calm"), portal)
        stormy = write_config(_folder(tmp_path, "stormy"), portal)
        undisturbed = harvest(calm)
        begun = time.monotonic()
        met = _storm(forker, stormy, dice)
        seconds, left = time.monotonic() - begun, RECORDS - _pages(stormy.parent / "glean.db")
        figures = harvest(stormy)
    with capsys.disabled():
        print(f"\n{KILLS} kills in {seconds:.0f} s, seed {soak_seed}, {left} pages left: {met}")
    for what, least in MET.items():
        assert met[what] >= least, f"only {met[what]} kills: {what}"
    assert figures["finished"]
    assert figures["pages"] == undisturbed["pages"] == RECORDS
    assert rows(store_of(stormy)) == rows(store_of(calm))
    archive = stormy.parent / "archive"
    with open_store(store_of(stormy)) as store:
        check(store, settled=True)
        assert [each.holds for each in verify(store) if each.faults] == []
        assert verify_archive(store, archive).named == []
    for path in archive.iterdir():
        if path.name == manifest.NAME:
            continue
        assert path.suffix == ".gz"
        assert whole_members(path) == path.stat().st_size


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def _storm(forker: Forker, config: Path, dice: random.Random) -> Counter[str]:
    """Begin or go on with a harvest and kill it, over and over; what the kills met."""
    met: Counter[str] = Counter()
    database = config.parent / "glean.db"
    moments = [_start, _any, _page, _transaction, _response] * (KILLS // 5)
    dice.shuffle(moments)
    for waits in moments:
        stored = _pages(database)
        if _lost(database) >= OFTEN:
            waits = _acquittal
        child = forker.start(config)
        try:
            waits(child, config.parent, dice)
            assert not child.has_ended(), "the harvest ended before all its kills: make it longer"
            child.send_signal(signal.SIGSTOP)  # so that what is seen is what it is killed in
            met["leased"] += _is_leased(database)
            met["writing"] += _is_writing(database)
            met["archived"] += _is_archived(config.parent)
            met["starting"] += _pages(database) == stored
        finally:
            child.kill()
    return met


def _start(child: Forked, folder: Path, dice: random.Random) -> None:
    """A moment before it can have stored a page, however fast the machine."""
    time.sleep(dice.uniform(0, 0.05))


def _any(child: Forked, folder: Path, dice: random.Random) -> None:
    """Any moment, from the first on."""
    time.sleep(dice.uniform(0, 1.5))


def _page(child: Forked, folder: Path, dice: random.Random) -> None:
    """Soon after its first page."""
    stored = _pages(folder / "glean.db")
    _wait(child, lambda: _pages(folder / "glean.db") > stored)
    time.sleep(dice.uniform(0, 0.1))


def _transaction(child: Forked, folder: Path, dice: random.Random) -> None:
    """A moment in a page's transaction."""
    _page(child, folder, dice)
    _catch(child, lambda: _is_writing(folder / "glean.db"), dice)


def _response(child: Forked, folder: Path, dice: random.Random) -> None:
    """A moment between a page's coming into the archive and into the store."""
    _page(child, folder, dice)
    _catch(child, lambda: _is_archived(folder), dice)


def _acquittal(child: Forked, folder: Path, dice: random.Random) -> None:
    """A moment at which no page is about to be taken for what kills."""
    _wait(child, lambda: _lost(folder / "glean.db") < OFTEN)


def _wait(child: Forked, true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true() and not child.has_ended():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)


def _catch(child: Forked, true: Callable[[], bool], dice: random.Random) -> None:
    """Stop it at a moment at which something is true; or at any, if that does not come soon."""
    for _ in range(100):
        child.send_signal(signal.SIGSTOP)
        if true() or child.has_ended():
            break
        child.send_signal(signal.SIGCONT)
        time.sleep(dice.uniform(0, 0.004))


def _is_archived(folder: Path) -> bool:
    """Whether a response is in the archive, and no page in the store leads to it yet."""
    for path in (folder / "archive").glob("*.open"):
        of_file = "SELECT max(position + length) FROM page WHERE archive = ?"
        stored = _count(folder / "glean.db", of_file, path.stem)
        if 0 < stored < path.stat().st_size:
            return True
    return False


def _lost(database: Path) -> int:
    """The most deaths in a row that one page was under way in."""
    return _count(database, "SELECT max(times) FROM lost")


def _is_leased(database: Path) -> bool:
    return _count(database, "SELECT count(*) FROM address WHERE state = 'leased'") > 0


def _is_writing(database: Path) -> bool:
    """Whether somebody holds the write lock right now."""
    if not database.exists():
        return False
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


def _count(database: Path, query: str, *values: str) -> int:
    if not database.exists():
        return 0
    driver = sqlite3.connect(database, timeout=30)
    try:
        return int(driver.execute(query, values).fetchone()[0] or 0)
    except sqlite3.OperationalError:
        return 0  # the tables are not there yet
    finally:
        driver.close()
