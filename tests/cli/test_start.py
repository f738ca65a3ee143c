"""``glean init`` and ``glean demo``: the first minutes."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from cli.demonstration import judge
from crawler.config import Config, load_config
from crawler.sample import Planted, Portal
from records import Cluster


def test_init_writes_settings_that_load_and_says_what_to_do(glean: Any) -> None:
    done = glean("init", "corpus")
    assert done.returncode == 0
    path = glean.folder / "corpus" / "glean.toml"
    assert str(Path("corpus") / "glean.toml") in done.stdout
    assert "glean harvest" in done.stdout
    config = load_config(path, {})
    assert list(config.sources) == ["my-topic"]
    assert config.network == Config().network
    assert '# allow = ["127.0.0.1:8080"]' in path.read_text("utf-8")
    assert config.dedup == Config().dedup


def test_the_starter_harvests_nothing_before_it_is_filled_in(glean: Any) -> None:
    glean("init", ".")
    assert "contact" in glean.fails("harvest", status=2)


def test_the_walk_of_the_readme_ends_with_a_file_of_unique_records(glean: Any) -> None:
    glean("init", "corpus")
    path = glean.folder / "corpus" / "glean.toml"
    corpus = type(glean)(path.parent)
    with Portal(60, 7) as portal:
        said = path.read_text("utf-8")
        said = said.replace('contact = ""', 'contact = "mailto:someone@example.org"')
        said = said.replace("delay = 2.0 ", f'allow = ["127.0.0.1:{portal.port}"]\ndelay = 0.0')
        said = re.sub(r"(?m)^start = .*$", f"start = {json.dumps(portal.start)}", said)
        path.write_text(said, "utf-8")
        assert corpus("harvest").returncode == 0
    assert "60 records" in corpus("status").stdout
    records = [json.loads(line) for line in corpus("export", "jsonl").stdout.splitlines()]
    twins = [each["id"] for each in records if each["cluster"]][:2]
    assert corpus("similar", records[0]["abstract"] or records[0]["title"]).returncode == 0
    assert corpus("why", *twins).returncode == 0
    assert corpus("report").returncode == 0
    done = corpus("export", "jsonl", "--unique", "--out", "records.jsonl")
    assert done.returncode == 0
    made = {each.name for each in corpus.folder.iterdir()}
    assert {"glean.db", "archive", "report.html", "records.jsonl"} <= made


def test_init_leaves_settings_alone_that_are_there(glean: Any) -> None:
    glean("init", "corpus")
    path = glean.folder / "corpus" / "glean.toml"
    path.write_text("# mine\n")
    assert "exists already" in glean.fails("init", "corpus", status=2)
    assert path.read_text() == "# mine\n"


def test_init_in_the_way_of_a_file_is_a_usage_error(glean: Any) -> None:
    (glean.folder / "corpus").write_text("a file")
    glean.fails("init", "corpus", status=2)


def test_a_demo_finds_what_was_planted_and_a_second_finds_nothing_new(glean: Any) -> None:
    first = glean("demo", "--records", "120", "--seed", "11")
    assert first.returncode == 0, first.stderr
    folder = glean.folder / "glean-demo"
    assert (folder / "report.html").stat().st_size > 10_000
    assert "120 records, 120 of them new" in first.stdout
    assert "wrongly merged pairs: 0" in first.stdout
    planted, found = re.findall(r"^all duplicates +(\d+) +(\d+)", first.stdout, re.M)[0]
    assert 0 < int(found) <= int(planted)
    port = (folder / "portal.port").read_text()
    second = glean("demo", "--records", "120", "--seed", "11")
    assert second.returncode == 0, second.stderr
    assert "0 records, 0 of them new" in second.stdout
    assert "the store holds 120 records" in second.stdout
    assert (folder / "portal.port").read_text() == port
    runs = type(glean)(folder).json("runs", "--json")["runs"]
    assert [run["new"] for run in runs] == [0, 120]


@pytest.mark.parametrize("theirs", ["glean.toml", "notes.txt"])
def test_a_demo_touches_no_folder_that_it_did_not_make(glean: Any, theirs: str) -> None:
    (glean.folder / theirs).write_text("mine")
    line = glean.fails("demo", "--dir", ".", "--records", "20", status=2)
    assert "no demo made" in line
    assert [path.name for path in glean.folder.iterdir()] == [theirs]
    assert (glean.folder / theirs).read_text() == "mine"


@pytest.mark.parametrize("option", [("--records", "300"), ("--seed", "8")])
def test_a_demo_of_another_portal_needs_another_folder(glean: Any, option: tuple[str, str]) -> None:
    (glean.folder / "demo.json").write_text('{"records": 2000, "seed": 7}')
    line = glean.fails("demo", "--dir", ".", *option, status=2)
    assert "--records 2000 --seed 7" in line
    assert [path.name for path in glean.folder.iterdir()] == ["demo.json"]


def test_a_demo_whose_port_is_in_use_says_so_in_a_line(glean: Any) -> None:
    folder = glean.folder / "shown"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (folder / "portal.port").write_text(str(taken.getsockname()[1]))
        line = glean.fails("demo", "--dir", "shown", status=1)
    assert "in use" in line
    assert "portal.port" in line


@pytest.mark.parametrize("records", ["0", "-5", "many"])
def test_a_demo_of_no_records_is_a_usage_error(glean: Any, records: str) -> None:
    glean.fails("demo", "--records", records, status=2)


def test_a_demo_is_judged_by_pairs() -> None:
    clusters = [
        Cluster(id="c1", canonical="aid:a", keys=("aid:a", "aid:b", "aid:x")),
        Cluster(id="c2", canonical="aid:p", keys=("aid:p", "aid:q")),
    ]
    planted = [
        Planted(a="A", b="B", kind="exact", duplicate=True),
        Planted(a="A", b="C", kind="edited", duplicate=True),
        Planted(a="P", b="Q", kind="series", duplicate=False),
        Planted(a="P", b="Z", kind="exact", duplicate=True),
    ]
    keys = {f"aid:{letter}" for letter in "abcpqx"}
    judged = judge(clusters, keys, planted)
    assert judged.planted == {"exact": 1, "edited": 1}
    assert (judged.found["exact"], judged.found["edited"]) == (1, 0)
    assert (judged.lookalikes, judged.confused) == (1, 1)
    assert judged.wrong == 3
    assert json.dumps(sorted(judged.planted)) == '["edited", "exact"]'
