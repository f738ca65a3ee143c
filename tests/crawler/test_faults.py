"""What happens to a harvest from outside: a full disk, and files of its own that go or are torn."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.sample import Portal
from storage import open_store
from storage.verifying import verify
from tests.crawler.harvesting import harvest, rows, start_harvest, store_of, write_config
from tests.launching import with_room
from tests.storage.invariants import check

RECORDS = 60


def configured(folder: Path, portal: Portal) -> Path:
    folder.mkdir()
    return write_config(folder, portal)


def check_whole(config: Path) -> None:
    with open_store(store_of(config)) as store:
        check(store, settled=True)
        assert [each.holds for each in verify(store) if each.faults] == []


@pytest.mark.parametrize("room", [300_000, 700_000, 1_400_000])
def test_a_full_disk_ends_a_harvest_in_one_line_and_the_next_goes_on(
    tmp_path: Path, room: int
) -> None:
    with Portal(records=RECORDS, seed=3) as portal:
        calm = configured(tmp_path / "calm", portal)
        harvest(calm)
        full = configured(tmp_path / "full", portal)
        done = subprocess.run(
            with_room(
                room, [sys.executable, "-m", "cli", "harvest", "portal", "--config", str(full)]
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        last = done.stderr.splitlines()[-1]
        assert "full" in last or "room" in last or "disk" in last
        assert "Traceback" not in done.stderr
        if (full.parent / "glean.db").exists():
            with open_store(store_of(full), create=True) as store:
                check(store, at_rest=False)
        harvest(full)
    assert rows(store_of(full)) == rows(store_of(calm))
    check_whole(full)


@pytest.mark.parametrize("torn", [True, False], ids=["torn", "deleted"])
def test_an_index_that_is_torn_or_deleted_meanwhile_is_made_again_at_the_end(
    tmp_path: Path, torn: bool
) -> None:
    with Portal(records=RECORDS, seed=3) as portal:
        config = configured(tmp_path / "harvest", portal)
        harvest(config, "--max-pages", "8")
        related = config.parent / "glean.db-related"
        process = start_harvest(config)
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        assert process.poll() is None, "the harvest ended before anything happened to it"
        if torn:
            for path in related.glob("*/*.*"):
                path.write_bytes(path.read_bytes()[:40])
        else:
            shutil.rmtree(related)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    check_whole(config)
