"""From the group that looks most like the records to the records: whole ones, and all of them."""

from collections import Counter
from typing import Any

from spiders.pages.automatic.regions import Block, Region
from spiders.pages.automatic.tree import Tree

_ALIKE = 0.7
"""Share of common paths from which an element of another class is a record as well."""
_HALF_ALIKE = 0.5
"""The same, of an element whose class says nothing against it."""
_SAME_INSIDE = 0.6
"""Share of common tags and classes from which an element elsewhere of a record's class is one."""
_LIGHT = 0.4
"""Share of a record's text, on average, that a namesake elsewhere has, or it is but a link."""
_LIGHT_END = 0.6
"""The same, of a row that may be a table's head or foot."""
_SEVERAL = 3
_NEARLY = 0.9
_FEW = 5
_USUAL = 0.25
"""What stands around fewer of the blocks than this share is a heading between them."""
_LOOKED_AT = 50
"""So many blocks show what shapes the others may have."""
_MAIN = 0.85
"""Where one list has this share of the blocks, what another has is something else."""


def settled(tree: Tree, region: Region) -> Region:
    """The group with its blocks made whole, those that differ a little added, and those taken out
    that stand apart."""
    if region.flat:
        return Region(_halved(tree, region.blocks), flat=True)
    nodes = _climbed(tree, [block[0] for block in region.blocks])
    nodes = _gathered(tree, nodes)
    nodes = _with_namesakes(tree, nodes)
    nodes = _in_main_list(tree, nodes)
    nodes = _without_odd_ends(tree, nodes)
    return Region([(node,) for node in nodes])


def _halved(tree: Tree, blocks: list[Block]) -> list[Block]:
    """Blocks of several elements in halves, where nearly all are the same twice but for classes:
    classes that alternate make one record of two, and leave a half of one at the end."""
    half = len(blocks[0]) // 2
    whole = blocks[:-1] if len(blocks[-1]) == half else blocks
    if half < _SEVERAL - 1 or not whole or not all(_is_twice(tree, block) for block in whole):
        return blocks
    found = [part for block in whole for part in (block[:half], block[half:])]
    found += blocks[len(whole) :]
    siblings = tree.children(tree.parent[blocks[0][0]]) if blocks[0][0] else []
    if found[0][0] in siblings and found[-1][-1] in siblings:
        start, end = siblings.index(found[0][0]), siblings.index(found[-1][-1]) + 1
        before = tuple(siblings[max(start - half, 0) : start])
        behind = tuple(siblings[end : end + half])
        found = [before] * _is_like(tree, before, found[0]) + found
        found += [behind] * _is_like(tree, behind, found[-1])
    return found


def _is_twice(tree: Tree, block: Block) -> bool:
    half, odd = divmod(len(block), 2)
    differ = all(tree.kind[a] != tree.kind[b] for a, b in zip(block, block[half:], strict=False))
    return not odd and differ and _is_like(tree, block[:half], block[half:])


def _is_like(tree: Tree, one: Block, other: Block) -> bool:
    """Whether elements side by side have the shapes of others, whatever their classes."""

    def paths(node: int) -> set[int]:
        return set(tree.path[node : tree.end[node]])

    return len(one) == len(other) and all(
        _resembles(paths(a), {frozenset(paths(b))}, _ALIKE)
        and tree.is_linked(a) == tree.is_linked(b)
        for a, b in zip(one, other, strict=True)
    )


def _climbed(tree: Tree, nodes: list[int]) -> list[int]:
    """The blocks with what stands around each alone."""
    while True:
        parents = [tree.parent[node] for node in nodes]
        if -1 in parents or len(set(parents)) < len(parents):
            return nodes
        added = sum(
            tree.weight(parent) > tree.weight(node)
            for parent, node in zip(parents, nodes, strict=True)
        )
        if len(nodes) > _FEW and 0 < added < _USUAL * len(nodes):
            return nodes
        nodes = parents


def _gathered(tree: Tree, nodes: list[int]) -> list[int]:
    """With the siblings, and those in lists alike beside, that are no less records: they have the
    link that most blocks have, and nothing of class or shape against them."""
    anchor = _anchor(tree, nodes)
    if anchor is None:
        return nodes
    path = tree.path[nodes[0]]
    judge = _Judge(tree, nodes)
    known = set(nodes)
    parents = {tree.parent[node] for node in nodes}
    lists = {(tree.key[parent], tree.parent[parent]) for parent in parents if parent >= 0}
    found = list(nodes)
    for node, at in enumerate(tree.path):
        if at != path or node in known:
            continue
        parent = tree.parent[node]
        if parent not in parents and (tree.key[parent], tree.parent[parent]) not in lists:
            continue
        if _has(tree, node, anchor) and judge.passes(node):
            found.append(node)
    return sorted(found)


