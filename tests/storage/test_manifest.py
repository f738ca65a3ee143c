"""The manifest lists every closed file as it is, whatever was killed when."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage import manifest
from storage.archive import Archive
from tests.storage.test_archive import exchange


def filled(folder: Path, count: int = 3, prefix: str = "here") -> Path:
    archive = Archive(folder, prefix)
    for number in range(count):
        archive.append(exchange(number))
    archive.close()
    (path,) = folder.glob(f"{prefix}-*.warc.gz")
    return path


def test_a_closed_file_is_listed_with_length_members_and_digest(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (line,) = (tmp_path / "manifest.jsonl").read_text("utf-8").splitlines()
    data = path.read_bytes()
    assert json.loads(line) == {
        "file": path.name,
        "length": len(data),
        "members": 3,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert manifest.load(tmp_path) == {path.name: manifest.describe(path)}
    assert manifest.differs(tmp_path, manifest.load(tmp_path)[path.name]) is None


def test_files_of_several_sources_are_listed_one_after_another(tmp_path: Path) -> None:
    first, second = filled(tmp_path), filled(tmp_path, 1, "there")
    assert [*manifest.load(tmp_path)] == [first.name, second.name]


def test_a_line_that_was_torn_is_made_up_for(tmp_path: Path) -> None:
    path = filled(tmp_path)
    lines = tmp_path / "manifest.jsonl"
    whole = lines.read_bytes()
    for length in range(len(whole)):
        lines.write_bytes(whole[:length])
        Archive(tmp_path, "here").recover()
        assert manifest.load(tmp_path) == {path.name: manifest.describe(path)}


def test_a_file_that_a_kill_left_open_is_cut_closed_and_listed(tmp_path: Path) -> None:
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from storage.archive import Archive\n"
        "from tests.storage.test_archive import exchange\n"
        f"archive = Archive(Path({str(tmp_path)!r}), 'here')\n"
        "place = [archive.append(exchange(number)) for number in range(4)][-1]\n"
        "os.ftruncate(archive._descriptor, place.position + 20)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [each.suffix for each in tmp_path.iterdir()] == [".open"]
    assert manifest.load(tmp_path) == {}
    Archive(tmp_path, "here").recover()
    (path,) = tmp_path.glob("*.warc.gz")
    listed = manifest.load(tmp_path)[path.name]
    assert (listed.members, listed) == (3, manifest.describe(path))
    Archive(tmp_path, "here").recover()
    assert (tmp_path / "manifest.jsonl").read_bytes().count(b"\n") == 1


def test_a_closed_file_that_ends_too_soon_is_not_listed_as_if_it_were_whole(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (tmp_path / "manifest.jsonl").unlink()
    path.write_bytes(path.read_bytes()[:-5])
    Archive(tmp_path, "here").recover()
    assert manifest.load(tmp_path) == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-300]), "bytes long, was"),
        (lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]), "SHA-256 is another"),
        (Path.unlink, "is gone"),
    ],
)
def test_a_file_that_is_not_as_listed_is_told(tmp_path: Path, change: object, words: str) -> None:
    path = filled(tmp_path)
    change(path)  # type: ignore[operator]
    said = manifest.differs(tmp_path, manifest.load(tmp_path)[path.name])
    assert said is not None
    assert words in said


def test_a_file_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "here")
    archive._start(0)
    archive.close()
    assert [*tmp_path.iterdir()] == []
