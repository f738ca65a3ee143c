"""HTML to a stream: lines, links, and what is not shown; the same by tree and by event."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from spiders.pages import markup as made
from spiders.pages.markup import StreamBuilder, is_html, stream_of_html
from spiders.pages.soup import stream_of_soup
from spiders.pages.stream import Span, Stream
from tests.spiders.pages.renderer import LAYOUTS, result_page
from tests.spiders.pages.works import works


def by_event(markup: str) -> Stream:
    builder = StreamBuilder()
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=builder)  # type: ignore[arg-type]
    etree.fromstring(markup.encode("utf-8"), parser)
    return builder.stream()


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>a<p>b<div>c</div>d", ["a", "b", "c", "d"]),
        ("a<br>b<BR/>c<hr>d", ["a", "b", "c", "d"]),
        ("<table><tr><td>a<td>b<tr><th>c</table>d", ["a", "b", "c", "d"]),
        ("<dl><dt>a<dd>b</dl><ul><li>c<li>d</ul>", ["a", "b", "c", "d"]),
        ("a <b>b</b><i>c</i><font>d</font>", ["a bcd"]),
        ("a\n  b\t\tc", ["a b c"]),
        ("a  b&nbsp;&nbsp;c", ["a  b\xa0\xa0c"]),
        ("<pre>a\nb</pre>c\nd", ["a", "b", "c d"]),
        ("a<!-- b -->c<?d?>e", ["ace"]),
        ("a<script>b<p>c</script>d<style>e</style>", ["ad"]),
        ("a<div hidden>b<p>c</div>d", ["a", "d"]),
        ("a<span style='Display : NONE'>b</span>d", ["ad"]),
        ("a<span style='visibility:hidden'>b</span>d", ["ad"]),
        ("a<span style='display:block'>b</span>d", ["abd"]),
        ("a<span class=hidden>b</span>d", ["abd"]),
        ("a<noscript>b</noscript><template>c</template><textarea>d</textarea>e", ["ae"]),
        ("a<select><option>b<option>c</select>d", ["a", "d"]),
        ("<p>a</body></html><p>b", ["a", "b"]),
        ("a&lt;b&gt;&copy;&#20013;&#x6587;&bogus;", ["a<b>©中文&bogus;"]),
        ("<o:p>a</o:p><x-y>b</x-y>", ["ab"]),
        ("p < 0.05 &amp; q", ["p < 0.05 & q"]),
        ("<html><body></body></html>", []),
    ],
)
def test_lines_are_as_a_reader_sees_them(markup: str, lines: list[str]) -> None:
    for stream in (stream_of_html(markup), by_event(markup)):
        assert [line.strip(" ") for line in stream.text.split("\n") if line.strip()] == lines


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("a<a href=x>b</a>c", [("b", "x")]),
        ("<a href=x>b<b>c</b></a>", [("bc", "x")]),
        ("<a href=x>b<a href=y>c</a>", [("b", "x"), ("c", "y")]),
        ("<a href=x><p>b<a href=y>c</a></a>", [("b", "x"), ("c", "y")]),
        ("<a href=x>b<a name=n></a>c</a>", [("b", "x")]),
        ("<a name=n>b</a>", []),
        ("<a href=''>b</a>", [("b", "")]),
        ("<a href='x?a=1&amp;b=2&c=3'>b</a>", [("b", "x?a=1&b=2&c=3")]),
        ("<a href=x hidden>b</a>", []),
        ("<div hidden><a href=x>b</a></div>c", []),
        ("<a href=x>b", [("b", "x")]),
    ],
)
def test_links_are_what_they_span_and_where_they_go(
    markup: str, links: list[tuple[str, str]]
) -> None:
    stream = stream_of_html(markup)
    spans = [(stream.text[span.start : span.end].strip(), span.href) for span in stream.links]
    assert spans == links


def test_the_head_says_what_the_page_is() -> None:
    stream = stream_of_html(
        "<head><title> A\n page </title><base href='/b/'><link rel='nofollow Canonical' href=/c>"
        "<link rel=stylesheet href=/s></head><body>x<svg><title>y</title></svg>"
    )
    assert (stream.title, stream.base, stream.canonical) == ("A page", "/b/", "/c")
    assert stream.text.strip() == "x"


TAGS = (
    "a b i p div td tr table span font br script style title ul li dl dt dd form input img base "
    "link meta select option textarea h1 svg noscript em body html head center label iframe object"
).split()
ATTRIBUTES = ("", " hidden", " style=display:none", " href=x?y", " rel=canonical href=/c", " id=x")
heap = st.lists(
    st.tuples(st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)).map(lambda t: f"<{t[0]}{t[1]}>")
    | st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
    | st.sampled_from(["text", "  two ", "\n nl", "&nbsp;", "<!-- c -->", "&#1;", "\ufdd1", "é"]),
    max_size=30,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(heap)
def test_a_tree_and_events_give_one_stream(markup: str) -> None:
    marked = made._laid_out(markup.encode("utf-8"))
    if marked is not None:
        assert made._stream_of_marked(marked) == by_event(markup)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_by_event_or_by_soup_is_the_page_by_tree(layout: str) -> None:
    for seed in range(15):
        dice = random.Random(seed)
        markup = result_page(works(dice, 3), dice, layout).markup
        stream = stream_of_html(markup)
        assert by_event(markup) == stream
        soup = stream_of_soup(markup)
        assert soup is not None
        if layout != "minified":
            assert soup.text.split() == stream.text.split()
            assert [span.href for span in soup.links] == [span.href for span in stream.links]


def test_markup_deeper_than_a_tree_loses_nothing() -> None:
    assert stream_of_html("<div>" * 5000 + "deep" + "</div>" * 5000 + "after").text.split() == [
        "deep",
        "after",
    ]


def test_a_mark_in_a_page_is_layout_and_no_more() -> None:
    stream = stream_of_html("<p>a\ufdd1b\ufdd3c\ufdd0d<a href=x>e</a>")
    assert stream.links[-1] == Span(stream.text.index("e"), stream.text.index("e") + 1, "x")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<!DOCTYPE html><p>x", True),
        ("<HTML>", True),
        ("x <a class=b HREF='y'>z</a>", True),
        ("<table width=3>", True),
        ("a<br>b<br/>c", True),
        ("where p < 0.05 and <i>n</i> > 3", False),
        ("one <p> alone", False),
        ("共查询到20条相似文献", False),
        ("", False),
    ],
)
def test_what_is_markup(text: str, html: bool) -> None:
    assert is_html(text) is html