class _Judge:
    """Tells whether an element has class and shape of the blocks."""

    def __init__(self, tree: Tree, nodes: list[int]) -> None:
        self._tree = tree
        words = [_words(tree, node) for node in nodes]
        self._common = set.intersection(*words)
        self._any = set.union(*words)
        self._shapes = {frozenset(self._shape(node)) for node in nodes[:_LOOKED_AT]}

    def passes(self, node: int) -> bool:
        words = _words(self._tree, node)
        if self._common:
            return self._common <= words
        least = _HALF_ALIKE if not words or not self._any or words & self._any else _ALIKE
        return _resembles(self._shape(node), self._shapes, least)

    def _shape(self, node: int) -> set[int]:
        return set(self._tree.path[node : self._tree.end[node]])


def _with_namesakes(tree: Tree, nodes: list[int]) -> list[int]:
    """With what has the class of two blocks or more, and their inside, elsewhere in the page:
    right behind the others, for farther off the same class serves recommendations."""
    kinds = Counter((tree.tag[node], tree.kind[node]) for node in nodes if tree.kind[node])
    wanted = {kind for kind, count in kinds.items() if count > 1}
    if not wanted:
        return nodes
    shapes = {frozenset(_marks(tree, node)) for node in nodes[:_LOOKED_AT]}
    mean = sum(map(tree.weight, nodes)) / len(nodes)
    known = set(nodes)
    found: list[int] = []
    last = 0
    for node, tag in enumerate(tree.tag):
        if node < last or (tree.end[node] > nodes[0] > node):
            continue
        if node not in known:
            if (tag, tree.kind[node]) not in wanted:
                continue
            if found and tree.weights[node] - tree.weights[last] >= mean:
                continue
            if tree.weight(node) < _LIGHT * mean:
                continue
            if not _resembles(_marks(tree, node), shapes, _SAME_INSIDE):
                continue
        found.append(node)
        last = tree.end[node]
    return found


def _in_main_list(tree: Tree, nodes: list[int]) -> list[int]:
    """Without the few of another class that stand in a list of their own, where nearly all stand
    in one."""
    (parent, count), *_ = Counter(tree.parent[node] for node in nodes).most_common(1)
    if count < _MAIN * len(nodes):
        return nodes
    kinds = {tree.kind[node] for node in nodes if tree.parent[node] == parent} - {0}
    return [node for node in nodes if tree.parent[node] == parent or tree.kind[node] in kinds]


def _without_odd_ends(tree: Tree, nodes: list[int]) -> list[int]:
    """Without a first and last one that have other columns than all the others: a table's head,
    and the row with its pages."""
    if len(nodes) < _FEW or tree.tag[nodes[0]] != "tr":
        return nodes
    rows = [tree.children(node) for node in nodes]
    inner = rows[1:-1]
    usual = len(inner[0])
    if usual < _SEVERAL or sum(len(row) == usual for row in inner) < _NEARLY * len(inner):
        return nodes
    inner = [row for row in inner if len(row) == usual]
    linked = [sum(tree.is_linked(row[n]) for row in inner) / len(inner) for n in range(usual)]
    mean = sum(map(tree.weight, nodes)) / len(nodes)

    def odd(node: int, row: list[int]) -> bool:
        if tree.weight(node) > _LIGHT_END * mean:
            return False
        if len(row) != usual:
            return True
        differing = zip(row, linked, strict=True)
        return any(abs(tree.is_linked(cell) - share) >= _NEARLY for cell, share in differing)

    start = 1 if odd(nodes[0], rows[0]) else 0
    end = len(nodes) - 1 if odd(nodes[-1], rows[-1]) else len(nodes)
    return nodes[start:end]


def _resembles(shape: set[Any], shapes: set[frozenset[Any]], least: float) -> bool:
    return any(len(shape & other) >= least * len(shape | other) for other in shapes)


def _marks(tree: Tree, node: int) -> set[tuple[str, int]]:
    end = tree.end[node]
    return set(zip(tree.tag[node:end], tree.kind[node:end], strict=True))


def _words(tree: Tree, node: int) -> set[str]:
    element = tree.element[node]
    return set(element.get("class", "").split()) if element is not None else set()


def _anchor(tree: Tree, nodes: list[int]) -> int | None:
    """The path of the link that most blocks have."""
    have: Counter[int] = Counter()
    for node in nodes:
        have.update({tree.path[at] for at in tree.links_in(node)})
    return max(have, key=lambda path: have[path], default=None)


def _has(tree: Tree, node: int, anchor: int) -> bool:
    return anchor in tree.path[node : tree.end[node]]
