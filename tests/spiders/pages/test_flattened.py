"""Flattened text: the shape that was seen, byte for byte, in invented words."""

import pytest

from records import Footer, Link, ResultPage
from spiders.pages import read

GAP = "\u00a0\u00a0"
EN = "Sediment archives are read at a growing pace, and few studies ask how. We ask it of {} lakes."
ZH = "湖泊沉积档案近年来受到越来越多的关注,本文基于{}个湖泊的实地调查,分析了其建设现状与不足。"
LABELLED = "[目的/意义] 探讨数据治理。[方法/过程] 通过文献调研,参见文献[12]。[结果/结论] 提出框架。"


def the_seen_shape() -> str:
    """Twenty abstracts without ranks, titles or links; an empty line more before the 17th."""
    head = (
        "首页 | 本学科首页 \u00a0 官方微博 | 高级检索 \u00a0\n"
        "\u00a0共查询到20条相似文献,搜索用时 31 毫秒\n"
    )
    records = ""
    for place in range(1, 21):
        text = LABELLED if place == 19 else (ZH if place == 9 else EN).format(place)
        blank = "\n" if place == 17 else ""
        records += f"{blank}{text}{GAP}相似文献 {GAP}\n\n"
    foot = "设为首页 | 免责声明 | 关于拾叶 | 加入收藏\n\nCopyright©北京拾叶信息技术有限公司"
    return f"{head}{records}{foot}{GAP}京ICP备10203040号"


@pytest.fixture(scope="module")
def page() -> ResultPage:
    return read(the_seen_shape().encode("utf-8"))


def test_the_seen_shape_has_85_spaces_that_do_not_break() -> None:
    assert the_seen_shape().count("\u00a0") == 85


def test_every_abstract_is_a_record_in_its_place(page: ResultPage) -> None:
    assert page.problems == ()
    assert (page.stated_total, page.stated_ms, len(page.records)) == (20, 31, 20)
    assert [record.rank for record in page.records] == list(range(1, 21))
    assert page.records[0].abstract == EN.format(1)
    assert page.records[16].abstract == EN.format(17)
    assert page.records[8].abstract == ZH.format(9)


def test_what_the_text_does_not_have_is_absent(page: ResultPage) -> None:
    for record in page.records:
        assert record.title is record.url is record.similar_url is record.native_id is None
        assert record.venue is record.year is record.cited_by is None
        assert record.authors == record.keywords == ()
        assert record.key.startswith("text:")
    assert page.url is None
    assert page.next_url is None
    assert page.found == ()


def test_the_language_is_each_records_own(page: ResultPage) -> None:
    languages = {record.rank: record.language for record in page.records}
    assert {rank for rank, language in languages.items() if language == "zh"} == {9, 19}
    assert set(languages.values()) == {"zh", "en"}


def test_labelled_sections_are_told_apart_from_references(page: ResultPage) -> None:
    sections = page.records[18].sections
    assert [section.label for section in sections] == ["目的/意义", "方法/过程", "结果/结论"]
    assert sections[1].text == "通过文献调研,参见文献[12]。"
    assert all(not record.sections for record in page.records if record.rank != 19)


def test_the_footer_is_a_record_of_its_own(page: ResultPage) -> None:
    assert page.footer == Footer(
        operator="北京拾叶信息技术有限公司",
        licence="京ICP备10203040号",
        province="北京",
        links=tuple(
            Link(text=word, url=None) for word in ("设为首页", "免责声明", "关于拾叶", "加入收藏")
        ),
        text="设为首页 | 免责声明 | 关于拾叶 | 加入收藏 Copyright©北京拾叶信息技术有限公司 "
        "京ICP备10203040号",
    )
    assert [link.text for link in page.navigation] == ["首页", "本学科首页", "官方微博", "高级检索"]


