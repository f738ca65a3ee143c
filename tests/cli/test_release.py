"""``glean release``: pages out of quarantine, on somebody's word."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Fault, Portal


@pytest.fixture(scope="module")
def with_waiting_pages(
    tmp_path_factory: pytest.TempPathFactory, glean_in: Any, configure: Callable[..., Path]
) -> Path:
    """A folder with pages in quarantine: some of a wrong total, one captcha."""
    folder = tmp_path_factory.mktemp("waiting")
    with Portal(60, 7) as portal:
        aid = portal.start[0].partition("aid=")[2].partition("&")[0]
        captcha = Fault("captcha", 0.0, aids=frozenset({aid}))
        portal.faults = [captcha, Fault("wrong-total", 1.0)]
        configure(folder, portal, depth=0)
        glean_in(folder)("harvest")
    return folder


@pytest.fixture
def waiting(with_waiting_pages: Path, glean: Any) -> Any:
    """``glean`` in such a folder of one's own."""
    shutil.copytree(with_waiting_pages, glean.folder, dirs_exist_ok=True)
    return glean


def quarantine(glean: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = glean.json("status", "--json")["quarantine"]
    return found


def test_a_page_is_released_by_its_id_or_its_address(waiting: Any) -> None:
    first, second, *_ = [each for each in quarantine(waiting) if "captcha" not in each["codes"]]
    before = waiting.json("status", "--json")
    assert before["records"] == 0
    said = waiting.json("release", str(first["page"]), second["url"], "--json")
    assert (said["pages"], said["kept"]) == (2, [])
    assert 0 < said["new"] <= said["records"]
    after = waiting.json("status", "--json")
    assert after["records"] == said["new"]
    assert after["quarantined"] == before["quarantined"] - 2
    assert after["pages"] == before["pages"] + 2
    assert not {first["page"], second["page"]} & {each["page"] for each in quarantine(waiting)}


def test_status_prints_the_id_that_release_takes(waiting: Any) -> None:
    shown = waiting("status").stdout
    page = next(each for each in quarantine(waiting) if "captcha" not in each["codes"])
    assert f"    page {page['page']}\n" in shown
    assert waiting("release", str(page["page"])).stdout.startswith("1 page released: ")


def test_a_page_of_which_nothing_is_read_stays(waiting: Any) -> None:
    (captcha,) = [each for each in quarantine(waiting) if "captcha" in each["codes"]]
    done = waiting("release", captcha["url"])
    assert done.returncode == 1
    assert f"{captcha['page']} stays in quarantine: {captcha['url']}" in done.stdout
    assert "no record is read of it: " in done.stdout
    assert captcha["page"] in [each["page"] for each in quarantine(waiting)]


def test_all_of_a_source_leave_but_those_that_cannot(waiting: Any) -> None:
    count = len(quarantine(waiting))
    said = waiting.json("release", "--all", "portal", "--json", status=5)
    assert said["pages"] == count - 1
    (kept,) = said["kept"]
    assert kept.keys() == {"page", "url", "reason"}
    assert [each["page"] for each in quarantine(waiting)] == [kept["page"]]
    assert "nobody" in waiting.fails("release", "--all", "nobody", status=2)


def test_a_released_page_is_left_alone_by_reparse(waiting: Any) -> None:
    waiting("release", "--all", "portal")
    before = waiting("export", "jsonl").stdout
    assert before
    said = waiting.json("reparse", "--json")
    assert said["unchanged"] == said["pages"]
    assert waiting("export", "jsonl").stdout == before


@pytest.mark.parametrize("words", [["12345"], ["http://portal.example/none"], ["99" * 20], ["²"]])
def test_what_is_not_in_quarantine_is_a_usage_error(waiting: Any, words: list[str]) -> None:
    line = waiting.fails("release", *words, status=2)
    assert words[0] in line
    assert "glean status" in line


def test_a_released_page_cannot_be_released_again(waiting: Any) -> None:
    page = next(each for each in quarantine(waiting) if "captcha" not in each["codes"])
    waiting("release", str(page["page"]))
    assert "glean status" in waiting.fails("release", str(page["page"]), status=2)


def test_pages_or_a_source_are_asked_for(waiting: Any) -> None:
    assert "--all SOURCE" in waiting.fails("release", status=2)
    assert "--all SOURCE" in waiting.fails("release", "1", "--all", "portal", status=2)


def test_a_page_that_the_archive_lost_stays(waiting: Any) -> None:
    for file in (waiting.folder / "archive").iterdir():
        file.unlink()
    done = waiting("release", "--all", "portal")
    assert done.returncode == 1
    assert "stays in quarantine" in done.stdout
