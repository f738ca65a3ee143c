"""``glean verify``: an archive that lost something says so."""

import shutil
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def copied(harvested: Any, tmp_path: Path) -> Any:
    """A harvested folder of one's own."""
    folder = tmp_path / "copied"
    shutil.copytree(harvested.glean.folder, folder)
    return type(harvested.glean)(folder)


def archived(glean: Any) -> Path:
    (path,) = (glean.folder / "archive").glob("*.warc.gz")
    return Path(path)


def test_a_whole_archive_has_no_fault(harvested: Any) -> None:
    said = harvested.glean.json("verify", "--json")
    pages = harvested.run["pages"]
    assert said == {
        "files": 1,
        "unlisted": [],
        "pages": pages,
        "archived": pages,
        "faults": 0,
        "named": [],
    }
    assert "0 faults" in harvested.glean("verify").stdout


def test_a_file_that_was_cut_between_two_members_is_noticed(copied: Any) -> None:
    from storage.manifest import member_ends

    path = archived(copied)
    ends = [*member_ends(path)]
    path.write_bytes(path.read_bytes()[: ends[-2]])
    said = copied.json("verify", "--json", status=3)
    assert said["faults"] == 2
    file, page = said["named"]
    assert file["what"] == path.name
    assert "bytes long, was" in file["reason"]
    assert page["what"].startswith("http://")
    assert "cut short" in page["reason"]


def test_a_body_that_is_another_is_noticed_in_a_file_that_nobody_listed(copied: Any) -> None:
    import gzip

    from storage.archive import Place
    from storage.manifest import member_ends

    path = archived(copied)
    (copied.folder / "archive" / "manifest.jsonl").unlink()
    starts = [0, *member_ends(path)]
    data = path.read_bytes()
    member = gzip.decompress(data[starts[-2] :])
    last = Place(path.name, starts[-2], len(data) - starts[-2])
    forged = gzip.compress(member.replace(b"</", b"< ", 1))
    path.write_bytes(data[: last.position] + forged + b"\0" * (last.length - len(forged)))
    said = copied.json("verify", "--json", status=3)
    assert (said["files"], said["faults"], said["unlisted"]) == (0, 1, [path.name])


def test_without_an_archive_there_is_nothing_to_check(glean: Any) -> None:
    (glean.folder / "glean.toml").write_text('[store]\narchive = ""\n', "utf-8")
    assert "nothing is archived" in glean.fails("verify", status=2)
