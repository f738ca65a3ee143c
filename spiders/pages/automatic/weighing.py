"""How much a group of blocks looks like the records of a result page."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from spiders.pages.automatic.regions import Block, Region
from spiders.pages.automatic.tree import Tree

_PICTURE = 40
"""Bytes of text that a block's picture counts as."""
_MOST = 1500
"""Bytes of text that count, of a block."""
_POWER = 0.8
"""Below one: many blocks count for more than long ones."""
_SMALL = 25
"""Bytes of a block that counts for half its size: the entries of a menu are as short."""
_SUBSTANCE = 16
"""Bytes beside links of a block that may as well be an entry of a menu."""
_SURE = (1.25, 0.75)
"""Factor and power that make a group that is plainly the records 1, and a plain menu 0.4."""
_AROUND = frozenset(("nav", "footer", "header", "aside"))
_BESIDE = 0.4
"""Of the score of what stands in one of these."""
_FLAT = 0.9
"""Of the score of blocks of several elements: what is one element is rather one record."""
_UNLINKED = 0.25
"""Of the score of blocks without any link."""
_LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the blocks of a group hold together; weights are bytes of text."""

    area: float
    weight: int
    linked: int
    substance: int
    """Text beside links, half of that within, and a picture a block."""


class Scale:
    """Weighs the groups of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._links = [node for node, link in enumerate(tree.link) if link == node]
        pictures = tree.pictures
        self._leaves = [
            node
            for node, text in enumerate(tree.text)
            if text or pictures[node] < pictures[node + 1]
        ]

    def score(self, region: Region) -> float:
        """Greater for what looks more like the records; comparable within one page."""
        sums = self._sums(region)
        if not sums.weight:
            return 0.0
        return (
            sums.area
            * self._anchor(region, sums.weight)
            * (1 - 0.4 * min(sums.linked / sums.weight, 1))
            * (1 - 0.7 / max(self._variety(region), 1))
            * (1 - 1 / len(region.blocks))
            * (0.4 + 0.6 * self._cohesion(region))
            * self._place(region)
            * (_FLAT if region.flat else 1)
        )

    def confidence(self, region: Region) -> float:
        """How sure it is, from 0 to 1, that a group is the records of a result page: from what
        its blocks hold beside links, how many and how alike they are."""
        sums, count = self._sums(region), len(region.blocks)
        if count < 2 or not sums.weight:
            return 0.0
        mean = sums.substance / count
        alike = self._anchor(region, sums.weight) * self._cohesion(region)
        sure = sqrt(alike) * (1 - 0.5 ** (count / 1.5)) * mean / (mean + _SUBSTANCE)
        factor, power = _SURE
        return round(min(1.0, float((factor * sure) ** power)) * self._place(region), 2)

    def _sums(self, region: Region) -> _Sums:
        tree = self._tree
        area = 0.0
        weight = linked = substance = 0
        for block in region.blocks:
            start, end = block[0], tree.end[block[-1]]
            own = sum([tree.weight(node) for node in block])
            within = tree.linked[end] - tree.linked[start]
            picture = _PICTURE if tree.pictures[end] > tree.pictures[start] else 0
            size = min(own, _MOST) + picture
            area += size**_POWER * size / (size + _SMALL)
            weight += own
            linked += within
            substance += max(own - within, 0) + within // 2 + picture
        return _Sums(area, weight, linked, substance)

    def _cohesion(self, region: Region) -> float:
        """How alike neighbouring blocks are, from 0 to 1."""
        tree = self._tree
        shapes = [
            set(tree.key[block[0] : tree.end[block[-1]]]) for block in region.blocks[:_LOOKED_AT]
        ]
        alike = [len(a & b) / len(a | b) for a, b in pairwise(shapes)]
        return sum(alike) / len(alike)

    def _place(self, region: Region) -> float:
        tree, node = self._tree, region.blocks[0][0]
        while node >= 0:
            if tree.tag[node] in _AROUND:
                return _BESIDE
            node = tree.parent[node]
        return 1.0

    def _inside(self, block: Block, nodes: list[int]) -> list[int]:
        start, end = block[0], self._tree.end[block[-1]]
        return nodes[bisect_left(nodes, start) : bisect_left(nodes, end)]

    def _variety(self, region: Region) -> float:
        """How many kinds of text and pictures a block has, on average."""
        path = self._tree.path
        kinds = [
            len({path[leaf] for leaf in self._inside(block, self._leaves)})
            for block in region.blocks
        ]
        return sum(kinds) / len(kinds)

    def _anchor(self, region: Region, weight: int) -> float:
        """Whether most blocks have some link once, as a record has its title, and little of their
        text is links that recur within a block, as in a menu or a row of several records."""
        tree, blocks = self._tree, region.blocks
        if all(tree.link[block[0]] >= 0 for block in blocks):
            return 1.0
        have: Counter[tuple[int, int]] = Counter()
        count: Counter[tuple[int, int]] = Counter()
        size: Counter[tuple[int, int]] = Counter()
        for block in blocks:
            places = []
            for link in self._inside(block, self._links):
                named = tree.named[link]
                place = (tree.path[link], tree.kind[named] if named > block[0] else -1)
                places.append(place)
                size[place] += tree.linked[tree.end[link]] - tree.linked[link] + 1
            count.update(places)
            have.update(set(places))
        if not count:
            return _UNLINKED
        again = sum([size[at] * (1 - have[at] / count[at]) for at in count]) / (weight + 1)
        once = max([have[at] * have[at] / count[at] for at in count]) / len(blocks)
        return max(once * (1 - again), 0.1)
