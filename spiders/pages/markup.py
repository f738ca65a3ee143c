"""HTML to a stream, by what every page's markup must say: which elements end a line, which are
links, which are not shown. Nothing is known of what a site calls its elements.

lxml reads the page. An ordinary page is laid out by a stylesheet, which takes half the time; one
that is large, or nested deeper than a tree may be, event by event, which takes any page.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from lxml import etree

from spiders.pages.stream import Span, Stream
from spiders.pages.width import is_too_wide

_LINES = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 header hr html legend "
    "li main menu nav ol p pre section select summary table tbody td tfoot th thead tr ul"
)
_UNSEEN = (
    "applet audio canvas datalist iframe noframes noscript object option script style svg "
    "template textarea video"
)
LINE_TAGS = frozenset(_LINES.split())
"""Elements that begin and end a line."""
UNSEEN_TAGS = frozenset(_UNSEEN.split())
"""Elements of which nothing is shown."""
MARKING_TAGS = frozenset(
    "b strong i em u font mark sup sub small big s strike ins del tt code kbd var abbr acronym cite"
    " q dfn nobr bdi bdo highlight hl wbr br".split()
)
"""Elements that mark words up, and are part of the run they stand in."""
_LINE_END, _LINK, _LINK_TEXT, _LINK_END, _NOTE, _KEPT = (chr(0xFDD0 + i) for i in range(6))
"""Marks between pieces of text: code points that are no characters, and in no page but by mistake.
`_NOTE`, a letter, a value and `_NOTE` say what the page says of itself."""
_BASE, _CANONICAL, _TITLE = "BCT"
_NOTED = re.compile(f"{_NOTE}([{_BASE}{_CANONICAL}{_TITLE}])([^{_NOTE}]*){_NOTE}")
_HIDDEN = re.compile(r"display:none|visibility:(?:hidden|collapse)")
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|a\s[^<>]{0,2000}?href\s*=|meta\s)[^<>]{0,5000}>",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(r"<(?:p|div|br|tr|td|li|dl|dt|dd|ul|ol|h[1-6])(?:\s[^<>]{0,2000})?/?>", re.I)
_LOOKED_AT = 2_000_000
"""Markup shows within so many characters."""
_ORDINARY = 1_000_000
"""Of a page of more bytes no tree is built."""


def is_html(text: str) -> bool:
    """Whether a page is markup; a stray tag in an abstract does not make it so.

    >>> is_html("<DIV>1.<br>x</DIV>"), is_html("where p < 0.05 and <i>n</i> > 3")
    (True, False)
    """
    if _MARKUP.search(text, 0, _LOOKED_AT):
        return True
    first = _LINE_TAG.search(text, 0, _LOOKED_AT)
    return first is not None and _LINE_TAG.search(text, first.end(), _LOOKED_AT) is not None


def stream_of_html(markup: str) -> Stream:
    """Raises etree.LxmlError where lxml gives up."""
    page = markup.encode("utf-8")
    marked = _laid_out(page) if len(page) <= _ORDINARY else None
    if marked is not None and _KEPT not in marked:
        return _stream_of_marked(marked)
    builder = StreamBuilder()
    # The stubs ask for a target that takes comments and bytes too; lxml does not.
    target = cast("Any", builder)
    etree.fromstring(page, etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target))
    return builder.stream()


def stream_of_element(element: etree._Element) -> Stream:
    """The stream of one element of a tree that is not nested deep."""
    builder = StreamBuilder()
    _feed(element, builder)
    return builder.stream()


def _feed(element: etree._Element, builder: "StreamBuilder") -> None:
    tag = element.tag
    if isinstance(tag, str):
        builder.start(tag, {str(name): str(value) for name, value in element.attrib.items()})
        builder.data(element.text or "")
        for child in element:
            _feed(child, builder)
            builder.data(child.tail or "")
        builder.end(tag)


def _laid_out(page: bytes) -> str | None:
    """The page's text with marks, by the stylesheet; None where its tree has not all of it."""
    if is_too_wide(page):
        return None
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(page, parser)
    if root is None or parser.error_log.filter_from_fatals():
        return None
    if _HIDDEN_SOMEWHERE(root) or any(map(_hides, set(cast("list[str]", _STYLES(root))))):
        for element in cast("list[etree._Element]", _HIDING(root)):
            if is_hidden(element.attrib) and element.tag != "title":
                element.tag = _HIDDEN_LINE if element.tag in LINE_TAGS else "template"
    try:
        return str(_STYLESHEET(root.getroottree()))
    except etree.XSLTApplyError:
        return None


def _alternatives(names: str) -> str:
    return "|".join(names.split())


