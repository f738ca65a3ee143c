"""An address has one spelling, by the short way as by the long one."""

from urllib.parse import urljoin, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from records import host_of, normal_address
from records.identity import _respelled
from spiders.pages.addresses import absolute

_PIECES = st.lists(
    st.sampled_from(
        [
            *"/?&=;:#@.%[]\\ \t~",
            "a",
            "b",
            "B",
            "//",
            "/..",
            "/./",
            "80",
            "443",
            "token",
            "é",
            "\n",
            "\x01",
        ]
    ),
    max_size=8,
).map("".join)
_PLAIN = st.builds(
    "{}://a.example{}/{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.sampled_from(["", "b?", "?b&a", "?&", "?a=token", "B;c?d=/?&b"]),
)
_STRANGE = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "http:/", "//", " http://", ""]),
    st.sampled_from(["a.example", "A.example", "me:pw@a.example", "[::1]", "1.2.3.4", "", "-"]),
    st.sampled_from(["", ":80", ":080", ":99999", ":0", ":"]),
    st.builds("/{}".format, _PIECES) | _PIECES,
)
_ADDRESSES = _PLAIN | _STRANGE


@settings(max_examples=300)
@given(_ADDRESSES)
def test_the_short_way_spells_an_address_as_the_long_one_does(url: str) -> None:
    assert normal_address(url) == _respelled(url)


@settings(max_examples=300)
@given(_ADDRESSES)
def test_a_host_is_that_of_the_normal_address(url: str) -> None:
    try:
        expected = urlsplit(normal_address(url)).netloc
    except ValueError:
        return
    assert host_of(url) == expected


@settings(max_examples=300)
@given(
    st.sampled_from(["http://a.example/b/c?d", "https://a.example:81", "http://a.example/b/;p"]),
    st.builds("/{}{}".format, st.sampled_from(["a", "", "a/b", "a?b", ".a", "a."]), _PIECES),
)
def test_an_address_from_the_root_on_is_resolved_as_any(base: str, href: str) -> None:
    dropped = href.translate(dict.fromkeys(map(ord, "\t\n\r"))).strip()
    if dropped and all(each.isprintable() for each in dropped):
        try:
            expected = urljoin(base, dropped)
        except ValueError:
            return
        assert absolute(href, base) == expected
