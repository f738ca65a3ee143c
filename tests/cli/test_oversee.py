"""``glean status``, ``runs``, ``settle``, ``report``: the store's figures, in words and in JSON."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from crawler.sample import Fault, Portal
from storage import open_store
from tests.storage.filling import Filler, record, similar


def test_status_counts_what_the_harvest_brought(harvested: Any) -> None:
    said = harvested.glean.json("status", "--json")
    assert said["records"] == harvested.run["records"]
    assert said["pages"] == harvested.run["pages"]
    assert said["repeats"] == harvested.run["duplicates"]
    assert said["unique"] == said["records"] - said["repeats"]
    assert (said["quarantined"], said["unsettled"]) == (0, 0)
    assert said["settled_to"] == said["change_no"]
    assert said["related"] == {
        **{"refreshed_to": said["change_no"], "behind": 0, "records": said["records"]}
    }
    assert said["size_bytes"] > 100_000
    (source,) = said["sources"]
    assert (source["source"], source["due"], source["leased"]) == ("portal", 0, 0)
    assert source["done"] == harvested.run["pages"]
    shown = harvested.glean("status")
    assert f"{said['records']:,} records, {said['unique']:,} unique" in shown.stdout


def test_runs_are_listed_newest_first(harvested: Any) -> None:
    said = harvested.glean.json("runs", "--json")
    numbers = [run["run"] for run in said["runs"]]
    assert numbers == sorted(numbers, reverse=True)
    oldest = said["runs"][-1]
    assert {name: oldest[name] for name in harvested.run} == harvested.run
    assert oldest["started"].endswith("Z")
    assert oldest["ended"].endswith("Z")
    assert len(harvested.glean.json("runs", "--limit", "1", "--json")["runs"]) == 1
    assert len(harvested.glean.json("runs", "--source", "portal", "--json")["runs"]) == len(numbers)
    assert "nobody" in harvested.glean.fails("runs", "--source", "nobody", status=2)
    assert "nothing due" in harvested.glean("runs").stdout


def test_the_table_of_runs_tells_failed_from_quarantined_and_which_clock(harvested: Any) -> None:
    head = harvested.glean("runs").stdout.splitlines()[0].split()
    assert head[-3:] == ["quarantined", "failed", "reason"]
    assert "(UTC)" in head


def test_settling_what_is_settled_changes_nothing(harvested: Any) -> None:
    before = harvested.glean.json("status", "--json")
    said = harvested.glean.json("settle", "--json")
    assert said == {"groups": 0, "changed": 0, "settled_to": before["settled_to"]}
    assert "settled to change" in harvested.glean("settle").stdout


def test_a_report_is_one_html_file(harvested: Any, tmp_path: Path) -> None:
    path = tmp_path / "found.html"
    done = harvested.glean("report", "--out", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    page = html.document_fromstring(path.read_text("utf-8"))
    assert f"Of {harvested.run['records']:,} records" in " ".join(
        page.xpath("string(//p[@class='lead'])").split()
    )


def test_a_report_comes_in_chinese(harvested: Any) -> None:
    said = harvested.glean("report", "--language", "zh", "--out", "-").stdout
    assert '<html lang="zh-Hans">' in said
    assert "--language fr" in harvested.glean.fails("report", "--language", "fr", status=2)


def test_a_report_states_the_same_figures_in_json(harvested: Any) -> None:
    figures = harvested.glean.json("report", "--json")
    status = harvested.glean.json("status", "--json")
    assert figures["totals"]["records"] == status["records"]
    assert figures["unique"] == status["unique"]
    assert not (harvested.glean.folder / "report.html").exists()


def test_a_report_in_json_shows_waiting_pages_and_runs_as_their_commands_do(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7, faults=[Fault("wrong-total", 1.0)]) as portal:
        configure(glean.folder, portal, depth=0)
        glean("harvest")
    figures = glean.json("report", "--json")
    assert figures["runs"] == glean.json("runs", "--json")["runs"]
    assert figures["quarantine"] == glean.json("status", "--json")["quarantine"]
    assert all(page["fetched_at"].endswith("Z") for page in figures["quarantine"])
    shown = glean("status").stdout
    assert figures["quarantine"]
    for page in figures["quarantine"]:
        assert f"    {page['reason']}\n" in shown


def test_figures_in_json_go_to_the_file_that_is_named(harvested: Any, tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    done = harvested.glean("report", "--json", "--out", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(path.read_text("utf-8")) == harvested.glean.json("report", "--json")


def test_status_says_which_hosts_are_left_alone_until_when_and_why(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7, faults=[Fault("429", 1.0, seconds=3600, times=100)]) as portal:
        configure(glean.folder, portal, depth=0)
        assert glean("harvest").returncode in (1, 5)
        host = portal.url.removeprefix("http://")
    (said,) = glean.json("status", "--json")["hosts"]
    assert (said["host"], said["reason"], said["suspensions"]) == (host, "status 429", 0)
    until = datetime.fromisoformat(said["until"])
    assert until == datetime.fromisoformat(said["until_local"]) + timedelta(
        microseconds=until.microsecond
    )
    shown = glean("status").stdout
    assert f"{host}: asks to be left alone until {said['until_local']} (" in shown
    assert "status 429, 1 refusal in a row" in shown


def test_status_of_what_failed_lists_all_of_it(glean: Any, configure: Callable[..., Path]) -> None:
    with Portal(60, 7) as portal:
        path = configure(glean.folder, portal, depth=0)
        gone = [f"{portal.url}/relate_search.aspx?aid={n:032X}" for n in range(25)]
        text = path.read_text("utf-8")
        starts = text.partition("start = ")[2].partition("\n")[0]
        path.write_text(text.replace(starts, json.dumps(gone)), "utf-8")
        glean("harvest")
    assert len(glean.json("status", "--json")["failures"]) == 20
    assert len(glean.json("status", "--failed", "--json")["failures"]) == 25
    shown = glean("status", "--failed").stdout
    assert shown.count("status 404") == 25
    assert "records" not in shown


def test_status_says_when_an_address_is_asked_for_again_and_why(
    glean: Any, configure: Callable[..., Path]
) -> None:
    with Portal(60, 7) as portal:
        configure(glean.folder, portal, depth=0, more="revisit = [3600.0, 7200.0]\n")
        glean("harvest")
    said = glean.json("status", "--json", "--revisits")["revisits"]
    assert len(said) == len(portal.start)
    assert {(each["reason"], each["every"], each["gone"]) for each in said} == {
        ("first visit", 3600.0, None)
    }
    for each in said:
        checked, due = (datetime.fromisoformat(each[name]) for name in ("checked", "due"))
        assert due - checked == timedelta(hours=1)
    shown = glean("status", "--revisits").stdout
    assert shown.count("first visit") == len(said)
    assert "1.0 h" in shown


def test_a_dash_is_standard_output(harvested: Any) -> None:
    assert harvested.glean("report", "--out", "-").stdout.startswith("<!doctype html>")
    said = harvested.glean("report", "--json", "--out", "-").stdout
    assert said == harvested.glean("report", "--json").stdout
    assert not (harvested.glean.folder / "-").exists()


@pytest.mark.parametrize("out", [".", "missing/report.html"])
def test_a_report_needs_a_place(harvested: Any, out: str) -> None:
    assert out in harvested.glean.fails("report", "--out", out, status=2)


@pytest.mark.parametrize(
    "command", [("status",), ("runs",), ("settle",), ("report",), ("export", "jsonl"), ("reparse",)]
)
def test_a_store_that_is_not_there_is_said_with_its_remedy(glean: Any, command: Any) -> None:
    line = glean.fails(*command, status=1)
    assert "glean.db: there is no store" in line
    assert "glean harvest" in line
    assert list(glean.folder.iterdir()) == []


def test_a_file_that_is_no_store_is_left_as_it_is(glean: Any) -> None:
    (glean.folder / "glean.db").write_text("a diary\n" * 100)
    assert "no database" in glean.fails("status", status=1)
    assert (glean.folder / "glean.db").read_text() == "a diary\n" * 100


def test_a_store_address_that_is_none_is_said(glean: Any) -> None:
    assert "not a store address" in glean.fails("status", "--store", "nonsense", status=1)


def test_the_store_is_the_options_then_the_environments_then_the_settings(harvested: Any) -> None:
    url = f"sqlite:///{harvested.glean.folder / 'glean.db'}"
    elsewhere = type(harvested.glean)(harvested.glean.folder.parent)
    assert elsewhere.json("status", "--store", url, "--json")["store"] == url
    named = type(elsewhere)(elsewhere.folder, {"GLEAN_STORE": url})
    assert named.json("status", "--json")["store"] == url
    assert "gone.db" in named.fails("status", "--store", "sqlite:///gone.db", status=1)
    config = harvested.glean.folder / "glean.toml"
    assert elsewhere.json("status", "--config", str(config), "--json")["store"] == url
    configured = type(elsewhere)(elsewhere.folder, {"GLEAN_CONFIG": str(config)})
    assert configured.json("status", "--json")["store"] == url


def test_another_threshold_than_the_stores_is_refused(harvested: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{harvested.glean.folder / 'glean.db'}"
    config = tmp_path / "glean.toml"
    config.write_text(f"[store]\nurl = {json.dumps(url)}\n[dedup]\nthreshold = 0.9\n", "utf-8")
    line = harvested.glean.fails("similar", "words", "--config", str(config), status=1)
    assert "threshold" in line
    assert "glean rebuild" in line


def test_a_key_that_pages_give_to_different_works_is_shown_with_who_says_what(glean: Any) -> None:
    one = {"title": "A study of matter", "authors": ("Lee A.", "Wei Q.")}
    other = {"title": "Tides of the northern sea ice", "authors": ("Okafor B.",)}
    with open_store(f"sqlite:///{glean.folder / 'glean.db'}", create=True) as store:
        filler = Filler(store)
        filler.add(100, [record(1, **one), record(2)])
        filler.add(101, [record(1, **other)])
    key = record(1).key
    said = glean.json("status", "--json")
    assert said["conflicts"] == 1
    assert said["conflicting"] == [{"key": key, "titles": [one["title"], other["title"]]}]
    for command in (("status",), ("why", key, record(2).key)):
        shown = glean(*command).stdout
        assert key in shown
        assert all(each["title"] in shown for each in (one, other))
    assert similar(101).url in shown
