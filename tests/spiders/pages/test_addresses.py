import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import UsageError
from spiders.pages import address_from_id, address_of
from spiders.pages.addresses import absolute, is_absolute

AID = "00112233445566778899aabbccddeeff"
TEMPLATE = f"http://lake.example.org/a/relate_search.aspx?pcid=5B&aid={AID}&language=1"

SAME = [
    f"http://lake.example.org/relate_search.aspx?aid={AID}&pcid=5B",
    f"https://other.example.com:8080/deep/er/relate_search.aspx?pcid=5B&aid={AID}",
    f"HTTP://LAKE.example.org/Relate_Search.ASPX?PCID=5B&AID={AID.upper()}",
    f"relate_search.aspx?aid={AID}",
    f"/relate_search.aspx?x&&aid={AID}&etl=0#top",
    f"relate_search.aspx?pcid=5B&amp;aid={AID}",
    f"relate_search.aspx?a%69d={AID}",
    f" relate_search.aspx?aid={AID} ",
]
NONE = [
    "http://lake.example.org/",
    "http://lake.example.org/relate_search.aspx",
    "http://lake.example.org/relate_search.aspx?pcid=5B",
    "http://lake.example.org/relate_search.aspx?aid=",
    "http://lake.example.org/relate_search.aspx?aid=not-hex",
    f"http://lake.example.org/relate_search.aspx.bak?aid={AID}",
    f"http://lake.example.org/xrelate_search.aspx?aid={AID}",
    f"http://lake.example.org/go?to=/relate_search.aspx?aid={AID}",
    f"http://lake.example.org/search.aspx?aid={AID}",
    f"javascript:open('/relate_search.aspx?aid={AID}')",
    f"mailto:a@example.org?subject=/relate_search.aspx?aid={AID}",
    f"relate_search.aspx?said={AID}",
    f"relate_search.aspx#?aid={AID}",
    "http://[::1/relate_search.aspx",
    "",
]


@pytest.mark.parametrize("url", SAME)
def test_a_list_is_the_same_address_in_every_spelling(url: str) -> None:
    address = address_of(url)
    assert address is not None
    assert (address.fingerprint, address.kind) == (f"similar:{AID}", "similar")


def test_an_article_is_an_address_of_another_kind() -> None:
    address = address_of(f"http://lake.example.org/view_abstract.aspx?pcid=1&cid=2&aid={AID}&yid=3")
    assert address is not None
    assert (address.fingerprint, address.kind) == (f"article:{AID}", "article")


@pytest.mark.parametrize("url", NONE)
def test_any_other_address_is_none_of_the_sites(url: str) -> None:
    assert address_of(url) is None


@given(st.text(max_size=60))
def test_any_text_may_be_asked_for_its_address(url: str) -> None:
    assert address_of(url) is None
    absolute(url, TEMPLATE)
    is_absolute(url)


def test_an_id_becomes_the_address_of_its_kin_on_the_same_site() -> None:
    made = address_from_id("AB12", TEMPLATE)
    assert made.fingerprint == "similar:ab12"
    assert made.url == "http://lake.example.org/a/relate_search.aspx?aid=AB12&pcid=5B&language=1"


def test_an_articles_address_lends_its_site_and_subject_and_no_more() -> None:
    article = "https://lake.example.org/view_abstract.aspx?pcid=5B&cid=7&jid=8&aid=1&yid=9"
    made = address_from_id("AB12", article)
    assert made.url == "https://lake.example.org/relate_search.aspx?aid=AB12&pcid=5B&cid=7"


@given(st.text(alphabet="0123456789abcdefABCDEF", min_size=1, max_size=64))
def test_the_address_made_from_an_id_is_known_by_that_id(native_id: str) -> None:
    made = address_from_id(native_id, TEMPLATE)
    again = address_of(made.url)
    assert again is not None
    assert again.fingerprint == made.fingerprint == f"similar:{native_id.lower()}"


@pytest.mark.parametrize("native_id", ["", "xyz", "12 34", "a" * 65, "../x"])
def test_an_id_that_cannot_be_one_is_refused(native_id: str) -> None:
    with pytest.raises(UsageError, match="no article id"):
        address_from_id(native_id, TEMPLATE)


@pytest.mark.parametrize("template", ["", "http://example.org/", f"relate_search.aspx?aid={AID}"])
def test_a_template_that_shows_no_site_is_refused(template: str) -> None:
    with pytest.raises(UsageError, match="full address"):
        address_from_id("ab12", template)


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("x.aspx?a=1", "http://h.example/d/x.aspx?a=1"),
        ("/x", "http://h.example/x"),
        ("../x", "http://h.example/x"),
        ("./x", "http://h.example/d/x"),
        ("?a=1", "http://h.example/d/p.aspx?a=1"),
        ("#top", None),
        ("//o.example/x", "http://o.example/x"),
        ("https://o.example/x?u=http://z.example/", "https://o.example/x?u=http://z.example/"),
        (" x y ", "http://h.example/d/x y"),
        ("x\n.aspx", "http://h.example/d/x.aspx"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("javascript:void(0)", None),
        ("JavaScript :x", None),
        ("data:text/html,x", None),
        ("", None),
        ("http://[::1", None),
    ],
)
def test_a_link_is_seen_from_its_page(href: str, wanted: str | None) -> None:
    assert absolute(href, "http://h.example/d/p.aspx?q=1") == wanted


def test_without_a_page_a_link_stays_as_it_is() -> None:
    assert absolute("../x", None) == "../x"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://h.example/x", True),
        ("https://h.example", True),
        ("http://[::1]/x", True),
        ("http:///x", False),
        ("ftp://h.example/x", False),
        ("//h.example/x", False),
        ("x.aspx", False),
        ("http://[::1/x", False),
        (None, False),
    ],
)
def test_only_http_with_a_host_can_be_fetched(url: str | None, whole: bool) -> None:
    assert is_absolute(url) is whole
