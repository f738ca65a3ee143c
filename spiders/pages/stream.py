"""A page as its text, line by line, with what its links span: the one form that is read.

Flattened text is such a stream already; of HTML only what every page must have is used: which
elements end a line, which are links, and which are not shown.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, cast

from lxml import etree

from spiders.pages.spacing import trimmed

_LINES = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hr html legend "
    "li main menu nav ol p pre section select summary table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset(
    "applet audio canvas datalist iframe noframes noscript object option script style svg "
    "template textarea title video".split()
)
_UNSHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0(?:\.0*)?\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_BREAK = "\0"
"""A line's end, while a page is taken apart: no text of a page holds a NUL."""
_WRAPPED = re.compile(r" {0,40}[\t\n\r\f][ \t\n\r\f]*")
_LINE = re.compile(r"[^\n]+")
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|a\s[^<>]{0,2000}?href\s*=|meta\s)[^<>]{0,5000}>",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(r"<(?:p|div|br|tr|td|li|dl|dt|dd|ul|ol|h[1-6])(?:\s[^<>]{0,2000})?/?>", re.I)


class Span(NamedTuple):
    """A link: what of the text it covers, and where it goes."""

    start: int
    end: int
    href: str


@dataclass(slots=True)
class Stream:
    """A page's text and its links, in page order."""

    text: str
    """Lines are separated by a line feed; of white space in HTML, a run with a line break is one
    space, and other runs are kept, because two spaces separate names."""
    links: tuple[Span, ...] = ()
    edges: tuple[int, ...] = ()
    """Where elements within a line begin or end."""
    html: bool = False
    base: str | None = None
    canonical: str | None = None
    title: str | None = None


def is_html(text: str) -> bool:
    """Whether a page is markup; a stray tag in an abstract does not make it so.

    >>> is_html("<DIV>1.<br>x</DIV>"), is_html("where p < 0.05 and <i>n</i> > 3")
    (True, False)
    """
    if _MARKUP.search(text):
        return True
    first = _LINE_TAG.search(text)
    return first is not None and _LINE_TAG.search(text, first.end()) is not None


def stream_of_text(text: str) -> Stream:
    return Stream(text.replace("\r\n", "\n").replace("\r", "\n"))


def stream_of_html(markup: str) -> Stream:
    """Raises etree.LxmlError where lxml gives up. Takes any nesting: no tree is built."""
    builder = StreamBuilder()
    # The stubs ask for a target that takes comments and bytes too; lxml does not.
    target = cast("Any", builder)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target)
    if "\r" in markup:
        markup = markup.replace("\r\n", "\n").replace("\r", "\n")
    etree.fromstring(markup.encode("utf-8"), parser)
    return builder.stream()


class StreamBuilder:
    """Takes a parser's events, start and end tags balanced, and lays the text out in lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.data = self._parts.append
        self._links: list[tuple[int, int, str]] = []
        self._edges: list[int] = []
        self._open: tuple[int, str] | None = None
        self._anchors: list[bool] = []
        self._unseen = 0
        self._unseen_from = 0
        self._title: str | None = None
        self._kept: list[tuple[int, int]] = []
        self._base: str | None = None
        self._canonical: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._unseen:
            self._unseen += 1
        elif tag in _UNSEEN or (attributes and _is_hidden(attributes)):
            self._unseen, self._unseen_from = 1, len(self._parts)
        elif tag in _LINES:
            self._parts.append(_BREAK)
            if tag == "pre":
                self._kept.append((len(self._parts), sys.maxsize))
        else:
            self._edges.append(len(self._parts))
            if tag == "a":
                self._start_link(attributes.get("href"))
            elif tag == "base" or tag == "link":
                self._address(tag, attributes)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            if not self._unseen:
                self._leave_unseen(tag)
        elif tag in _LINES:
            self._parts.append(_BREAK)
            if tag == "pre" and self._kept:
                self._kept[-1] = (self._kept[-1][0], len(self._parts))
        else:
            self._edges.append(len(self._parts))
            if tag == "a" and self._anchors and self._anchors.pop():
                self._close_link()

    def close(self) -> None:
        """Called by lxml at the end of the page; `stream` tells what was read."""

    def stream(self) -> Stream:
        if self._unseen:
            self._leave_unseen("")
        self._close_link()
        parts = [
            part if "\n" not in part and "\t" not in part else _WRAPPED.sub(" ", part)
            for part in self._parts
        ]
        for start, end in self._kept:
            parts[start:end] = self._parts[start:end]
        at = [0, *accumulate(map(len, parts))]
        return Stream(
            "".join(parts).replace(_BREAK, "\n"),
            tuple([Span(at[start], at[end], href) for start, end, href in self._links]),
            tuple([at[edge] for edge in self._edges]),
            html=True,
            base=self._base,
            canonical=self._canonical,
            title=self._title,
        )

    def _leave_unseen(self, tag: str) -> None:
        """Drops the text of what is not shown. What opened a line has closed one too."""
        if tag == "title" and self._title is None:
            self._title = " ".join("".join(self._parts[self._unseen_from :]).split()) or None
        del self._parts[self._unseen_from :]
        self._unseen = 0
        if tag in _LINES:
            self._parts.append(_BREAK)

    def _address(self, tag: str, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href", "").strip()
        if tag == "base":
            self._base = self._base or href or None
        elif "canonical" in attributes.get("rel", "").lower().split():
            self._canonical = self._canonical or href or None

    def _start_link(self, href: str | None) -> None:
        """A link within a link ends it; an anchor that goes nowhere does not."""
        self._anchors.append(href is not None)
        if href is not None:
            self._close_link()
            self._open = (len(self._parts), href)

    def _close_link(self) -> None:
        if self._open is not None:
            start, href = self._open
            self._links.append((start, len(self._parts), href))
            self._open = None


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or (
        "style" in attributes and _UNSHOWN.search(attributes["style"]) is not None
    )


def lines_of(text: str, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Start and end of each line that holds more than white space.

    >>> list(lines_of("a\\n \\n b"))
    [(0, 1), (4, 6)]
    """
    for line in _LINE.finditer(text, begin, len(text) if end is None else end):
        if trimmed(line[0]):
            yield line.span()
