"""Text behind kin links: an abstract, where the page shows them there; else nobody's, and told."""

import pytest

from records import ResultPage
from spiders.pages import read

OWNER = "北京拾叶信息技术有限公司"
FOOT = f"<p>设为首页 | 免责声明</p><p>Copyright&copy;{OWNER}&nbsp;&nbsp;京ICP备10203040号"
LONG = "湖泊沉积档案近年来受到越来越多的关注,本文基于各个湖泊的实地调查,分析了其建设现状与不足之处"
NOTE = "(责任编辑 某某)"


def page(*records: tuple[str, str], last: str = "") -> ResultPage:
    """Records of what stands before and what behind each one's kin link."""
    made = "".join(
        f"<div>{rank}. <a href='view_abstract.aspx?aid={rank:032x}'>题名之{rank}</a><p>{before}<p>"
        f"<a href='relate_search.aspx?aid={rank:032x}'>相似文献</a><p>{behind}</div>"
        for rank, (before, behind) in enumerate(records, start=1)
    )
    return read(f"<html><p>共查询到{len(records)}条相似文献,搜索用时 9 毫秒{made}{last}{FOOT}")


def abstracts(said: ResultPage) -> list[str | None]:
    return [record.abstract for record in said.records]


def told(said: ResultPage) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.rank) for problem in said.problems]


@pytest.mark.parametrize(
    "behind",
    [
        ["甲。", "乙。", "丙。"],
        [LONG, "", "一个短句"],
        ["", "", "甲。"],
        ["甲。<p>乙。", f"丙。<p>{NOTE}", f"丁。<p>{NOTE}"],
        [f"甲。<p>{NOTE}", f"丙。<p>{NOTE}", f"丁。<p>{NOTE}"],
        [LONG, LONG, "甲。"],
        ["甲。", "乙。", "Copyright © 2017 Example Press Ltd. All rights reserved."],
        ["甲。", "乙。", "丙。<p>免责声明、加入收藏与设为首页等栏目不计。"],
    ],
)
def test_abstracts_behind_the_kin_links_are_read_to_the_last_line(behind: list[str]) -> None:
    said = page(*[("朱某彪  袁某 《湖泊科学》2017,60(10):1-2", text) for text in behind])
    expected = [text.replace("<p>", "\n") or None for text in behind]
    if expected[-1] == "一个短句":
        # No sentence: it may be anything that stands above a footer.
        assert abstracts(said) == [*expected[:-1], None]
        assert told(said) == [("stray-text", 3)]
    else:
        assert abstracts(said) == expected
        assert told(said) == []


@pytest.mark.parametrize("advert", [f"{LONG}。", "某软件,限时优惠。"])
def test_an_advert_between_records_is_no_abstract_and_is_told(advert: str) -> None:
    said = page(("本文研究湖泊。", ""), ("", advert), ("本文研究河流。", ""))
    assert abstracts(said) == ["本文研究湖泊。", None, "本文研究河流。"]
    assert told(said) == [("stray-text", 2)]
    assert said.ok


@pytest.mark.parametrize(
    "layout",
    ["收藏", "返回顶部", "| ---- |", "<a href=x>某软件,限时优惠。</a>", f"<a href=x>{LONG}</a>。"],
)
@pytest.mark.parametrize("before", ["本文研究湖泊。", ""])
def test_layout_behind_every_kin_link_is_nobodys(before: str, layout: str) -> None:
    said = page(*[(before, layout)] * 4)
    assert abstracts(said) == [before or None] * 4
    assert told(said) == []


def test_layout_between_link_and_abstract_is_left_out() -> None:
    said = page(*[("", f"收藏 分享<p>本文研究{name}湖。") for name in "甲乙丙丁"])
    assert abstracts(said) == [f"本文研究{name}湖。" for name in "甲乙丙丁"]
    assert told(said) == []


def test_what_follows_the_last_abstract_is_no_part_of_it_and_told() -> None:
    said = page(*[("", f"本文研究{name}湖。") for name in "甲乙"], last="<p>返回顶部")
    assert abstracts(said) == ["本文研究甲湖。", "本文研究乙湖。"]
    assert told(said) == [("stray-text", 2)]


def test_the_rest_of_an_abstract_that_has_begun_before_the_link_is_told() -> None:
    said = page(("本文研究湖泊。", f"{LONG}。"), ("本文研究河流。", ""))
    assert told(said) == [("stray-text", 1)]


HEADS = ("朱某彪  袁某 《湖泊科学》2017,60(10):1-2", "王某  李某 《河流》2016", "陈某  阿某")


def test_authors_and_citation_may_stand_behind_the_link_with_the_abstract() -> None:
    said = page(*[("", f"{head}<p>本文研究湖泊。") for head in HEADS])
    assert told(said) == []
    assert abstracts(said) == ["本文研究湖泊。"] * 3
    assert [record.authors for record in said.records] == [
        ("朱某彪", "袁某"),
        ("王某", "李某"),
        ("陈某", "阿某"),
    ]
    assert [record.year for record in said.records] == [2017, 2016, None]


def test_authors_and_citation_above_the_titles_are_told() -> None:
    said = page(*[("本文研究湖泊。", head) for head in HEADS])
    assert told(said) == [("stray-text", 1), ("stray-text", 2)]


def test_a_citation_above_the_first_record_is_told() -> None:
    markup = (
        "<html><p>共查询到1条相似文献,搜索用时 9 毫秒<p>1."
        "<p>朱某彪  袁某 《湖泊科学》2017,60(10):1-2"
        "<p><a href='view_abstract.aspx?aid=1'>题名之一</a><p>本文研究湖泊。"
        f"<a href='relate_search.aspx?aid=1'>相似文献</a>{FOOT}"
    )
    assert told(read(markup)) == [("stray-text", 1)]


def test_where_a_record_without_rank_and_title_begins_is_not_known_behind_an_abstract() -> None:
    link = "<p><a href='relate_search.aspx?aid={0:032x}'>相似文献</a>"
    records = (f"<p>题名之{n}<p>朱某彪  袁某{link.format(n)}<p>本文研究湖泊。" for n in range(1, 4))
    markup = f"<html><p>共查询到3条相似文献,搜索用时 9 毫秒{''.join(records)}{FOOT}"
    assert told(read(markup))