@pytest.mark.parametrize(
    "pasted",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\u00a0", " "),
        lambda text: "\n".join(line.strip() for line in text.split("\n")),
        lambda text: "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()),
        lambda text: "\ufeff" + text,
    ],
    ids=["crlf", "plain spaces", "trimmed", "collapsed", "marked"],
)
def test_pasted_text_reads_the_same(pasted: object, page: ResultPage) -> None:
    assert callable(pasted)
    again = read(pasted(the_seen_shape()))
    assert again.problems == ()
    assert [record.abstract for record in again.records] == [
        record.abstract for record in page.records
    ]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_bytes_read_the_same_in_any_encoding(charset: str, page: ResultPage) -> None:
    text = the_seen_shape().replace("\u00a0", "\u3000" if charset == "gbk" else "\u00a0")
    again = read(text.replace("©", "(C)").encode(charset))
    assert again.problems == ()
    assert again.replaced == 0
    assert [record.key for record in again.records] == [record.key for record in page.records]


RANKED = """首页 | 本学科首页 | 官方微博 | 高级检索
相似文献
 共查询到3条相似文献,搜索用时 15 毫秒
1.
湖泊沉积的年代   总被引:26,自引:0,他引:26  下载免费PDF全文
朱某彪  袁某 《湖泊科学》2017,60(10):3832-3843
{first}  相似文献
2.
Rheology of lake mud
McAdams  J. E.  Williams  M. C. 《Rheologica Acta》1986,25(2):102-109
Abstract
We measure mud.  相似文献
3.
只有题名的记录
  相似文献
设为首页 | 免责声明 | 关于拾叶 | 加入收藏
Copyright©北京拾叶信息技术有限公司  京ICP备10203040号
"""


@pytest.mark.parametrize(
    "abstract",
    [
        "本文测年。",
        "本文与相似文献不同。",
        "其他相似文献\n也这样说。",
        "共查询到128条相似文献,逐条核对。",
        "2.\n这一段不是记录。",
        "参见《湖泊科学》2015,27(3):1-12。",
        "免责声明 | 不在此列。",
        "Copyright © 2017 Example Press.",
        "总被引:3,自引:1,他引:2 是引文数。",
        "前段\u2028后段。",
        "首页 | 高级检索",
        "【目的】甲。\n【方法】乙。",
    ],
)
def test_an_abstract_may_hold_what_looks_like_the_page(abstract: str) -> None:
    page = read(RANKED.format(first=abstract))
    assert page.problems == ()
    assert [record.title for record in page.records] == [
        "湖泊沉积的年代",
        "Rheology of lake mud",
        "只有题名的记录",
    ]
    first, second, third = page.records
    assert first.abstract == abstract
    assert first.authors == ("朱某彪", "袁某")
    assert (first.venue, first.pages) == ("湖泊科学", "3832-3843")
    assert second.authors == ("McAdams J. E.", "Williams M. C.")
    assert second.abstract == "We measure mud."
    assert third.abstract is None


def test_a_record_of_which_nothing_is_left_keeps_its_place() -> None:
    text = the_seen_shape().replace(EN.format(3), "")
    page = read(text)
    assert [problem.code for problem in page.problems] == ["no-text"]
    assert page.ok
    assert [record.rank for record in page.records] == [1, 2, *range(4, 21)]


def test_a_lone_line_that_is_no_sentence_is_a_title() -> None:
    page = read(the_seen_shape().replace(EN.format(3), "Sediment of three lakes compared"))
    assert page.records[2].title == "Sediment of three lakes compared"
    assert page.records[2].abstract is None


def test_ranks_alone_divide_records_whose_kin_links_were_dropped() -> None:
    text = RANKED.format(first="本文测年。").replace("相似文献\n", "\n", 9)
    page = read(text.replace("3条", "3条相似文献"))
    assert [record.title for record in page.records] == [
        "湖泊沉积的年代",
        "Rheology of lake mud",
        "只有题名的记录",
    ]
