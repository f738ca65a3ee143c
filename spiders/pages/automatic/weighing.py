"""How much a group of blocks looks like the records of a result page."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from spiders.pages.automatic.asides import is_tagged_aside
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
_BESIDE = 0.4
"""Of the score of what stands in a part tagged as beside the matter."""
_FLAT = 0.9
"""Of the score of blocks of several elements: what is one element is rather one record."""
_UNLINKED = 0.25
"""Of the score of blocks without any link."""
_LOOKED_AT = 30
_PLAIN = 0.8
"""From here on it need not be asked whether a block's parts are columns."""
_MOST_COLUMNS = 12
_USUAL = 0.8
"""Share of blocks that have the usual number of columns."""
_LIKE_WEIGHT = 2.0
"""Of two columns that hold the same of two records, one has at most so many times the text."""


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
            * (_BESIDE if is_tagged_aside(self._tree, region.blocks[0][0]) else 1)
            * (_FLAT if region.flat else 1)
        )

    def likeness(self, region: Region) -> float:
        """How alike the blocks are, and how surely each has a link of its own, from 0 to 1."""
        weight = self._sums(region).weight
        if len(region.blocks) < 2 or not weight:
            return 0.0
        return self._anchor(region, weight) * self._cohesion(region)

    def substance(self, region: Region) -> float:
        """Bytes a block beside its links, on average; of those within, half; a picture is some."""
        return self._sums(region).substance / len(region.blocks)

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
        plain = self._once(blocks, weight, None)
        if plain > _PLAIN:
            return plain
        columns = self._columns(blocks)
        return max(plain, self._once(blocks, weight, columns)) if columns else plain

    def _once(self, blocks: list[Block], weight: int, columns: list[list[int]] | None) -> float:
        tree = self._tree
        have: Counter[tuple[int, ...]] = Counter()
        count: Counter[tuple[int, ...]] = Counter()
        size: Counter[tuple[int, ...]] = Counter()
        for number, block in enumerate(blocks):
            places = []
            for link in self._inside(block, self._links):
                named = tree.named[link]
                column = bisect_right(columns[number], link) if columns else 0
                place = (tree.path[link], tree.kind[named] if named > block[0] else -1, column)
                places.append(place)
                size[place] += tree.linked[tree.end[link]] - tree.linked[link] + 1
            count.update(places)
            have.update(set(places))
        if not count:
            return _UNLINKED
        again = sum([size[at] * (1 - have[at] / count[at]) for at in count]) / (weight + 1)
        once = max([have[at] * have[at] / count[at] for at in count]) / len(blocks)
        return max(once * (1 - again), 0.1)

    def _columns(self, blocks: list[Block]) -> list[list[int]] | None:
        """The parts side by side of each block, where they are columns: as many in most blocks,
        each of its own kind. None of blocks whose parts repeat: a row of several records."""
        tree = self._tree
        parts = [list(b) if len(b) > 1 else tree.children(b[0]) for b in blocks]
        (usual, count), *_ = Counter(map(len, parts)).most_common(1)
        if not 1 < usual <= _MOST_COLUMNS or count < _USUAL * len(blocks):
            return None
        rows = [row for row in parts if len(row) == usual]
        cells = [
            (
                sum([tree.weight(row[n]) for row in rows]) / count,
                sum([tree.is_linked(row[n]) for row in rows]) / count,
            )
            for n in range(usual)
        ]
        for period in range(1, usual // 2 + 1):
            if usual % period == 0 and all(map(_alike, cells, cells[period:])):
                return None
        return parts


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two columns may hold the same of two records: text and links in like measure."""
    small, large = sorted((one[0], other[0]))
    return large <= _LIKE_WEIGHT * (small + 5) and abs(one[1] - other[1]) < 0.5
