"""Backups of a schedule: the newest so many stay, and nothing else is touched."""

import os
import time
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from crawler.old_backups import old_backups, remove
from crawler.schedules import Schedule
from storage import SqlStore, open_store, takedowns

NOW = time.time_ns() // 1000
NIGHTLY = Schedule(name="n", job="backup", arguments=["backups/a.{time}.db"], every=60.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    (tmp_path / "backups").mkdir()
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    with chdir(tmp_path), open_store(url, create=True) as opened:
        yield opened


def made(store: SqlStore, name: str, *, noted: bool = True) -> Path:
    path = (Path("backups") / name).resolve()
    path.write_text("a backup")
    if noted:
        with store.database.write() as connection:
            count = len(takedowns.copies(connection))
            takedowns.note_copy(connection, str(path), "backup", now=NOW + count)
    return path


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_all_but_the_newest_go_and_are_named_no_more(store: SqlStore) -> None:
    for day in range(1, 6):
        made(store, f"a.2026010{day}T043000Z.db")
    found = old_backups(store, [NIGHTLY], newest=2, now=NOW)
    assert names(found.backups) == [f"a.2026010{day}T043000Z.db" for day in (1, 2, 3)]
    remove(store, found)
    left = sorted(path.name for path in Path("backups").iterdir())
    assert left == ["a.20260104T043000Z.db", "a.20260105T043000Z.db"]
    with store.database.read() as connection:
        assert [Path(each.path).name for each in takedowns.copies(connection)] == left


def test_without_a_number_all_stay(store: SqlStore) -> None:
    made(store, "a.20260101T043000Z.db")
    assert old_backups(store, [NIGHTLY], newest=0, now=NOW).backups == []


def test_what_no_schedule_made_stays(store: SqlStore) -> None:
    made(store, "a.before-the-upgrade.db")
    made(store, "b.20260101T043000Z.db")
    made(store, "a.20260101T043000Z.db.txt")
    made(store, "a.20260102T043000Z.db", noted=False)
    made(store, "a.20260103T043000Z.db")
    assert old_backups(store, [NIGHTLY], newest=1, now=NOW).backups == []


def test_each_schedule_keeps_its_own(store: SqlStore) -> None:
    weekly = Schedule(name="w", job="backup", arguments=["backups/w.{time}.db"], every=60.0)
    for name in ("a", "w"):
        for day in (1, 2):
            made(store, f"{name}.2026010{day}T043000Z.db")
    found = old_backups(store, [NIGHTLY, weekly], newest=1, now=NOW)
    assert names(found.backups) == ["a.20260101T043000Z.db", "w.20260101T043000Z.db"]


def test_one_that_was_moved_away_is_still_named_by_takedowns(store: SqlStore) -> None:
    made(store, "a.20260101T043000Z.db").rename("elsewhere.db")
    made(store, "a.20260102T043000Z.db")
    remove(store, old_backups(store, [NIGHTLY], newest=1, now=NOW))
    with store.database.read() as connection:
        assert len(takedowns.copies(connection)) == 2


def test_what_killed_backups_left_goes_a_day_later(store: SqlStore) -> None:
    old, young = (
        made(store, f".a.2026010{day}T043000Z.db.77.partial", noted=False) for day in (1, 2)
    )
    strange = made(store, ".z.20260101T043000Z.db.77.partial", noted=False)
    for path in (old, strange):
        os.utime(path, (NOW / 1e6 - 90_000, NOW / 1e6 - 90_000))
    assert names(old_backups(store, [NIGHTLY], newest=0, now=NOW).partial) == [old.name]
    assert young.exists()
