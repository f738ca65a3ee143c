"""Markup that swallows part of its page, mended and read by BeautifulSoup."""

import random

import pytest

from spiders.pages import read
from spiders.pages.soup import mended, stream_of_soup
from tests.spiders.pages.renderer import LICENCE, PAGE_URL, result_page
from tests.spiders.pages.works import works

BREAKS = {
    "comment": "<!-- footer -- >",
    "script": "<script src=foot.js>",
    "style": "<STYLE type=x>",
    "textarea": "<textarea name=q>",
    "noscript": "<noscript>",
    "iframe": "<iframe src=x>",
    "select": "<select name=s><option>one<option>two",
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_an_unclosed_element_swallows_is_read_all_the_same(name: str) -> None:
    dice = random.Random(8)
    made = works(dice, 3)
    markup = result_page(made, dice, "minified").markup
    start = markup.rindex("<div", 0, markup.index("设为首页"))
    page = read(markup[:start] + BREAKS[name] + markup[start:], url=PAGE_URL)
    assert [problem.code for problem in page.problems] == ["broken-markup"]
    assert page.ok
    assert page.footer is not None
    assert page.footer.licence == LICENCE
    assert [record.abstract for record in page.records] == [work.abstract for work in made]


def test_an_unclosed_comment_above_the_records_costs_none_of_them() -> None:
    dice = random.Random(9)
    made = works(dice, 3)
    markup = result_page(made, dice, "minified").markup
    page = read(markup.replace("<table>", "<!-- list <table>", 1), url=PAGE_URL)
    assert [problem.code for problem in page.problems] == ["broken-markup"]
    assert [record.title for record in page.records] == [work.title for work in made]


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("a<!-- b", "a b"),
        ("a<script>b", "ab"),
        ("a<SCRIPT src=x>b<p>c", "ab<p>c"),
        ("<script>x</script>a<script>b", "<script>x</script>ab"),
        ("a<select><option>b<p>c", "a<p>c"),
        ("a<!-- b -->c", None),
        ("<title>a</title>b", None),
        ("a", None),
    ],
)
def test_only_the_opening_is_taken_out(markup: str, wanted: str | None) -> None:
    assert mended(markup) == wanted


def test_a_page_that_passes_its_check_is_not_mended() -> None:
    dice = random.Random(10)
    markup = result_page(works(dice, 2), dice, "tables").markup
    assert read(f"{markup}<!-- the end", url=PAGE_URL).problems == ()


def test_a_cut_page_is_not_mended_into_a_whole_one() -> None:
    dice = random.Random(11)
    markup = result_page(works(dice, 3), dice, "divs").markup
    page = read(markup[: len(markup) // 2] + "<!-- 设为首页 | 免责声明 ", url=PAGE_URL)
    assert not page.ok


def test_soup_is_spared_a_page_of_a_million_tags() -> None:
    assert stream_of_soup("<b>" * 200_000) is None


@pytest.mark.parametrize(
    "markup", ["<![x", "<!a<b", "<?xml version='1.0'?><p>a", "</", "&#xFFFFFFF;"]
)
def test_odd_markup_makes_no_exception_and_no_warning(markup: str) -> None:
    stream_of_soup(markup)
