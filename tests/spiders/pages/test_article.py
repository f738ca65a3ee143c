"""An article's own page: one record, with the key that it has in lists."""

import pytest

from records import ResultPage
from spiders.pages import read

AID = "0123456789abcdef0123456789ABCDEF"
URL = f"http://lake.example.org/view_abstract.aspx?pcid=5B&cid=7&jid=8&aid={AID}&yid=9"
KIN = f'<a href="relate_search.aspx?aid={AID.lower()}&amp;pcid=5B">相似文献</a>'
FOOT = "<p>设为首页 | 免责声明</p><p>Copyright&copy;北京拾叶公司&nbsp;&nbsp;京ICP备10203040号</p>"
FIELDS = {
    "引用本文:": "朱某彪,袁某.湖泊沉积的年代[J].湖泊科学,2017,29(3):12-19.",
    "作者姓名:": "朱某彪&nbsp;&nbsp;袁某",
    "作者单位:": "1. 某大学,某市;2. 某研究所",
    "摘&nbsp;&nbsp;&nbsp;&nbsp;要:": "【目的】测年。【方法】取芯。",
    "关 键 词:": "湖泊&nbsp;&nbsp;沉积&nbsp;&nbsp;年代学",
}


def article(fields: dict[str, str], row: str = "<tr><td>{}</td><td>{}</td></tr>") -> str:
    rows = "".join(row.format(label, value) for label, value in fields.items())
    return (
        "<html><head><title>湖泊沉积的年代_拾叶</title></head><body>"
        "<p><a href=/>首页</a> | <a href=/s>高级检索</a></p><h1>湖泊沉积的年代</h1>"
        f"<table>{rows}</table><p>本文献已被 维普 等数据库收录!</p><p>{KIN}</p>{FOOT}"
    )


@pytest.fixture(scope="module")
def page() -> ResultPage:
    return read(article(FIELDS), url=URL)


def test_the_page_is_one_record_of_rank_one(page: ResultPage) -> None:
    assert page.problems == ()
    assert (page.stated_total, page.stated_ms) == (None, None)
    (record,) = page.records
    assert record.rank == 1
    assert (record.key, record.native_id) == (f"aid:{AID.lower()}", AID)
    assert record.url == URL
    assert record.similar_url is not None
    assert page.found[0].fingerprint == f"similar:{AID.lower()}"


def test_its_fields_stand_behind_their_labels(page: ResultPage) -> None:
    (record,) = page.records
    assert record.title == "湖泊沉积的年代"
    assert record.authors == ("朱某彪", "袁某")
    assert record.abstract == "【目的】测年。【方法】取芯。"
    assert [section.label for section in record.sections] == ["目的", "方法"]
    assert record.keywords == ("湖泊", "沉积", "年代学")
    assert (record.venue, record.year, record.volume) == ("湖泊科学", 2017, "29")
    assert (record.issue, record.pages, record.language) == ("3", "12-19", "zh")


def test_the_article_is_no_list_of_its_own_kin(page: ResultPage) -> None:
    assert page.query.native_id is None


@pytest.mark.parametrize(
    "row",
    [
        "<p>{}{}</p>",
        "<b>{}</b>{}<br>",
        "<dt>{}<dd>{}",
        "<div><span>{}</span><span>{}</span></div>",
        "<tr><td>{}<td>{}",
    ],
)
def test_the_labels_may_stand_in_any_markup(row: str, page: ResultPage) -> None:
    again = read(article(FIELDS, row), url=URL)
    assert again.problems == ()
    (record,), (other,) = again.records, page.records
    for name in ("key", "title", "authors", "abstract", "keywords", "venue", "year", "pages"):
        assert getattr(record, name) == getattr(other, name)


@pytest.mark.parametrize(
    "cited",
    [
        "朱某彪  袁某 《湖泊科学》2017,29(3):12-19",
        "朱某彪,袁某.湖泊沉积的年代[J].湖泊科学,2017,29(3):12-19",
        "ZHU M B, YUAN M. 湖泊沉积的年代[J]. 湖泊科学, 2017, 29(3): 12-19.",
    ],
)
def test_the_citation_may_have_either_form(cited: str) -> None:
    (record,) = read(article({**FIELDS, "引用本文:": cited}), url=URL).records
    assert (record.venue, record.year, record.volume) == ("湖泊科学", 2017, "29")
    assert (record.issue, record.pages) == ("3", "12-19")


def test_without_a_heading_the_citation_names_the_title() -> None:
    markup = article(FIELDS).replace("<h1>湖泊沉积的年代</h1>", "").replace("的年代_", "_")
    (record,) = read(markup, url=URL).records
    assert record.title == "湖泊沉积的年代"


def test_an_english_article_is_read_alike() -> None:
    fields = {
        "引用本文:": "McAdams J E, Williams M C. Flow of mud[J]. Rheol Acta, 1986, 25(2): 102-9.",
        "作者姓名:": "McAdams  J. E.  Williams  M. C.",
        "摘    要:": "Abstract: We let mud flow.",
        "关 键 词:": "lake mud  flow",
    }
    markup = article(fields).replace("湖泊沉积的年代", "Flow of mud")
    (record,) = read(markup, url=URL).records
    assert record.title == "Flow of mud"
    assert record.authors == ("McAdams J. E.", "Williams M. C.")
    assert record.abstract == "We let mud flow."
    assert record.keywords == ("lake mud", "flow")
    assert record.language == "en"


def test_the_id_comes_from_the_kin_link_where_the_address_is_unknown() -> None:
    (record,) = read(article(FIELDS)).records
    assert record.key == f"aid:{AID.lower()}"
    assert record.url is None


def test_flattened_text_of_an_article_is_read() -> None:
    text = (
        "首页 | 高级检索\n湖泊沉积的年代\n"
        "引用本文:朱某彪.湖泊沉积的年代[J].湖泊科学,2017,29:12-19.\n"
        "作者姓名:朱某彪\n作者单位:某大学\n摘    要:测年。\n取芯。\n关 键 词:湖泊  沉积\n"
        "本文献已被 维普 等数据库收录!\n设为首页 | 免责声明\nCopyright©某公司  京ICP备10203040号"
    )
    page = read(text, url=URL)
    assert page.problems == ()
    (record,) = page.records
    assert (record.key, record.title) == (f"aid:{AID.lower()}", "湖泊沉积的年代")
    assert record.abstract == "测年。\n取芯。"
    assert record.keywords == ("湖泊", "沉积")


def test_a_cut_article_fails_its_check() -> None:
    markup = article(FIELDS)
    page = read(markup[: markup.index("取芯")], url=URL)
    assert [problem.code for problem in page.problems] == ["truncated"]


def test_an_article_of_another_site_is_not_taken_for_one() -> None:
    markup = (
        "<html><body><p>首页 | 高级检索</p><h1>题名</h1><p>引用本文: 甲. 题名[J]. 刊, 2017.</p>"
        "<p>作者单位: 某大学</p><p>摘要: 本文。</p><p>关键词: 甲; 乙</p><p>设为首页 | 加入收藏</p>"
    )
    assert read(markup, url="http://other.example.org/CN/abstract1.shtml").records == ()
