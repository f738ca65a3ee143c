"""What only asks works on a store that may be read and not written; what writes says what to do."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

AS_SOMEBODY = """
import ctypes, os, sys
CAPBSET_DROP, DAC_OVERRIDE = 24, 1
ctypes.CDLL(None).prctl(CAPBSET_DROP, DAC_OVERRIDE, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a program that file modes bind, also where this one is the superuser's."""


def somebody(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", AS_SOMEBODY, sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def kept(harvested: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of a store, to be locked up."""
    folder = tmp_path / "kept"
    folder.mkdir()
    shutil.copy(harvested.glean.folder / "glean.db", folder / "glean.db")
    yield folder / "glean.db"
    folder.chmod(0o755)


def lock_up(path: Path, *, folder: bool = True) -> None:
    path.chmod(0o444)
    if not folder:
        return
    path.parent.chmod(0o555)
    probe = somebody("-c", "import os, sys; sys.exit(os.access(sys.argv[1], os.W_OK))", path.parent)
    if probe.returncode:
        pytest.skip("file modes bind nobody here")


def glean(*arguments: str, store: Path) -> "subprocess.CompletedProcess[str]":
    return somebody("-m", "cli", *arguments, "--store", f"sqlite:///{store}")


def journal(path: Path, mode: str) -> None:
    driver = sqlite3.connect(path)
    driver.execute(f"PRAGMA journal_mode = {mode}")
    driver.close()


@pytest.mark.parametrize("mode", ["wal", "delete"])
@pytest.mark.parametrize("folder", [True, False], ids=["file and folder", "file"])
def test_commands_that_ask_work_on_a_store_that_may_only_be_read(
    kept: Path, harvested: Any, mode: str, folder: bool
) -> None:
    journal(kept, mode)
    lock_up(kept, folder=folder)
    keys = [f"aid:{aid.lower()}" for aid in harvested.portal.truth.aids[:2]]
    shown = {
        "status": "records",
        "runs": "nothing due",
        "export jsonl": '"id"',
        f"similar --id {keys[0]}": "",
        f"why {keys[0]} {keys[1]}": "cluster",
        "report --out -": "<!doctype html>",
    }
    for command in shown if mode == "wal" and folder else ("status",):
        done = glean(*command.split(), store=kept)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert shown[command] in done.stdout
    assert f"{harvested.run['records']:,} records" in glean("status", store=kept).stdout
    if folder:
        assert [path.name for path in kept.parent.iterdir()] == ["glean.db"]


def test_what_a_journal_holds_is_not_missed(kept: Path) -> None:
    driver = sqlite3.connect(kept)
    driver.execute("UPDATE run SET source = 'renamed'")
    driver.commit()
    lock_up(kept)
    try:
        assert "renamed" in glean("runs", store=kept).stdout
    finally:
        kept.parent.chmod(0o755)
        driver.close()


def test_a_journal_that_cannot_be_read_here_is_said_and_not_left_out(kept: Path) -> None:
    driver = sqlite3.connect(kept)
    driver.execute("UPDATE run SET source = 'renamed'")
    driver.commit()
    copy = kept.parent.parent / "copied" / "glean.db"
    copy.parent.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{kept}{ending}", f"{copy}{ending}")
    driver.close()
    lock_up(copy)
    done = glean("runs", store=copy)
    copy.parent.chmod(0o755)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "folder" in line


@pytest.mark.parametrize("command", ["settle", "reparse"])
def test_a_command_that_writes_says_what_to_do(kept: Path, command: str) -> None:
    lock_up(kept)
    done = glean(command, store=kept)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "writable" in line
    assert "--store" in line
