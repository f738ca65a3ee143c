"""A client for the sample portal's tests: asks for pages, sees them as a browser shows them."""

import http.client
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from crawler.sample import Portal

_VOID = {"br", "img", "input", "meta", "link", "hr"}
_UNSEEN = {"script", "style", "title"}


class _Seen(HTMLParser):
    """The words of a page that a browser shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.links.append(named["href"])
        hidden = tag in _UNSEEN or "hidden" in named or "display:none" in (named.get("style") or "")
        if self._hidden or hidden:
            if tag not in _VOID:
                self._hidden.append(tag)
        elif tag in {"td", "div", "p", "li", "dd", "dt", "br", "tr"}:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def collapsed(text: str) -> str:
    """Without any white space: what mark-up may add and take away."""
    return re.sub(r"\s+", "", text)


def seen(html: str) -> tuple[str, list[str]]:
    """What a page shows, white space removed, and where its links lead."""
    reader = _Seen()
    reader.feed(html)
    reader.close()
    return collapsed("".join(reader.words)), reader.links


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def charset(self) -> str | None:
        return self.headers.get_content_charset()


def ask(portal: Portal, address: str, timeout: float = 20) -> Answer:
    """One request, no redirect followed. Raises what `http.client` raises."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=timeout)
    try:
        connection.request("GET", address.removeprefix(portal.url))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def kin_address(portal: Portal, aid: str) -> str:
    return f"{portal.url}/relate_search.aspx?aid={aid}&pcid=1"
