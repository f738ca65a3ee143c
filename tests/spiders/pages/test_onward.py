"""Which next pages may be followed, and which totals are promises."""

from datetime import date

import pytest

from spiders.pages import listing_address
from spiders.pages.known import shipped
from spiders.pages.onward import onward


@pytest.mark.parametrize(
    ("next_url", "own"),
    [
        ("http://h.example/2", "http://h.example/1"),
        ("https://h.example/2", "http://h.example/1"),
        ("https://www.h.example/2", "http://h.example/1"),
        ("http://s.h.example/2", "http://h.example/1"),
        ("http://h.example/2", "http://s.h.example/1"),
        ("http://h.example:8080/2", "http://h.example:8080/1"),
    ],
)
def test_a_page_of_the_same_site_is_followed(next_url: str, own: str) -> None:
    (address,) = onward(next_url, own)
    assert (address.kind, address.fingerprint) == ("listing", next_url)


@pytest.mark.parametrize(
    ("next_url", "own"),
    [
        (None, "http://h.example/1"),
        ("http://h.example/2", None),
        ("http://other.example/2", "http://h.example/1"),
        ("http://eh.example/2", "http://h.example/1"),
        ("http://example/2", "http://h.example/1"),
        ("http://h.example:8080/2", "http://h.example/1"),
        ("ftp://h.example/2", "http://h.example/1"),
        ("javascript:next()", "http://h.example/1"),
        ("http://h.example:99999999/2", "http://h.example/1"),
        ("http://[/2", "http://h.example/1"),
        ("?page=2", "http://h.example/1"),
        ("http://me@h.example/2", "http://h.example/1"),
    ],
)
def test_nothing_else_is(next_url: str | None, own: str | None) -> None:
    assert onward(next_url, own) == ()


def test_spellings_of_one_address_are_one_page() -> None:
    one, other = (
        listing_address("HTTP://H.example:80/l?b=2&a=1#x"),
        listing_address("http://h.example/l?a=1&b=2"),
    )
    assert one is not None
    assert other is not None
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("name", ["baidu", "bing", "google-scholar"])
def test_the_totals_of_engines_that_estimate_are_no_promise(name: str) -> None:
    layouts = shipped().named(name).layouts(date.today())
    assert {layout.total_counts for layout in layouts} == {"about"}
