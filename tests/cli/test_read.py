"""``glean read``: pages from files, standard input and the web, each with what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from crawler.sample import Fault, Portal

PAGE_KEYS = [
    "path",
    "url",
    "profile",
    "confidence",
    "encoding",
    "replaced",
    "query",
    "stated_total",
    "stated_ms",
    "records",
    "footer",
    "navigation",
    "next_url",
    "problems",
]
RECORD_KEYS = {
    *("rank", "key", "native_id", "title", "url", "similar_url", "authors", "venue", "year"),
    *("volume", "issue", "pages", "abstract", "sections", "keywords", "language", "identifiers"),
    *("cited_by", "free_pdf", "date", "text"),
}
TEXT_PAGE = """首页 | 本学科首页   官方微博 | 高级检索
 共查询到2条相似文献,搜索用时 31 毫秒
Rivers carry sand to the sea in amounts that dams upstream have cut by half since 1950.
\u00a0\u00a0相似文献\u00a0\u00a0
Councils that publish data early keep at it longer than those which laws compel to do so.
\u00a0\u00a0相似文献\u00a0\u00a0
设为首页 | 免责声明 | 关于样板 | 加入收藏
Copyright©北京样板科技有限公司  京ICP备00000001号
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(TEXT_PAGE, "utf-8")
    return path


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def test_a_page_object_has_the_keys_of_the_contract(glean: Any, page: Path) -> None:
    done = glean("read", str(page), "--jsonl")
    assert done.returncode == 0
    (said,) = objects(done.stdout)
    assert list(said) == PAGE_KEYS
    assert said["path"] == str(page)
    assert (said["stated_total"], said["stated_ms"]) == (2, 31)
    assert [set(each) for each in said["records"]] == [RECORD_KEYS] * 2
    assert said["footer"]["licence"] == "京ICP备00000001号"
    assert done.stderr == ""


def test_people_get_a_table(glean: Any, page: Path) -> None:
    done = glean("read", str(page))
    assert done.returncode == 0
    assert "2 records of 2 stated, 31 ms stated" in done.stdout
    assert "Rivers carry sand" in done.stdout
    assert "footer: 北京样板科技有限公司, 京ICP备00000001号" in done.stdout


def test_standard_input_is_a_page(glean: Any) -> None:
    done = glean("read", "-", "--jsonl", stdin=TEXT_PAGE.encode("gb18030"))
    assert done.returncode == 0
    (said,) = objects(done.stdout)
    assert (said["path"], len(said["records"])) == ("-", 2)


