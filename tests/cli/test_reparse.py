"""``glean reparse``: the archive again, without a network."""

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


def test_what_reads_as_before_is_left_alone(copied: Any, harvested: Any) -> None:
    before = copied("export", "jsonl").stdout
    said = copied.json("reparse", "--json")
    assert said["pages"] == said["unchanged"] == harvested.run["pages"]
    assert (said["changed"], said["mended"], said["quarantined"], said["missing"]) == (0, 0, 0, 0)
    assert said["fields"] == {}
    assert copied("export", "jsonl").stdout == before


def test_pages_that_the_archive_lost_leave_it_done_in_part(copied: Any, harvested: Any) -> None:
    for file in (copied.folder / "archive").iterdir():
        file.unlink()
    said = copied.json("reparse", "portal", "--json", status=5)
    assert said["missing"] == harvested.run["pages"]
    assert copied.json("status", "--json")["records"] == harvested.run["records"]


def test_a_source_that_was_never_harvested_is_a_usage_error(copied: Any) -> None:
    assert "nobody" in copied.fails("reparse", "nobody", status=2)
