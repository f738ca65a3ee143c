"""Results appear whole and at the end, or not at all."""

import errno
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.files import lines, results, writing
from dedup.files.writing import RESULTS, Folder
from records import InputError, LockHeld, UsageError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def records(work: Any, make_paper: Any) -> Path:
    path: Path = work.put("in.jsonl", [make_paper(1), make_paper(2), make_paper(1, id="r0")])
    return path


def test_an_empty_folder_is_filled_and_one_that_is_missing_made(work: Any, records: Path) -> None:
    (work.folder / "empty").mkdir()
    for out in ("empty", "deep/er/still"):
        done = work(records, out=out)
        assert {path.name for path in done.folder.iterdir()} == set(RESULTS) - {"report.html"}


def test_a_folder_that_holds_anything_is_in_the_way(work: Any, records: Path) -> None:
    mine = work.put("out/mine.txt", b"mine")
    with pytest.raises(UsageError, match=r"is not empty; .*--overwrite"):
        work(records)
    with pytest.raises(UsageError, match="is no folder"):
        work(records, out="out/mine.txt")
    assert list((work.folder / "out").iterdir()) == [mine]


def test_overwriting_replaces_results_alone(work: Any, records: Path, make_paper: Any) -> None:
    mine = work.put("out/mine.txt", b"mine")
    work.put("out/report.html", b"of a former run")
    work.put("out/unique.jsonl", b"of a former run")
    done = work(records, overwrite=True)
    assert mine.read_bytes() == b"mine"
    assert len(done.unique) == 2
    # of a former run, and this one has none: it would say what is no longer so
    assert not (done.folder / "report.html").exists()


def test_a_folder_of_a_results_name_is_in_the_way(work: Any, records: Path) -> None:
    (work.folder / "out" / "run.json").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"run\.json: is no file"):
        work(records, overwrite=True)


def test_a_folder_that_another_process_writes_to_is_left_to_it(work: Any, records: Path) -> None:
    (work.folder / "out").mkdir()
    held = os.open(work.folder / "out", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(LockHeld, match="another process writes to it"):
            work(records)
    finally:
        os.close(held)
    assert list((work.folder / "out").iterdir()) == []
    assert work(records).outcome.records == 3


def test_what_a_killed_run_left_is_swept_away(work: Any, records: Path) -> None:
    work.put("out/.glean-dedup.partial/unique.jsonl", b"half")
    done = work(records)
    assert ".glean-dedup.partial" not in {path.name for path in done.folder.iterdir()}


class FullDisk:
    """A file that takes so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("name", [name for name in RESULTS if name != "report.html"])
def test_a_full_disk_leaves_nothing(
    work: Any, records: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    work.put("out/unique.jsonl", b"former")
    create = writing.Output.__init__

    def full(self: writing.Output, file: Any, shown: Path) -> None:
        create(self, FullDisk(file, 40) if shown.name == name else file, shown)

    monkeypatch.setattr(writing.Output, "__init__", full)
    with pytest.raises(InputError, match=rf"out/{name}: cannot be written: No space.*free some"):
        work(records, overwrite=True)
    assert [path.name for path in (work.folder / "out").iterdir()] == ["unique.jsonl"]
    assert (work.folder / "out" / "unique.jsonl").read_bytes() == b"former"


def test_what_does_not_reach_the_disk_is_not_published(
    work: Any, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(writing.os, "fsync", broken)
    with pytest.raises(InputError, match=r"out/unique\.jsonl: cannot be written: .*I?nput/output"):
        work(records)
    assert work.names == {"in.jsonl"}


def test_a_real_full_device_is_told_in_one_line(work: Any) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        out = writing.Output(full, Path("there"))
        with pytest.raises(InputError, match="there: cannot be written: No space left on device"):
            out.write(b"x")


def test_what_is_written_behind_stands_in_its_order(tmp_path: Path) -> None:
    pieces = [bytes([number % 251]) * (number * 7919 % 400_000) for number in range(40)]
    with (
        (tmp_path / "out").open("wb") as file,
        writing.Behind(writing.Output(file, tmp_path / "out")) as out,
    ):
        for piece in pieces:
            out.write(piece)
    assert (tmp_path / "out").read_bytes() == b"".join(pieces)


def write_behind(out: writing.Output, size: int) -> None:
    with writing.Behind(out) as behind:
        for _ in range(99):
            behind.write(b"x" * size)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_goes_wrong_behind_is_told(size: int) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        out = writing.Output(full, Path("there"))
        with pytest.raises(InputError, match="there: cannot be written: No space left"):
            write_behind(out, size)


def test_a_folder_that_cannot_be_made_is_named(work: Any, records: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        work(records, out="/proc/nowhere/out")


def test_a_stop_while_publishing_waits_until_all_is_there(
    work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        os.kill(os.getpid(), signal.SIGINT)
        return replace(self, target)

    with Folder(work.folder / "out", overwrite=False) as folder:
        for name in RESULTS:
            with folder.create(name) as out:
                out.write(name.encode())
        monkeypatch.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            folder.publish()
    assert {path.name for path in (work.folder / "out").iterdir()} == set(RESULTS)


def test_a_stop_before_leaves_no_trace(
    work: Any, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "write_matches", stopped)
    monkeypatch.setattr("dedup.files.running.write_matches", stopped)
    with pytest.raises(KeyboardInterrupt):
        work(records, out="deep/out")
    assert work.names == {"in.jsonl"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_and_leaves_no_trace(
    work: Any, make_paper: Any, number: signal.Signals
) -> None:
    pipe = work.folder / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-P", "-m", "cli", "dedup", str(pipe), "--out", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        subprocess.Popen(command, cwd=work.folder, env=environment, stderr=-1) as process,
        pipe.open("wb") as feed,  # waits until the command opens it too
    ):
        feed.write(json.dumps(make_paper(1)).encode() + b"\n")
        feed.flush()
        assert (work.folder / "out" / ".glean-dedup.partial").exists()
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (5, b"")
    assert work.names == {"pipe"}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.sampled_from([80, 3000, 1 << 20]), st.integers(1, 3))
def test_order_blocks_and_files_change_no_byte(
    work: Any, make_paper: Any, seed: int, block: int, files: int
) -> None:
    dice = random.Random(seed)
    objects = [make_paper(n % 17, id=f"x{n}", language="en") for n in range(24)]
    objects += [make_paper(99, id=f"e{n}", title="Front Matter", abstract=None) for n in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        expected = work(work.put("e.jsonl", objects), out="expected", overwrite=True)
        dice.shuffle(objects)
        patch.setattr(lines, "BLOCK", block)
        parts = [work.put(f"{n}.jsonl", objects[n::files]) for n in range(files)]
        found = work(*parts, overwrite=True)
    assert found.stable() == expected.stable()
    kept = {each["id"] for each in expected.unique}
    in_order = [each for n in range(files) for each in objects[n::files]]
    assert [each["id"] for each in found.unique] == [
        each["id"] for each in in_order if each["id"] in kept
    ]
