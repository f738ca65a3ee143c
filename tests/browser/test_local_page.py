"""The local page as its users' browser shows it: searched, followed, reviewed by key, and hostile
texts in every view of it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from records.visible import visible
from storage import decisions, open_store
from tests.browser.chromium import NARROW, Visit
from tests.browser.hostile import TEXTS
from tests.browser.looking import TOUCH, background, spilt, squeezed, tabbed, violations
from tests.browser.serving import Served, served, views
from tests.browser.stores import UNDECIDED, hostile_records, hostile_store, store_of_the_portal
from tests.cli.conftest import Glean

Begin = Callable[..., Visit]
VIEWS = (
    *("start", "found", "advanced", "similar", "record", "why", "clusters", "cluster", "review"),
    *("runs", "sources", "quarantine", "page"),
)


@pytest.fixture(scope="module")
def store(browser_program: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a store of 240 records of the sample portal."""
    folder = tmp_path_factory.mktemp("portal")
    url = store_of_the_portal(folder / "glean.db", 240)
    assert Glean(folder)("refresh", "--store", url).returncode == 0
    return url


@pytest.fixture(scope="module")
def page(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), store) as listens:
        yield listens


@pytest.fixture(scope="module")
def paths(page: Served) -> dict[str, str]:
    """A path of every view, with something to show."""
    found = views(page) | {"found": "/?q=carbon"}
    assert set(found) == set(VIEWS)
    return found


