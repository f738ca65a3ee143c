"""A harvest that is told to stop does so soon, leaves no lease behind, and goes on another time."""

import fcntl
import json
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from crawler.reparse import reparse
from crawler.sample import Portal
from storage import open_store
from storage.locks import lock_beside
from tests.crawler.harvesting import harvest, start_harvest, store_of, write_config
from tests.crawler.hostile import Hostile, says, sends
from tests.storage.invariants import check


def wait(true: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not true():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def asked_value(config: Path, query: str) -> Any:
    """What one query says of the store; None while there is none."""
    try:
        driver = sqlite3.connect(f"file:{config.parent / 'glean.db'}?mode=ro", uri=True)
        try:
            return driver.execute(query).fetchone()[0]
        finally:
            driver.close()
    except (sqlite3.OperationalError, TypeError):
        return None


def pages(config: Path) -> int:
    return asked_value(config, "SELECT count(*) FROM page") or 0


def check_store(config: Path) -> None:
    with open_store(store_of(config)) as store:
        check(store)


def test_hosts_that_rest_hold_nobody_back(tmp_path: Path) -> None:
    # at a delay of 0 many leases go out at once, and then each would wait for its turn
    with Portal(records=30, seed=3, crawl_delay=60) as portal:
        config = write_config(tmp_path, portal)
        with start_harvest(config) as process:
            wait(lambda: asked_value(config, "SELECT max(delay) FROM host") == 60_000_000, process)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 5, err
    assert json.loads(out)["reason"] == "stopped"
    assert "Traceback" not in err
    check_store(config)


def test_a_second_signal_ends_it_without_waiting_for_pages(tmp_path: Path) -> None:
    with Hostile() as site, Portal(records=5, seed=3) as portal:
        site.pages["/robots.txt"] = says(404)
        site.pages["/relate_search.aspx"] = sends(b"HTTP/1.1 200 OK\r\n", then_wait=True)
        config = write_config(tmp_path, portal, start=[site.url("/relate_search.aspx?aid=0F1E")])
        text = config.read_text("utf-8").replace(portal.url.removeprefix("http://"), site.place)
        config.write_text(text, "utf-8")
        with start_harvest(config) as process:
            wait(lambda: "/relate_search.aspx" in site.paths(), process)
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
        assert process.returncode == 5, err
        assert "Traceback" not in err
        check_store(config)


def test_settling_heeds_signals_and_is_made_up_for_later(tmp_path: Path) -> None:
    with Portal(records=25, seed=3) as portal:
        config = write_config(tmp_path, portal)
        with (tmp_path / "glean.db.lock-settle").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with start_harvest(config) as process:
                wait(lambda: asked_value(config, "SELECT finished FROM run") == 1, process)
                process.send_signal(signal.SIGTERM)
                _, err = process.communicate(timeout=30)
        assert process.returncode == 5, err
        check_store(config)
        harvest(config)
    with open_store(store_of(config)) as store:
        check(store, settled=True)


def test_reading_again_settles_after_whoever_is_at_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    begun = threading.Event()

    def settle_for_a_while() -> None:
        with lock_beside(make_url(url).database, "settle"):
            begun.set()
            time.sleep(0.5)

    other = threading.Thread(target=settle_for_a_while)
    with open_store(url, create=True) as store:
        other.start()
        begun.wait()
        assert reparse(store, tmp_path / "archive").pages == 0
        other.join()
        check(store, settled=True)
