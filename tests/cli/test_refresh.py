"""``glean refresh``: the index of related literature, as users see it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from storage import open_store
from tests.storage.filling import Filler, record


@pytest.fixture
def url(glean: Any) -> str:
    """A store of a few records that nobody indexed."""
    url = f"sqlite:///{glean.folder / 'glean.db'}"
    with open_store(url, create=True) as opened:
        Filler(opened).add(100, [record(n) for n in range(12)])
        opened.settle()
    return url


def test_a_refresh_says_what_it_did(glean: Any, url: str) -> None:
    why = "there was none that could be read"
    assert glean.json("refresh", "--json") == {
        **{"records": 12, "removed": 0, "rebuilt": why, "refreshed_to": 1}
    }
    assert glean.json("refresh", "--json")["records"] == 0
    assert glean.json("refresh", "--rebuild", "--json")["rebuilt"] == "asked for"
    assert glean("refresh").stdout == "refreshed to change 1: 0 records\n"
    with open_store(url) as opened:
        Filler(opened).add(100, [record(n) for n in range(3)])
    assert glean("refresh").stdout == "refreshed to change 2: 0 records, 9 removed\n"


def test_status_says_how_far_the_index_is_behind(glean: Any, url: str) -> None:
    behind = "index of related literature: 12 records behind: glean refresh"
    assert behind in glean("status").stdout.splitlines()
    none = {"refreshed_to": None, "behind": 12, "records": None}
    assert glean.json("status", "--json")["related"] == none
    glean("refresh")
    assert "behind" not in glean("status").stdout
    with open_store(url) as opened:
        Filler(opened).add(101, [record(50)])
    assert glean.json("status", "--json")["related"]["behind"] == 1


def test_without_an_index_near_duplicates_are_found_and_the_remedy_is_said(
    glean: Any, url: str
) -> None:
    key = record(3).key
    done = glean("similar", "--id", key, "--json")
    assert done.returncode == 0
    assert '"related": []' in done.stdout
    assert "glean refresh makes it" in done.stderr
    glean("refresh")
    assert len(glean.json("similar", "--id", key, "--json")["related"]) == 11
    shutil.rmtree(glean.folder / "glean.db-related")
    assert "glean refresh makes it" in glean("similar", "--id", key).stderr


def test_a_second_refresh_at_once_is_status_four(glean: Any, url: str) -> None:
    with open_store(url) as opened, opened._related_index.lock():
        assert "refresh" in glean.fails("refresh", status=4)


def test_nothing_is_written_over_the_index(glean: Any, url: str) -> None:
    glean("refresh")
    line = glean.fails("report", "--out", "glean.db-related/current", status=2)
    assert "the index of related literature is in the way" in line


def test_the_settings_name_another_folder(glean: Any, url: str) -> None:
    (glean.folder / "glean.toml").write_text('[store]\nrelated = "kin/index"\n', "utf-8")
    glean("refresh")
    assert (Path(glean.folder) / "kin" / "index" / "current").exists()
    line = glean.fails("report", "--out", "kin/index/current", status=2)
    assert "the index of related literature is in the way" in line
