"""Broken markup, read by BeautifulSoup where lxml loses part of the page.

A comment, script or title that is never closed swallows all that follows it, in a browser as in
lxml. What a page of a known site says behind it is read all the same: the opening is taken out,
and BeautifulSoup, which builds what it finds without rules about what may stand where, reads on.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag
from bs4.exceptions import ParserRejectedMarkup

from spiders.pages.markup import StreamBuilder
from spiders.pages.stream import Stream

_SWALLOWING = "script style title textarea noscript iframe xmp select".split()
_OPENING = re.compile(rf"<({'|'.join(_SWALLOWING)})\b[^<>]*>?", re.IGNORECASE)
_CLOSING = {tag: re.compile(rf"</{tag}", re.IGNORECASE) for tag in _SWALLOWING}
_OPTION = re.compile(r"<option\b[^<>]*>[^<]*", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^<>]*>")
_MOST_TAGS = 100_000
"""More tags than any result page has; BeautifulSoup takes some seconds for so many."""
_MOST_BRACKETS = 1_000_000
"""More than a page has with all its scripts."""


def mended(markup: str) -> str | None:
    """The markup without what opens, is never closed, and hides the rest; None: nothing such."""
    if markup.count("<") > _MOST_BRACKETS:
        return None
    found = markup
    at = found.rfind("<!--")
    if at >= 0 and found.find("-->", at) < 0:
        found = found[:at] + found[at + len("<!--") :]
    for tag, opening in _last_openings(found).items():
        if not _CLOSING[tag].search(found, opening.end()):
            # Positions before it are as they were: the openings are taken out from the last on.
            found = found[: opening.start()] + _OPTION.sub("", found[opening.end() :])
    return found if found != markup else None


def _last_openings(markup: str) -> dict[str, re.Match[str]]:
    """The last opening of each tag that may swallow the rest, the last of all first."""
    last = {match[1].lower(): match for match in _OPENING.finditer(markup)}
    return dict(sorted(last.items(), key=lambda each: each[1].start(), reverse=True))


def stream_of_soup(markup: str) -> Stream | None:
    """The stream of a page as BeautifulSoup reads it; None of what is too large or odd for it."""
    if markup.count("<") > _MOST_TAGS:
        return None
    try:
        soup = BeautifulSoup(_DECLARATION.sub("", markup, count=1), "html.parser")
    except (ParserRejectedMarkup, AssertionError):
        return None
    builder = StreamBuilder()
    _feed(soup, builder)
    return builder.stream()


def _feed(soup: BeautifulSoup, builder: StreamBuilder) -> None:
    """Walks the whole tree; without recursion, because markup nests as deep as it likes."""
    open_tags: list[tuple[str, Iterator[PageElement]]] = [("", iter(soup.contents))]
    while open_tags:
        name, rest = open_tags[-1]
        node = next(rest, None)
        if node is None:
            open_tags.pop()
            if open_tags:
                builder.end(name)
        elif isinstance(node, Tag):
            attributes = {
                key: value if isinstance(value, str) else " ".join(value)
                for key, value in node.attrs.items()
            }
            builder.start(node.name, attributes)
            open_tags.append((node.name, iter(node.contents)))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            builder.data(str(node))
