"""Listings over real HTTP: next pages are followed, and each walk ends, and says why."""

import itertools
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from storage import open_store
from storage.walks import BARREN
from tests.crawler.harvesting import harvest, rows, start_harvest, store_of
from tests.crawler.hostile import redirects, says
from tests.crawler.listings import Listing, keys_of, result_page, span, walks_of
from tests.storage.invariants import check


def numbered(last_page: int, *, total: int | None = None, last: int = 10**9) -> "Listing":
    """A listing of so many pages of ten, each but the last with a link to the next."""

    def page(number: int, query: dict[str, str]) -> bytes:
        numbers = span(number, last=last)
        stated = "" if total is None else f"{numbers[0]} - {numbers[-1]} of {total} results"
        onward = f"?page={number + 1}" if number < last_page else None
        return result_page(numbers, stated=stated, onward=onward)

    return Listing(page)


def ended(config: Path) -> list[str]:
    return [walk.reason for walk in walks_of(config)]


def test_next_pages_are_followed_to_the_last(tmp_path: Path) -> None:
    with numbered(4, last=36) as site:
        config = site.config(tmp_path)
        figures = harvest(config)
    assert site.asked == [1, 2, 3, 4]
    assert (figures["pages"], figures["records"], figures["new"]) == (4, 36, 36)
    assert figures["reason"] == "no next page"
    (walk,) = walks_of(config)
    assert (walk.start, walk.pages, walk.listed, walk.records) == (site.url(), 4, 36, 36)
    assert keys_of(config) == {str(number) for number in range(1, 37)}


def test_a_walk_stops_when_it_has_as_many_records_as_the_search_states(tmp_path: Path) -> None:
    with numbered(99, total=30) as site:  # whose next link goes on for ever
        config = site.config(tmp_path)
        assert harvest(config)["reason"] == "stated total"
    assert site.asked == [1, 2, 3]
    assert walks_of(config)[0].stated_total == 30


@pytest.mark.parametrize(
    "stated", ["About 20 results", "Results 1 - 10 of about 20", "20+ results", "约 20 条结果"]
)
def test_a_total_that_is_an_estimate_is_no_promise(tmp_path: Path, stated: str) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        onward = f"?page={number + 1}" if number < 4 else None
        return result_page(span(number), stated=stated, onward=onward)

    with Listing(page) as site:
        config = site.config(tmp_path)
        assert harvest(config)["reason"] == "no next page"
    assert site.asked == [1, 2, 3, 4]
    assert walks_of(config)[0].stated_total == 20


def test_a_total_never_reached_keeps_no_walk_going(tmp_path: Path) -> None:
    with numbered(3, total=1_200_000) as site:
        assert harvest(site.config(tmp_path))["reason"] == "no next page"
    assert site.asked == [1, 2, 3]


