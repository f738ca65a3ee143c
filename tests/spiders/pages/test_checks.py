"""What a page says of itself, against what was read; each problem has a page of its own."""

import pytest

from records import ResultPage, UsageError
from spiders.pages import PROBLEMS, READER, read

A, B, C = "0a" * 16, "0b" * 16, "0c" * 16
URL = f"http://lake.example.org/relate_search.aspx?aid={'0f' * 16}&pcid=5B&language=1"
FOOT = (
    "<p><a href=#>设为首页</a> | <a href=#>免责声明</a></p>"
    "<p>Copyright&copy;北京拾叶信息技术有限公司&nbsp;&nbsp;京ICP备10203040号</p>"
)


def kin(aid: str) -> str:
    return f'<a href="relate_search.aspx?aid={aid}">相似文献</a>'


def record(rank: int, aid: str, link: str | None = None) -> str:
    title = f'<a href="view_abstract.aspx?aid={aid}">题名之{aid[1]}</a>'
    return f"<div>{rank}. {title}<p>本文研究湖泊。</p>{kin(aid) if link is None else link}</div>"


def page(
    *records: str, total: str = "共查询到{}条相似文献,搜索用时 9 毫秒", foot: str = FOOT
) -> str:
    return f"<html><body><p>{total.format(len(records))}</p>{''.join(records)}{foot}"


def codes(said: ResultPage) -> list[str]:
    return [problem.code for problem in said.problems]


WHOLE = page(record(1, A), record(2, B))
PAGES = {
    "empty": "<html><body> </body></html>",
    "not-recognised": "<html><body><h1>News</h1><p>Nothing to see here.</p></body></html>",
    "captcha": "<html><title>安全验证</title><body><input name=code></body></html>",
    "login": "<html><body>用户登录 <input type=password></body></html>",
    "not-found": "<html><body>您访问的页面不存在</body></html>",
    "too-many-records": page(*(record(rank, f"{rank:032x}") for rank in range(1, 2003))),
    "excess": WHOLE.replace("<div>", f"<div {' '.join(f'data-n{n}' for n in range(5_000))}>", 1),
    "damaged": WHOLE.encode().replace("本".encode(), b"\xff\xfe"),
    "truncated": page(record(1, A), record(2, B), foot=""),
    "total-mismatch": page(record(1, A), total="共查询到20条相似文献"),
    "rank-sequence": page(record(1, A), record(3, B)),
    "no-kin-link": page(record(1, A, ""), record(2, B)),
    "id-conflict": page(record(1, A, kin(C)), record(2, B)),
    "no-total": page(record(1, A), record(2, B), total="相似文献"),
    "no-links": page("<p>本文研究湖泊。&nbsp;&nbsp;相似文献</p>" * 2, total="共查询到2条相似文献"),
    "no-text": "共查询到2条相似文献\n本文研究湖泊。  相似文献\n\n  相似文献\n"
    "设为首页 | 免责声明\n京ICP备10203040号",
    "stray-text": page(record(1, A) + "<p>另见本站所列各湖泊研究机构的年度报告。", record(2, B)),
    "no-licence": page(record(1, A), foot="<p>设为首页 | 免责声明</p><p>Copyright&copy;某公司</p>"),
    "duplicate-record": page(record(1, A), record(2, A)),
    "undecoded": WHOLE.replace("湖", "\x00", 1),
    "charset-mismatch": WHOLE.replace("<html>", "<html><meta charset=big5>").encode(),
    "mixed-encodings": (WHOLE.encode() + "<i>湖泊沉积之研究</i>".encode("gbk")),
    "taken-down": page(
        record(1, A), record(2, B).replace(f"题名之{B[1]}", "█").replace("本文研究湖泊", "█")
    ),
    "broken-markup": page(record(1, A), record(2, B), foot=f"<!-- foot {FOOT}"),
}


BESIDE_READING = {"reader-failed", "unstorable", "drift"}
"""Told by those who call the reader, and by the store, which knows the source's other pages."""
OF_SITES = {"no-records", "no-field"}
"""Of sites whose profile says where things stand; their pages are in ``selected/``."""


def test_every_problem_has_a_page_here() -> None:
    assert set(PAGES) == set(PROBLEMS) - BESIDE_READING - OF_SITES


@pytest.mark.parametrize("code", PAGES)
def test_a_problem_is_told_with_its_severity(code: str) -> None:
    said = read(PAGES[code], url=URL)
    found = [problem for problem in said.problems if problem.code == code]
    assert found, codes(said)
    assert {problem.severity for problem in found} == {PROBLEMS[code].severity}
    assert said.ok == all(problem.severity == "warning" for problem in said.problems)
    assert all("\n" not in problem.message for problem in said.problems)


def test_a_whole_page_has_no_problem() -> None:
    said = read(WHOLE, url=URL)
    assert said.problems == ()
    assert said.confidence == 1.0
    assert said.profile == "similar-literature"


@pytest.mark.parametrize("code", ["empty", "not-recognised", "captcha", "login", "not-found"])
def test_a_page_of_another_kind_has_no_records(code: str) -> None:
    said = read(PAGES[code], url=URL)
    assert codes(said) == [code]
    assert said.records == said.found == ()
    assert said.confidence < 0.5
    assert (said.profile, said.footer, said.stated_total) == ("auto", None, None)
    assert said.url == URL