@pytest.fixture(scope="module")
def hostile(browser_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    url = hostile_store(folder / "glean.db")
    assert Glean(folder)("refresh", "--store", url).returncode == 0
    with served(folder, url) as listens:
        yield listens


def quiet(seen: Visit, page: Served) -> None:
    """Nothing was asked of another machine, and nothing went wrong."""
    assert [each for each in seen.asked if not each.startswith(page.url + "/")] == []
    assert seen.left == []
    assert seen.troubles == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_reads_well_on_a_narrow_screen_and_in_the_dark(
    page: Served, paths: dict[str, str], view: str, visit: Begin
) -> None:
    seen = visit(viewport=NARROW, color_scheme="light")
    seen.open(page.url + paths[view])
    assert spilt(seen.page) == {"page": 0, "out": []}
    assert min(background(seen.page)) > 200
    assert violations(seen.page) == []
    seen.page.emulate_media(color_scheme="dark")
    assert max(background(seen.page)) < 60
    assert violations(seen.page, rules=["color-contrast", "link-in-text-block"]) == []
    quiet(seen, page)


def test_search_finds_and_similar_literature_is_followed_three_times(
    page: Served, visit: Begin
) -> None:
    seen = visit()
    seen.open(page.url)
    box = seen.page.get_by_role("searchbox")
    box.fill("carbon")
    box.press("Enter")
    count = seen.page.locator("#results .count")
    count.get_by_text(re.compile(r"^\d+ records in \d+ ms$")).wait_for()
    assert seen.page.url == f"{page.url}/?q=carbon"
    followed = [seen.page.locator("#results .result h3").first.inner_text()]
    for _ in range(3):
        seen.page.locator("main .result a", has_text="Similar literature").first.click()
        seen.page.wait_for_url(f"{page.url}/similar?id=*")
        assert followed[-1] in seen.page.locator("main").inner_text()
        results = seen.page.locator("main .result h3")
        followed.append(results.first.inner_text())
    assert len(followed) == 4
    for _ in range(3):
        seen.page.go_back()
    assert box.input_value() == "carbon"
    quiet(seen, page)


def test_search_needs_no_script(page: Served, visit: Begin) -> None:
    seen = visit(java_script_enabled=False)
    seen.open(page.url)
    seen.page.get_by_role("searchbox").fill("carbon")
    seen.page.get_by_role("searchbox").press("Enter")
    seen.page.wait_for_url(f"{page.url}/?q=carbon")
    assert seen.page.locator("#results .result").count() > 5
    quiet(seen, page)


def decided(store: str) -> list[tuple[str, str, str | None]]:
    with open_store(store) as opened, opened.database.read() as connection:
        return [(one.decision, one.a, one.b) for one in decisions.in_effect(connection)]


def test_pairs_are_reviewed_by_key_and_taken_back(page: Served, store: str, visit: Begin) -> None:
    seen = visit()
    seen.open(page.enter)
    shown = seen.page.locator("table.pair")
    first, second = UNDECIDED

    def press(key: str, told: str) -> None:
        with seen.page.expect_navigation():
            seen.page.keyboard.press(key)
        assert seen.page.get_by_role("status").first.inner_text() == told

    assert first[0] in shown.inner_text()
    press("s", "skipped")
    assert second[0] in shown.inner_text()
    press("u", "no longer skipped")
    press("y", "one work")
    assert [kind for kind, *_ in decided(store)] == ["merge"]
    assert second[0] in shown.inner_text()
    press("n", "different works")
    assert sorted(kind for kind, *_ in decided(store)) == ["merge", "split"]
    assert shown.count() == 0
    for _ in range(2):
        with seen.page.expect_navigation():
            seen.page.keyboard.press("u")
    assert decided(store) == []
    assert first[0] in shown.inner_text()
    quiet(seen, page)


def test_keys_answer_nothing_without_the_token(page: Served, store: str, visit: Begin) -> None:
    seen = visit()
    seen.open(f"{page.url}/review")
    before = seen.page.locator("table.pair").inner_text()
    for key in "ynu":
        seen.page.keyboard.press(key)
    assert seen.page.locator("table.pair").inner_text() == before
    assert decided(store) == []


@pytest.mark.parametrize("view", ["found", "clusters", "review", "record"])
def test_everything_is_reached_by_keyboard_alone(
    page: Served, paths: dict[str, str], view: str, visit: Begin
) -> None:
    seen = visit(viewport={"width": 1280, "height": 500})
    seen.open(page.url + paths[view])
    (skip,) = tabbed(seen.page, 1)
    assert skip["words"] == "Skip to the content"
    assert skip["seen"]
    seen.page.keyboard.press("Enter")
    inside = tabbed(seen.page, 1)[0]
    assert seen.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    seen.page.evaluate("document.activeElement.blur()")
    seen.open(page.url + paths[view])
    reached = seen.page.evaluate(
        "document.querySelectorAll('a[href], button:enabled, input, summary, [tabindex=\"0\"]')"
        ".length"
    )
    stops = tabbed(seen.page, min(reached, 30))
    assert inside["what"] in {stop["what"] for stop in stops}
    for stop in stops:
        assert stop["outlined"], stop
        assert stop["seen"], stop
        assert stop["words"], stop


def test_no_script_runs_that_is_not_a_file_of_the_page(page: Served, visit: Begin) -> None:
    seen = visit()
    seen.open(page.url)
    quiet(seen, page)
    seen.page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          document.body.append(script);
          document.body.insertAdjacentHTML('beforeend', '<i onclick="window.ran = true">x</i>');
          document.body.lastChild.click();
        }"""
    )
    assert seen.page.evaluate("window.ran") is None
    assert len(seen.troubles) == 2
    assert all("Content Security Policy" in each for each in seen.troubles)


def test_a_hundred_hostile_texts_are_shown_in_every_view_and_do_nothing(
    hostile: Served, visit: Begin
) -> None:
    seen = visit(viewport=NARROW)
    keys = [quote(each.key) for each in hostile_records()]
    opened = set(views(hostile).values()) - {"/", "/advanced"}
    opened |= {f"/record?id={key}" for key in keys} | {f"/similar?id={key}" for key in keys[::4]}
    opened |= {f"/?q={quote(' '.join(TEXTS[start::8]))}" for start in range(8)}
    shown = ""
    for path in sorted(opened):
        seen.open(hostile.url + path)
        seen.page.evaluate(TOUCH)
        shown += squeezed(seen.page.evaluate("document.body.textContent"))
        assert spilt(seen.page) == {"page": 0, "out": []}, path
        scripts = seen.page.evaluate("[...document.scripts].map((each) => each.src)")
        assert all(each.startswith(f"{hostile.url}/static/") for each in scripts), path
        kinds = seen.page.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(kinds) <= {"http:", "https:"}, path
    quiet(seen, hostile)
    assert [each for each in TEXTS if squeezed(visible(each, keep="\n\t")) not in shown] == []