def test_a_site_that_gives_its_last_page_again_is_left_there(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        return result_page(span(min(number, 3)), onward=f"?page={number + 1}")

    with Listing(page) as site:
        config = site.config(tmp_path)
        figures = harvest(config)
    assert site.asked == [1, 2, 3, 4]
    assert (figures["reason"], figures["records"]) == ("repeated page", 30)


def test_next_links_that_lead_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        return result_page(span(number), onward=f"?page={number % 3 + 1}")

    with Listing(page) as site:
        config = site.config(tmp_path, site.url("?page=1"))
        figures = harvest(config)
    assert site.asked == [1, 2, 3]
    assert (figures["reason"], figures["pages"]) == ("repeated page", 3)


def test_a_session_in_the_address_hides_no_circle(tmp_path: Path) -> None:
    sessions = itertools.count(1)

    def page(number: int, query: dict[str, str]) -> bytes:
        session, sid = next(sessions), next(sessions)
        onward = f"/list;s=A{session}?page={number % 3 + 1}&amp;sid={sid}"
        return result_page(span(number), onward=onward)

    with Listing(page) as site:
        site.site.pages = _Any(site.site.pages, "/list")
        config = site.config(tmp_path)
        figures = harvest(config)
    assert [each.query["page"] for each in site.site.asked if ";s=" in each.path] == [
        *("2", "3", "1")
    ]
    assert (figures["reason"], figures["pages"], figures["records"]) == ("repeated page", 4, 30)


class _Any(dict):  # type: ignore[type-arg]
    """Whatever begins with a path is answered as the path is."""

    def __init__(self, pages, path: str) -> None:
        super().__init__(pages)
        self._path = path

    def get(self, path: str, default=None):
        return super().get(self._path if path.startswith(self._path) else path, default)


def test_pages_that_bring_nothing_new_end_the_walk(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        numbers = span(number) if number <= 3 else [*reversed(span(number % 3 + 1))][number % 7 :]
        return result_page(numbers, onward=f"?page={number + 1}")

    with Listing(page) as site:
        config = site.config(tmp_path)
        figures = harvest(config)
    assert site.asked == [1, 2, 3, *range(4, 4 + BARREN)]
    assert (figures["reason"], figures["records"]) == ("nothing new", 30)


def test_one_page_without_anything_new_ends_no_walk(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        # the list grew by a page while it was read: what stood on page 2 stands on page 3
        numbers = span(number if number < 3 else number - 1)
        if number == 3:
            numbers = numbers[1:]
        return result_page(numbers, onward=f"?page={number + 1}" if number < 5 else None)

    with Listing(page) as site:
        config = site.config(tmp_path)
        assert harvest(config)["reason"] == "no next page"
    assert len(keys_of(config)) == 40


@pytest.mark.parametrize(
    ("onward", "reason"),
    [
        ("javascript:next(2)", "no next page"),
        ("mailto:next@example.org", "next page elsewhere"),
        ("http://example.org/list?page=2", "next page elsewhere"),
        ("http://user:secret@{place}/list?page=2", "next page elsewhere"),
        ("http://{place}0/list?page=2", "next page elsewhere"),
        ("#page2", "no next page"),
        ("?#page2", "repeated page"),
        ("http://{place}/list", "repeated page"),
        ("?x=" + "9" * 9000, "next page elsewhere"),
    ],
)
def test_what_is_no_page_of_the_site_is_not_followed(
    tmp_path: Path, onward: str, reason: str
) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        return result_page(span(number), onward=onward.format(place=site.site.place))

    with Listing(page) as site:
        config = site.config(tmp_path)
        assert harvest(config)["reason"] == reason
    assert site.asked == [1]


def test_walks_that_meet_fetch_each_page_once(tmp_path: Path) -> None:
    with numbered(6) as site:
        starts = [site.url("?page=1"), site.url("?page=3"), site.url("?page=5")]
        config = site.config(tmp_path, *starts)
        figures = harvest(config)
    assert Counter(site.asked) == dict.fromkeys(range(1, 7), 1)
    assert (figures["records"], figures["reason"]) == (60, "nothing due")
    assert {walk.start: walk.reason for walk in walks_of(config)} == {
        starts[0]: "another walk",
        starts[1]: "another walk",
        starts[2]: "no next page",
    }


def test_walks_side_by_side_end_each_for_its_own_reason(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        first = 1_000 * int(query["q"])
        numbers = [first + each for each in span(number)]
        stated = f"{query['q']}0 results" if query["q"] == "2" else ""
        onward = f"?q={query['q']}&amp;page={number + 1}" if number < 5 else None
        return result_page(numbers, stated=stated, onward=onward)

    with Listing(page) as site:
        config = site.config(tmp_path, *(site.url(f"?q={each}") for each in (1, 2, 3)))
        figures = harvest(config)
    assert [(walk.pages, walk.reason) for walk in walks_of(config)] == [
        (5, "no next page"),
        (2, "stated total"),
        (5, "no next page"),
    ]
    assert figures["reason"] == "nothing due"


def test_a_depth_that_is_written_bounds_the_next_pages(tmp_path: Path) -> None:
    with numbered(9) as site:
        config = site.config(tmp_path, depth=2)
        harvest(config)
        assert (site.asked, ended(config)) == ([1, 2, 3], ["depth"])
        harvest(site.config(tmp_path, depth=4))
        assert (site.asked, ended(config)) == ([1, 2, 3, 4, 5], ["depth"])
        assert harvest(site.config(tmp_path))["reason"] == "no next page"
    assert site.asked == [*range(1, 10)]


def test_a_budget_that_is_spent_leaves_the_walk_to_the_next_run(tmp_path: Path) -> None:
    with numbered(99, total=60) as site:
        config = site.config(tmp_path)
        assert harvest(config, "--max-pages", "4")["reason"] == "page budget"
        assert ended(config) == ["page budget"]
        second = harvest(config)
    # what the first run brought counts: 60 are there after two pages more
    assert (second["run"], second["pages"], second["reason"]) == (2, 2, "stated total")
    assert site.asked == [1, 2, 3, 4, 5, 6]


def test_a_second_harvest_of_a_walk_that_ended_fetches_nothing(tmp_path: Path) -> None:
    with numbered(3) as site:
        config = site.config(tmp_path)
        harvest(config)
        again = harvest(config)
    assert (again["pages"], again["reason"]) == (0, "nothing due")
    assert ended(config) == ["no next page"]


def test_a_fresh_harvest_walks_again_from_the_start(tmp_path: Path) -> None:
    with numbered(6) as site:
        config = site.config(tmp_path)
        harvest(config, "--max-pages", "3")
        fresh = harvest(config, "--fresh")
        assert site.asked == [1, 2, 3, *range(1, 7)]
        assert (fresh["pages"], fresh["new"], fresh["reason"]) == (6, 30, "no next page")
        harvest(config, "--fresh", "--max-pages", "2")
        harvest(config, "--fresh", "--max-pages", "1")
        assert harvest(config)["pages"] == 5
    with open_store(store_of(config)) as store:
        check(store, settled=True)


def test_a_page_given_up_stops_its_walk_until_it_can_be_had(tmp_path: Path) -> None:
    gone = True

    def page(number: int, query: dict[str, str]) -> bytes:
        return result_page(span(number), onward=f"/{'gone' if gone else 'list'}?page={number + 1}")

    with numbered(4) as other, Listing(page, ("/list", "/gone")) as site:
        answer = site.site.pages.pop("/gone")
        config = site.config(tmp_path)
        assert harvest(config, status=5)["reason"] == "nothing due"
        assert ended(config) == ["given up"]
        gone = False
        site.site.pages["/gone"] = answer
        site.page = other.page
        assert harvest(config)["reason"] == "no next page"
    assert keys_of(config) == {str(number) for number in range(1, 41)}


def test_a_redirect_to_the_first_page_is_a_page_seen_before(tmp_path: Path) -> None:
    def page(number: int, query: dict[str, str]) -> bytes:
        return result_page(span(1), onward=f"/moved?to={site.url()}")

    with Listing(page) as site:
        site.site.pages["/moved"] = redirects
        assert harvest(site.config(tmp_path))["reason"] == "repeated page"


def test_a_page_that_lists_nothing_ends_no_search_by_itself(tmp_path: Path) -> None:
    with Listing(lambda number, query: result_page((), stated="0 results")) as site:
        config = site.config(tmp_path)
        figures = harvest(config)
    assert (figures["pages"], figures["records"]) == (1, 0)
    assert figures["reason"] in ("no next page", "stated total")


def test_what_robots_txt_forbids_of_a_listing_is_not_fetched(tmp_path: Path) -> None:
    with numbered(5) as site:
        rules = b"User-agent: *\nDisallow: /list?page=3"
        site.site.pages["/robots.txt"] = says(200, rules, content_type="text/plain")
        config = site.config(tmp_path)
        harvest(config, status=5)
        assert site.asked == [1, 2]
        assert ended(config) == ["given up"]


@pytest.mark.parametrize("pages", [1, 3, 6])
def test_a_killed_walk_goes_on_as_if_nothing_had_been(tmp_path: Path, pages: int) -> None:
    with numbered(99, total=80) as site:
        calm, stormy = tmp_path / "calm", tmp_path / "stormy"
        calm.mkdir()
        stormy.mkdir()
        harvest(site.config(calm))
        undisturbed = len(site.asked)
        config = site.config(stormy)
        with start_harvest(config) as process:
            while len(site.asked) < undisturbed + pages:
                assert process.poll() is None, process.communicate()
            process.kill()
            process.communicate()
        figures = harvest(config)
    assert undisturbed == 8
    assert (figures["run"], figures["pages"], figures["reason"]) == (1, 8, "stated total")
    # at most the page that was under way is asked for twice
    assert len(site.asked) <= 2 * undisturbed + 1
    assert rows(store_of(config)) == rows(store_of(calm / "glean.toml"))
    with open_store(store_of(config)) as store:
        check(store, settled=True)


def test_glean_says_how_each_walk_ended(tmp_path: Path) -> None:
    with numbered(99, total=20) as site:
        config = site.config(tmp_path)
        glean = [sys.executable, "-m", "cli"]
        allowed = ["--config", str(config)]

        def said(*arguments: str) -> str:
            command = [*glean, *arguments, *allowed]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return done.stdout

        line = f"  {site.url()}: 2 pages, 20 records of 20 stated; stated total\n"
        assert line in said("harvest", "portal")
        assert line in said("status")
        assert json.loads(said("status", "--json"))["walks"] == [
            {
                "source": "portal",
                "start": site.url(),
                "pages": 2,
                "listed": 20,
                "records": 20,
                "stated_total": 20,
                "reason": "stated total",
            }
        ]
        other = said("harvest", "--url", site.url("?page=3"), "--depth", "1")
        assert "-listing, run 2: 2 pages" in other
        assert site.asked == [1, 2, 3, 4]
