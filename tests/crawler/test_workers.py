"""Several processes harvest one source of one store; any of them may be killed, and the server
restarted."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Portal
from storage import open_store
from tests.crawler.harvesting import write_config
from tests.servers import Server
from tests.storage.invariants import check

LEASES_OF_SECONDS = 6
WORKER = f"""
import sys
from storage import frontier, hosts
frontier.LEASE_SECONDS = hosts.LEASE_SECONDS = {LEASES_OF_SECONDS}
from cli import main
sys.exit(main())
"""
"""``glean``, whose leases do not outlast a test."""


@pytest.fixture
def store_url(postgresql: Server) -> Iterator[str]:
    name = postgresql.new_database()
    yield postgresql.url(name)
    postgresql.drop(name)


def start(config: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WORKER, "harvest", "portal", "--json", "--config", str(config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def figures(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    """The closing figures of a worker that ends well."""
    out, err = worker.communicate(timeout=300)
    assert worker.returncode == 0, err
    return json.loads(out)  # type: ignore[no-any-return]


def wait(true: Callable[[], bool], workers: "list[subprocess.Popen[str]]") -> None:
    while not true():
        for each in workers:
            assert each.poll() is None, each.communicate()
        time.sleep(0.01)


def pages_asked(portal: Portal) -> list[str]:
    return [visit.aid for visit in portal.log if visit.aid]


def test_four_processes_harvest_one_source_and_one_of_them_is_killed(
    tmp_path: Path, store_url: str
) -> None:
    delay = 0.2
    with Portal(records=30, seed=3) as portal:
        config = write_config(tmp_path, portal, store=store_url, delay=delay)
        workers = [start(config) for _ in range(4)]
        robots = "/robots.txt"
        wait(lambda: [v.path for v in portal.log].count(robots) >= 2, workers)
        killed = workers.pop(0)
        killed.kill()
        killed.communicate()
        asked_before = len(portal.log)
        told = [figures(each) for each in workers]
        visits = list(portal.log)
    assert len(visits) > asked_before
    assert min(later.time - sooner.time for sooner, later in pairwise(visits)) >= delay
    again = Counter(visit.aid for visit in visits if visit.aid)
    assert len(again) == 30
    assert sum(again.values()) <= 31  # one at most was under way
    assert {each["reason"] for each in told} == {"nothing due"}
    with open_store(store_url) as store:
        check(store, at_rest=True)
        (run,) = store.runs()
        assert (run.finished, run.reason) == (True, "nothing due")
        assert (run.pages, run.records) == (30, 30)
        store.settle()
        check(store, settled=True)


def test_a_budget_is_that_of_all_processes_together(tmp_path: Path, store_url: str) -> None:
    with Portal(records=30, seed=3) as portal:
        config = write_config(tmp_path, portal, store=store_url, pages=12)
        told = [figures(each) for each in [start(config) for _ in range(2)]]
        assert len(pages_asked(portal)) == 12
    assert "page budget" in {each["reason"] for each in told}
    with open_store(store_url) as store:
        assert [run.pages for run in store.runs()] == [12] * len(store.runs())


def test_a_server_that_is_restarted_in_mid_harvest_is_waited_for(
    tmp_path: Path, own_server: Server
) -> None:
    url = own_server.url("postgres")
    with Portal(records=30, seed=3) as portal:
        config = write_config(tmp_path, portal, store=url, delay=0.05)
        worker = start(config)
        wait(lambda: len(pages_asked(portal)) > 5, [worker])
        own_server.stop()
        own_server.start()
        done = figures(worker)
        assert (done["pages"], done["finished"]) == (30, True)
        assert len(pages_asked(portal)) <= 31
    with open_store(url) as store:
        check(store)


@pytest.fixture
def own_server(postgresql: Server) -> Iterator[Server]:
    """A server that no other test is at, and that loses nothing when it is killed."""
    server = Server(postgresql.programs)
    try:
        server.start("fsync=on", "full_page_writes=on", "synchronous_commit=on")
        yield server
    finally:
        server.remove()