_STYLES = etree.XPath("//*/@style", smart_strings=False)
_HIDDEN_SOMEWHERE = etree.XPath("boolean(//*/@hidden)")
_HIDING = etree.XPath("//*[@hidden or @style]")
_HIDDEN_LINE = "hidden-line"
"""What a hidden element is renamed to before it is laid out, where it begins and ends a line."""
_CANONICAL_LINK = "contains(concat(' ', translate(@rel, 'ACILNO', 'acilno'), ' '), ' canonical ')"
_STYLESHEET = etree.XSLT(
    etree.XML(
        f"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="UTF-8"/>
<xsl:template match="{_alternatives(_UNSEEN)}"/>
<xsl:template match="{_HIDDEN_LINE}">{_LINE_END}</xsl:template>
<xsl:template match="{_alternatives(_LINES.replace(" pre ", " "))}"
>{_LINE_END}<xsl:apply-templates/>{_LINE_END}</xsl:template>
<xsl:template match="a[@href]"
>{_LINK}<xsl:value-of select="@href"/>{_LINK_TEXT}<xsl:apply-templates
/>{_LINK_END}</xsl:template>
<xsl:template match="pre">{_KEPT}</xsl:template>
<xsl:template match="title">{_NOTE}{_TITLE}<xsl:value-of select="."/>{_NOTE}</xsl:template>
<xsl:template match="base[@href]"
>{_NOTE}{_BASE}<xsl:value-of select="@href"/>{_NOTE}</xsl:template>
<xsl:template match="link[@href][{_CANONICAL_LINK}]"
>{_NOTE}{_CANONICAL}<xsl:value-of select="@href"/>{_NOTE}</xsl:template>
</xsl:stylesheet>"""
    )
)
_HIDING_TAGS = UNSEEN_TAGS | {"title"}


class StreamBuilder:
    """Takes a parser's events, start and end tags balanced, and lays the text out as the
    stylesheet does. Any nesting: nothing is kept but the text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.data = self._parts.append
        self._anchors: list[bool] = []
        self._unseen = 0
        self._unseen_from = 0
        self._kept_from: list[int] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._unseen:
            self._unseen += 1
        elif tag in _HIDING_TAGS or (attributes and is_hidden(attributes)):
            self._unseen, self._unseen_from = 1, len(self._parts)
        elif tag in LINE_TAGS:
            self._parts.append(_LINE_END)
            if tag == "pre":
                self._kept_from.append(len(self._parts))
        elif tag == "a":
            self._anchors.append("href" in attributes)
            if "href" in attributes:
                self._parts.append(f"{_LINK}{attributes['href']}{_LINK_TEXT}")
        elif tag == "base":
            self._note(_BASE, attributes.get("href", ""))
        elif tag == "link" and "canonical" in attributes.get("rel", "").lower().split():
            self._note(_CANONICAL, attributes.get("href", ""))

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            if not self._unseen:
                self._leave_unseen(tag)
        elif tag in LINE_TAGS:
            if tag == "pre" and self._kept_from:
                start = self._kept_from.pop()
                kept = [part.replace("\n", _LINE_END) for part in self._parts[start:]]
                self._parts[start:] = kept
            self._parts.append(_LINE_END)
        elif tag == "a" and self._anchors and self._anchors.pop():
            self._parts.append(_LINK_END)

    def close(self) -> None:
        """Called by lxml at the end of the page; `stream` tells what was read."""

    def stream(self) -> Stream:
        if self._unseen:
            self._leave_unseen("")
        return _stream_of_marked("".join(self._parts))

    def _note(self, kind: str, value: str) -> None:
        self._parts.append(f"{_NOTE}{kind}{value}{_NOTE}")

    def _leave_unseen(self, tag: str) -> None:
        """Drops the text of what is not shown; a line ends there all the same."""
        text = "".join(self._parts[self._unseen_from :]) if tag == "title" else ""
        del self._parts[self._unseen_from :]
        self._unseen = 0
        if tag == "title":
            self._note(_TITLE, text)
        elif tag in LINE_TAGS:
            self._parts.append(_LINE_END)


def is_hidden(attributes: Mapping[str, str] | etree._Attrib) -> bool:
    """Whether an element says of itself that it is not shown."""
    return "hidden" in attributes or ("style" in attributes and _hides(str(attributes["style"])))


def _hides(style: str) -> bool:
    return _HIDDEN.search("".join(style.lower().split())) is not None


def _stream_of_marked(marked: str) -> Stream:
    """The stream of a text with marks."""
    stream = Stream("", html=True)
    if noted := marked.rfind(_NOTE) + 1:  # mostly only the head says anything of the page
        head = marked[:noted]
        for kind, value in _NOTED.findall(head):
            _keep(stream, kind, " ".join(value.split()))
        marked = _NOTED.sub("", head) + marked[noted:]
    lines = _unwrapped(marked).split(_LINE_END)
    first, *rest = "\n".join([line for line in lines if line and not line.isspace()]).split(_LINK)
    first = first.replace(_LINK_END, "")
    parts, links = [first], []
    at = len(first)
    for piece in rest:
        # A link within a link ends it, and leaves its end to stand alone.
        href, _, shown = piece.partition(_LINK_TEXT)
        words, _, after = shown.partition(_LINK_END)
        end = at + len(words)
        links.append(Span(at, end, href))
        if _LINK_END in after:
            after = after.replace(_LINK_END, "")
        parts += (words, after)
        at = end + len(after)
    stream.text, stream.links = "".join(parts), tuple(links)
    return stream


def _keep(stream: Stream, kind: str, value: str) -> None:
    """What the page says of itself, the first time it does."""
    if kind == _BASE:
        stream.base = stream.base or value or None
    elif kind == _CANONICAL:
        stream.canonical = stream.canonical or value or None
    else:
        stream.title = stream.title or value or None


def _unwrapped(text: str) -> str:
    """Each run of white space with a line break in it as one space."""
    for space in "\t\r\f":
        if space in text:
            text = text.replace(space, "\n")
    if "\n" not in text:
        return text
    lines = [line.strip(" ") for line in text.split("\n")]
    return " ".join([line for line in lines if line])
