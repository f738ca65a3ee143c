"""A block's texts as a reader sees them: a link, a paragraph, a line, each one unit."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spiders.pages.automatic.regions import Block
from spiders.pages.automatic.tree import TEXT, Tree

_INLINE = frozenset("span label time small data bdo ruby".split())
_WHOLE = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt caption".split())
_MERELY = ((20, 0.3), (8, 0.1))
"""Of a text that merely has links: bytes before its first link, at least, and the share of it
that is links, at most."""
_APART = 8
"""So many units at one place are told apart by their order."""
_LOOSE = _INLINE | {TEXT, "img", "picture", "button", "a"}
Place = tuple[int, int, int]
"""Where in a block a text stands: tag path, class, whether it is a heading."""
At = tuple[Place, int]
"""A place, and how many units of the block stand at it before; -1: any of them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text of a block, and where in a block such a text stands."""

    place: Place
    """Equal in blocks for units at one place."""
    text: str
    """A line; of a link or a heading, lines separated by a line feed."""
    node: int
    link: int
    """The node of the link it is or stands in; -1: none."""
    heading: bool
    order: int
    """How many units of its block stand at its place before it, as far as that is counted."""

    @property
    def at(self) -> At:
        """Where in its block it stands, told apart from the others at its place."""
        return self.place, self.order

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


class Units:
    """Finds the units of blocks of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._leaves = [node for node, text in enumerate(tree.text) if text]
        self._plain: dict[int, bool] = {}

    def of(self, block: Block) -> list[Unit]:
        """The units of a block, in page order."""
        tree = self._tree
        found: list[Unit] = []
        seen: Counter[Place] = Counter()
        end = -1
        for first in block:
            stop = tree.end[first]
            at = bisect_left(self._leaves, first)
            while at < len(self._leaves) and self._leaves[at] < stop:
                leaf = self._leaves[at]
                at += 1
                if leaf < end:
                    continue
                node = self._unit(leaf, first)
                if node < end:
                    node = leaf
                end = tree.end[node]
                found += self._made(node, block[0], seen)
        return found

    def _made(self, node: int, start: int, seen: Counter[Place]) -> Iterator[Unit]:
        tree = self._tree
        named = tree.named[node]
        kind = tree.kind[named] if named > start else -1
        heading = self._heading(node, start)
        place = (tree.path[node], kind, heading)
        link = self._link(node)
        text = tree.text_of(node)
        lines = text.split("\n") if link < 0 and not heading else [text]
        for line in filter(None, lines):
            yield Unit(place, line, node, link, heading, min(seen[place], _APART))
            seen[place] += 1

    def _link(self, node: int) -> int:
        """The link that a unit is in, or that is all of it."""
        tree = self._tree
        if tree.link[node] >= 0:
            return tree.link[node]
        inside = {tree.link[at] for at in range(node, tree.end[node]) if tree.text[at]}
        return inside.pop() if len(inside) == 1 else -1

    def _heading(self, node: int, start: int) -> bool:
        tree = self._tree
        for _ in range(3):
            if node < start:
                return False
            if tree.tag[node] in _HEADINGS:
                return True
            node = tree.parent[node]
        return False

    def _unit(self, leaf: int, start: int) -> int:
        """The node that a run of text is read with: its link, its paragraph, or itself."""
        tree = self._tree
        link = tree.link[leaf]
        if link >= start and self._is_plain(link):
            return link
        node = leaf
        while node > start:
            parent = tree.parent[node]
            if parent < start or not self._is_plain(parent):
                break
            if not self._is_prose(parent):
                break
            if tree.tag[parent] in _WHOLE:
                return parent
            if tree.tag[parent] in _INLINE and not self._mixed(parent):
                if self._mixed(tree.parent[parent]) and tree.parent[parent] >= start:
                    node = parent
                    continue
                node = parent if node == leaf and tree.end[parent] == leaf + 1 else node
                break
            if not self._mixed(parent):
                break
            node = parent
        return node

    def _is_prose(self, node: int) -> bool:
        """Whether links within an element are part of its text, and not what the text is about:
        behind its beginning, and few."""
        tree, end = self._tree, self._tree.end[node]
        if not tree.is_linked(node):
            return True
        if tree.tag[node] in _HEADINGS:
            return False
        first = next(at for at in range(node, end) if tree.link[at] == at)
        before = tree.weights[first] - tree.weights[node]
        linked = tree.linked[end] - tree.linked[node]
        weight = tree.weight(node)
        return any(before >= least and linked <= most * weight for least, most in _MERELY)

    def _mixed(self, node: int) -> bool:
        """Whether an element has text of its own beside elements, or is text alone."""
        tree = self._tree
        return any(tree.tag[child] == TEXT for child in tree.children(node))

    def _is_plain(self, node: int) -> bool:
        """Whether an element holds nothing but text, and what stands within a line."""
        plain = self._plain.get(node)
        if plain is None:
            tags = self._tree.tag[node + 1 : self._tree.end[node]]
            plain = self._plain[node] = _LOOSE.issuperset(tags)
        return plain
