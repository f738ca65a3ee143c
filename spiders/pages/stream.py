"""A page as its text, line by line, with what its links span: the one form that is read.

Flattened text is such a stream already; of HTML only what every page must have is used: which
elements end a line, which are links, and which are not shown.
"""

import re
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
_LINE_END, _EDGE, _NOTHING = "\0", "\x01", ""
_LINK, _LINK_TEXT, _LINK_END = "\x02A", "\x02T", "\x02Z"
"""Marks between pieces of text, which have no control characters but by mistake."""
_LINK_MARK = re.compile(f"{_LINK}[^\x02]*{_LINK_TEXT}|{_LINK_END}")
_MARKS = dict.fromkeys(_LINES, _LINE_END) | dict.fromkeys(_UNSEEN, _NOTHING)
"""Of the elements that are no part of a line."""
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
    marked: str = ""
    """The text with marks where elements begin and end."""
    html: bool = False
    base: str | None = None
    canonical: str | None = None
    title: str | None = None
    _edges: frozenset[int] | None = None

    def is_edge(self, at: int) -> bool:
        """Whether within a line an element begins or ends at a place of the text."""
        if self._edges is None:
            pieces = _LINK_MARK.sub("", self.marked).split(_EDGE)
            self._edges = frozenset(accumulate(map(len, pieces)))
        return at in self._edges


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
    # Each entity is an event of its own, and layout is made of this one.
    etree.fromstring(markup.replace("&nbsp;", "\xa0").encode("utf-8"), parser)
    return builder.stream()


class StreamBuilder:
    """Takes a parser's events, start and end tags balanced, and lays the text out in lines.

    Text goes straight into a list, with marks between for lines, links and elements: a page has
    a thousand events, and this is half of what reading it costs.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.data = self._parts.append
        self._linked = False
        self._anchors: list[bool] = []
        self._unseen = 0
        self._unseen_from = 0
        self._kept_from: list[int] = []
        self._title: str | None = None
        self._base: str | None = None
        self._canonical: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._unseen:
            self._unseen += 1
            return
        mark = _MARKS.get(tag, _EDGE)
        hides = attributes and ("style" in attributes or "hidden" in attributes)
        if mark is _NOTHING or (hides and _is_hidden(attributes)):
            self._unseen, self._unseen_from = 1, len(self._parts)
            return
        self._parts.append(mark)
        if tag == "a":
            self._start_link(attributes.get("href"))
        elif tag == "pre":
            self._kept_from.append(len(self._parts))
        elif tag == "base" or tag == "link":
            self._address(tag, attributes)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            if not self._unseen:
                self._leave_unseen(tag)
            return
        self._parts.append(_MARKS.get(tag, _EDGE))
        if tag == "a":
            if self._anchors and self._anchors.pop():
                self._close_link()
        elif tag == "pre" and self._kept_from:
            self._keep_lines(self._kept_from.pop())

    def close(self) -> None:
        """Called by lxml at the end of the page; `stream` tells what was read."""

    def stream(self) -> Stream:
        if self._unseen:
            self._leave_unseen("")
        self._close_link()
        marked = "".join(self._parts)
        marked = _unwrapped(marked).replace(_LINE_END, "\n")
        text, links = _unmarked(marked)
        return Stream(text, links, marked, True, self._base, self._canonical, self._title)

    def _leave_unseen(self, tag: str) -> None:
        """Drops the text of what is not shown; a line ends there all the same."""
        if tag == "title" and self._title is None:
            self._title = " ".join("".join(self._parts[self._unseen_from :]).split()) or None
        del self._parts[self._unseen_from :]
        self._unseen = 0
        if _MARKS.get(tag) is _LINE_END:
            self._parts.append(_LINE_END)

    def _keep_lines(self, start: int) -> None:
        self._parts[start:] = [part.replace("\n", _LINE_END) for part in self._parts[start:]]

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
            self._parts.append(f"{_LINK}{href}{_LINK_TEXT}")
            self._linked = True

    def _close_link(self) -> None:
        if self._linked:
            self._parts.append(_LINK_END)
            self._linked = False


def _unwrapped(text: str) -> str:
    """Each run of white space with a line break in it as one space."""
    for space in "\t\r\f":
        if space in text:
            text = text.replace(space, "\n")
    if "\n" not in text:
        return text
    lines = [line.strip(" ") for line in text.split("\n")]
    return " ".join([line for line in lines if line])


def _unmarked(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its marks, and its links."""
    first, *rest = marked.replace(_EDGE, "").split(_LINK[0])
    parts, links = [first], []
    at, start, href = len(first), 0, ""
    for piece in rest:
        kind, words = piece[:1], piece[1:]
        if kind == "A":
            href, start = words, at
            continue
        if kind == "Z":
            links.append(Span(start, at, href))
        parts.append(words)
        at += len(words)
    return "".join(parts), tuple(links)


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
