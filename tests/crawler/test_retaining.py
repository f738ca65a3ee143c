"""What ``glean retain`` lets go of the archive, and what it never does."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from crawler.retaining import Retained, retain
from crawler.sample import Portal
from crawler.verifying import verify
from storage import SqlStore, manifest, open_store, takedowns
from storage.archive import Archive
from storage.removed import to_bar
from storage.schema import page, record, step, visit, walk
from storage.verifying import verify as verify_store
from tests.crawler.harvesting import harvest, store_of, write_config
from tests.servers import Server
from tests.storage.statements import BACK_ENDS, wait_for_the_server

LATER = (int(time.time()) + 3600) * 1_000_000
"""Everything that the tests harvest is older."""


def harvest_thrice(folder: Path, store: str = "sqlite:///glean.db") -> None:
    """Four pages, then these and four more, then the four again: three files. Of the first nothing
    is needed, of the second a half, of the third all."""
    with Portal(records=60, seed=3) as portal:
        for pages in (4, 8, 4):
            harvest(write_config(folder, portal, pages=pages, store=store), "--fresh")


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    harvest_thrice(folder)
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


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "archive").iterdir())


def archived(store: SqlStore) -> dict[int, str]:
    """By id of the page, the file that it stands in."""
    with store.database.read() as connection:
        rows = connection.execute(select(page.c.id, page.c.archive))
        return {row.id: row.archive for row in rows if row.archive is not None}


def said(store: SqlStore) -> list[Any]:
    return [*store.records()]


def set_pages(store: SqlStore, which: Any, **values: Any) -> None:
    with store.database.write() as connection:
        connection.execute(update(page).where(which).values(values))


def older(store: SqlStore) -> list[int]:
    """Pages of addresses that were read again since."""
    later = page.alias()
    again = select(page.c.id).where(
        select(later.c.id)
        .where(later.c.address == page.c.address, later.c.run > page.c.run)
        .exists()
    )
    with store.database.read() as connection:
        return sorted(connection.execute(again).scalars())


def gone(store: SqlStore, before: dict[int, str]) -> list[int]:
    return sorted(before.keys() - archived(store).keys())


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_pages_that_were_read_again_go_and_all_others_are_read_as_before(
    back_end: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "sqlite:///glean.db"
    if back_end == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        url = server.url(server.new_database())
    harvest_thrice(tmp_path, url)
    wait_for_the_server(url)
    address = url if back_end == "postgresql" else store_of(tmp_path / "glean.toml")
    with open_store(address) as store:
        there, records, again = archived(store), said(store), older(store)
        size = sum(path.stat().st_size for path in (tmp_path / "archive").glob("*.gz"))
        told = retain(store, tmp_path / "archive", before=LATER)
        assert len(again) == told.pages == 8
        assert gone(store, there) == again
        assert told.responses == 2  # robots.txt
        assert (len(told.removed), len(told.rewritten)) == (1, 1)
        assert len(files(tmp_path)) == 3
        now = sum(path.stat().st_size for path in (tmp_path / "archive").glob("*.gz"))
        assert size - now == told.freed > 0
        assert verify(store, tmp_path / "archive").faults == 0
        assert verify(store, tmp_path / "archive").unlisted == []
        assert said(store) == records
        assert retain(store, tmp_path / "archive", before=LATER).freed == 0


def test_without_a_day_nothing_goes(folder: Path, store: SqlStore) -> None:
    there, names = archived(store), files(folder)
    assert retain(store, folder / "archive", before=None) == Retained()
    assert (archived(store), files(folder)) == (there, names)


def test_a_dry_run_says_what_would_go_and_changes_nothing(folder: Path, store: SqlStore) -> None:
    there, names = archived(store), files(folder)
    would = retain(store, folder / "archive", before=LATER, dry_run=True)
    assert (archived(store), files(folder)) == (there, names)
    did = retain(store, folder / "archive", before=LATER)
    assert (would.pages, would.responses, would.freed) == (did.pages, did.responses, did.freed)
    assert [*would.rewritten] == [*did.rewritten]
    assert did.freed


def test_a_file_younger_than_the_day_is_left(folder: Path, store: SqlStore) -> None:
    there = archived(store)
    now = time.time()
    for path in (folder / "archive").glob("*.gz"):
        os.utime(path, (now, now + 7200))
    assert retain(store, folder / "archive", before=LATER).files == 0
    assert archived(store) == there


def test_a_page_in_quarantine_stays(folder: Path, store: SqlStore) -> None:
    there, again = archived(store), older(store)
    set_pages(store, page.c.id == again[0], state="quarantined")
    retain(store, folder / "archive", before=LATER)
    assert gone(store, there) == again[1:]


def test_a_page_whose_later_ones_are_in_quarantine_stays(folder: Path, store: SqlStore) -> None:
    there, again = archived(store), older(store)
    with store.database.read() as connection:
        of = select(page.c.address).where(page.c.id == again[0])
        address = connection.execute(of).scalar_one()
    of_address = page.c.address == address
    set_pages(store, of_address & (page.c.run > 1), state="quarantined")
    with store.database.read() as connection:
        three = {*connection.execute(select(page.c.id).where(of_address)).scalars()}
    assert len(three) == 3
    retain(store, folder / "archive", before=LATER)
    assert not {*gone(store, there)} & three
    assert len(gone(store, there)) == len(again) - 2


def test_a_page_stays_whose_later_ones_were_not_archived(folder: Path, store: SqlStore) -> None:
    there = archived(store)
    set_pages(store, page.c.run > 1, archive=None, position=None, length=None)
    retain(store, folder / "archive", before=LATER)
    with store.database.read() as connection:
        first = {*connection.execute(select(page.c.id).where(page.c.run == 1)).scalars()}
    assert first
    assert not {*gone(store, there)} & first


def test_a_page_that_a_record_is_shown_by_stays(folder: Path, store: SqlStore) -> None:
    there, again = archived(store), older(store)
    with store.database.read() as connection:
        listed = connection.exec_driver_sql(f"SELECT record FROM reading WHERE page = {again[0]}")
        shown = listed.scalars().first()
    with store.database.write() as connection:
        connection.execute(update(record).where(record.c.id == shown).values(page=again[0]))
    retain(store, folder / "archive", before=LATER)
    assert gone(store, there) == again[1:]


def test_a_page_that_a_takedown_has_still_to_reach_stays(folder: Path, store: SqlStore) -> None:
    there, again = archived(store), older(store)
    with store.database.write() as connection:
        connection.execute(insert(to_bar), {"page": again[0]})
    retain(store, folder / "archive", before=LATER)
    assert gone(store, there) == again[1:]


def test_a_page_that_a_revisit_or_a_walk_compares_with_stays(folder: Path, store: SqlStore) -> None:
    there, again = archived(store), older(store)
    with store.database.write() as connection:
        visited, walked = (
            connection.execute(select(page.c.address).where(page.c.id == each)).scalar_one()
            for each in again[:2]
        )
        seen = {"checked_at": 1, "changed_at": 1, "every": 1, "due_at": 1, "reason": "unchanged"}
        connection.execute(insert(visit), {"address": visited, "page": again[0], **seen})
        connection.execute(insert(walk), {"start": walked, "source": "portal"})
        of_walk = {"walk": walked, "place": 1, "listed": 1, "new": 1}
        connection.execute(insert(step), {"address": walked, "page": again[1], **of_walk})
    retain(store, folder / "archive", before=LATER)
    assert gone(store, there) == again[2:]


def test_a_response_that_may_be_a_page_stays_though_the_store_does_not_know_it(
    folder: Path, store: SqlStore
) -> None:
    # as after a store was brought back from a backup
    unknown = older(store)[0]
    set_pages(store, page.c.id == unknown, archive=None, position=None, length=None)
    told = retain(store, folder / "archive", before=LATER)
    listed = manifest.load(folder / "archive").values()
    left = sum(each.members for each in listed)
    assert told.pages == len(older(store)) - 1
    assert left == len(archived(store)) + 2  # and the robots.txt of the newest file


def test_a_file_that_is_not_as_it_was_is_left_and_named(folder: Path, store: SqlStore) -> None:
    first = sorted((folder / "archive").glob("*.gz"))[0]
    before = first.stat()
    data = bytearray(first.read_bytes())
    data[-5] ^= 1
    first.write_bytes(data)
    os.utime(first, (before.st_atime, before.st_mtime))
    told = retain(store, folder / "archive", before=LATER)
    assert [each.file for each in told.passed_over] == [first.name]
    assert "glean verify" in told.passed_over[0].reason
    assert first.read_bytes() == data


def test_a_file_that_a_killed_harvest_left_is_closed_and_listed(
    folder: Path, store: SqlStore
) -> None:
    first, *_ = sorted((folder / "archive").glob("*.gz"))
    manifest.strike(folder / "archive", first.name)
    first.rename(first.with_name(f"{first.name}.open"))
    told = retain(store, folder / "archive", before=None)
    assert told.closed == [first.name]
    assert first.name in manifest.load(folder / "archive")
    assert verify(store, folder / "archive").faults == 0


def test_a_file_that_a_harvest_writes_is_left_and_said(folder: Path, store: SqlStore) -> None:
    first, *_ = sorted((folder / "archive").glob("*.gz"))
    manifest.strike(folder / "archive", first.name)
    first.rename(first.with_name(f"{first.name}.open"))
    with store.database.lock("harvest portal"):
        told = retain(store, folder / "archive", before=LATER)
    assert told.closed == []
    assert "is being written by a harvest of portal" in told.open[0]


FULL = """
import os, resource, sys
from pathlib import Path
from crawler.retaining import retain
from storage import open_store
room = int(sys.argv[4])
def fill(event, said):  # once the archive is written: the store's own journal may be longer
    if event == "open" and said[2] & os.O_CREAT and ".gz" in str(said[0]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
sys.addaudithook(fill)
with open_store(sys.argv[1]) as store:
    retain(store, Path(sys.argv[2]), before=int(sys.argv[3]))
"""


def test_a_full_disk_leaves_every_file_as_it_was(
    harvested: Path, folder: Path, store: SqlStore, tmp_path: Path
) -> None:
    shutil.copytree(harvested, tmp_path / "roomy")
    with open_store(store_of(tmp_path / "roomy" / "glean.toml")) as roomy:
        told = retain(roomy, tmp_path / "roomy" / "archive", before=LATER)
        expected = archived(roomy).keys()
    ((old, new),) = told.rewritten.items()
    room = (tmp_path / "roomy" / "archive" / new).stat().st_size - 1
    names = files(folder)
    command = [sys.executable, "-c", FULL, store.url, str(folder / "archive"), str(LATER)]
    done = subprocess.run([*command, str(room)], capture_output=True, text=True, check=False)
    assert "make room" in done.stderr or "see that there is room" in done.stderr
    assert {*names} - {*files(folder)} == {*told.removed}
    assert {*files(folder)} <= {*names}
    assert old in files(folder)
    assert verify(store, folder / "archive").faults == 0
    retain(store, folder / "archive", before=LATER)
    assert archived(store).keys() == expected
    assert verify(store, folder / "archive").faults == 0


KILLS = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from crawler.retaining import retain
from storage import open_store
for line in sys.stdin:
    url, archive, before, at = line.split()
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0
        def step(*_):
            global count
            count += 1
            if count == int(at):
                os.kill(os.getpid(), signal.SIGKILL)
        with open_store(url) as store:
            event.listen(store.database.engine, "before_cursor_execute", step)
            event.listen(store.database.engine, "commit", step)
            def heard(name, args):
                written = name == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)
                if written or name in ("os.rename", "os.remove", "os.utime"):
                    step()
            sys.addaudithook(heard)
            retain(store, Path(archive), before=int(before))
        os.write(says, str(count).encode())
        os._exit(0)
    os.close(says)
    os.waitpid(child, 0)
    print(os.read(hears, 20).decode() or "killed", flush=True)
    os.close(hears)
"""


def check_kills(harvested: Path, folder: Path, *, most: int | None, seed: int) -> int:
    """Kill it at some of its steps, or at every one; returns how many it has. Nothing is half gone
    then, a harvest may come between, and the next ends what it had begun."""
    command = [sys.executable, "-c", KILLS]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout

        def run(copy: Path, at: int) -> str:
            assert process.stdin
            assert process.stdout
            url = store_of(copy / "glean.toml")
            process.stdin.write(f"{url} {copy / 'archive'} {LATER} {at}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        shutil.copytree(harvested, folder / "whole")
        count = int(run(folder / "whole", 0))
        with open_store(store_of(folder / "whole" / "glean.toml")) as store:
            expected = archived(store).keys()
            records = said(store)
        dice = random.Random(seed)
        for at in dice.sample(range(1, count + 1), count)[:most]:
            copy = folder / str(at)
            shutil.copytree(harvested, copy)
            assert run(copy, at) == "killed"
            with open_store(store_of(copy / "glean.toml")) as store:
                assert verify(store, copy / "archive").faults == 0, at
                Archive(copy / "archive", "portal").recover()  # as a harvest that begins
                retain(store, copy / "archive", before=LATER)
                told = verify(store, copy / "archive")
                assert (told.faults, told.unlisted) == (0, []), at
                assert archived(store).keys() == expected, at
                assert said(store) == records
                with store.database.read() as connection:
                    assert takedowns.moves(connection) == []
                assert [each.holds for each in verify_store(store) if each.faults] == []
            shutil.rmtree(copy)
        process.stdin.close()
    return count


def test_a_kill_leaves_nothing_half_gone(harvested: Path, tmp_path: Path) -> None:
    assert check_kills(harvested, tmp_path, most=6, seed=11) > 15


@pytest.mark.soak
def test_a_kill_at_any_step_leaves_nothing_half_gone(harvested: Path, tmp_path: Path) -> None:
    check_kills(harvested, tmp_path, most=None, seed=11)
