"""The reports as a reader's browser shows them: they ask nothing of anywhere, obey no harvested
text, print, and can be read in the dark, on a narrow screen and by key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from records import storable
from records.visible import visible
from tests.browser.chromium import NARROW, Visit
from tests.browser.hostile import TEXTS
from tests.browser.looking import TOUCH, background, spilt, squeezed, tabbed, violations
from tests.browser.stores import hostile_store, store_of_the_portal
from tests.cli.conftest import Glean

Begin = Callable[..., Visit]
REPORTS = ("store", "files")
_UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true })"


def reports(folder: Path, url: str) -> dict[str, str]:
    """The addresses of both reports over the records of a store: of it, and of a file of them."""
    glean = Glean(folder)
    for command in (
        ("report", "--store", url, "--out", "report.html"),
        ("export", "jsonl", "--store", url, "--out", "in.jsonl"),
        ("dedup", "in.jsonl", "--out", "out"),
    ):
        done = glean(*command)
        assert done.returncode == 0, done.stderr
    return {
        "store": (folder / "report.html").as_uri(),
        "files": (folder / "out" / "report.html").as_uri(),
    }


@pytest.fixture(scope="module")
def ordinary(browser_program: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("ordinary")
    return reports(folder, store_of_the_portal(folder / "glean.db", 240))


@pytest.fixture(scope="module")
def hostile(browser_program: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hostile")
    return reports(folder, hostile_store(folder / "glean.db"))


def test_the_instruments_notice_what_a_page_must_not_do(visit: Begin) -> None:
    """Else the other tests could not fail."""
    seen = visit(viewport=NARROW)
    seen.page.set_content(
        "<img src=http://evil.example/a.png><p style='width:900px'>wide</p>"
        "<script>alert(1); console.error('oh'); window.open('about:blank#w'); oops()</script>"
    )
    noticed = {each.split(":")[0] for each in seen.troubles}
    assert noticed == {"dialog", "console", "window", "error"}
    assert seen.asked == ["http://evil.example/a.png"]
    assert seen.left == ["GET http://evil.example/a.png HTTP/1.1"]
    assert spilt(seen.page)["page"] > 0
    assert spilt(seen.page)["out"]
    assert any(each.startswith("image-alt: ") for each in violations(seen.page))


@pytest.mark.parametrize("report", REPORTS)
def test_opens_from_disk_and_asks_nothing_else(
    ordinary: dict[str, str], report: str, visit: Begin
) -> None:
    seen = visit()
    seen.open(ordinary[report])
    seen.page.evaluate(_UNFOLD)
    assert seen.asked == [ordinary[report]]
    assert seen.left == []
    assert seen.troubles == []
    assert seen.page.evaluate("document.scripts.length") == 0
    assert seen.page.evaluate("document.cookie") == ""


@pytest.mark.parametrize("report", REPORTS)
def test_reads_well_in_the_light_and_in_the_dark(
    ordinary: dict[str, str], report: str, visit: Begin
) -> None:
    for scheme in ("light", "dark"):
        seen = visit(color_scheme=scheme)
        seen.open(ordinary[report])
        seen.page.evaluate(_UNFOLD)
        assert (min(background(seen.page)) > 200) is (scheme == "light")
        assert violations(seen.page) == [], scheme


@pytest.mark.parametrize("report", REPORTS)
def test_fits_a_narrow_screen(ordinary: dict[str, str], report: str, visit: Begin) -> None:
    seen = visit(viewport=NARROW, is_mobile=True)
    seen.open(ordinary[report])
    seen.page.evaluate(_UNFOLD)
    assert spilt(seen.page) == {"page": 0, "out": []}
    assert violations(seen.page) == []


@pytest.mark.parametrize("report", REPORTS)
def test_shows_where_the_focus_is(ordinary: dict[str, str], report: str, visit: Begin) -> None:
    seen = visit(viewport={"width": 1280, "height": 500})
    seen.open(ordinary[report])
    stops = tabbed(seen.page, 13)
    assert len({stop["what"] for stop in stops}) == 13
    for stop in stops:
        assert stop["outlined"], stop
        assert stop["seen"], stop
        assert stop["words"], stop


@pytest.mark.parametrize("report", REPORTS)
def test_prints_on_white_with_its_numbers_unfolded(
    ordinary: dict[str, str], report: str, visit: Begin
) -> None:
    seen = visit(color_scheme="dark")
    seen.open(ordinary[report])
    seen.page.emulate_media(media="print")
    assert background(seen.page) == (255, 255, 255)
    assert not seen.page.locator("nav").is_visible()
    assert seen.page.locator("figure details table").first.is_visible()
    printed = seen.page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") > 2


def _ways(text: str) -> set[str]:
    """How a page may show it: its control characters escaped, or replaced by a file's reader."""
    return {squeezed(visible(each, keep="\n\t")) for each in (text, storable(text)[0])}


@pytest.mark.parametrize("report", REPORTS)
def test_a_hundred_hostile_texts_are_shown_and_do_nothing(
    hostile: dict[str, str], report: str, visit: Begin
) -> None:
    assert len(set(TEXTS)) >= 100
    seen = visit(viewport=NARROW)
    seen.open(hostile[report])
    seen.page.evaluate(TOUCH)
    shown = squeezed(seen.page.evaluate("document.body.textContent"))
    missed = [each for each in TEXTS if not any(way in shown for way in _ways(each))]
    assert missed == []
    assert seen.asked == [hostile[report]]
    assert seen.left == []
    assert seen.troubles == []
    assert seen.page.evaluate("document.scripts.length") == 0
    kinds = seen.page.evaluate("[...new Set([...document.links].map((link) => link.protocol))]")
    assert set(kinds) <= {"file:", "http:", "https:"}
    assert spilt(seen.page) == {"page": 0, "out": []}
