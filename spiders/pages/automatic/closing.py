"""What stands around the records: the footer, and the links of the page's head."""

import re
from collections.abc import Iterator

from records import Footer, Link
from spiders.pages.addresses import absolute
from spiders.pages.automatic.tree import Tree
from spiders.pages.foot import LICENCE, footer_of
from spiders.pages.spacing import one_line
from spiders.pages.stream import Span, Stream

_OWNED = re.compile(r"©|\(c\)\s|copyright|all rights reserved|版权所有|版權所有", re.IGNORECASE)
_HEADS = frozenset(("nav", "header"))
_MOST = 100
"""Links that a page's head has at most."""
_LARGEST = 20_000
"""Bytes of text that a footer has at most."""


def foot_of(tree: Tree, after: int, base: str | None) -> Footer | None:
    """The footer: what is marked as such behind the records, else what names the owner there."""
    node = _foot_node(tree, after)
    return footer_of(_stream(tree, node), 0, base) if node is not None else None


def _foot_node(tree: Tree, after: int) -> int | None:
    for node in range(after, len(tree.tag)):
        if tree.tag[node] == "footer" and tree.weights[tree.end[node]] > tree.weights[node]:
            return node
    for node in range(after, len(tree.tag)):
        text = tree.text[node]
        if text and (_OWNED.search(text) or LICENCE.search(text)):
            return _whole(tree, node, after)
    return None


def _whole(tree: Tree, node: int, after: int) -> int:
    """The largest part of the page that stands behind the records and is the footer's."""
    while True:
        parent = tree.parent[node]
        if parent < after or tree.weight(parent) > _LARGEST:
            return node
        node = parent


def _stream(tree: Tree, node: int) -> Stream:
    """The text of a node, an element a line, as the footer's reader takes it."""
    parts: list[str] = []
    links: list[Span] = []
    at = 0
    for leaf in range(node, tree.end[node]):
        text = tree.text[leaf]
        if not text:
            continue
        link = tree.element[tree.link[leaf]] if tree.link[leaf] >= 0 else None
        if link is not None:
            links.append(Span(at, at + len(text), link.get("href", "")))
        parts.append(text)
        at += len(text) + 1
    return Stream("\n".join(parts), tuple(links), html=True)


def head_links(tree: Tree, before: int, base: str | None) -> tuple[Link, ...]:
    """The links above the records that stand in a head or a navigation; none of a menu that is a
    map of the site."""
    nodes = list(_head_links(tree, before))
    if len(nodes) > _MOST:
        return ()
    found = []
    for node in nodes:
        element = tree.element[node]
        text = one_line(tree.text_of(node))
        if text and element is not None:
            found.append(Link(text=text, url=absolute(element.get("href", ""), base)))
    return tuple(found)


def _head_links(tree: Tree, before: int) -> Iterator[int]:
    node = 0
    while node < before:
        if tree.tag[node] in _HEADS:
            end = tree.end[node]
            yield from (at for at in range(node, min(end, before)) if tree.link[at] == at)
            node = end
        else:
            node += 1
