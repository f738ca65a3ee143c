"""How much a group of blocks looks like the records of a result page."""

from bisect import bisect_left
from collections import Counter

from spiders.pages.automatic.regions import Region
from spiders.pages.automatic.tree import Tree

_PICTURE = 40
_MOST = 1500
_POWER = 0.8
_SMALL = 25
_SUBSTANCE = 16


class Scale:
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
        tree, blocks = self._tree, region.blocks
        area = 0.0
        weight = linked = 0
        for block in blocks:
            start, end = block[0], tree.end[block[-1]]
            own = sum(tree.weight(node) for node in block)
            weight += own
            linked += tree.linked[end] - tree.linked[start]
            pictures = tree.pictures[end] - tree.pictures[start]
            size = min(own, _MOST) + _PICTURE * min(pictures, 1)
            area += size**_POWER * size / (size + _SMALL)
        if not weight:
            return 0.0
        density = min(linked / weight, 1)
        variety = self._variety(region)
        anchor = self._anchor(region, weight)
        n = len(blocks)
        return (
            area
            * anchor
            * (1 - 0.4 * density)
            * (1 - 0.7 / max(variety, 1))
            * (1 - 1 / n)
            * (0.4 + 0.6 * self._cohesion(region))
            * self._place(region)
            * (0.9 if region.flat else 1)
        )

    def confidence(self, region: Region) -> float:
        """How sure it is, from 0 to 1, that a group is the records of a result page."""
        tree, blocks = self._tree, region.blocks
        substance = weight = 0
        for block in blocks:
            start, end = block[0], tree.end[block[-1]]
            own = sum(tree.weight(node) for node in block)
            linked = tree.linked[end] - tree.linked[start]
            pictures = tree.pictures[end] - tree.pictures[start]
            weight += own
            substance += max(own - linked, 0) + linked // 2 + _PICTURE * min(pictures, 1)
        mean = substance / len(blocks)
        sure = (
            (self._anchor(region, weight) * self._cohesion(region)) ** 0.5
            * (1 - 0.5 ** (len(blocks) / 1.5))
            * mean
            / (mean + _SUBSTANCE)
        )
        return round(min(1.0, (1.25 * sure) ** 0.75) * self._place(region), 2)

    def _cohesion(self, region: Region) -> float:
        tree = self._tree
        shapes = [set(tree.key[block[0] : tree.end[block[-1]]]) for block in region.blocks[:30]]
        alike = [len(a & b) / len(a | b) for a, b in zip(shapes, shapes[1:])]
        return sum(alike) / len(alike)

    def _place(self, region: Region) -> float:
        tree, node = self._tree, region.blocks[0][0]
        while node >= 0:
            if tree.tag[node] in ("nav", "footer", "header", "aside"):
                return 0.4
            node = tree.parent[node]
        return 1

    def _variety(self, region: Region) -> float:
        """How many kinds of text and pictures a block has, on average."""
        tree, leaves = self._tree, self._leaves
        count = 0
        for block in region.blocks:
            start, end = block[0], tree.end[block[-1]]
            inside = leaves[bisect_left(leaves, start) : bisect_left(leaves, end)]
            count += len({tree.path[leaf] for leaf in inside})
        return count / len(region.blocks)

    def _anchor(self, region: Region, weight: int) -> float:
        """Whether the blocks have one link each where it matters, and few links many times."""
        tree, links, blocks = self._tree, self._links, region.blocks
        if all(tree.link[block[0]] >= 0 for block in blocks):
            return 1.0
        have: Counter[tuple[int, int]] = Counter()
        count: Counter[tuple[int, int]] = Counter()
        size: Counter[tuple[int, int]] = Counter()
        for block in blocks:
            start, end = block[0], tree.end[block[-1]]
            inside = links[bisect_left(links, start) : bisect_left(links, end)]
            places = []
            for link in inside:
                named = tree.named[link]
                place = (tree.path[link], tree.kind[named] if named > start else -1)
                places.append(place)
                size[place] += tree.linked[tree.end[link]] - tree.linked[link] + 1
            count.update(places)
            have.update(set(places))
        if not count:
            return 0.25
        n = len(blocks)
        again = sum(size[p] * (1 - have[p] / count[p]) for p in count) / (weight + 1)
        once = max((have[p] / n) * (have[p] / count[p]) for p in count)
        return max(once * (1 - again), 0.1)
