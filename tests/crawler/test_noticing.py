"""A site that changes in the middle of a harvest: noticed, kept out, stopped, gone on with."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crawler.sample import Fault, Portal
from crawler.sample.printing import print_page
from records import measures_of
from spiders.pages import read
from storage import open_store, overview
from storage.baseline import Baseline, Seen
from storage.captures import waiting_of
from storage.schema import page, problem, reading
from tests.crawler.harvesting import harvest, rows, store_of, write_config
from tests.storage.invariants import check

ENOUGH = 40
"""Pages from which others are compared."""


def keys(config: Path) -> set[str]:
    with open_store(store_of(config)) as store:
        check(store)
        return {record.key for record in store.records()}


def states(config: Path) -> dict[str, int]:
    with open_store(store_of(config)) as store, store.database.read() as connection:
        query = select(page.c.state, func.count()).group_by(page.c.state)
        return dict(connection.execute(query).all())  # type: ignore[arg-type]


def waiting(config: Path) -> int:
    with open_store(store_of(config)) as store, store.database.read() as connection:
        return len(overview.quarantine(connection, limit=1000))


@pytest.fixture
def known(tmp_path: Path) -> Any:
    """A portal of which some pages are stored, and its settings."""
    with Portal(records=150, seed=5, markup="div") as portal:
        config = write_config(tmp_path, portal, pages=ENOUGH)
        harvest(config)
        yield portal, write_config(tmp_path, portal)


def test_undisturbed_pages_of_every_layout_are_no_drift() -> None:
    portal = Portal(records=150, seed=9)
    for markup in ("table", "br", "minified", "random"):
        baseline = Baseline()
        for index in range(150):
            printed = print_page(portal.corpus, "similar", index, markup)
            url = f"http://127.0.0.1/relate_search.aspx?aid={portal.corpus.aid(index)}"
            measures = measures_of(read(printed.body, url=url))
            assert baseline.judge(measures) == []
            baseline.add(Seen(page=index, measures=measures, accepted=True))


def test_a_site_that_shows_less_than_it_did_stops_its_harvest_and_stores_nothing(
    known: Any,
) -> None:
    portal, config = known
    before = keys(config)
    portal.markup = "bare"  # its own check passes: abstracts alone, which nobody would miss
    told = harvest(config, status=3)
    assert (told["reason"], told["finished"]) == ("quarantine share", False)
    assert told["pages"] == told["records"] == 0
    assert 10 <= told["quarantined"] <= 40
    assert keys(config) == before
    with open_store(store_of(config)) as store, store.database.read() as connection:
        codes = connection.execute(select(problem.c.code).where(problem.c.severity == "error"))
        assert set(codes.scalars()) == {"drift"}
        spoken = select(func.count()).where(reading.c.run == told["run"]).select_from(reading)
        assert connection.execute(spoken).scalar() == 0


def test_a_harvest_past_its_share_goes_on_when_the_site_is_itself_again(known: Any) -> None:
    portal, config = known
    portal.markup = "bare"
    stopped = harvest(config, status=3)
    portal.markup = "table"
    told = harvest(config, status=3)
    assert told["run"] == stopped["run"]
    assert told["finished"]
    assert told["quarantined"] == stopped["quarantined"]
    assert told["pages"] + told["quarantined"] + ENOUGH == 150
    fresh = harvest(config, "--fresh")
    assert (fresh["pages"], fresh["quarantined"]) == (150, 0)
    assert keys(config) == {f"aid:{aid.lower()}" for aid in portal.truth.aids}


def test_without_a_share_a_harvest_goes_to_its_end(known: Any) -> None:
    portal, config = known
    portal.markup = "bare"
    write_config(config.parent, portal, pages=30, quarantine=1.0)
    told = harvest(config, status=3)
    assert (told["reason"], told["finished"]) == ("page budget", True)
    assert (told["pages"], told["quarantined"]) == (0, 30)


def test_pages_with_status_200_that_ask_who_is_there_count_for_the_share(tmp_path: Path) -> None:
    with Portal(records=50, seed=5, faults=[Fault("captcha", 0.5)]) as portal:
        config = write_config(tmp_path, portal)
        told = harvest(config, status=3)
        assert told["reason"] == "quarantine share"
        assert waiting(config) == told["quarantined"]
        portal.faults = []
        write_config(tmp_path, portal, quarantine=1.0)
        assert harvest(config, "--fresh")["pages"] == 50
    assert states(config)["quarantined"] == told["quarantined"]
    assert waiting(config) == 0, "every address was shown rightly since"


def test_a_few_bad_pages_do_not_stop_a_harvest(tmp_path: Path) -> None:
    with Portal(records=60, seed=5, faults=[Fault("captcha", 0.05)]) as portal:
        told = harvest(write_config(tmp_path, portal), status=3)
    assert (told["reason"], told["finished"]) == ("nothing due", True)
    assert 0 < told["quarantined"] < 10


def test_half_a_site_redesigned_page_by_page_is_told_from_the_other(known: Any) -> None:
    portal, config = known
    site = portal._site
    printed = site.page

    def now_and_then(kind: Any, index: int, fault: str | None = None) -> Any:
        if index % 2:
            return printed(kind, index, fault)
        return print_page(portal.corpus, kind, index, "bare", fault)

    site.page = now_and_then
    write_config(config.parent, portal, pages=60, quarantine=1.0)
    told = harvest(config, status=3)
    with open_store(store_of(config)) as store, store.database.read() as connection:
        query = select(page.c.url, page.c.state).where(page.c.run == told["run"])
        for url, state in connection.execute(query):
            index = portal.corpus.find(url.partition("aid=")[2].partition("&")[0])
            assert state == ("read" if index % 2 else "quarantined")
    assert told["pages"] > 10


def test_what_is_released_is_what_was_read(known: Any) -> None:
    from crawler.releasing import release

    portal, config = known
    portal.markup = "bare"
    harvest(config, status=3)
    with open_store(store_of(config)) as store:
        with store.database.read() as connection:
            waiting = waiting_of(connection, "portal")
        told = release(store, config.parent / "archive", waiting)
        assert (told.pages, told.kept) == (len(waiting), [])
        assert told.records > 100
        with store.database.read() as connection:
            assert waiting_of(connection, "portal") == []
        check(store, settled=True)
    again = harvest(config)
    assert again["finished"], "three released pages have taught the source's new normal"


def test_the_history_is_the_same_after_a_harvest_in_one_go_and_in_many(tmp_path: Path) -> None:
    with Portal(records=30, seed=5) as portal:
        found = []
        for name, budgets in (("once", [30]), ("often", [7, 30])):
            folder = tmp_path / name
            folder.mkdir()
            for budget in budgets:
                config = write_config(folder, portal, pages=budget)
                harvest(config)
            found.append(_measures(config))
    assert found[0] == found[1]


def _measures(config: Path) -> list[Any]:
    with open_store(store_of(config)) as store, store.database.read() as connection:
        query = select(page.c.url, page.c.kind, page.c.measures).order_by(page.c.url)
        return [(url, kind, json.loads(said)) for url, kind, said in connection.execute(query)]


def test_reparse_leaves_drift_and_what_was_released_as_they_are(known: Any) -> None:
    from crawler.releasing import release
    from crawler.reparse import reparse

    portal, config = known
    portal.markup = "bare"
    harvest(config, status=3)
    with open_store(store_of(config)) as store:
        with store.database.read() as connection:
            waiting = waiting_of(connection, "portal")
        release(store, config.parent / "archive", waiting[:2])
        before = rows(store_of(config))
        told = reparse(store, config.parent / "archive")
        assert told.unchanged == told.pages
    assert rows(store_of(config)) == before
