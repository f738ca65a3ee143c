"""The next page: by relation, by words, by the number after the page's own."""

import pytest

from spiders.pages import read

LIST = "".join(
    f'<div class="hit"><a href="/w/{n}">A work on lakes and rivers, number {n}</a>'
    "<p>What it says of them, in a sentence that is not short at all.</p></div>"
    for n in range(6)
)


def next_url(pager: str) -> str | None:
    html = f"<html><body><div>{LIST}</div><div>{pager}</div></body></html>"
    return read(html, url="https://a.example/find?p=2", profile="auto").next_url


@pytest.mark.parametrize(
    "link",
    [
        '<a href="?p=3">Next</a>',
        '<a href="?p=3">next page &raquo;</a>',
        '<a href="?p=3">下一页</a>',
        '<a href="?p=3">下页 &gt;</a>',
        '<a href="?p=3">次へ</a>',
        '<a href="?p=3">Suivant</a>',
        '<a href="?p=3">Weiter</a>',
        '<a href="?p=3" rel="next">more</a>',
        '<a href="?p=3" title="Next"><i></i></a>',
        '<a href="?p=3" aria-label="Next page">&rsaquo;</a>',
        '<a href="?p=3"><img src="/n.png" alt="Next"></a>',
        '<a href="?p=1">&lt;</a> <a href="?p=3">&gt;</a>',
    ],
)
def test_a_link_says_that_it_leads_on(link: str) -> None:
    assert next_url(f'<a href="?p=1">1</a> {link}') == "https://a.example/find?p=3"


def test_the_number_after_the_one_that_is_no_link_leads_on() -> None:
    pager = '<a href="?p=1">1</a> <b>2</b> <a href="?p=3">3</a> <a href="?p=4">4</a>'
    assert next_url(pager) == "https://a.example/find?p=3"


@pytest.mark.parametrize(
    "pager",
    [
        '<a href="?p=1">1</a> <b>2</b>',
        '<a href="#">Next</a>',
        '<a href="javascript:more()">Next</a>',
        '<a href="/news">Next of kin: a novel</a>',
        "Next",
        "",
    ],
)
def test_where_nothing_leads_on_there_is_no_next_page(pager: str) -> None:
    assert next_url(pager) is None
