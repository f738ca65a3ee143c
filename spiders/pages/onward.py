"""Where a result page goes on: the address of the next page, as far as it may be followed."""

from urllib.parse import urlsplit

from records import Address, normal_address
from spiders.pages.addresses import is_absolute

_LONGEST = 8192
"""Bytes of an address that servers take."""


def listing_address(url: str) -> Address | None:
    """A page of a listing, with its identity: its normalised address. None: no web address.

    >>> listing_address("HTTP://Example.org/list?b=2&a=1#top").fingerprint
    'http://example.org/list?a=1&b=2'
    """
    url = url.strip()
    if not is_absolute(url):
        return None
    fingerprint = normal_address(url)
    return Address(url=url.partition("#")[0], fingerprint=fingerprint, kind="listing")


def onward(next_url: str | None, own: str | None) -> tuple[Address, ...]:
    """What a page at ``own`` leads to next, for `ResultPage.found`: nothing where that is no web
    address, is on another site, or names a user."""
    if next_url is None or own is None or len(next_url.encode("utf-8", "replace")) > _LONGEST:
        return ()
    address = listing_address(next_url)
    if (
        address is None
        or "@" in urlsplit(address.url).netloc
        or not _is_same_site(address.url, own)
    ):
        return ()
    return (address,)


def _is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host, with or without its ``www.``, or on hosts of which
    one has the other's name with something before it.

    >>> _is_same_site("https://www.example.org/2", "http://search.example.org/1")
    True
    >>> _is_same_site("https://find.example.org/2", "http://search.example.org/1")
    False
    """
    names = []
    for url in (one, other):
        try:
            parts = urlsplit(url)
            names.append(((parts.hostname or "").removeprefix("www."), _port(parts.port)))
        except ValueError:
            return False
    (a, a_port), (b, b_port) = names
    if a_port != b_port or not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    return a == b or ("." in shorter and longer.endswith(f".{shorter}"))


def _port(port: int | None) -> int | None:
    """None for the port that goes without saying, which differs between http and https."""
    return None if port in (80, 443) else port
