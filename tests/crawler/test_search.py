"""The portal's search service harvested: five layouts, by profiles and without; a redesign in the
middle of a harvest; captcha pages."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import SERVICES, Fault, Portal
from storage import open_store
from storage.captures import captured
from tests.crawler.harvesting import harvest, store_of
from tests.crawler.listings import walks_of
from tests.storage.invariants import check

PROFILES = Path(__file__).parent / "profiles"
RECORDS = 60
FIELDS = ("title", "authors", "venue", "year", "abstract")


def configured(folder: Path, portal: Portal, layout: str | None, *, profile: str) -> Path:
    """A ``glean.toml`` that harvests a search page, and a folder of profiles beside it."""
    lines = [
        *("[store]", 'url = "sqlite:///glean.db"', 'archive = "archive"'),
        *("[network]", "delay = 0.0", "retries = 0"),
        f"allow = {json.dumps([portal.url.removeprefix('http://')])}",
        *("[[source]]", 'name = "portal"', 'spider = "listing"', f'profile = "{profile}"'),
        f"start = {json.dumps([portal.search_address(layout)])}",
    ]
    path = folder / "glean.toml"
    path.write_text("\n".join(lines), "utf-8")
    if profile != "auto":
        (folder / "profiles").mkdir(exist_ok=True)
        shutil.copy(PROFILES / f"{profile}.toml", folder / "profiles")
    return path


def truth_of(portal: Portal) -> dict[str, dict[str, Any]]:
    """By key, without the heading that a reader leaves out of an abstract."""
    return {
        portal.url + said["url"]: {name: _plain(said[name]) for name in FIELDS}
        for said in portal.found
    }


def stored(config: Path) -> dict[str, dict[str, Any]]:
    with open_store(store_of(config)) as store:
        check(store)
        return {
            record.key: {name: _plain(getattr(record, name)) for name in FIELDS}
            for record in store.records()
        }


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split()).removeprefix("Abstract - ")
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("how", ["auto", "profile"])
@pytest.mark.parametrize("layout", SERVICES)
def test_every_layout_gives_the_records_of_the_portal(
    tmp_path: Path, layout: str, how: str
) -> None:
    profile = "auto" if how == "auto" else f"portal-{layout}"
    with Portal(RECORDS, seed=3) as portal:
        config = configured(tmp_path, portal, layout, profile=profile)
        figures = harvest(config)
        truth = truth_of(portal)
    assert stored(config) == truth
    assert (figures["reason"], figures["quarantined"]) == ("stated total", 0)
    (walk,) = walks_of(config)
    assert walk.records == walk.listed == walk.stated_total == len(truth)
    with open_store(store_of(config)) as store:
        assert {page.source for page in captured(store.database)} == {"portal"}


def test_a_redesign_is_no_matter_where_pages_are_read_automatically(tmp_path: Path) -> None:
    with Portal(RECORDS, seed=3, faults=["redesign:2:terms"]) as portal:
        config = configured(tmp_path, portal, None, profile="auto")
        harvest(config)
        assert stored(config) == truth_of(portal)


def test_captcha_pages_wait_and_are_had_another_time(tmp_path: Path) -> None:
    with Portal(RECORDS, seed=3, faults=[Fault("captcha", share=1.0)]) as portal:
        config = configured(tmp_path, portal, "items", profile="portal-items")
        figures = harvest(config, status=3)
        assert (figures["quarantined"], figures["records"]) == (1, 0)
        assert _codes(config) == ["captcha"]
        assert [walk.reason for walk in walks_of(config)] == ["quarantine"]
        portal.faults = ()
        assert harvest(config)["reason"] == "stated total"
        assert stored(config) == truth_of(portal)


LOOSE = """\
name = "portal-items"
hosts = ["127.0.0.1"]

[[layout]]
record = "ol.hits > li, .advert"
next = [{ select = "a.next, a.more", attribute = "href" }]
required = ["title", "abstract"]

[layout.fields]
title = ["h3.title"]
url = [{ select = "h3.title a", attribute = "href" }]
authors = [{ select = ".authors", split = ';' }]
venue = [".source cite"]
year = [".year"]
abstract = [".abstract"]
"""
"""A profile whose selectors find adverts where records stood, once the site is redesigned."""


@pytest.mark.parametrize(("into", "loose"), [("cards", False), ("table", False), ("cards", True)])
def test_a_redesign_adds_nothing_wrong_and_loses_nothing(
    tmp_path: Path, into: str, loose: bool
) -> None:
    with Portal(RECORDS, seed=3, faults=[f"redesign:2:{into}"]) as portal:
        config = configured(tmp_path, portal, None, profile="portal-items")
        if loose:
            (tmp_path / "profiles" / "portal-items.toml").write_text(LOOSE, "utf-8")
        figures = harvest(config, status=3)
        truth = truth_of(portal)
        assert (figures["pages"], figures["quarantined"]) == (2, 1)
        assert [walk.reason for walk in walks_of(config)] == ["quarantine"]
        meanwhile = stored(config)
        assert len(meanwhile) == 20
        assert meanwhile.items() <= truth.items()

        mend(tmp_path / "profiles", into)
        asked = len(portal.log)
        assert reparsed(config)["mended"] == 1
        assert len(portal.log) == asked
        assert len(stored(config)) == 30
        assert harvest(config)["pages"] == len(truth) // 10 - 2
        assert stored(config) == truth


def test_a_redesign_met_by_many_walks_is_mended_from_the_archive(tmp_path: Path) -> None:
    # more pages than are under way when its share is seen to be past
    with Portal(420, seed=3, faults=["redesign:12:terms"]) as portal:
        config = configured(tmp_path, portal, None, profile="portal-items")
        pages = -(-len(portal.found) // 10)
        starts = [f"{portal.search_address()}?page={number}" for number in range(1, pages + 1)]
        text = config.read_text("utf-8")
        config.write_text(
            text.replace(json.dumps([starts[0].partition("?")[0]]), json.dumps(starts))
        )
        figures = harvest(config, status=3)
        truth = truth_of(portal)
        assert figures["pages"] == 12
        assert figures["quarantined"] >= 3
        assert figures["reason"] == "quarantine share"
        meanwhile = stored(config)
        assert meanwhile.items() <= truth.items()
        assert len(meanwhile) < len(truth)

        mend(tmp_path / "profiles", "terms")
        assert reparsed(config)["mended"] == figures["quarantined"]
        again = harvest(config)
        assert (again["quarantined"], again["failed"]) == (0, 0)
        assert stored(config) == truth
        fetched = [visit for visit in portal.log if visit.path == "/search"]
        assert len(fetched) == pages


def mend(profiles: Path, into: str) -> None:
    """The profile of the first layout until today, and the new one's from today on."""
    today = datetime.now(UTC).date().isoformat()
    former = (PROFILES / "portal-items.toml").read_text("utf-8")
    newer = (PROFILES / f"portal-{into}.toml").read_text("utf-8").partition("[[layout]]")[2]
    former = former.replace("[[layout]]", f"[[layout]]\nuntil = {today}")
    text = f"{former}\n[[layout]]\nfrom = {today}{newer}"
    (profiles / "portal-items.toml").write_text(text, "utf-8")


def reparsed(config: Path) -> Any:
    command = [sys.executable, "-m", "cli", "reparse", "portal", "--json", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _codes(config: Path) -> list[str]:
    """Of pages in quarantine, as ``glean status`` tells them."""
    command = [sys.executable, "-m", "cli", "status", "--json", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [code for page in json.loads(done.stdout)["quarantine"] for code in page["codes"]]
