"""Harvests of a portal that refuses: left alone for as long as it asks, and said so."""

import json
from itertools import pairwise
from pathlib import Path

from crawler.sample import Fault, Portal
from tests.crawler.harvesting import harvest, start_harvest, write_config


def test_a_portal_that_asks_for_an_hour_ends_the_harvest_at_once(tmp_path: Path) -> None:
    with Portal(records=25, seed=3) as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1])
        first = harvest(config, "--max-pages", "3")
        portal.faults = [Fault("429", share=1.0, seconds=3600.0, times=100)]
        asked = len(portal.log)
        with start_harvest(config) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 1, err
        figures = json.loads(out)
        assert (figures["finished"], figures["reason"]) == (True, "hosts suspended")
        assert "429" in err
        assert "run it again after that" in err
        refused = [visit.status for visit in portal.log[asked:] if visit.aid]
        again = harvest(config, status=1)
    assert first["pages"] == 3
    assert 0 < len(refused) <= 16  # what was on its way when the first refusal came
    assert set(refused) == {429}
    assert (again["pages"], again["failed"]) == (0, 0)
    assert len(portal.log) == asked + 1 + len(refused)


def test_what_one_page_is_refused_holds_for_the_whole_host(tmp_path: Path) -> None:
    with Portal(records=25, seed=3) as portal:
        portal.faults = [Fault("429", share=1.0, seconds=1.0, times=1)]
        config = write_config(tmp_path, portal, start=portal.start[:2], depth=0)
        text = config.read_text("utf-8")
        config.write_text(text.replace("delay = 0.0", "delay = 0.01"), "utf-8")
        figures = harvest(config)
        visits = [visit for visit in portal.log if visit.aid]
    assert figures["pages"] == 2
    assert sorted(visit.status for visit in visits) == [200, 200, 429, 429]
    after_refusal = [b.time - a.time for a, b in pairwise(visits) if a.status == 429]
    assert min(after_refusal) >= 1.0
