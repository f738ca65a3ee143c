"""Revisits over real HTTP: what stays is not sent again, what is gone is kept, both archived."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.reparse import reparse
from crawler.sample import Fault, Portal
from crawler.verifying import verify
from storage import open_store
from storage.warcs import Skipped, read_warc
from tests.crawler.harvesting import harvest, store_of, write_config

SPAN = [3600.0, 7200.0]


def pass_time(config: Path) -> None:
    """Every address comes to its moment."""
    with sqlite3.connect(config.parent / "glean.db") as database:
        database.execute("UPDATE visit SET due_at = checked_at")


def known(config: Path) -> dict[str, Any]:
    """(reason, interval in seconds) by state of the address."""
    with sqlite3.connect(config.parent / "glean.db") as database:
        rows = database.execute(
            "SELECT fingerprint, state, visit.reason, every FROM visit JOIN address ON id = address"
        )
        return {name.rpartition(":")[2].upper(): tuple(rest) for name, *rest in rows}


def warc_records(config: Path) -> list[Any]:
    found = []
    for path in sorted((config.parent / "archive").glob("*.warc.gz")):
        with path.open("rb") as file:
            of_kind = {"record_types": WarcRecordType.revisit, "parse_http": False}
            for each in ArchiveIterator(file, **of_kind):
                found.append((dict(each.headers), each.reader.read()))
    return found


def test_a_revisit_asks_only_for_what_has_changed_and_keeps_what_is_gone(tmp_path: Path) -> None:
    with Portal(records=25, seed=3, etags=True) as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1], depth=1, revisit=SPAN)
        first = harvest(config)
        idle = harvest(config)
        assert (idle["pages"], idle["unchanged"], idle["reason"]) == (0, 0, "nothing due")
        start = portal.start[0].partition("aid=")[2].partition("&")[0].upper()
        same, changed, away, *_ = portal.truth.kin(start)
        asked = len(portal.log)
        portal.faults = [
            Fault("empty", share=0, aids=frozenset({changed})),
            Fault("410", share=0, aids=frozenset({away})),
        ]
        pass_time(config)
        second = harvest(config)
        visits = {visit.aid: visit.status for visit in portal.log[asked:] if visit.aid}
    assert first["pages"] > 4
    assert (second["pages"], second["gone"], second["failed"]) == (1, 1, 0)
    assert second["unchanged"] == first["pages"] - 2
    assert (visits[same], visits[changed], visits[away]) == (304, 200, 410)
    hour = 3600 * 1_000_000
    assert known(config)[same] == ("done", "unchanged", hour * 3 // 2)
    assert known(config)[changed] == ("done", "changed", hour)
    assert known(config)[away] == ("gone", "gone: status 410", 2 * hour)
    revisits = warc_records(config)
    assert len(revisits) == second["unchanged"]
    headers, block = revisits[0]
    assert headers["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert headers["WARC-Refers-To-Target-URI"] == headers["WARC-Target-URI"]
    assert headers["WARC-Refers-To-Date"] < headers["WARC-Date"]
    assert block.startswith(b"HTTP/1.1 304 ")
    skipped = [
        each
        for path in (tmp_path / "archive").glob("*.warc.gz")
        for each in read_warc(path, max_bytes=1 << 20)
        if isinstance(each, Skipped)
    ]
    assert len(skipped) == len(revisits)
    with open_store(store_of(config)) as store:
        assert verify(store, tmp_path / "archive").faults == 0
        told = reparse(store, tmp_path / "archive")
    assert (told.pages, told.unchanged) == (first["pages"] + 1, first["pages"] + 1)


def test_without_an_interval_pages_are_fetched_once_and_whole(tmp_path: Path) -> None:
    with Portal(records=25, seed=3, etags=True) as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1], depth=0)
        harvest(config)
        assert known(config) == {}
        again = harvest(config, "--fresh")
    assert (again["pages"], again["unchanged"]) == (1, 0)


def test_a_page_that_looks_otherwise_and_says_the_same_has_not_changed(tmp_path: Path) -> None:
    with Portal(records=25, seed=3, markup="table") as portal:
        config = write_config(tmp_path, portal, start=portal.start[:1], depth=0, revisit=SPAN)
        harvest(config)
        portal.markup = "random"
        pass_time(config)
        again = harvest(config)
        ((state, reason, _),) = known(config).values()
    assert again["pages"] == 1
    assert (state, reason) == ("done", "unchanged")
    assert json.dumps(again["records"]) != "0"
