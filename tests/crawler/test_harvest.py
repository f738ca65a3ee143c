"""The main job over real HTTP: what is stored, what is not, and how a harvest ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.reparse import reparse
from crawler.sample import Fault, Portal
from records import as_json
from storage import open_store
from storage.archive import read_exchange
from storage.captures import captured
from tests.crawler.harvesting import harvest, start_harvest, store_of, write_config

FIELDS = ("title", "authors", "venue", "year", "volume", "issue", "pages", "native_id")


def asked_aids(portal: Portal) -> Counter[str]:
    return Counter(visit.aid for visit in portal.log if visit.aid)


def stored(config: Path) -> dict[str, dict[str, Any]]:
    """Records by key, as JSON."""
    with open_store(store_of(config)) as store:
        return {record.key: as_json(record) for record in store.records()}


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One whole harvest of a small portal: its folder's config, figures, truth, and visits."""
    config_folder = tmp_path_factory.mktemp("harvested")
    with Portal(records=60, seed=3, markup="random") as portal:
        config = write_config(config_folder, portal, start=portal.start[:1])
        figures = harvest(config)
        yield config, figures, portal, list(portal.log)


def test_every_record_of_the_site_is_stored_as_the_site_says_it(harvested: Any) -> None:
    config, _, portal, _ = harvested
    records = stored(config)
    assert len(records) == len(portal.truth.aids) == 60
    for aid in portal.truth.aids:
        truth, said = portal.truth.record(aid), records[f"aid:{aid.lower()}"]
        wanted = {"native_id": aid} | {name: truth[name] for name in FIELDS if name in truth}
        for name, value in wanted.items():
            assert _collapsed(said[name]) == _collapsed(value), (aid, name)


