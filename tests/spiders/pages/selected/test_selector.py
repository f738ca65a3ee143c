"""Selectors find what CSS says, and no page makes one of them slow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.cssselect import CSSSelector

from spiders.pages.selected.selector import selector

CLASSES = st.sampled_from(["", "a", "b", "a b"])
NAMES = st.sampled_from(["div", "span", "p", "*"])
SUFFIXES = st.sampled_from(
    ". .a .b .a.b #i1 :first-child :last-child :only-child :nth-child(2) :empty :not(.a) "
    ":not(div>.a) [class=a] [class^=a] [id]".replace(". ", " ", 1).split(" ")
)
LAST = st.sampled_from(["", ":has(.b)", ":has(> .a)", ":has(+ .a)", ':contains("t")'])
PARTS = st.builds(str.__add__, NAMES, SUFFIXES)
SIGNS = st.sampled_from([" ", " > ", " + "])


@st.composite
def selectors(draw: st.DrawFn) -> str:
    text = draw(PARTS)
    for _ in range(draw(st.integers(0, 4))):
        text += draw(SIGNS) + draw(PARTS)
    return text + draw(LAST)


@st.composite
def elements(draw: st.DrawFn, depth: int = 5) -> str:
    name = draw(st.sampled_from(["div", "span"]))
    inside = "t" if draw(st.booleans()) else ""
    if depth:
        inside += "".join(draw(st.lists(elements(depth - 1), max_size=3)))
    return f"<{name} class='{draw(CLASSES)}' id='i{draw(st.integers(0, 3))}'>{inside}</{name}>"


@given(st.lists(elements(), min_size=1, max_size=3), st.lists(selectors(), min_size=1, max_size=2))
@settings(max_examples=300, deadline=None)
def test_a_selector_finds_what_the_usual_translation_finds(
    inside: list[str], alternatives: list[str]
) -> None:
    root = etree.HTML(f"<html><body>{''.join(inside)}</body></html>")
    text = ", ".join(alternatives)
    expected = CSSSelector(text, translator="html")(root)
    assert selector(text).of(root) == expected
    assert selector(text).is_in(root) is bool(expected)


def test_the_element_itself_may_be_what_is_selected() -> None:
    (link,) = selector("a").of(etree.HTML("<a class=t>x</a>"))
    assert selector(".t").of(link) == [link]
    assert selector("body .t").of(link) == [link]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a ~ b", "~ is not taken"),
        ("a:hover", ":hover is not taken; there are: :first-child"),
        ("a:nth-child(2n+1)", "takes a number from 1, and no formula"),
        ("a:nth-child(0)", "takes a number from 1"),
        ("a:nth-last-child(2)", "is not taken"),
        ("a::text", "pseudo-element"),
        ("a:has(b) c", "stands in the last part"),
        ("a:has(b:has(c))", "stands in the last part"),
        ("a:has(b:contains('x'))", "stands in the last part"),
        ("a[", "no selector"),
        ("", "no selector"),
        ("ns|a", "no selector"),
        ("a" * 301, "301 characters; 300 is the most"),
    ],
)
def test_what_is_not_taken_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        selector(text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" + "a" * 299,
        ":is(" * 60,
        "a:not(" * 50 + ")" * 50,
        "," * 300,
        "a " * 150,
        "a" + "[a]" * 99,
        "\\" * 300,
        "/*" * 150,
        "a:contains('" + "x" * 280 + "')",
        "*" + ":nth-child(" + "9" * 280 + ")",
        "'" * 300,
        "a" + " " * 298,
    ],
)
def test_a_selector_that_is_meant_to_do_harm_is_compiled_or_refused_at_once(text: str) -> None:
    try:
        compiled = selector(text)
    except ValueError as error:
        said = str(error)
    else:
        said = str(compiled.of(etree.HTML("<p>x")))
    assert "\n" not in said


@pytest.mark.parametrize("text", ["div.a .b", ".a .a .a .b", ".x .a .a .b", "div:first-child"])
def test_a_nested_page_does_not_make_a_selector_slow(text: str) -> None:
    page = "<div class=a>" * 90 + "<div class=a><i class=b>x</i></div>" * 5000
    root = etree.fromstring(page, etree.HTMLParser(huge_tree=True))
    # The usual translation takes minutes, as long as the square of what a selector's parts find.
    assert all(found.tag in ("div", "i") for found in selector(text).of(root))
