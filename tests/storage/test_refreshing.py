"""The index of related literature: brought up to date it equals one made anew, and whatever befalls
it, the next refresh makes it whole."""

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.engine import make_url

from crawler.config import StoreConfig
from records import IndexUnusable, LockHeld
from storage import SqlStore, open_store
from storage.fulltext import FulltextIndex
from storage.related import index_of
from storage.schema import record as record_table
from storage.schema import run
from storage.terms import VERSION
from tests.storage.filling import Filler, abstract, record


def folder_of(store: SqlStore) -> Path:
    return store._related_index.folder


def held(store: SqlStore) -> dict[int, int]:
    """What the index holds: of each record the wording."""
    with store.database.read() as connection:
        known = list(connection.execute(select(record_table.c.id)).scalars())
    view = store._related_index.view()
    found = view.contents(known)
    assert len(found) == view.records
    return found


def stored(store: SqlStore) -> dict[int, int]:
    with store.database.read() as connection:
        rows = connection.execute(select(record_table.c.id, record_table.c.content))
        return {row.id: row.content for row in rows}


def answers(store: SqlStore) -> dict[str, set[str]]:
    """All that is related to each record, in no order: scores count deleted records too."""
    return {
        each.key: {found.key for found in store.related(key=each.key, limit=1000)}
        for each in list(store.records())
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_brought_up_to_date_it_equals_one_made_anew(seed: int) -> None:
    dice = random.Random(seed)
    with open_store("sqlite://", create=True) as store:
        filler = Filler(store)
        for _ in range(dice.randint(1, 12)):
            if dice.random() < 0.2:
                filler.run = filler.begin(fresh=True)
            numbers = dice.sample(range(12), dice.randint(0, 6))
            texts = {number: abstract(number + 12 * dice.randint(0, 1), 1) for number in numbers}
            filler.add(100 + dice.randint(0, 3), [record(n, text=t) for n, t in texts.items()])
            if dice.random() < 0.2:
                store.settle()
            if dice.random() < 0.5:
                done = store.refresh()
                event(f"anew: {done.rebuilt}")
                event(f"removed: {bool(done.removed)}")
        store.refresh()
        brought_up, incremental = held(store), answers(store)
        store.refresh(rebuild=True)
        assert brought_up == held(store) == stored(store)
        assert incremental == answers(store)


def test_a_refresh_that_is_broken_off_goes_on_from_its_last_commit(
    store: SqlStore, filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.refresh()
    for page in range(10):
        filler.add(100 + page, [record(10 * page + n) for n in range(10)])
    monkeypatch.setattr("storage.refreshing._BATCH", 10)
    monkeypatch.setattr("storage.refreshing._COMMIT_EVERY", 20)

    def stop_at_seventy(left: int) -> None:
        if left <= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.refresh(progress=stop_at_seventy)
    committed = store._related_index.view().records
    assert 40 <= committed <= 60
    done = store.refresh()
    assert done.rebuilt is None
    assert 40 <= done.records <= 60
    assert held(store) == stored(store)


def test_what_is_stored_while_the_index_is_refreshed_is_the_next_ones(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(n) for n in range(5)])

    def harvest(left: int) -> None:
        filler.add(101, [record(7), record(0, text="Reworded meanwhile, by another page here.")])

    store.refresh(progress=harvest)
    assert store.related_state().behind == 2
    assert store.refresh().rebuilt is None
    assert held(store) == stored(store)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_reader_keeps_what_it_opened_while_the_index_is_refreshed(
    store: SqlStore, filler: Filler, rebuild: bool
) -> None:
    filler.add(100, [record(n) for n in range(5)])
    store.refresh()
    view = store._related_index.view()
    before = view.search(["the"], 9)
    filler.add(101, [record(n) for n in range(5, 9)])
    with open_store(store.url) as other:
        other.refresh(rebuild=rebuild)
    assert view.search(["the"], 9) == before
    assert len(store._related_index.view().search(["the"], 9)) == 9


def test_one_process_refreshes_at_a_time(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1)])
    with store._related_index.lock(), pytest.raises(LockHeld, match="refresh"):
        store.refresh()
    assert store.refresh().records == 1


