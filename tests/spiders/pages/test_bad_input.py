"""Pages cut, damaged, or built to do harm: read without an exception, nothing wrong in silence."""

import random
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from records import ResultPage, as_json
from spiders.pages import read
from tests.spiders.pages.renderer import LAYOUTS, PAGE_URL, flattened, result_page
from tests.spiders.pages.works import works


def a_page(seed: int, layout: str, count: int = 3) -> str:
    dice = random.Random(seed)
    made = works(dice, count)
    return flattened(made, dice) if layout == "text" else result_page(made, dice, layout).markup


def assert_nothing_wrong_in_silence(said: ResultPage, whole: ResultPage) -> None:
    """Either the page fails its own check, or its records are those of the whole page."""
    full = {record.rank: as_json(record) for record in whole.records}
    right = [as_json(record) == full.get(record.rank) for record in said.records]
    assert not said.ok or (all(right) and len(right) == len(full))


@pytest.mark.parametrize("layout", [*LAYOUTS, "text"])
def test_every_beginning_of_a_page_is_read_and_none_is_wrong_in_silence(layout: str) -> None:
    page = a_page(11, layout, 2)
    whole = read(page, url=PAGE_URL)
    for end in range(len(page)):
        assert_nothing_wrong_in_silence(read(page[:end], url=PAGE_URL), whole)


@settings(max_examples=150, deadline=None)
@example(seed=136620776, layout="definitions", charset="utf-8", share=0.96875)  # in a character
@given(
    seed=st.integers(0, 2**32),
    layout=st.sampled_from([*LAYOUTS, "text"]),
    charset=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    share=st.floats(0, 1),
)
def test_bytes_cut_anywhere_are_not_wrong_in_silence(
    seed: int, layout: str, charset: str, share: float
) -> None:
    body = a_page(seed, layout).encode(charset)
    whole = read(body, url=PAGE_URL)
    assert_nothing_wrong_in_silence(read(body[: int(len(body) * share)], url=PAGE_URL), whole)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), layout=st.sampled_from([*LAYOUTS, "text"]), data=st.data())
def test_a_page_with_anything_written_into_it_is_read(
    seed: int, layout: str, data: st.DataObject
) -> None:
    page = a_page(seed, layout)
    at = data.draw(st.integers(0, len(page)))
    pieces = ["<", ">", "</", "<!--", "-->", "&#0;", "&#xD800;", '"', "<a href=", "\x00", "\ud800"]
    inserted = data.draw(st.lists(st.sampled_from(pieces) | st.text(max_size=5), max_size=4))
    said = read(page[:at] + "".join(inserted) + page[at:], url=PAGE_URL)
    as_json(said)
    for record in said.records:
        record.text.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_anything_at_all_is_read(page: bytes | str) -> None:
    said = read(page)
    assert said.problems
    assert not said.ok


TAGS = [
    "a",
    "b",
    "td",
    "table",
    "p",
    "div",
    "br",
    "script",
    "title",
    "li",
    "option",
    "select",
    "pre",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TAGS + [f"/{tag}" for tag in TAGS]) | st.just("x"), max_size=40))
def test_any_heap_of_tags_is_read(tags: list[str]) -> None:
    read("<html>" + "".join(f"<{tag} href=relate_search.aspx?aid=1>相似文献" for tag in tags))


def test_what_cannot_be_stored_is_replaced_in_the_record_and_told() -> None:
    page = read(a_page(1, "text").replace("湖泊", "湖\x00泊").replace("basin", "ba\ud800sin"))
    assert page.replaced > 0
    assert {problem.code for problem in page.problems} <= {"undecoded", "damaged"}
    assert all("\x00" not in record.text for record in page.records)


def test_a_line_separator_within_an_abstract_is_kept() -> None:
    text = (
        "共查询到1条相似文献,搜索用时 1 毫秒\n本文研究\u2028湖泊\u2029沉积。  相似文献\n"
        "设为首页 | 免责声明\n京ICP备10203040号"
    )
    page = read(text)
    assert page.problems == ()
    assert page.records[0].abstract == "本文研究\u2028湖泊\u2029沉积。"
    markup = f"<p>{text.replace(chr(10), '<br>')}"
    assert read(markup).records[0].abstract == "本文研究\u2028湖泊\u2029沉积。"


@pytest.mark.parametrize("form", ["text", "divs"])
def test_a_line_of_ten_megabytes_is_read(form: str) -> None:
    long = "湖" * 3_400_000
    page = read(a_page(2, form).replace("本文讨论", long).replace("We study", long), url=PAGE_URL)
    assert page.problems == ()
    assert any(len(record.abstract or "") > 3_000_000 for record in page.records)


NESTED = {
    "divs": "<div>" * 200_000,
    "alternating": "<b><i>" * 100_000,
    "tables": "<table><tr><td>" * 66_000,
    "links": "<a href=x>" * 100_000,
}


@pytest.mark.parametrize("name", NESTED)
def test_two_hundred_thousand_nested_tags_are_read(name: str) -> None:
    assert len(read(NESTED[name] + a_page(3, "divs"), url=PAGE_URL).records) == 3


LONG = 300_000
HOSTILE = {
    "spaces": " " * 20 * LONG,
    "line feeds": "\n" * 20 * LONG,
    "openings": "<" * 3 * LONG,
    "comments": "<html><!--" * LONG,
    "entities": "<p>" + "&nbsp;" * 3 * LONG,
    "kin words": "相似文献\n" * LONG,
    "kin links": "<p>甲<a href=relate_search.aspx?aid=1>相似文献</a>" * (LONG // 10),
    "titles": "<a href=view_abstract.aspx?aid=1>甲乙</a>" * (LONG // 10),
    "totals": "共查询到20条相似文献" * LONG,
    "brackets": "《" * 5 * LONG,
    "venues": "《甲》2017," * LONG,
    "counts": "总被引:1" * LONG,
    "labels": "引用本文:" * LONG,
    "footers": "共查询到0条相似文献\n" + "Copyright©" * LONG,
    "licences": "共查询到0条相似文献\n" + "京ICP备" * LONG,
    "lines behind a rank": "共查询到2条相似文献\n1.\n甲\n乙。  相似文献\n" + "甲\n" * LONG,
    "ranks": "共查询到1条相似文献\n" + "\n".join(f"{n}." for n in range(LONG)),
    "random bytes": random.Random(1).randbytes(3 * LONG),
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(LONG)) + ">",
    "styles": "<p style='display:none'>" * (LONG // 10),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_that_repeats_itself_is_read(name: str) -> None:
    assert read(HOSTILE[name], url=PAGE_URL).problems


FILLED = {
    "marks": "下载免费PDF全文 ",
    "counts": "总被引:1 甲",
    "venues": "《甲》2017,60(10):1-2 ",
    "labels": "【目的】",
    "initials": "J.  ",
    "names": "王某  ",
    "headings": "摘要 ",
    "arrows": " >> | ",
}


@pytest.mark.parametrize("name", FILLED)
def test_a_record_that_repeats_itself_is_read(name: str) -> None:
    page = read(
        f"共查询到1条相似文献\n1.\n题名\n{FILLED[name] * LONG}\n  相似文献\n设为首页 | 免责声明\n"
        "京ICP备10203040号"
    )
    assert page.problems == ()
    assert page.records[0].title == "题名"


@given(st.text(alphabet=string.printable, max_size=120))
def test_any_address_of_the_page_is_taken(url: str) -> None:
    said = read("<base href='x/'>" + a_page(5, "breaks", 1), url=url)
    assert len(said.records) == 1
    assert all(found.url.startswith(("http://", "https://")) for found in said.found)
