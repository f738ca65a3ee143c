"""Credentials: used for what they were configured for, and kept out of everything that lasts."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from crawler.capture import Fetched
from crawler.origin import origin_of
from records import Footer, Link, Record, ResultPage
from records.secrets import may_hold_secrets, secrets_of, without_secrets

_DROPPED = frozenset(
    {
        *(b"set-cookie", b"set-cookie2", b"authorization", b"proxy-authorization"),
        *(b"authentication-info", b"proxy-authentication-info", b"x-csrf-token", b"x-auth-token"),
    }
)
"""Headers of a response that are credentials as a whole."""
_WITH_ADDRESSES = frozenset({b"location", b"content-location", b"refresh", b"link"})
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(slots=True)
class Credentials:
    """What start addresses carry, by the origin that it is for; never written anywhere."""

    _users: dict[tuple[str, str, int], str] = field(default_factory=dict)
    _parameters: dict[tuple[str, str, int], tuple[str, ...]] = field(default_factory=dict)

    def learn(self, url: str) -> None:
        """Remember what an address of the user's carries. Of several of one origin the first."""
        user, parameters = secrets_of(url)
        origin = origin_of(url)
        if user is not None:
            self._users.setdefault(origin, user)
        if parameters:
            self._parameters.setdefault(origin, parameters)

    def added_to(self, url: str) -> tuple[str, dict[str, str]]:
        """An address as it is fetched, and the headers that go with it."""
        origin = origin_of(url)
        user, parameters = self._users.get(origin), self._parameters.get(origin, ())
        headers = {}
        if user is not None:
            plain = unquote(user).encode("utf-8")
            headers["Authorization"] = f"Basic {b64encode(plain).decode('ascii')}"
        if parameters:
            url, mark, fragment = url.partition("#")
            url += "&" if urlsplit(url).query else "" if url.endswith("?") else "?"
            url += "&".join(parameters) + mark + fragment
        return url, headers


def public(fetched: Fetched) -> Fetched:
    """A response as it may be stored: its addresses and headers without credentials. The body is
    as received."""
    headers = tuple(
        (name, _public_value(value) if name.lower() in _WITH_ADDRESSES else value)
        for name, value in fetched.headers
        if name.lower() not in _DROPPED
    )
    return replace(
        fetched,
        requested=without_secrets(fetched.requested),
        url=without_secrets(fetched.url),
        headers=headers,
    )


def _public_value(value: bytes) -> bytes:
    """The value of a header that holds an address, maybe in brackets or behind ``url=``."""
    text = value.decode("latin-1")
    found = _ADDRESS.search(text)
    start = found.start() if found else 0
    return (text[:start] + without_secrets(text[start:])).encode("latin-1")


def public_page(page: ResultPage) -> ResultPage:
    """A page as it may be stored: every address it says without credentials."""
    if not may_hold_secrets("\n".join(filter(None, _addresses(page)))):
        return page
    return replace(
        page,
        url=_public(page.url),
        next_url=_public(page.next_url),
        records=tuple(map(_public_record, page.records)),
        navigation=_public_links(page.navigation),
        footer=page.footer and _public_footer(page.footer),
        found=tuple(replace(each, url=without_secrets(each.url)) for each in page.found),
    )


def _addresses(page: ResultPage) -> list[str | None]:
    links = (*page.navigation, *(page.footer.links if page.footer else ()))
    return [
        *(page.url, page.next_url),
        *[each.url for each in page.records],
        *[each.similar_url for each in page.records],
        *[each.url for each in links],
        *[each.url for each in page.found],
    ]


def _public(url: str | None) -> str | None:
    return None if url is None else without_secrets(url)


def _public_record(record: Record) -> Record:
    return replace(record, url=_public(record.url), similar_url=_public(record.similar_url))


def _public_links(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(replace(each, url=_public(each.url)) for each in links)


def _public_footer(footer: Footer) -> Footer:
    return replace(footer, links=_public_links(footer.links))
