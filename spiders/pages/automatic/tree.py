"""A page's visible elements and runs of text as parallel lists, in page order.

A node is an element or a run of text; the nodes below node ``i`` are ``i + 1`` to ``end[i]``, so
that a question about a part of the page is a slice, or a difference of two running sums.
"""

from dataclasses import dataclass, field
from itertools import accumulate
from typing import cast

from lxml import etree

from spiders.pages.markup import MARKING_TAGS, UNSEEN_TAGS, is_hidden

_LONGEST = 500_000
"""Characters of a run of text; what goes on beyond is no text of a record."""
TEXT = "#text"
"""Tag of a run of text. What only marks words up, and a line break, are part of the run."""
MOST = 60_000
"""Of a page with more elements no tree is built."""
DEEPEST = 250
"""Elements deeper than this are read as text only."""
_LEFT_OUT = UNSEEN_TAGS.union("head input link map meta param select source title track".split())
_PICTURES = frozenset(("img", "picture", "figure"))
_DIGITS = str.maketrans("", "", "0123456789")
"""A class that numbers its elements is one class."""
_ELEMENTS = etree.XPath("count(//*)")


@dataclass(slots=True)
class Tree:
    """Lists of one length, an entry a node; running sums have one entry more."""

    tag: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    """-1: the root."""
    end: list[int] = field(default_factory=list)
    path: list[int] = field(default_factory=list)
    """Equal where the tags from the root down to the node are."""
    key: list[int] = field(default_factory=list)
    """Equal where path and class are."""
    kind: list[int] = field(default_factory=list)
    """Equal where the class is."""
    named: list[int] = field(default_factory=list)
    """The nearest node, itself or above, that has a class; -1: none."""
    element: list[etree._Element | None] = field(default_factory=list)
    """None: a run of text."""
    text: list[str] = field(default_factory=list)
    """Of a run, lines separated by a line feed; of an element, empty."""
    link: list[int] = field(default_factory=list)
    """The nearest link that the node is or stands in; -1: none."""
    weights: list[int] = field(default_factory=list)
    """Running sum of the bytes of text."""
    linked: list[int] = field(default_factory=list)
    """Running sum of the bytes of text within links."""
    links: list[int] = field(default_factory=list)
    """Running sum of links."""
    pictures: list[int] = field(default_factory=list)
    """Running sum of pictures."""

    def weight(self, node: int) -> int:
        """Bytes of text within a node."""
        return self.weights[self.end[node]] - self.weights[node]

    def text_of(self, node: int) -> str:
        """The runs within a node, or the node's own, a space between."""
        return " ".join([text for text in self.text[node : self.end[node]] if text])

    def links_in(self, node: int) -> list[int]:
        """The links within a node, itself among them, in page order."""
        return [at for at in range(node, self.end[node]) if self.link[at] == at]

    def is_linked(self, node: int) -> bool:
        """Whether there is any link within a node."""
        return self.links[self.end[node]] > self.links[node]

    def children(self, node: int) -> list[int]:
        """The nodes right below a node, in page order."""
        found, at, stop = [], node + 1, self.end[node]
        while at < stop:
            found.append(at)
            at = self.end[at]
        return found


def tree_of(root: etree._Element) -> Tree | None:
    """The tree of a page; None of one too large for it."""
    if cast("float", _ELEMENTS(root)) > MOST:
        return None
    tree = Tree()
    _Walk(tree).walk(root)
    _sum_up(tree)
    return tree


class _Walk:
    """Fills a tree, element by element, without recursion."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._paths: dict[tuple[int, str], int] = {}
        self._keys: dict[tuple[int, int], int] = {}
        self._kinds: dict[str, int] = {"": 0}
        self._run: list[str] = []

    def walk(self, root: etree._Element) -> None:
        tree, run = self._tree, self._run
        open_nodes = [-1]
        # An element to enter, a text to append, or None: the innermost open node ends here.
        todo: list[etree._Element | str | None] = [root]
        while todo:
            one = todo.pop()
            if one is None:
                if run:
                    self._end_run(open_nodes[-1])
                tree.end[open_nodes.pop()] = len(tree.tag)
                continue
            if isinstance(one, str):
                if run or not one.isspace():
                    run.append(one.replace("\n", " "))
                continue
            tag = one.tag
            if not isinstance(tag, str) or tag in _LEFT_OUT or is_hidden(one.attrib):
                continue
            if tag in MARKING_TAGS and all(
                child.tag in MARKING_TAGS and not len(child) for child in one
            ):
                run.append(_marked_up(one))
                continue
            if len(open_nodes) > DEEPEST:
                run.append(" ".join(map(str, one.itertext())).replace("\n", " "))
                continue
            if run:
                self._end_run(open_nodes[-1])
            open_nodes.append(self._enter(one, tag, open_nodes[-1]))
            todo.append(None)
            for child in reversed(one):
                if tail := child.tail:
                    todo.append(tail)
                todo.append(child)
            if text := one.text:
                todo.append(text)

    def _enter(self, element: etree._Element, tag: str, parent: int) -> int:
        kind = element.get("class", "")
        number = self._kinds.setdefault(kind.translate(_DIGITS), len(self._kinds)) if kind else 0
        node = self._append(tag, parent, number, element, "")
        if tag == "a" and element.get("href") is not None:
            self._tree.link[node] = node
        return node

    def _append(
        self, tag: str, parent: int, kind: int, element: etree._Element | None, text: str
    ) -> int:
        tree = self._tree
        node = len(tree.tag)
        if parent >= 0:
            above, named, link = tree.path[parent], tree.named[parent], tree.link[parent]
        else:
            above = named = link = -1
        paths, keys = self._paths, self._keys
        path = paths.setdefault((above, tag), len(paths))
        tree.tag.append(tag)
        tree.parent.append(parent)
        tree.end.append(node + 1)
        tree.path.append(path)
        tree.key.append(keys.setdefault((path, kind), len(keys)))
        tree.kind.append(kind)
        tree.named.append(node if kind else named)
        tree.element.append(element)
        tree.text.append(text)
        tree.link.append(link)
        return node

    def _end_run(self, parent: int) -> None:
        text = "".join(self._run)[:_LONGEST]
        self._run.clear()
        if "\n" in text:
            lines = [" ".join(line.split()) for line in text.split("\n")]
            text = "\n".join([line for line in lines if line])
        else:
            text = " ".join(text.split())
        if text:
            self._append(TEXT, parent, 0, None, text)


def _marked_up(element: etree._Element) -> str:
    if element.tag == "br":
        return "\n"
    if len(element) == 0:
        return (element.text or "").replace("\n", " ")
    parts = [(element.text or "").replace("\n", " ")]
    for child in element:
        parts += (_marked_up(child), (child.tail or "").replace("\n", " "))
    return "".join(parts)


def _sum_up(tree: Tree) -> None:
    sizes = [len(text.encode("utf-8", "replace")) for text in tree.text]
    linked = [size if link >= 0 else 0 for size, link in zip(sizes, tree.link, strict=True)]
    own = [link == node for node, link in enumerate(tree.link)]
    pictures = [tag in _PICTURES for tag in tree.tag]
    tree.weights = [0, *accumulate(sizes)]
    tree.linked = [0, *accumulate(linked)]
    tree.links = [0, *accumulate(own)]
    tree.pictures = [0, *accumulate(pictures)]
