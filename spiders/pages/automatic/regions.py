"""Where records may stand: groups of alike parts of a page, each a list of blocks.

A block is the nodes of one record: one element, or several side by side.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spiders.pages.automatic.tree import TEXT, Tree

Block = tuple[int, ...]
"""Nodes side by side, in page order, with all that is below them."""
ALIKE = 0.45
"""Share of common shape from which two elements are taken to be of one kind."""
LEAST = 0.04
"""Share of a page's text under which a group is not looked at."""
_WORK = 3_000_000
"""So many nodes are looked at in all."""
_LONGEST = 6
"""Elements of a record of several, where they can be told by their number alone."""
_AGAIN = 0.9
"""Share of elements whose kind comes again a record later."""
_PAIR = 3
"""A row of no more elements does not hold two records of several."""
_STARTS = 12
"""So many kinds of element are tried as the first of a record, the commonest ones."""
_COMPARISONS = 60_000
"""So many pairs of shapes are compared in all; after that only equal ones are of one kind."""


@dataclass(frozen=True, slots=True)
class Region:
    """Blocks in page order that may be the records."""

    blocks: list[Block]
    flat: bool = False
    """Each block may be several elements."""


class Shapes:
    """What of a node's inside is alike; counts the work."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._left = _WORK
        self._comparisons = _COMPARISONS
        self._made: dict[int, frozenset[int]] = {}

    def of(self, node: int) -> frozenset[int]:
        shape = self._made.get(node)
        if shape is None:
            end = self._tree.end[node]
            self._left -= end - node
            stop = end if self._left > 0 else min(end, node + 50)
            shape = self._made[node] = frozenset(self._tree.key[node:stop])
        return shape

    def kinds(self, nodes: list[int]) -> list[int]:
        """Number of the kind of each node: alike ones have the same, from 0."""
        firsts: list[tuple[frozenset[int], int]] = []
        known: dict[frozenset[int], int] = {}
        kinds = []
        for node in nodes:
            shape = self.of(node)
            kind = known.get(shape)
            if kind is None:
                key = self._tree.key[node] if self._tree.named[node] == node else -1
                kind = self._nearest(shape, key, firsts)
                if kind is None:
                    kind = len(firsts)
                    firsts.append((shape, key))
                known[shape] = kind
            kinds.append(kind)
        return kinds

    def _nearest(
        self, shape: frozenset[int], key: int, firsts: list[tuple[frozenset[int], int]]
    ) -> int | None:
        best, found = ALIKE, None
        if self._comparisons <= 0:
            return None
        self._comparisons -= min(len(firsts), 60)
        for kind, (first, own) in enumerate(firsts[:60]):
            common = len(shape & first)
            alike = common / (len(shape) + len(first) - common)
            if common * 4 >= 3 * min(len(shape), len(first)) and common > 3:
                alike = max(alike, 0.5)
            if key == own != -1:
                alike += 0.2
            if alike >= best:
                best, found = alike, kind
        return found


def regions_of(tree: Tree) -> Iterator[Region]:
    """Every group of the page that is large enough to be the records."""
    shapes = Shapes(tree)
    least = tree.weights[-1] * LEAST
    by_path: dict[int, list[int]] = {}
    for node, path in enumerate(tree.path):
        if tree.tag[node] != TEXT:
            by_path.setdefault(path, []).append(node)
    for nodes in by_path.values():
        if sum(map(tree.weight, nodes)) < least:
            continue
        if len(nodes) > 1:
            yield from _alike(tree, shapes, nodes, least)
        yield from _in_rows(tree, shapes, nodes, least)


def _alike(tree: Tree, shapes: Shapes, nodes: list[int], least: float) -> Iterator[Region]:
    """Elements at one place of the page's structure, of one kind."""
    by_kind: dict[int, list[int]] = {}
    for node, kind in zip(nodes, shapes.kinds(nodes), strict=True):
        by_kind.setdefault(kind, []).append(node)
    for alike in by_kind.values():
        if len(alike) > 1 and sum(map(tree.weight, alike)) >= least:
            yield Region([(node,) for node in alike])


_Row = list[tuple[int, int]]
"""The elements and texts side by side in one parent, each with its kind."""


def _in_rows(tree: Tree, shapes: Shapes, parents: list[int], least: float) -> Iterator[Region]:
    """Runs of different elements side by side that recur: in one parent, or in each of many that
    hold as few as the others."""
    rows = [children for parent in parents if len(children := tree.children(parent)) > 1]
    if not any(len(row) > _PAIR for row in rows):
        return
    nodes = [node for row in rows for node in row]
    # What has a link and what has none are two kinds here, however alike: a title, a text.
    kinds = iter(
        [
            2 * kind + tree.is_linked(node)
            for node, kind in zip(nodes, shapes.kinds(nodes), strict=True)
        ]
    )
    of_kind = [[(node, next(kinds)) for node in row] for row in rows]
    for row in of_kind:
        if len(row) > _PAIR and sum([tree.weight(node) for node, _ in row]) >= least:
            yield from _cut([row])
            yield from _periodic(row)
    if len(of_kind) > 1:
        yield from _cut(of_kind)


def _cut(rows: list[_Row]) -> Iterator[Region]:
    """The rows cut at each kind that may be a record's first element."""
    counts = Counter([kind for row in rows for _, kind in row])
    size = sum(map(len, rows))
    for first, count in counts.most_common(_STARTS):
        if count < max(2, 1.5 * len(rows)) or count * 1.4 > size or len(counts) < 2:
            continue
        if len(rows) > 1 and not _even([[kind for _, kind in row].count(first) for row in rows]):
            continue
        region = _cut_at(first, rows)
        if region:
            yield region


def _periodic(row: _Row) -> Iterator[Region]:
    """The row cut into runs of one length, where its kinds come again after so many."""
    kinds = [kind for _, kind in row]
    for period in range(2, min(_LONGEST, len(row) // 3) + 1):
        again = [a == b for a, b in zip(kinds, kinds[period:], strict=False)]
        first = again.index(True) if any(again) else 0
        if sum(again) < _AGAIN * len(again) or len(set(kinds[first : first + period])) < 2:
            continue
        runs = range(first, len(row) - period + 1, period)
        yield Region([tuple(n for n, _ in row[at : at + period]) for at in runs], flat=True)
        return


def _even(counts: list[int]) -> bool:
    """Whether rows hold about as many records each; the last ones may hold fewer."""
    return max(counts) <= 2 * sorted(counts)[len(counts) // 2]


def _cut_at(first: int, rows: list[_Row]) -> Region | None:
    """Each row cut before each node of a kind; of what follows, what most of the runs have."""
    pieces: list[_Row] = []
    for row in rows:
        begun = False
        for node, kind in row:
            if kind == first:
                pieces.append([])
                begun = True
            if begun:
                pieces[-1].append((node, kind))
    having = Counter(kind for piece in pieces for kind in {kind for _, kind in piece})
    usual = {kind for kind, count in having.items() if count * 2 >= len(pieces)}
    if len(usual) < 2:
        return None
    return Region([tuple(n for n, kind in piece if kind in usual) for piece in pieces], flat=True)