def _collapsed(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    return [_collapsed(each) for each in value] if isinstance(value, list) else value


def test_every_page_is_fetched_once_whatever_the_spelling_of_its_address(harvested: Any) -> None:
    _, figures, _, visits = harvested
    counts = Counter(visit.aid for visit in visits if visit.aid)
    assert set(counts.values()) == {1}
    assert len(counts) == figures["pages"] == 60
    assert [visit.path for visit in visits].count("/robots.txt") == 1


def test_the_closing_figures_name_what_was_done(harvested: Any) -> None:
    _, figures, portal, _ = harvested
    assert list(figures) == [
        *("run", "source", "pages", "records", "new", "readings", "duplicates"),
        *("quarantined", "failed", "found", "unchanged", "gone", "seconds", "finished", "reason"),
    ]
    readings = sum(len(portal.truth.page(aid)) for aid in portal.truth.aids)
    expected = {"run": 1, "source": "portal", "records": 60, "new": 60, "readings": readings}
    expected |= {"quarantined": 0, "failed": 0, "found": 60, "finished": True}
    assert {name: figures[name] for name in expected} == expected
    assert figures["reason"] == "nothing due"
    assert figures["duplicates"] > 0


def test_every_response_stands_in_the_archive_as_it_was_received(harvested: Any) -> None:
    config, _, _, _ = harvested
    archive = config.parent / "archive"
    with open_store(store_of(config)) as store:
        pages = list(captured(store.database))
    assert len(pages) == 60
    for page in pages:
        assert page.place is not None
        exchange = read_exchange(archive, page.place)
        assert exchange.url == page.url
        assert exchange.status == 200
        assert f"{len(exchange.body)}" in dict(exchange.headers).values()


def test_a_second_harvest_goes_on_from_the_first_and_finds_nothing_new(harvested: Any) -> None:
    config, _, _, _ = harvested
    again = harvest(config)
    assert (again["run"], again["pages"], again["new"], again["found"]) == (2, 0, 0, 0)
    assert again["reason"] == "nothing due"


def test_reparse_finds_everything_unchanged_and_needs_no_network(harvested: Any) -> None:
    config, _, _, _ = harvested
    before = stored(config)
    with open_store(store_of(config)) as store:
        told = reparse(store, config.parent / "archive")
    assert (told.pages, told.unchanged, told.changed, told.missing) == (60, 60, 0, 0)
    assert stored(config) == before


def test_a_fresh_harvest_takes_everything_again_as_new_readings(harvested: Any) -> None:
    config, _, portal, _ = harvested
    visits = len(asked_aids(portal))
    fresh = harvest(config, "--fresh")
    assert (fresh["pages"], fresh["new"]) == (60, 0)
    assert len(asked_aids(portal)) == visits
    key = f"aid:{portal.truth.aids[0].lower()}"
    with open_store(store_of(config)) as store:
        runs = {each.provenance.run for each in store.readings(key)}
    assert runs == {1, fresh["run"]}


def test_kin_are_followed_to_the_stated_depth_and_no_further(tmp_path: Path) -> None:
    with Portal(records=200, seed=3) as portal:
        start = portal.start[:1]
        config = write_config(tmp_path, portal, start=start, depth=1)
        figures = harvest(config)
        first = portal.log[1].aid
        assert set(asked_aids(portal)) == {first, *portal.truth.kin(first)}
        deeper = harvest(write_config(tmp_path, portal, start=start, depth=2))
        assert deeper["pages"] > 0
        assert set(asked_aids(portal).values()) == {1}
    assert figures["pages"] == 1 + len(portal.truth.kin(first))


def test_a_harvest_keeps_its_page_budget_and_the_next_goes_on(tmp_path: Path) -> None:
    with Portal(records=60, seed=3) as portal:
        config = write_config(tmp_path, portal)
        first = harvest(config, "--max-pages", "10")
        assert (first["pages"], first["reason"], first["finished"]) == (10, "page budget", True)
        second = harvest(config)
        assert (second["run"], second["pages"]) == (2, 50)
        assert set(asked_aids(portal).values()) == {1}


def test_a_harvest_stopped_by_sigterm_goes_on_as_the_same_run(tmp_path: Path) -> None:
    with Portal(records=120, seed=3) as portal:
        config = write_config(tmp_path, portal)
        with start_harvest(config) as process:
            while len(asked_aids(portal)) < 10:
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 5, err
        stopped = json.loads(out)
        assert (stopped["finished"], stopped["reason"]) == (False, "stopped")
        assert 0 < stopped["pages"] < 120
        figures = harvest(config)
        assert (figures["run"], figures["pages"], figures["finished"]) == (1, 120, True)
        assert set(asked_aids(portal).values()) == {1}


def test_a_second_harvest_of_a_source_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with Portal(records=120, seed=3, faults=[Fault("slow", share=1.0, seconds=2.0)]) as portal:
        config = write_config(tmp_path, portal)
        with start_harvest(config) as process:
            while len(asked_aids(portal)) < 2:
                assert process.poll() is None
                time.sleep(0.01)
            with start_harvest(config) as second:
                _, err = second.communicate(timeout=60)
            process.kill()
            process.communicate()
    assert second.returncode == 4
    assert "another process" in err


def test_a_site_that_is_busy_is_asked_again_later(tmp_path: Path) -> None:
    busy = [Fault("503", share=0.3, times=1), Fault("429", share=0.3, times=1)]
    with Portal(records=25, seed=3, faults=busy) as portal:
        figures = harvest(write_config(tmp_path, portal))
        statuses = Counter(visit.status for visit in portal.log)
    assert (figures["pages"], figures["failed"]) == (25, 0)
    assert statuses[503] > 0
    assert statuses[429] > 0


@pytest.mark.parametrize("fault", ["captcha", "soft-404", "wrong-total", "cut-page", "empty"])
def test_a_page_that_is_not_what_it_should_be_adds_no_record(tmp_path: Path, fault: str) -> None:
    with Portal(records=30, seed=3, markup="div") as portal:
        start = portal.start[:1]
        first = start[0].partition("aid=")[2].partition("&")[0]
        kin = portal.truth.kin(first)
        portal.faults = [Fault(fault, share=0.0, aids=frozenset(kin[:3]))]
        config = write_config(tmp_path, portal, start=start, depth=1)
        figures = harvest(config, status=0 if fault == "empty" else 3)
        records = stored(config)
        listed = {
            f"aid:{aid.lower()}" for asked in (first, *kin[3:]) for aid in portal.truth.kin(asked)
        }
    assert figures["quarantined"] == (0 if fault == "empty" else 3)
    assert set(records) == listed


def test_a_quarantined_page_is_kept_and_the_harvest_goes_on(tmp_path: Path) -> None:
    with Portal(records=30, seed=3, faults=[Fault("wrong-total", share=0.2)]) as portal:
        config = write_config(tmp_path, portal)
        harvest(config, status=3)
        with open_store(store_of(config)) as store:
            held = [page for page in captured(store.database) if page.quarantined]
            told = reparse(store, config.parent / "archive")
    assert held
    assert all(page.problems and page.place for page in held)
    assert told.unchanged == told.pages


def test_a_robots_txt_that_cannot_be_had_means_that_nothing_is_fetched(tmp_path: Path) -> None:
    with Portal(records=25, seed=3, faults=["robots-503:1"]) as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1])
        config.write_text(
            config.read_text("utf-8").replace("delay = 0.0", "delay = 0.0\nretries = 0")
        )
        figures = harvest(config, status=1)
        assert not asked_aids(portal)
    assert (figures["pages"], figures["failed"]) == (0, 1)


