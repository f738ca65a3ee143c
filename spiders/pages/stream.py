"""A page as its text, line by line, with what its links span: the one form that is read.

Flattened text is such a stream already; of HTML only what every page must have is used: which
elements end a line, which are links, and which are not shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_WRAPPED = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
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
    etree.fromstring(markup.encode("utf-8"), parser)
    return builder.stream()


class StreamBuilder:
    """Takes a parser's events, start and end tags balanced, and lays the text out in lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._at = 0
        self._links: list[Span] = []
        self._edges: list[int] = []
        self._open: tuple[int, str] | None = None
        self._anchors: list[bool] = []
        self._unseen = 0
        self._title: list[str] | None = None
        self._in_title = False
        self._kept_lines = 0
        self._base: str | None = None
        self._canonical: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "link" or tag == "base":
            self._address(tag, attributes)
        if self._unseen:
            self._unseen += 1
            return
        if attributes and (
            "hidden" in attributes
            or ("style" in attributes and _UNSHOWN.search(attributes["style"]))
        ):
            self._unseen = 1
        if tag in _LINES:
            self._parts.append("\n")
            self._at += 1
            if tag == "pre":
                self._kept_lines += 1
        elif tag == "a":
            self._start_link(attributes.get("href"))
        elif tag in _UNSEEN:
            self._unseen = 1
            if tag == "title" and self._title is None:
                self._title, self._in_title = [], True
        else:
            self._edges.append(self._at)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            self._in_title = False
            return
        if tag in _LINES:
            self._parts.append("\n")
            self._at += 1
            if tag == "pre":
                self._kept_lines -= 1
        else:
            self._edges.append(self._at)
            if tag == "a" and self._anchors and self._anchors.pop():
                self._close_link()

    def data(self, text: str) -> None:
        if self._unseen:
            if self._in_title and self._title is not None:
                self._title.append(text)
            return
        if not self._kept_lines:
            text = _WRAPPED.sub(_unwrapped, text)
        self._parts.append(text)
        self._at += len(text)

    def close(self) -> None:
        """Called by lxml at the end of the page; `stream` tells what was read."""

    def stream(self) -> Stream:
        self._close_link()
        return Stream(
            "".join(self._parts),
            tuple(self._links),
            tuple(self._edges),
            html=True,
            base=self._base,
            canonical=self._canonical,
            title=" ".join("".join(self._title or ()).split()) or None,
        )

    def _address(self, tag: str, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href", "").strip()
        if tag == "base":
            self._base = self._base or href or None
        elif "canonical" in attributes.get("rel", "").lower().split():
            self._canonical = self._canonical or href or None

    def _start_link(self, href: str | None) -> None:
        """A link within a link ends it; an anchor that goes nowhere does not."""
        self._edges.append(self._at)
        if self._unseen:
            return
        self._anchors.append(href is not None)
        if href is not None:
            self._close_link()
            self._open = (self._at, href)

    def _close_link(self) -> None:
        if self._open is not None:
            start, href = self._open
            self._links.append(Span(start, self._at, href))
            self._open = None


def _unwrapped(run: re.Match[str]) -> str:
    return " " if run[0].strip(" ") else run[0]


def lines_of(text: str, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Start and end of each line that holds more than white space.

    >>> list(lines_of("a\\n \\n b"))
    [(0, 1), (4, 6)]
    """
    end = len(text) if end is None else end
    while begin < end:
        stop = text.find("\n", begin, end)
        stop = end if stop < 0 else stop
        if trimmed(text[begin:stop]):
            yield begin, stop
        begin = stop + 1
