"""Pages made to break a reader end with a problem; what does not matter changes nothing."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpora.layouts import LAYOUTS
from benchmarks.corpora.listings import listing
from spiders.pages import read


def test_more_records_than_any_page_has_are_none() -> None:
    record = "<li><a href=x>A title of some length</a> and some text of the record</li>"
    said = read(f"<html><body><ul>{record * 2001}</ul>", profile="auto")
    assert [problem.code for problem in said.problems] == ["too-many-records"]


PIECES = st.sampled_from(
    [
        *("<div>", "</div>", "<p class=a>", "<ul><li>", "</ul>", "<table><tr><td>", "</table>"),
        *("<a href=x>", "</a>", "<a href='http://[bad'>", "<br>", "<h3>", "</h3>", "<b>", "</b>"),
        *("text ", "A longer text that may be a title", "1. ", "2011-05-04", "1 - 3 of 9 results"),
        *("\x00", "\ud800", "共找到 3 条", "<!--", "-->", "<script>", "</script>", "&#0;", "<img>"),
    ]
)


@given(st.lists(PIECES, max_size=80))
def test_whatever_the_markup_it_is_read_or_said_why(pieces: list[str]) -> None:
    said = read("<html><body>" + "".join(pieces), url="https://a.example/", profile="auto")
    assert said.records or said.stated_total == 0 or not said.ok
    assert [record.rank for record in said.records if record.rank < 1] == []
    assert all(record.text for record in said.records)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_names_and_wrappers_that_say_nothing_change_nothing(layout: str) -> None:
    page = listing(random.Random(f"{layout} same"), layout).html
    asked = read(page, url="https://a.example/", profile="auto").records
    wrapped = page.replace("<body>", "<body><main><div><div>").replace(
        "</body>", "</div></div></main></body>"
    )
    renamed = re.sub(r'class="(\w+)', r'class="x-\1', page)
    spaced = page.replace("><", ">\n   <")
    for same in (wrapped, renamed, spaced):
        found = read(same, url="https://a.example/", profile="auto").records
        assert [r.title for r in found] == [r.title for r in asked]
        assert [r.url for r in found] == [r.url for r in asked]
