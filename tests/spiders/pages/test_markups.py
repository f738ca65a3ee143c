"""One truth through mark-ups of every kind; the pages are reconstructions."""

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from records import as_json
from spiders.pages import read
from spiders.pages.reading import ResultPage
from tests.spiders.pages.printed import FORMS, misreadings, printed
from tests.spiders.pages.renderer import (
    BASE,
    CHARSETS,
    FOOT_WORDS,
    HEAD_WORDS,
    LAYOUTS,
    LICENCE,
    OPERATOR,
    PAGE_AID,
    PAGE_URL,
    flattened,
    result_page,
)
from tests.spiders.pages.styles import STYLES, Style, styled_page
from tests.spiders.pages.works import Work, works

seeds = st.integers(0, 2**48)


def assert_read(page: ResultPage, expected: list[Work]) -> None:
    """The page says exactly what it was made from, and passes its own check."""
    assert page.problems == ()
    assert page.stated_total == len(page.records) == len(expected)
    assert page.stated_ms == 31
    for work, said in zip(expected, as_json(page.records), strict=True):
        wanted = work.expected()
        assert {name: said[name] for name in wanted} == wanted
    assert page.footer is not None
    assert (page.footer.operator, page.footer.licence) == (OPERATOR, LICENCE)
    assert page.footer.province == "北京"
    assert all(OPERATOR not in (record.abstract or "") for record in page.records)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_a_page_says_what_it_was_made_from(layout: str, seed: int) -> None:
    dice = random.Random(seed)
    made = works(dice, dice.randrange(1, 7))
    page = result_page(made, dice, layout)
    said = read(page.markup, url=PAGE_URL)
    assert_read(said, made)
    for work, record in zip(made, said.records, strict=True):
        article, kin = page.links[work.aid]
        assert (record.url, record.similar_url) == (BASE + article, BASE + kin)
        assert record.native_id == work.aid
        assert record.key == f"aid:{work.aid.lower()}"
    assert [link.text for link in said.navigation] == list(HEAD_WORDS)
    assert said.query.native_id == PAGE_AID


@pytest.mark.parametrize("style", [style for style, *_ in STYLES], ids=lambda s: s.__name__)
@example(seed=7159)
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_page_of_a_style_drawn_later_is_read_as_well(style: Style, seed: int) -> None:
    dice = random.Random(seed)
    made = works(dice, dice.randrange(1, 7))
    for work in made:
        work.heading = None
    assert_read(read(styled_page(made, dice, style), url=PAGE_URL), made)


@pytest.mark.parametrize("form", FORMS)
@example(seed=804000141559)  # a record of nothing but a short title, whose link a script makes
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_page_that_is_not_read_exactly_says_so(form: str, seed: int) -> None:
    made = printed(seed, form)
    page = read(made.body, url=PAGE_URL, charset=made.header)
    assert page.problems or list(misreadings(page, made.works)) == []


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_flattened_text_says_what_it_was_made_from(seed: int) -> None:
    dice = random.Random(seed)
    made = works(dice, dice.randrange(1, 7))
    page = read(flattened(made, dice))
    assert_read(page, made)
    assert all(record.url is record.similar_url is None for record in page.records)
    assert [link.text for link in page.footer.links] == list(FOOT_WORDS) if page.footer else False


@pytest.mark.parametrize("charset", CHARSETS)
@settings(max_examples=20, deadline=None)
@given(seed=seeds, layout=st.sampled_from([*LAYOUTS, "text"]))
def test_a_page_is_the_same_in_every_encoding(charset: str, seed: int, layout: str) -> None:
    dice = random.Random(seed)
    made = works(dice, 3)
    if layout == "text":
        body = flattened(made, dice).encode(charset, "replace")
    else:
        markup = result_page(made, dice, layout, declared=None).markup
        body = markup.encode(charset, "xmlcharrefreplace")
    page = read(body, url=PAGE_URL)
    assert page.replaced == 0
    if layout != "text" or charset != "gbk":
        assert_read(page, made)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, layout=st.sampled_from([*LAYOUTS]))