def test_every_argument_has_its_line_in_order_also_where_it_failed(glean: Any, page: Path) -> None:
    done = glean("read", "gone.html", str(page), "gone.txt", "--jsonl")
    assert done.returncode == 5
    said = objects(done.stdout)
    assert [each["path"] for each in said] == ["gone.html", str(page), "gone.txt"]
    assert [len(each["records"]) for each in said] == [0, 2, 0]
    (problem,) = said[0]["problems"]
    assert problem["code"] == "unreadable"
    assert "No such file" in problem["message"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html><p>Sign in</p></html>"])
def test_nothing_readable_at_all_is_a_failure(glean: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.html").write_bytes(content)
    done = glean("read", "page.html", "gone.html", "--jsonl")
    assert done.returncode == 1
    assert [each["records"] for each in objects(done.stdout)] == [[], []]
    assert all(each["problems"] for each in objects(done.stdout))


def test_a_total_that_is_not_met_prints_what_was_read(glean: Any, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(TEXT_PAGE.replace("到2条", "到7条"), "utf-8")
    done = glean("read", "page.txt", "--jsonl")
    assert done.returncode == 3
    (said,) = objects(done.stdout)
    assert (said["stated_total"], len(said["records"])) == (7, 2)
    assert "total-mismatch" in [problem["code"] for problem in said["problems"]]


def test_of_an_unmet_total_and_a_failure_the_smaller_status_wins(
    glean: Any, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text(TEXT_PAGE.replace("到2条", "到7条"), "utf-8")
    assert glean("read", "page.txt", "gone.txt", "--jsonl").returncode == 3


def test_a_page_that_states_no_results_is_read(glean: Any, tmp_path: Path) -> None:
    with Portal(60, 7, faults=[Fault("empty", 1.0)]) as portal:
        (tmp_path / "page.html").write_bytes(urlopen(portal.start[0]).read())
    done = glean("read", "page.html", "--jsonl")
    assert done.returncode == 0, done.stdout
    (said,) = objects(done.stdout)
    assert (said["stated_total"], said["records"], said["problems"]) == (0, [], [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("page.txt", "page.txt", "--url", "http://example.org/"),
        ("ftp://example.org/page",),
        ("file:///etc/hostname",),
        ("data:text/html,x",),
        ("-", "-"),
        ("page.txt", "--url", "example.org/relate_search.aspx"),
        ("page.txt", "--url", "http://example.org:99999/"),
        ("page.txt", "--profile", "no-such-site"),
        ("gone.txt", "--profile", "no-such-site"),
        ("page.txt", "--no-such-option"),
        (),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    glean: Any, page: Path, arguments: tuple[str, ...]
) -> None:
    done = glean("read", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["example.org/x", "localhost:8080/x", "127.0.0.1:80"])
def test_an_address_without_its_beginning_gets_a_hint(glean: Any, path: str) -> None:
    assert f"write http://{path}\n" in glean("read", path).stderr


@pytest.mark.parametrize("path", ["gone.html", "folder/gone.html", "../gone"])
def test_a_file_that_is_not_there_is_named_once(glean: Any, path: str) -> None:
    done = glean("read", path)
    assert done.stdout == f"{path}: 0 records, auto\n"
    assert done.stderr == (f"{path}: error unreadable: cannot be read: No such file or directory\n")


def test_keys_are_shown_whole_on_a_narrow_terminal(glean: Any, page: Path) -> None:
    narrow = type(glean)(glean.folder, {"COLUMNS": "40"})
    said = narrow("read", str(page)).stdout
    keys = [
        each["key"] for each in objects(glean("read", str(page), "--jsonl").stdout)[0]["records"]
    ]
    assert keys == [line.strip() for line in said.splitlines() if line.startswith("    text:")]


def test_the_address_of_a_file_makes_its_links_absolute(glean: Any, tmp_path: Path) -> None:
    with Portal(60, 7) as portal:
        (tmp_path / "page.html").write_bytes(urlopen(portal.start[0]).read())
    done = glean(
        "read", "page.html", "--jsonl", "--url", "http://portal.example/relate_search.aspx"
    )
    (said,) = objects(done.stdout)
    assert said["url"] == "http://portal.example/relate_search.aspx"
    links = [each["similar_url"] for each in said["records"]]
    assert links
    assert all(link.startswith("http://portal.example/") for link in links)


def test_an_address_is_fetched_and_read(glean: Any, configure: Callable[..., Path]) -> None:
    with Portal(60, 7) as portal:
        configure(glean.folder, portal)
        done = glean("read", portal.start[0], portal.url + "/nothing", "--jsonl")
        truth = portal.truth
    assert done.returncode == 5
    said, missing = objects(done.stdout)
    assert said["url"] == portal.start[0]
    found = [each["native_id"].upper() for each in said["records"]]
    assert found == [each["aid"] for each in truth.page(said["query"]["native_id"].upper())]
    (problem,) = missing["problems"]
    assert problem["code"] == "not-fetched"
    assert "404" in problem["message"]


def test_an_address_of_this_machine_is_refused_unless_allowed(glean: Any) -> None:
    with Portal(60, 7) as portal:
        done = glean("read", portal.start[0], "--jsonl")
        assert portal.log == []
    assert done.returncode == 1
    (said,) = objects(done.stdout)
    assert [problem["code"] for problem in said["problems"]] == ["not-fetched"]


def test_a_line_of_ten_megabytes_is_read_or_refused_in_words(glean: Any, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("长" * 3_400_000, "utf-8")
    done = glean("read", "page.txt", "--jsonl")
    assert done.returncode == 1
    (said,) = objects(done.stdout)
    assert said["problems"]
    assert "Traceback" not in done.stderr


def test_separators_within_an_abstract_do_not_break_lines(glean: Any, tmp_path: Path) -> None:
    text = TEXT_PAGE.replace("by half since", "by half\u2028since")
    (tmp_path / "page.txt").write_text(text, "utf-8")
    done = glean("read", "page.txt", "--jsonl")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "\u2028" in json.loads(done.stdout)["records"][0]["abstract"]


SITE = """
name = "own"
hosts = ["own.example"]
[[layout]]
record = "li.result"
[layout.fields]
title = "b"
"""
LISTED = "<html><body><ul><li class=result><b>A gauge</b></li></ul>"


def test_a_profile_beside_the_settings_reads_the_pages_of_its_host(
    glean: Any, tmp_path: Path
) -> None:
    (glean.folder / "profiles").mkdir()
    (glean.folder / "profiles" / "own.toml").write_text(SITE, "utf-8")
    page = tmp_path / "page.html"
    page.write_text(LISTED, "utf-8")
    (said,) = objects(glean("read", str(page), "--jsonl", "--url", "http://own.example/").stdout)
    assert (said["profile"], said["records"][0]["title"]) == ("own", "A gauge")
    (said,) = objects(glean("read", str(page), "--jsonl", "--profile", "own").stdout)
    assert said["profile"] == "own"


def test_a_profile_may_be_a_file(glean: Any, tmp_path: Path) -> None:
    page, profile = tmp_path / "page.html", tmp_path / "own.toml"
    page.write_text(LISTED, "utf-8")
    profile.write_text(SITE, "utf-8")
    (said,) = objects(glean("read", str(page), "--jsonl", "--profile", str(profile)).stdout)
    assert (said["profile"], said["records"][0]["title"]) == ("own", "A gauge")
    profile.write_text(SITE.replace("title =", "titel ="), "utf-8")
    done = glean("read", str(page), "--profile", str(profile))
    assert done.returncode == 2
    assert "own.toml: layout.0.fields.titel: there is no such key" in done.stderr
    assert glean("read", str(page), "--profile", str(tmp_path / "none.toml")).returncode == 2


@pytest.mark.parametrize("name", ["../own", "/abs/own", "own\\..", "x" * 300, "", "%s"])
def test_a_profile_that_does_not_exist_is_a_usage_error(glean: Any, page: Path, name: str) -> None:
    assert glean("read", str(page), "--profile", name).returncode == 2


def test_a_page_of_a_host_that_is_not_fetched_is_refused(glean: Any) -> None:
    (glean.folder / "profiles").mkdir()
    forbidden = SITE.replace('hosts = ["own.example"]', 'hosts = ["127.0.0.1"]\nharvest = false')
    (glean.folder / "profiles" / "own.toml").write_text(forbidden, "utf-8")
    done = glean("read", "http://127.0.0.1:9/")
    assert done.returncode == 2
    assert "robots.txt forbids these pages" in done.stderr