def test_a_total_of_nothing_is_a_page_read() -> None:
    said = read(page(), url=URL)
    assert said.problems == said.records == ()
    assert said.stated_total == 0
    assert said.footer is not None


def test_a_total_of_nothing_above_records_is_a_problem() -> None:
    said = read(page(record(1, A), total="共查询到0条相似文献,搜索用时 9 毫秒"), url=URL)
    assert codes(said) == ["total-mismatch"]
    assert len(said.records) == 1


def test_records_are_printed_though_the_total_is_not_met() -> None:
    said = read(PAGES["total-mismatch"], url=URL)
    assert [record.title for record in said.records] == ["题名之a"]
    assert said.stated_total == 20


def test_a_page_that_ends_within_a_record_leaves_it_out() -> None:
    said = read(WHOLE[: WHOLE.rindex("湖泊")], url=URL)
    assert codes(said) == ["total-mismatch", "truncated"]
    assert [record.rank for record in said.records] == [1]
    assert "record 2" in said.problems[1].message


def test_the_record_that_a_problem_is_about_is_named() -> None:
    said = read(PAGES["no-kin-link"], url=URL)
    assert [(problem.code, problem.rank) for problem in said.problems] == [("no-kin-link", 1)]
    assert [record.title for record in said.records] == ["题名之a", "题名之b"]


def test_a_link_to_kin_below_the_list_is_no_record() -> None:
    said = read(
        WHOLE.replace("<p><a href=#>设为", f"<p>{kin('0f' * 16)}</p><p><a href=#>设为"), url=URL
    )
    assert said.problems == ()
    assert [record.rank for record in said.records] == [1, 2]


def test_an_article_may_be_known_by_its_kin_link_alone() -> None:
    said = read(page(record(1, A), f"<div>{kin(B)}</div>"), url=URL)
    assert said.problems == ()
    assert [record.key for record in said.records] == [f"aid:{A}", f"aid:{B}"]


@pytest.mark.parametrize(
    ("titles", "ranks", "read_as"),
    [
        (["1. 甲甲", "2. 乙乙"], [1, 2], ["甲甲", "乙乙"]),
        (["1. 甲甲", "乙乙"], [1, 2], ["1. 甲甲", "乙乙"]),
        (["2. 甲甲", "3. 乙乙"], [1, 2], ["2. 甲甲", "3. 乙乙"]),
        (["3D 甲甲", "2.5维乙乙"], [1, 2], ["3D 甲甲", "2.5维乙乙"]),
    ],
)
def test_a_number_in_a_title_is_a_rank_where_all_titles_have_theirs(
    titles: list[str], ranks: list[int], read_as: list[str]
) -> None:
    made = [
        f'<p><a href="view_abstract.aspx?aid={aid}">{title}</a><p>本文研究湖泊。{kin(aid)}'
        for title, aid in zip(titles, (A, B), strict=True)
    ]
    said = read(page(*made), url=URL)
    assert [record.rank for record in said.records] == ranks
    assert [record.title for record in said.records] == read_as


def test_disagreeing_links_are_found_under_the_kin_links_id() -> None:
    said = read(PAGES["id-conflict"], url=URL)
    assert said.records[0].native_id == A
    assert said.found[0].fingerprint == f"similar:{C}"


def test_what_is_asked_stands_in_the_address() -> None:
    query = read(WHOLE, url=URL).query
    assert query.native_id == "0f" * 16
    assert query.text is None
    assert dict(query.filters) == {"pcid": "5B", "language": "1"}


def test_without_an_address_nothing_is_known_to_be_asked() -> None:
    query = read(WHOLE).query
    assert (query.native_id, query.text, dict(query.filters)) == (None, None, {})


@pytest.mark.parametrize("name", [None, "auto", "similar-literature"])
def test_a_page_is_read_whether_its_profile_is_named_or_not(name: str | None) -> None:
    assert len(read(WHOLE, url=URL, profile=name).records) == 2


def test_a_named_profile_is_told_even_where_it_does_not_fit() -> None:
    said = read(PAGES["not-recognised"], profile="similar-literature")
    assert said.profile == "similar-literature"
    assert codes(said) == ["not-recognised"]


def test_a_profile_that_does_not_exist_is_a_wrong_use() -> None:
    with pytest.raises(UsageError, match="similar-literature, auto"):
        read(WHOLE, profile="nonesuch")


def test_words_of_the_family_alone_make_no_page_of_it() -> None:
    other = "<html><body><p>首页 | 高级检索</p><p>本文研究。</p><p>相似文献</p></body></html>"
    assert read(other).records == ()


def test_a_captcha_in_an_abstract_is_no_captcha() -> None:
    said = read(WHOLE.replace("本文研究湖泊", "验证码与登录密码之研究,404"), url=URL)
    assert said.problems == ()


def test_the_reader_has_a_name_and_a_version() -> None:
    name, version = READER.rsplit(" ", 1)
    assert name
    assert int(version) >= 1
