"""A first profile, from a page that was read automatically, selects those very records."""

import pytest

from records import UsageError
from spiders.pages import read
from spiders.pages.known import Profiles
from spiders.pages.profile import profile_from_toml
from spiders.pages.selected.drafting import draft_of
from spiders.pages.selected.written import as_toml

URL = "https://portal.example/search?q=gauge"
HEAD = """<html><head><title>Catalogue</title></head><body><div id=head><a href="/">Home</a></div>
<input name=q value="gauge"><p class=count>1 - 8 of 3,273 results</p><div id=hits>"""
FOOT = """</div><a class=next href="?q=gauge&amp;p=2">Next</a><footer>© 2026 Portal</footer>"""
SUBJECTS = "harbours wells floats tides currents buoys charts moorings".split()


def cards(first: int = 0) -> str:
    return "".join(
        f"<div class='hit n{n}'><h3><a href='/a?id={n}'>How gauges are used with {subject}</a></h3>"
        f"<p class=by>Ada Lind, Bo Ek</p><p class=text>We weigh {subject} and say what they tell "
        f"of the sea in number {n} of our series of studies.</p><span>2019-01-0{n + 1}</span></div>"
        for n, subject in enumerate(SUBJECTS, start=first)
    )


def rows() -> str:
    head = "<tr><th>Title</th><th>Author</th><th>Date</th></tr>"
    return f"<table class=list>{head}" + "".join(
        f"<tr><td><a class=name href='/a?id={n}'>How gauges are used with {subject}</a></td>"
        f"<td>Ada Lind, Bo Ek</td><td>2019-01-0{n + 1}</td></tr>"
        for n, subject in enumerate(SUBJECTS)
    )


@pytest.mark.parametrize("inside", [cards(), rows() + "</table>"], ids=["cards", "rows"])
def test_a_draft_is_a_profile_that_reads_what_was_read_automatically(inside: str) -> None:
    html = HEAD + inside + FOOT
    page = read(html, url=URL, profile="auto")
    assert len(page.records) == len(SUBJECTS)
    text = as_toml(draft_of(html, page), "portal", "portal.example")
    profile = profile_from_toml(text, "portal.toml")
    again = read(html, url=URL, profiles=Profiles([profile]))
    assert (again.profile, again.problems) == ("portal", ())
    for name in ("title", "url", "date", "year", "rank"):
        read_as = [getattr(record, name) for record in again.records]
        assert read_as == [getattr(record, name) for record in page.records], name
    assert (
        (again.stated_total, again.next_url) == (page.stated_total, page.next_url) != (None, None)
    )
    assert again.query.text == "gauge"


def test_a_draft_reads_the_next_page_of_its_site_too() -> None:
    html = HEAD + cards() + FOOT
    text = as_toml(draft_of(html, read(html, url=URL, profile="auto")), "portal", "portal.example")
    known = Profiles([profile_from_toml(text, "portal.toml")])
    more = HEAD + cards(first=8).replace("How gauges", "Why gauges") + FOOT
    page = read(more, url=f"{URL}&p=2", profiles=known)
    assert [record.title for record in page.records] == [
        f"Why gauges are used with {subject}" for subject in SUBJECTS
    ]


def test_a_page_with_fewer_than_two_titles_is_nothing_to_go_by() -> None:
    page = read("<html><body><p>A page of no records", url=URL, profile="auto")
    with pytest.raises(UsageError, match="fewer than two records"):
        draft_of("<html><body><p>A page of no records", page)


def test_what_is_quoted_cannot_end_its_string() -> None:
    html = (HEAD + cards() + FOOT).replace("class=count", "class='count' id='a&quot;]b'")
    text = as_toml(draft_of(html, read(html, url=URL, profile="auto")), "portal", "h.example")
    assert profile_from_toml(text, "portal.toml").hosts == ("h.example",)