def test_what_robots_txt_forbids_is_not_fetched(tmp_path: Path) -> None:
    with Portal(records=25, seed=3, faults=["robots-disallow:1"]) as portal:
        figures = harvest(write_config(tmp_path, portal, start=portal.start[:1]), status=1)
        assert not asked_aids(portal)
    assert figures["failed"] == 1


def test_a_crawl_delay_is_kept_between_all_requests_to_a_host(tmp_path: Path) -> None:
    with Portal(records=6, seed=3, crawl_delay=0.4) as portal:
        harvest(write_config(tmp_path, portal))
        moments = [visit.time for visit in portal.log]
    assert len(moments) == 7
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    assert min(gaps) >= 0.4


def test_pages_in_hand_when_a_crawl_delay_is_learnt_keep_it(tmp_path: Path) -> None:
    with Portal(records=12, seed=3, crawl_delay=0.2) as portal:
        first = portal.start[0]
        aid = first.partition("aid=")[2].partition("&")[0]
        start = [first.replace(aid, each) for each in portal.truth.aids]
        figures = harvest(write_config(tmp_path, portal, start=start))
        moments = [visit.time for visit in portal.log]
    assert (figures["pages"], figures["failed"]) == (12, 0)
    assert len(moments) == 1 + 12
    assert min(later - sooner for sooner, later in pairwise(moments)) >= 0.2


def test_a_host_that_does_not_answer_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    with Portal(records=6, seed=3) as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1])
    text = config.read_text("utf-8")
    config.write_text(text.replace("delay = 0.0", "delay = 0.0\nretries = 0"))
    figures = harvest(config, status=1)
    assert (figures["pages"], figures["failed"]) == (0, 1)


def test_a_public_site_is_not_asked_without_a_contact(tmp_path: Path) -> None:
    config = tmp_path / "glean.toml"
    config.write_text(
        '[[source]]\nname = "portal"\nstart = ["http://192.0.2.1/relate_search.aspx?aid=0f"]\n'
    )
    with start_harvest(config) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert "contact" in err
    assert "Traceback" not in err


def test_an_archive_that_cannot_be_written_ends_the_harvest_and_keeps_the_store_whole(
    tmp_path: Path,
) -> None:
    with Portal(records=6, seed=3) as portal:
        config = write_config(tmp_path, portal)
        (tmp_path / "archive").write_text("in the way")
        with start_harvest(config) as process:
            _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "archive cannot be written" in err
        (tmp_path / "archive").unlink()
        figures = harvest(config)
    assert (figures["run"], figures["pages"]) == (1, 6)


def test_scrapy_itself_lists_and_runs_the_spider(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], cwd=root, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["listing", "similar"]
    with Portal(records=30, seed=3) as portal:
        config = write_config(tmp_path, portal)
        store = f"sqlite:///{tmp_path / 'bare.db'}"
        command = [*scrapy, "crawl", "similar", "-a", f"url={portal.start[0]}"]
        command += ["-a", "depth=1", "-s", f"GLEAN_STORE={store}", "-s", f"GLEAN_CONFIG={config}"]
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, env={**os.environ}, check=False
        )
        asked = set(asked_aids(portal))
    assert done.returncode == 0, done.stderr
    with open_store(store) as opened:
        (run,) = opened.runs()
        assert run.pages == len(asked) == 1 + len(portal.truth.kin(portal.log[1].aid))
        assert run.reason == "nothing due"


@pytest.mark.parametrize(
    ("callback", "says"),
    [
        ("yield Request(response.url + '&x=1')", "a callback yielded a request"),
        ("yield from ()", "a callback yielded no Answer"),
        ("yield 1 / 0", "division by zero"),
    ],
)
def test_a_spider_that_does_not_hand_its_pages_over_ends_the_harvest(
    tmp_path: Path, callback: str, says: str
) -> None:
    code = f"""
import sys
from pathlib import Path
from scrapy import Request
from crawler.config import load_config
from crawler.run import harvest
from spiders.similar import SimilarSpider
def parse(self, response):
    {callback}
SimilarSpider.parse = parse
config = load_config(Path(sys.argv[1]), {{}})
harvest(config, config.sources["portal"], store_url=config.store.url)
"""
    with Portal(records=6, seed=3) as portal:
        config = write_config(tmp_path, portal)
        (tmp_path / "misled.py").write_text(code)
        command = [sys.executable, str(tmp_path / "misled.py"), str(config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert says in done.stderr
        assert harvest(config)["pages"] == 6
