"""Reading the archive again: what changed is stored and told, whatever else is left alone."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.desk import microseconds
from crawler.reparse import reparse
from crawler.sample import Portal
from records import LateAcknowledgement, ResultPage, page_hash
from spiders.pages import read
from storage import SqlStore, open_store
from storage.archive import read_exchange
from storage.captures import Captured, captured, stored_page
from storage.pages import Deposit
from storage.signing import sign
from tests.crawler.harvesting import harvest, rows, store_of, write_config
from tests.storage.invariants import check


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    with Portal(records=40, seed=3) as portal:
        harvest(write_config(folder, portal))
    return folder


@pytest.fixture
def folder(harvested: Path, tmp_path: Path) -> Path:
    """A harvested folder of one's own."""
    copied = tmp_path / "copied"
    shutil.copytree(harvested, copied)
    return copied


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    with open_store(store_of(folder / "glean.toml")) as opened:
        yield opened


def tell_otherwise(
    folder: Path, store: SqlStore, alter: Callable[[ResultPage], ResultPage], most: int = 10**9
) -> list[Captured]:
    """Store pages as a reader would have that read them otherwise."""
    pages = list(captured(store.database))[:most]
    for page in pages:
        assert page.place is not None
        body = read_exchange(folder / "archive", page.place).body
        said = alter(read(body, url=page.url, charset=page.charset))
        signed = tuple(sign(each, store.scheme) for each in said.records)
        store.store_page(deposit(page, said, signed), now=microseconds())
    return pages


def deposit(page: Captured, said: ResultPage, signed: Any, **more: Any) -> Deposit:
    return Deposit(
        source=page.source,
        run=page.run,
        address=page.address,
        lease=None,
        url=page.url,
        status=page.status,
        fetched_at=page.fetched_at,
        digest=page.digest,
        charset=page.charset,
        place=page.place,
        reader="former",
        page=said,
        signed=signed,
        said=page_hash(said),
        **more,
    )


def without_venues(page: ResultPage) -> ResultPage:
    """What a reader says that does not know venues, and overlooks the last record."""
    records = tuple(replace(each, venue=None) for each in page.records[:-1])
    return replace(page, records=records, stated_total=1234, footer=None)


def test_what_reads_otherwise_is_stored_and_told_field_by_field(
    folder: Path, store: SqlStore
) -> None:
    before = rows(store.url)
    pages = tell_otherwise(folder, store, without_venues, most=5)
    assert rows(store.url) != before
    told = reparse(store, folder / "archive")
    assert (told.pages, told.unchanged, told.changed, told.missing) == (40, 35, 5, 0)
    with store.database.read() as connection:
        listed = [stored_page(connection, page.id).records for page in pages]
    assert told.changes.fields["venue"] == sum(
        each.venue is not None for records in listed for each in records[:-1]
    )
    assert told.changes.fields["record"] == 5
    assert told.changes.fields["page.stated_total"] == told.changes.fields["page.footer"] == 5
    assert set(told.changes.fields) == {"venue", "record", "page.stated_total", "page.footer"}
    example = told.changes.examples["venue"][0]
    assert (example.old, example.url) == (None, pages[0].url)
    assert example.new in {each.venue for each in listed[0]}
    assert rows(store.url) == before
    check(store, settled=True)


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path, store: SqlStore) -> None:
    tell_otherwise(folder, store, without_venues, most=5)
    store.settle()
    before = rows(store.url)
    dry = reparse(store, folder / "archive", dry_run=True)
    assert rows(store.url) == before
    wet = reparse(store, folder / "archive")
    assert (dry.changed, dry.changes) == (wet.changed, wet.changes)
    assert wet.changed == 5


def test_the_number_of_processes_shows_in_nothing(folder: Path, store: SqlStore) -> None:
    shutil.copytree(folder, folder.parent / "other")
    said = []
    for name, jobs in (("copied", 1), ("other", 3)):
        here = folder.parent / name
        with open_store(store_of(here / "glean.toml")) as opened:
            tell_otherwise(here, opened, without_venues)
            told = reparse(opened, here / "archive", jobs=jobs)
            changes = [*opened.database.engine.connect().exec_driver_sql(CHANGES)]
            said.append((told.changed, told.changes, changes, rows(opened.url)))
    assert said[0] == said[1]


CHANGES = "SELECT id, change_no FROM page ORDER BY id"


def test_pages_in_quarantine_come_out_when_they_pass_and_go_in_when_they_fail(
    folder: Path, store: SqlStore
) -> None:
    def fail(page: ResultPage) -> ResultPage:
        return read(b"<title>404 Not Found</title>", url=page.url)

    before = rows(store.url)
    tell_otherwise(folder, store, fail, most=3)
    told = reparse(store, folder / "archive")
    assert (told.mended, told.quarantined, told.changed) == (3, 0, 0)
    assert rows(store.url) == before
    check(store, settled=True)


def test_a_page_stored_anew_meanwhile_is_not_overwritten(folder: Path, store: SqlStore) -> None:
    page = next(captured(store.database))
    with store.database.read() as connection:
        said = stored_page(connection, page.id)
    signed = tuple(sign(each, store.scheme) for each in said.records)
    store.store_page(deposit(page, said, signed), now=0)
    with pytest.raises(LateAcknowledgement, match="stored anew"):
        store.store_page(deposit(page, said, signed, instead_of=page.change_no), now=0)


def test_a_page_that_the_archive_does_not_hold_whole_is_named_and_left(
    folder: Path, store: SqlStore
) -> None:
    before = rows(store.url)
    (file,) = (folder / "archive").glob("*.warc.gz")
    pages = sorted(captured(store.database), key=lambda page: page.place.position)  # type: ignore[union-attr]
    data = bytearray(file.read_bytes())
    assert pages[3].place is not None
    data[pages[3].place.position + 40] ^= 0xFF
    file.write_bytes(data)
    told = reparse(store, folder / "archive", jobs=2)
    assert (told.missing, told.unchanged) == (1, 39)
    assert [each.url for each in told.named] == [pages[3].url]
    assert "cut short, or changed" in told.named[0].reason
    file.unlink()
    told = reparse(store, folder / "archive")
    assert (told.missing, told.unchanged) == (40, 0)
    assert "No such file" in told.named[0].reason
    assert rows(store.url) == before


def test_a_reparse_that_was_killed_is_completed_by_the_next(folder: Path, store: SqlStore) -> None:
    wanted = rows(store.url)
    tell_otherwise(folder, store, without_venues)
    store.settle()
    former = sqlite3.connect(folder / "glean.db").execute("SELECT change_no FROM state").fetchone()
    command = [sys.executable, "-m", "cli", "reparse", "--config", str(folder / "glean.toml")]
    process = subprocess.Popen([*command, "--jobs", "2"], stderr=subprocess.PIPE)
    stored = 0
    while stored < 7:
        assert process.poll() is None
        time.sleep(0.005)
        driver = sqlite3.connect(folder / "glean.db")
        stored = driver.execute("SELECT change_no FROM state").fetchone()[0] - former[0]
        driver.close()
    process.send_signal(signal.SIGKILL)
    _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err
    check(store)
    told = reparse(store, folder / "archive")
    assert 0 < told.changed <= 33
    assert told.changed + told.unchanged == 40
    assert rows(store.url) == wanted
    check(store, settled=True)
