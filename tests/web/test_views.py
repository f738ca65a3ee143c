"""Every view shows what the command line says, and its JSON is that of the command."""

import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from cli import main
from tests.web.conftest import HOSTILE, Page, key
from web.app import VIEWS
from web.labels import WORDS
from web.rendering import FOLDER

A, B = key(1), key(2)


@pytest.fixture
def told(
    page: Page, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """What a command prints as JSON of the page's store."""
    monkeypatch.chdir(tmp_path)

    def tell(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*words, "--json", "--store", page.url]) == 0
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    return tell


def without(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def words_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_the_json_of_similar_literature_is_that_of_the_command(page: Page, told: Any) -> None:
    said = page.get("/similar.json", id=A).json()
    assert without(said, "took_ms") == without(told("similar", "--id", A), "took_ms")
    assert [each["key"] for each in said["near_duplicates"]] == [B, key(3)]


def test_the_json_of_a_record_of_a_cluster_and_of_two_records_is_that_of_why(
    page: Page, told: Any
) -> None:
    record = page.get("/record.json", id=A).json()
    assert without(record, "record", "readings") == told("why", A)
    assert record["record"]["title"] == "One work"
    assert [each["provenance"]["source"] for each in record["readings"]] == ["here"]
    (cluster,) = record["clusters"]
    shown = page.get("/cluster.json", id=cluster["id"]).json()
    assert without(shown, "members", "page") == told("why", cluster["id"])
    assert {each["record"]["key"] for each in shown["members"]} | {cluster["canonical"]} == {
        *cluster["keys"]
    }
    assert page.get("/why.json", a=A, b=B).json() == told("why", A, B)


def test_the_json_of_runs_sources_review_and_quarantine_is_that_of_the_commands(
    page: Page, told: Any
) -> None:
    assert page.get("/runs.json").json() == told("runs")
    filtered = page.get("/runs.json", source="there", limit=1).json()
    assert filtered == told("runs", "--source", "there", "--limit", "1")
    assert page.get("/review.json", limit=3).json() == told("review", "--limit", "3")
    sizes = ("archive_bytes", "size_bytes")  # of no archive here; of a journal that comes and goes
    assert without(page.get("/sources.json").json(), *sizes) == without(told("status"), *sizes)
    held, status = page.get("/quarantine.json").json(), told("status", "--failed")
    assert held == {name: status[name] for name in ("quarantine", "failures")}
    assert len(held["quarantine"]) == 1


def found(page: Page, **query: Any) -> list[str]:
    said = page.get("/search.json", **query).json()
    return [each["key"] for each in said["results"]]


def test_a_search_finds_the_records_that_hold_all_of_its_words(page: Page) -> None:
    assert {*found(page, q="one work 河流学报")} == {A, B, key(3)}
    assert {*found(page, q="肝癌")} == {*found(page, q="癌患")} == {key(30)}
    assert {*found(page, q="癌")} == {key(30)}
    said = page.get("/search.json", q="one work zyxwv").json()
    assert (said["total"], said["nearest"]) == (0, True)
    assert {each["key"] for each in said["results"]} >= {A, B}
    nothing = page.get("/search.json", q="zyxwv").json()
    assert (nothing["total"], nothing["results"], nothing["nearest"]) == (0, [], False)


def test_a_search_is_narrowed_by_fields_years_languages_and_sources(page: Page) -> None:
    assert {*found(page, title="one work")} == {A, B, key(3)} == {*found(page, venue="河流学报")}
    assert found(page, authors="one work") == []
    assert {*found(page, q="work", **{"from": 2000, "to": 2000})} == {A, B, key(3)}
    assert found(page, q="work", to=1999) == []
    assert found(page, language="zh") == [key(30)]
    assert {*found(page, source="there")} == {key(10), key(70)}
    assert {key(10), key(11)} <= {*found(page, source=["here", "there"])}


def test_a_search_shows_its_count_and_leads_to_similar_literature(page: Page) -> None:
    shown = page.get("/", q="one work").text
    assert re.search(r"3 records in \d+ ms", words_of(shown))
    assert "2 more records of this work" in words_of(shown)
    assert (shown.count("/record?id="), shown.count("/similar?id=")) == (3, 1)
    chinese = page.ask("/?q=%E8%82%9D%E7%99%8C", Accept_Language="zh-CN,zh").text
    assert "共查询到 1 条记录" in words_of(chinese)
    assert re.search(r'<a href="/record[^>]* lang="zh">肝癌患者', chinese)


def test_clusters_are_listed_largest_first_a_page_at_a_time(page: Page) -> None:
    said = page.get("/clusters.json").json()
    assert (said["total"], [each["size"] for each in said["clusters"]]) == (1, [3])
    assert page.get("/clusters.json", after="3.0").json()["clusters"] == []
    assert "/cluster?id=" in page.get("/clusters").text


def test_two_records_stand_side_by_side_with_what_differs_marked(page: Page) -> None:
    shown = page.get("/why", a=key(10), b=key(11)).text
    assert re.findall(r"<mark>(\d+)</mark>", shown)
    assert "not in one cluster" in words_of(shown)


OWN_SCRIPTS = ["/static/htmx.min.js", "/static/page.js"]
OWN_TAGS = {
    *("html head meta title link script body a header nav ul ol li main footer p span h1 h2 h3 "
      "form label input button select option fieldset legend div section article table thead tbody "
      "tr th td dl dt dd code b mark details summary pre kbd").split()
}  # fmt: skip
ADDRESSES = [
    ("/", {"q": "rivers"}),
    ("/advanced", {"authors": "Li"}),
    ("/quarantine", {}),
    ("/sources", {}),
    ("/runs", {}),
    ("/clusters", {}),
    ("/review", {}),
    *[(path, {"id": key(50 + n)}) for path in ("/record", "/similar") for n in range(len(HOSTILE))],
    ("/why", {"a": key(50), "b": key(51)}),
    *[("/", {"q": said}) for said in HOSTILE],
    *[("/record", {"id": said}) for said in HOSTILE],
    *[("/nowhere/" + said[:1].replace("<", "x"), {said: said}) for said in HOSTILE[:1]],
]


@pytest.mark.parametrize(("path", "query"), ADDRESSES)
def test_nothing_that_was_harvested_or_asked_becomes_markup(
    page: Page, path: str, query: dict[str, str]
) -> None:
    answer = page.get(path, **query)
    assert answer.status in (200, 404)
    shown = answer.text
    markup = BeautifulSoup(shown, "lxml")
    assert {each.name for each in markup.find_all(True)} <= OWN_TAGS
    assert [each["src"] for each in markup.find_all("script")] == OWN_SCRIPTS
    for each in markup.find_all(True):
        assert not [name for name in each.attrs if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "data-hx-get"):
            assert urlsplit(str(each.get(name, "/"))).scheme in ("", "http", "https")
    assert not re.search("[\x1b\u202e\u2066]", shown)


def test_addresses_of_others_are_links_only_to_the_web_and_say_nothing_of_us(page: Page) -> None:
    shown = page.get("/record", id=key(70)).text
    assert 'href="https://example.org/70" rel="noreferrer noopener nofollow"' in shown
    assert "javascript:alert" in words_of(page.get("/record", id=key(50)).text)


def test_a_page_in_quarantine_is_shown_as_text_and_its_bytes_are_a_download(page: Page) -> None:
    (held,) = page.get("/quarantine.json").json()["quarantine"]
    said = page.get("/quarantine/page.json", id=held["page"]).json()
    assert (said["text"], said["problems"][0]["code"]) == ("Page of words", "total-mismatch")
    assert "<p>Page of <b>words</b>" not in page.get("/quarantine/page", id=held["page"]).text
    kept = page.get("/quarantine/archived", id=held["page"])
    assert kept.body.startswith(b"<html>")
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment;")
    assert kept.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/record", {"id": "aid:none"}, 404),
        ("/similar", {"id": "aid:none"}, 404),
        ("/why", {"a": A, "b": "aid:none"}, 404),
        ("/cluster", {"id": "cnone"}, 404),
        ("/quarantine/page", {"id": "12"}, 404),
        ("/quarantine/archived", {"id": "../../etc/passwd"}, 404),
        ("/runs", {"source": "nowhere"}, 404),
        ("/runs", {"state": "odd"}, 400),
        ("/runs", {"since": "yesterday"}, 400),
        ("/clusters", {"after": "odd"}, 400),
        ("/record", {}, 400),
        ("/", {"q": "x" * 5_000}, 400),
        ("/", {"q": "x", "p": 51}, 400),
        ("/", {"q": "x", "from": "²"}, 400),
        ("/nowhere", {}, 404),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(
    page: Page, path: str, query: dict[str, Any], status: int
) -> None:
    answer = page.get(path, **query)
    assert answer.status == status
    assert re.search(r'role="alert">[^<]{15,}', answer.text)
    assert "Traceback" not in answer.text
    twin = "/search.json" if path == "/" else f"{path}.json"
    if path not in ("/quarantine/archived",):
        said = page.get(twin, **query)
        assert (said.status, [*said.json()]) == (status, ["error"])


def test_an_empty_store_says_what_to_do_next(empty: Page) -> None:
    of_one = ("/similar", "/record", "/why", "/cluster", "/quarantine/page")
    for view in VIEWS:
        assert empty.get(view.path).status == (400 if view.path in of_one else 200)
    assert "glean harvest" in empty.get("/").text
    assert "glean refresh" in empty.get("/", q="anything").text
    assert "No pair waits" in empty.get("/review").text
    assert "glean init" in empty.get("/sources").text


def test_every_label_is_said_in_both_languages_and_none_is_left_over() -> None:
    templates = [each.read_text("utf-8") for each in (FOLDER / "templates").glob("*.html")]
    text = "\n".join(templates)
    said = {*re.findall(r"""t\(["'](\w+)["']\)""", text)}
    listed = {*re.findall(r"""["'](\w+)["']""", text)}
    assert said <= WORDS.keys() <= listed
    assert all(english and chinese for english, chinese in WORDS.values())
