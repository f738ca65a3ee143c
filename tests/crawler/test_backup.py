"""``glean backup``: whole or not there, whatever goes on beside it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.sample import Portal
from storage import open_store, takedowns
from storage.schema import page
from storage.verifying import verify
from tests.crawler.harvesting import harvest, start_harvest, store_of, write_config
from tests.launching import with_room

KILLED = """
import os, signal, sys
from storage import backups
backups.to_disk = lambda path: os.kill(os.getpid(), signal.SIGKILL)
from cli import main
main(sys.argv[1:])
"""
"""``glean`` that is killed when its backup is written, and has no name yet."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings of a store that a harvest filled."""
    with Portal(records=60, seed=5) as portal:
        config = write_config(tmp_path_factory.mktemp("kept"), portal)
        harvest(config)
        yield config


def glean(
    config: Path, *words: str, code: str = "", status: int = 0, room: int | None = None
) -> "subprocess.CompletedProcess[str]":
    """`room`: the most bytes that a file may have."""
    program = ["-c", code] if code else ["-m", "cli"]
    command = [sys.executable, *program, *words, "--config", str(config)]
    done = subprocess.run(
        command if room is None else with_room(room, command),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


def faults(store_url: str) -> list[str]:
    """What verify finds; a backup has no index of related literature until it is made."""
    with open_store(store_url) as store:
        store.refresh()
        return [each.holds for each in verify(store) if each.faults]


def beside(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if "partial" in each.name)


def test_a_backup_made_while_a_harvest_writes_is_a_store_without_fault(tmp_path: Path) -> None:
    with Portal(records=300, seed=4) as portal:
        config = write_config(tmp_path, portal)
        process = start_harvest(config)
        said, running = [], 0
        while process.poll() is None and len(said) < 4:
            if not (tmp_path / "glean.db").exists():
                continue
            name = str(tmp_path / f"backup {len(said)}.db")
            done = subprocess.run(
                [sys.executable, "-m", "cli", "backup", name, "--json", "--config", str(config)],
                capture_output=True,
                check=False,
            )
            if done.returncode == 0:  # the store has its tables by now
                said.append(json.loads(done.stdout))
                running += process.poll() is None
        process.communicate(timeout=300)
    assert process.returncode == 0
    assert running, "the harvest ended before its first backup"
    for each in said:
        assert each["size"] == Path(each["path"]).stat().st_size
        with open_store(f"sqlite:///{each['path']}") as store:
            with store.database.read() as connection:
                newest = max(connection.execute(select(page.c.change_no)).scalars(), default=0)
            assert newest >= each["change_no"] or newest == 0
            store.settle()
        assert faults(f"sqlite:///{each['path']}") == []
    assert faults(store_of(config)) == []


def test_a_backup_says_what_else_belongs_to_a_whole_one(kept: Path, tmp_path: Path) -> None:
    said = json.loads(glean(kept, "backup", str(tmp_path / "b.db"), "--json").stdout)
    assert set(said) == {"path", "size", "change_no", "besides"}
    archive, settings = said["besides"]
    assert "manifest.jsonl" in archive
    assert settings == str(kept)
    assert "belongs to a whole backup too" in glean(kept, "backup", str(tmp_path / "c.db")).stdout


def test_a_file_of_that_name_stays_unless_it_may_go(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    target.write_text("mine")
    refused = glean(kept, "backup", str(target), status=2)
    assert "--overwrite" in refused.stderr
    assert target.read_text() == "mine"
    glean(kept, "backup", str(target), "--overwrite")
    assert faults(f"sqlite:///{target}") == []
    assert beside(tmp_path) == []


def test_a_killed_backup_leaves_no_file_of_that_name(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    glean(kept, "backup", str(target), code=KILLED, status=-9)
    assert not target.exists()
    assert len(beside(tmp_path)) == 1
    glean(kept, "backup", str(target))
    assert faults(f"sqlite:///{target}") == []
    assert beside(tmp_path) == []


def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    done = glean(kept, "backup", str(target), status=1, room=150_000)
    (line,) = done.stderr.splitlines()
    assert "disk" in line
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_copies_of_its_text_are_noted_in_the_store(kept: Path, tmp_path: Path) -> None:
    made = {
        "b.db": ("backup", ("backup", str(tmp_path / "b.db"))),
        "e.jsonl": ("export", ("export", "jsonl", "--out", str(tmp_path / "e.jsonl"))),
        "d.jsonl": ("export", ("export", "decisions", "--out", str(tmp_path / "d.jsonl"))),
        "r.html": ("report", ("report", "--out", str(tmp_path / "r.html"))),
    }
    for _, words in made.values():
        glean(kept, *words)
    glean(kept, "export", "jsonl")
    with open_store(store_of(kept)) as store, store.database.read() as connection:
        noted = {each.path: each.kind for each in takedowns.copies(connection)}
    assert {
        name: kind for name, (kind, _) in made.items() if noted.get(str(tmp_path / name)) == kind
    } == {name: kind for name, (kind, _) in made.items()}
    assert not any("stdout" in path for path in noted)