def test_nothing_hidden_scripted_or_of_the_footer_is_in_a_records_text(
    seed: int, layout: str
) -> None:
    dice = random.Random(seed)
    made = works(dice, 3)
    for record in read(result_page(made, dice, layout).markup, url=PAGE_URL).records:
        assert "Hidden" not in record.text
        assert "document.write" not in record.text
        assert "免责声明 |" not in record.text
        assert record.text == record.text.strip()
        assert "  " not in record.text
        squeezed = "".join(record.text.split())
        assert "".join((record.title or "").split()) in squeezed
        assert "".join((record.abstract or "").split()) in squeezed


def test_the_kin_links_are_found_in_page_order_each_once() -> None:
    dice = random.Random(3)
    made = works(dice, 4)
    page = read(result_page(made, dice, "tables").markup, url=PAGE_URL)
    assert [(found.kind, found.fingerprint) for found in page.found] == [
        ("similar", f"similar:{work.aid.lower()}") for work in made
    ]
    assert all(found.url.startswith(BASE) for found in page.found)


def test_links_stay_as_in_the_page_where_its_address_is_unknown() -> None:
    dice = random.Random(4)
    made = works(dice, 2)
    printed = result_page(made, dice, "divs")
    page = read(printed.markup)
    assert page.url is None
    assert page.found == ()
    assert [(record.url, record.similar_url) for record in page.records] == [
        printed.links[work.aid] for work in made
    ]


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ('<base href="http://other.example.org/a/">', "http://other.example.org/a/"),
        (
            '<link rel=canonical href="http://other.example.org/b/x.aspx">',
            "http://other.example.org/b/",
        ),
    ],
)
def test_a_page_may_say_its_own_address(told: str, address: str) -> None:
    dice = random.Random(5)
    made = works(dice, 1)
    printed = result_page(made, dice, "breaks")
    page = read(printed.markup.replace("<head>", f"<head>{told}"))
    assert page.url is not None
    assert page.url.startswith(address)
    assert page.records[0].similar_url == address + printed.links[made[0].aid][1]


def test_a_base_counts_for_links_even_where_the_address_is_known() -> None:
    dice = random.Random(6)
    made = works(dice, 1)
    printed = result_page(made, dice, "breaks")
    page = read(printed.markup.replace("<head>", "<head><base href='/deep/'>"), url=PAGE_URL)
    assert page.url == PAGE_URL
    kin = printed.links[made[0].aid][1]
    assert page.records[0].similar_url == f"http://lake.example.org/deep/{kin}"


def test_equal_pages_give_equal_readings() -> None:
    def reading() -> Any:
        dice = random.Random(7)
        return as_json(read(result_page(works(dice, 5), dice, "divs").markup, url=PAGE_URL))

    assert reading() == reading()


def test_titles_need_neither_link_nor_rank() -> None:
    made = "".join(
        f"<h3>题名之{n}</h3><div>{people}</div><p>本文研究湖泊。本文也研究河流。</p>"
        f"<a href='relate_search.aspx?aid={n:032x}'>相似文献</a>"
        for n, people in enumerate(
            ("王某 《湖泊科学》2017,60(10):1-2", "朱某彪  袁某", ""), start=1
        )
    )
    page = read(
        f"<html><p>共查询到3条相似文献,搜索用时 9 毫秒{made}<p>设为首页 | 免责声明"
        "<p>京ICP备10203040号"
    )
    assert page.problems == ()
    assert [record.title for record in page.records] == ["题名之1", "题名之2", "题名之3"]
    assert [record.authors for record in page.records] == [("王某",), ("朱某彪", "袁某"), ()]
    assert {record.abstract for record in page.records} == {"本文研究湖泊。本文也研究河流。"}
