"""``glean verify``: a store or an archive that lost something says so."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from storage import open_store
from tests.storage.damaging import DAMAGES, damage, everything


@pytest.fixture
def copied(harvested: Any, tmp_path: Path) -> Any:
    """A harvested folder of one's own."""
    folder = tmp_path / "copied"
    shutil.copytree(harvested.glean.folder, folder)
    return type(harvested.glean)(folder)


def archived(glean: Any) -> Path:
    (path,) = (glean.folder / "archive").glob("*.warc.gz")
    return Path(path)


def test_a_store_and_an_archive_that_are_whole_have_no_fault(harvested: Any) -> None:
    said = harvested.glean.json("verify", "--json")
    pages = harvested.run["pages"]
    assert (said["faults"], said["mended"]) == (0, 0)
    assert said["archive"] == {
        "files": 1,
        "unlisted": [],
        "pages": pages,
        "archived": pages,
        "faults": 0,
        "named": [],
    }
    assert {each["area"] for each in said["checks"]} == {
        *("files", "rows", "frontier", "pages", "records", "index", "matches"),
        *("decisions", "clusters", "related"),
    }
    shown = harvested.glean("verify").stdout
    assert "a record points at its best reading" in shown
    assert shown.splitlines()[-1] == "no fault"


def test_what_only_the_archive_tells_is_given_back_by_reading_it_again(copied: Any) -> None:
    url = f"sqlite:///{copied.folder / 'glean.db'}"
    with open_store(url) as store:
        before = everything(store)
        for name in ("a content changed in part", "a record is gone", "a reading is gone"):
            damage(store, *DAMAGES[name].statements)
    said = copied.json("verify", "--json", status=3)
    found = {each["holds"]: each for each in said["checks"] if each["faults"]}
    for name in ("a content changed in part", "a record is gone", "a reading is gone"):
        assert "reparse" in found[DAMAGES[name].of]["remedy"]
    assert "glean reparse" in copied("verify").stdout
    copied("verify", "--repair")
    copied.json("reparse", "--json")
    assert copied.json("verify", "--json")["faults"] == 0
    with open_store(url) as store:
        after = everything(store)
    said_of_itself = {"page"}  # when it was stored last
    assert {name for name in before if before[name] != after[name]} <= said_of_itself


def test_an_index_that_is_torn_is_named_and_made_anew(copied: Any) -> None:
    related = next(copied.folder.glob("*-related"))
    for name in ("*.idx", "meta.json"):
        torn = next(related.glob(f"*/{name}"))
        data = bytearray(torn.read_bytes())
        data[len(data) // 3] ^= 1
        torn.write_bytes(data)
        said = copied.json("verify", "--json", status=3)
        (fault,) = [each for each in said["checks"] if each["faults"]]
        assert fault["area"] == "related"
        said = copied.json("verify", "--repair", "--json")
        assert (said["faults"], said["mended"]) == (0, 1)
        assert copied.json("verify", "--json")["faults"] == 0


def test_a_restored_backup_has_no_fault_before_its_index_is_made_by_repair(
    harvested: Any, copied: Any
) -> None:
    harvested.glean("backup", str(copied.folder / "backup"))
    shutil.rmtree(next(copied.folder.glob("*-related")))
    (copied.folder / "backup").replace(copied.folder / "glean.db")
    assert _related(copied)["left_out"] > 0
    copied("verify", "--repair")
    assert _related(copied)["left_out"] == 0


def _related(copied: Any) -> Any:
    """What verify says of the index of a store that has no fault."""
    said = copied.json("verify", "--json")
    assert said["faults"] == 0
    return next(each for each in said["checks"] if each["area"] == "related")


def test_a_file_that_no_manifest_lists_is_listed_by_repair(copied: Any) -> None:
    (copied.folder / "archive" / "manifest.jsonl").unlink()
    assert copied.json("verify", "--json")["archive"]["files"] == 0
    assert copied.json("verify", "--repair", "--json")["archive"]["unlisted"] == []
    assert copied.json("verify", "--json")["archive"]["files"] == 1


def test_a_file_that_was_cut_between_two_members_is_noticed(copied: Any) -> None:
    from storage.manifest import member_ends

    path = archived(copied)
    ends = [*member_ends(path)]
    path.write_bytes(path.read_bytes()[: ends[-2]])
    said = copied.json("verify", "--json", status=3)
    assert said["faults"] == said["archive"]["faults"] == 2
    file, page = said["archive"]["named"]
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
    told = said["archive"]
    assert (told["files"], told["faults"], told["unlisted"]) == (0, 1, [path.name])


def test_without_an_archive_the_store_alone_is_checked(glean: Any) -> None:
    (glean.folder / "glean.toml").write_text('[store]\narchive = ""\n', "utf-8")
    open_store(f"sqlite:///{glean.folder / 'glean.db'}", create=True).close()
    assert glean.json("verify", "--json")["archive"] is None
    assert "archive: there is none" in glean("verify").stdout
