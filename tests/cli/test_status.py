"""What ``glean status`` says of sizes, growth, sources over time, and the scheduler."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import SqlStore, firings, open_store
from storage.growth import size_of
from tests.servers import Server

SCHEDULES = """
[[schedule]]
name = "nightly"
job = "harvest"
cron = "0 3 * * *"
timezone = "UTC"

[[schedule]]
name = "related"
job = "refresh"
after = ["nightly"]
"""


@pytest.fixture
def glean(harvested, glean_in: Callable, tmp_path: Path):
    folder = tmp_path / "kept"
    shutil.copytree(harvested.glean.folder, folder)
    return glean_in(folder)


def opened(glean) -> SqlStore:
    return open_store(f"sqlite:///{glean.folder / 'glean.db'}")


def schedule(glean) -> None:
    with (glean.folder / "glean.toml").open("a") as file:
        file.write(SCHEDULES)


def test_growth_is_that_of_a_week(glean) -> None:
    said = glean.json("status", "--json")
    # the store is minutes old, and counts as a day
    assert said["growth"]["records"] == 7 * said["records"]
    assert said["growth"]["pages"] == 7 * (said["pages"] + said["quarantined"])
    assert 0 < said["growth"]["archive_bytes"] < 7 * said["archive_bytes"]
    assert "a week brings" in glean("status").stdout


def test_without_schedules_nothing_comes_next_and_nobody_leads(glean) -> None:
    said = glean.json("status", "--json")
    assert said["scheduler"] == {"leader": None, "running": [], "schedules": []}
    (source,) = said["sources"]
    assert source["next"] is None
    assert source["last_success"] == glean.json("runs", "--json")["runs"][0]["ended"]
    assert "scheduler" not in glean("status").stdout


def test_a_harvest_that_was_stopped_is_no_success(glean) -> None:
    with opened(glean) as store, store.database.write() as connection:
        connection.exec_driver_sql("UPDATE run SET finished = 0, reason = 'stopped'")
    (source,) = glean.json("status", "--json")["sources"]
    assert source["last_success"] is None


def test_a_source_says_when_it_is_harvested_next(glean) -> None:
    schedule(glean)
    said = glean.json("status", "--json")
    (source,) = said["sources"]
    nightly, related = said["scheduler"]["schedules"]
    assert source["next"] == nightly["next"]
    assert nightly["next"].endswith("T03:00:00Z")
    assert (related["next"], related["due"], related["last"], related["failures"]) == (
        *(None, False, None),
        0,
    )
    shown = glean("status", "portal").stdout
    assert nightly["next"][:16].replace("T", " ") in shown
    assert "no scheduler runs: glean schedule run" in shown


def test_who_leads_what_runs_and_what_failed_is_told(glean) -> None:
    schedule(glean)
    with opened(glean) as store, store.database.lock("scheduler"):
        with store.database.write() as connection:
            for at, name in enumerate(("nightly", "related", "nightly"), 1):
                words = ["harvest", "--json"]
                due = firings.Due(schedule=name, fire_time=at, begins=at, arguments=words)
                firings.enter(connection, [due], now=at)
            first, second, _ = firings.open_firings(connection)
            firings.begin(connection, first.id, owner="a:1:2", log=None, now=1_000_000)
            ended = {"status": 1, "reason": "see its log", "figures": None, "now": 2_000_000}
            firings.end(connection, first.id, owner="a:1:2", state="failed", **ended)
            firings.begin(connection, second.id, owner="b:1:2", log=None, now=3_000_000)
        said = glean.json("status", "--json")["scheduler"]
        shown = glean("status").stdout
    assert said["leader"]["owner"] == f"process {os.getpid()}"
    assert [(each["schedule"], each["owner"]) for each in said["running"]] == [("related", "b:1:2")]
    nightly, _ = said["schedules"]
    assert (nightly["due"], nightly["failures"], nightly["state"]) == (True, 1, "failed")
    assert f"scheduler: process {os.getpid()} leads since" in shown
    assert "  runs: related since 1970-01-01 00:00 UTC" in shown
    assert f"  failed: nightly, see its log: glean runs --log {first.id}" in shown


def test_nobody_leads_any_more_once_the_lock_is_let_go(glean) -> None:
    with opened(glean) as store:
        with store.database.lock("scheduler"):
            assert store.database.holder("scheduler") is not None
        assert store.database.holder("scheduler") is None


def test_a_server_says_how_large_a_store_is_and_who_leads(postgresql: Server) -> None:
    with open_store(postgresql.url(postgresql.new_database()), create=True) as store:
        with store.database.read() as connection:
            assert (size_of(store.database, connection) or 0) > 100_000
        assert store.database.holder("scheduler") is None
        with store.database.lock("scheduler"):
            holder = store.database.holder("scheduler")
        assert holder is not None
        assert holder.who.startswith(f"glean, process {os.getpid()} on ")
        assert abs(holder.since - store.database.now()) < 60_000_000
        assert store.database.holder("scheduler") is None
