"""``glean harvest``: figures, statuses, going on after a stop."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Fault, Portal

RUN_KEYS = [
    *("run", "source", "pages", "records", "new", "readings", "duplicates", "quarantined"),
    *("failed", "found", "unchanged", "gone", "seconds", "finished", "reason"),
]


def test_the_closing_figures_are_those_of_the_contract(harvested: Any) -> None:
    run = harvested.run
    assert list(run) == RUN_KEYS
    assert run["source"] == "portal"
    assert run["records"] == run["new"] == len(harvested.portal.truth.aids)
    assert run["duplicates"] > 0
    assert (run["quarantined"], run["failed"]) == (0, 0)
    assert (run["finished"], run["reason"]) == (True, "nothing due")


def test_a_second_harvest_asks_for_nothing_and_finds_nothing_new(harvested: Any) -> None:
    asked = len(harvested.portal.log)
    done = harvested.glean("harvest")
    assert done.returncode == 0
    assert ": 0 pages, 0 records, 0 new, 0 duplicates" in done.stdout
    assert "nothing due" in done.stdout
    assert [visit for visit in harvested.portal.log[asked:] if visit.aid] == []


def test_a_fresh_harvest_asks_for_everything_again(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7) as portal:
        configure(glean.folder, portal, depth=0)
        first = glean.json("harvest", "--json")
        second = glean.json("harvest", "--fresh", "--json")
    assert second["pages"] == first["pages"]
    assert second["records"] == first["records"]
    assert second["new"] == 0


def test_one_address_needs_no_settings_but_leave_to_ask_this_machine(glean: Any) -> None:
    with Portal(60, 7) as portal:
        (glean.folder / "glean.toml").write_text(
            f'[network]\ndelay = 0.0\nallow = ["127.0.0.1:{portal.port}"]\n', "utf-8"
        )
        run = glean.json("harvest", "--url", portal.start[0], "--depth", "0", "--json")
    assert run["source"] == f"127.0.0.1-{portal.port}"
    assert (run["pages"], run["records"]) == (1, 20)


def test_a_page_budget_ends_a_run(glean: Any, configure: Callable[..., Path]) -> None:
    with Portal(60, 7) as portal:
        configure(glean.folder, portal)
        run = glean.json("harvest", "--max-pages", "3", "--json")
    assert run["pages"] == 3
    assert (run["finished"], run["reason"]) == (True, "page budget")


def test_a_source_that_fails_leaves_the_others_complete(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7) as portal:
        gone = json.dumps([f"{portal.url}/relate_search.aspx?aid={'0' * 32}"])
        configure(
            glean.folder, portal, depth=0, more=f'\n[[source]]\nname = "gone"\nstart = {gone}\n'
        )
        done = glean("harvest", "gone", "portal", "gone", "--json")
    assert done.returncode == 5
    said = json.loads(done.stdout)
    assert list(said) == ["runs"]
    failed, complete = said["runs"]
    assert (failed["source"], failed["pages"], failed["failed"]) == ("gone", 0, 1)
    assert (complete["source"], complete["pages"]) == ("portal", len(portal.start))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "nobody: no such source; there are: portal"),
        (("portal", "--url", "http://127.0.0.1/"), "not both"),
        (("--depth", "2"), "--depth goes with --url"),
        (("--url", "ftp://127.0.0.1/x"), "is no web address"),
        (("--url", "http://"), "names no host"),
        (("--url", "http://h:99999/relate_search.aspx?aid=1"), "its port is not 1 to 65535"),
        (("--url", "http://h:0/relate_search.aspx?aid=1"), "its port is not 1 to 65535"),
        (("--url", "http://[/"), "is no web address"),
        (("--max-pages", "0"), "--max-pages"),
        (("--config", "gone.toml"), "gone.toml: cannot be read"),
        (("--url", "http://example.org/relate_search.aspx?aid=1"), "network.contact is missing"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    glean: Any, configure: Callable[..., Path], arguments: tuple[str, ...], words: str
) -> None:
    with Portal(60, 7) as portal:
        configure(glean.folder, portal)
    assert words in glean.fails("harvest", *arguments, status=2)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("http://h:99999/relate_search.aspx?aid=1", "its port is not 1 to 65535; write one"),
        ("http:///relate_search.aspx?aid=1", "names no host; write it"),
        ("http://127.0.0.1/nothing", "no similar-literature or article address; write the"),
        ("nothing", "is not an address; for bare ids write"),
    ],
)
def test_a_start_that_is_no_address_names_file_source_and_remedy(
    glean: Any, start: str, words: str
) -> None:
    (glean.folder / "glean.toml").write_text(
        f'[[source]]\nname = "portal"\nstart = ["{start}"]\n', "utf-8"
    )
    line = glean.fails("harvest", status=2)
    assert "glean.toml: source" in line
    assert "portal" in line
    assert words in line
    assert start in line


def test_an_address_that_is_refused_is_said_with_what_to_write(glean: Any) -> None:
    with Portal(60, 7) as portal:
        done = glean("harvest", "--url", portal.start[0])
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("glean: ")]
    assert "nothing could be fetched" in line
    assert f'allow = ["127.0.0.1:{portal.port}"] under [network]' in line
    assert "0 pages in quarantine, 1 given up" in done.stdout
    assert "address refused\n" in glean("status").stdout


def test_a_page_that_is_gone_is_said_with_its_status(glean: Any) -> None:
    with Portal(60, 7) as portal:
        (glean.folder / "glean.toml").write_text(
            f'[network]\ndelay = 0.0\nallow = ["127.0.0.1:{portal.port}"]\n', "utf-8"
        )
        gone = f"{portal.url}/relate_search.aspx?aid={'0' * 32}"
        done = glean("harvest", "--url", gone)
        kept = glean("harvest", "--url", portal.start[0], "--depth", "0")
    assert done.returncode == 1
    assert f"{gone}: status 404; " in done.stderr
    assert ": 1 page, 20 records," in kept.stdout


def test_a_key_that_is_wrong_is_named_with_its_file(glean: Any) -> None:
    (glean.folder / "glean.toml").write_text("[network]\ndelay = -1\n", "utf-8")
    line = glean.fails("harvest", status=2)
    assert "glean.toml" in line
    assert "delay" in line


def test_no_source_at_all_says_what_to_write(glean: Any) -> None:
    assert "glean init" in glean.fails("harvest", status=2)


def test_pages_in_quarantine_miss_the_gate(glean: Any, configure: Callable[..., Path]) -> None:
    with Portal(60, 7) as portal:
        portal.faults = [Fault("wrong-total", 0.0, aids=frozenset({_aid(portal.start[0])}))]
        configure(glean.folder, portal, depth=0)
        run = glean.json("harvest", "--json", status=3)
    assert (run["quarantined"], run["failed"]) == (1, 0)
    assert run["pages"] == len(portal.start) - 1


def test_addresses_given_up_leave_it_done_in_part(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7) as portal:
        portal.faults = [Fault("cut-body", 0.0, aids=frozenset({_aid(portal.start[0])}))]
        configure(glean.folder, portal, depth=0)
        run = glean.json("harvest", "--json", status=5)
        shown = glean("status")
    assert (run["quarantined"], run["failed"]) == (0, 1)
    assert portal.start[0].partition("?")[0] in shown.stdout


def test_nothing_but_failures_is_a_failure(glean: Any, configure: Callable[..., Path]) -> None:
    with Portal(60, 7, faults=[Fault("robots-503", 1.0)]) as portal:
        configure(glean.folder, portal, depth=0)
        run = glean.json("harvest", "--json", status=1)
    assert run["pages"] == 0
    assert run["failed"] == len(portal.start)


def test_a_stopped_harvest_goes_on_as_the_same_run(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(300, 7, faults=[Fault("slow", 1.0, seconds=0.2)]) as portal:
        configure(glean.folder, portal)
        started = glean.start("harvest", "--json")
        _wait_for(lambda: sum(visit.aid is not None for visit in portal.log) > 10)
        refused = glean.fails("harvest", status=4)
        started.send_signal(signal.SIGINT)
        out, err = started.communicate()
        stopped = json.loads(out)
        assert started.returncode == 5, err.decode()
        assert b"Traceback" not in err
        assert (stopped["finished"], stopped["reason"]) == (False, "stopped")
        portal.faults = []
        finished = glean.json("harvest", "--json")
    assert "portal" in refused
    assert finished["run"] == stopped["run"]
    assert finished["pages"] > stopped["pages"]
    assert finished["records"] == 300
    assert finished["finished"]


def test_a_stop_reaches_the_source_that_is_at_work(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(300, 7, faults=[Fault("slow", 1.0, seconds=0.2)]) as portal:
        second = f'\n[[source]]\nname = "second"\nstart = {json.dumps(portal.start[:1])}\n'
        configure(glean.folder, portal, more=second)
        started = glean.start("harvest", "--json")
        _wait_for(lambda: sum(visit.aid is not None for visit in portal.log) > 10)
        started.send_signal(signal.SIGTERM)
        out, err = started.communicate()
    assert started.returncode == 5, err.decode()
    (run,) = json.loads(out)["runs"]
    assert (run["source"], run["finished"]) == ("portal", False)
    assert "not begun" in err.decode()


def _aid(address: str) -> str:
    return address.partition("aid=")[2].partition("&")[0]


def _wait_for(reached: Callable[[], bool]) -> None:
    """Until a portal has seen what is waited for; a minute at most, for a harvest that died."""
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail("the harvest did not come that far")