@pytest.fixture
def indexed(store: SqlStore, filler: Filler) -> SqlStore:
    filler.add(100, [record(n) for n in range(30)])
    store.refresh()
    filler.add(100, [record(n) for n in range(5, 35)])
    store.refresh()
    return store


def test_a_deleted_index_is_made_again(indexed: SqlStore) -> None:
    before = answers(indexed)
    shutil.rmtree(folder_of(indexed))
    with pytest.raises(IndexUnusable):
        indexed.related(key=record(7).key)
    assert indexed.refresh().rebuilt == "there was none that could be read"
    assert answers(indexed) == before


def torn_files(folder: Path) -> list[Path]:
    """All that an index consists of, but locks."""
    files = (each for each in folder.rglob("*") if each.is_file() and "lock" not in each.name)
    return sorted(files)


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99])
def test_an_index_with_a_file_cut_short_is_noticed_and_made_again(
    indexed: SqlStore, tmp_path: Path, left: float
) -> None:
    before, folder = answers(indexed), folder_of(indexed)
    files = torn_files(folder)
    assert {".idx", ".term", ".del", ".json"} < {file.suffix for file in files}
    shutil.copytree(folder, tmp_path / "whole")
    for file in files:
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "whole", folder)
        content = file.read_bytes()
        file.write_bytes(content[: int(len(content) * left)])
        with pytest.raises(IndexUnusable, match="glean refresh makes it"):
            indexed.related(key=record(7).key)
    assert indexed.refresh().rebuilt == "there was none that could be read"
    assert answers(indexed) == before


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_an_index_by_other_rules_answers_nothing_and_is_made_again(
    indexed: SqlStore, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    before = answers(indexed)
    with monkeypatch.context() as otherwise:
        otherwise.setattr("storage.terms.VERSION", version)
        indexed.refresh(rebuild=True)
    with pytest.raises(IndexUnusable, match="another version of glean"):
        indexed.related(key=record(7).key)
    with pytest.raises(IndexUnusable, match="another version of glean"):
        indexed.searched_languages()
    assert indexed.related_state().refreshed_to is None
    assert indexed.refresh().rebuilt == "it was made by another version of the rules"
    assert answers(indexed) == before


def test_an_index_of_another_store_in_the_same_place_is_made_again(
    indexed: SqlStore, tmp_path: Path
) -> None:
    indexed.close()
    (tmp_path / "glean.db").unlink()
    with open_store(indexed.url, create=True) as other:
        filler = Filler(other)
        with pytest.raises(IndexUnusable, match="another store"):
            other.related(text="river delta")
        with other.database.write() as connection:
            connection.execute(update(run).values(started_at=7))
        for page in range(5):
            filler.add(200 + page, [record(60 + page)])
        assert other.refresh().rebuilt == "it was made of another store"
        assert held(other) == stored(other)


def test_an_index_that_holds_what_the_store_does_not_is_made_again(indexed: SqlStore) -> None:
    lost = record(7).key
    with indexed.database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql(
            "DELETE FROM reading WHERE record = (SELECT id FROM record WHERE key = ?)", (lost,)
        )
        connection.execute(delete(record_table).where(record_table.c.key == lost))
    assert lost not in {each.key for each in indexed.related(key=record(8).key, limit=99)}
    assert indexed.refresh().rebuilt == "it held other records than the store"
    assert held(indexed) == stored(indexed)


def test_an_index_much_of_which_was_deleted_is_made_anew(
    indexed: SqlStore, filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.refreshing._DELETED_FROM", 1)
    filler.add(100, [record(n) for n in range(25, 35)])
    assert indexed.refresh().rebuilt is None
    assert indexed._related_index.view().deleted > 0.25
    filler.add(101, [record(99)])
    assert indexed.refresh().rebuilt == "too much of it was deleted"
    assert indexed._related_index.view().deleted == 0
    assert held(indexed) == stored(indexed)


KILLED = """
import os, signal, sys
from storage import fulltext, open_store

def killing(name, of=fulltext.Writer, before=False):
    kept = getattr(of, name)
    def method(self, *arguments):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        kept(self, *arguments)
        killing.calls -= 1
        if not killing.calls:
            os.kill(os.getpid(), signal.SIGKILL)
    setattr(of, name, method)

url, name, calls, rebuild = sys.argv[1:]
killing.calls = int(calls)
if name == "publish before":
    killing("publish", before=True)
elif name == "sweep before":
    killing("_sweep", of=fulltext.FulltextIndex, before=not int(calls))
else:
    killing(name)
with open_store(url) as store:
    store.refresh(rebuild=rebuild == "rebuild")
"""
MOMENTS = [
    ("put", 9, ""),
    ("drop", 3, ""),
    ("commit", 1, ""),
    ("put", 20, "rebuild"),
    ("commit", 1, "rebuild"),
    ("publish before", 1, "rebuild"),
    ("sweep before", 2, "rebuild"),
]


@pytest.mark.parametrize(("name", "calls", "rebuild"), MOMENTS)
def test_a_refresh_that_is_killed_loses_nothing_and_leaves_nothing_behind(
    indexed: SqlStore, filler: Filler, name: str, calls: int, rebuild: str
) -> None:
    filler.add(100, [record(n, text=abstract(n + 500)) for n in range(10, 40)])
    command = [sys.executable, "-c", KILLED, indexed.url, name, str(calls), rebuild]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert indexed.related(key=record(12).key)
    assert indexed.refresh().rebuilt is None
    assert held(indexed) == stored(indexed)
    indexed.refresh(rebuild=True)
    left = [each.name for each in folder_of(indexed).iterdir()]
    assert len([name for name in left if name.isdigit()]) == 1
    assert {name for name in left if not name.isdigit()} == {"current", "lock"}


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = FulltextIndex(tmp_path / "file" / "index")
    with pytest.raises(IndexUnusable, match="related under \\[store\\]"):
        index.lock()


def test_the_index_lies_where_it_is_told_to(tmp_path: Path) -> None:
    url, place = f"sqlite:///{tmp_path / 's.db'}", tmp_path / "elsewhere" / "index"
    with open_store(url, create=True, related_folder=str(place)) as opened:
        Filler(opened).add(100, [record(1), record(2)])
        opened.refresh()
        assert opened.related(key=record(1).key)
    assert (place / "current").exists()
    assert not (tmp_path / "s.db-related").exists()


def test_the_index_of_a_store_on_a_server_lies_beside_the_archive_else_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    here, there = (make_url(f"postgresql+psycopg://me:secret@{host}/db") for host in "ab")
    assert index_of(here, None).folder.is_relative_to(tmp_path / "gleanings")
    assert index_of(here, None).folder == index_of(here.set(password="new"), None).folder
    assert index_of(here, None).folder != index_of(there, None).folder
    settings = StoreConfig(archive="kept/archive")
    assert settings.related_folder("postgresql+psycopg://h/d") == "kept/archive-related"
    assert settings.related_folder("sqlite:///glean.db") is None
    assert StoreConfig(archive="").related_folder("postgresql+psycopg://h/d") is None
    assert StoreConfig(related="kin").related_folder("sqlite:///glean.db") == "kin"


def test_a_store_in_memory_has_an_index_while_it_is_open() -> None:
    with open_store("sqlite://", create=True) as opened:
        Filler(opened).add(100, [record(n) for n in range(5)])
        opened.refresh()
        assert opened.related(key=record(2).key)
        folder = folder_of(opened)
        assert folder.exists()
    assert not folder.exists()
