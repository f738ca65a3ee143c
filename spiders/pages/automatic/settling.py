"""From the group that looks most like the records to the records: whole ones, and all of them."""

from collections import Counter

from spiders.pages.automatic.regions import Region
from spiders.pages.automatic.tree import Tree

_ALIKE = 0.7
_FEW = 5
_USUAL = 0.25
"""What stands around fewer of the blocks than this share is a heading between them."""
_LOOKED_AT = 50
"""So many blocks show what shapes the others may have."""
_MAIN = 0.85


def settled(tree: Tree, region: Region) -> Region:
    if region.flat:
        return region
    nodes = _climbed(tree, [block[0] for block in region.blocks])
    nodes = _gathered(tree, nodes)
    nodes = _namesakes(tree, nodes)
    nodes = _in_main_list(tree, nodes)
    return Region([(node,) for node in nodes])


def _climbed(tree: Tree, nodes: list[int]) -> list[int]:
    """The blocks with what stands around each alone."""
    while True:
        parents = [tree.parent[node] for node in nodes]
        if -1 in parents or len(set(parents)) < len(parents):
            return nodes
        more = sum(map(tree.weight, parents)) > sum(map(tree.weight, nodes))
        added = sum(
            tree.weight(parent) > tree.weight(node)
            for parent, node in zip(parents, nodes, strict=True)
        )
        if more and len(nodes) > _FEW and added < _USUAL * len(nodes):
            return nodes
        nodes = parents


def _gathered(tree: Tree, nodes: list[int]) -> list[int]:
    """With the siblings that are no less records than those of the group are."""
    anchor = _anchor(tree, nodes)
    if anchor is None:
        return nodes
    path = tree.path[nodes[0]]
    kinds = {word for node in nodes for word in _words(tree, node)}
    common = set.intersection(*(_words(tree, node) for node in nodes))
    known = set(nodes)
    parents = {tree.parent[node] for node in nodes}
    above = {tree.key[parent] for parent in parents}
    over = {tree.parent[parent] for parent in parents if parent >= 0}
    shapes = {frozenset(_paths(tree, node)) for node in nodes[:_LOOKED_AT]}
    found = list(nodes)
    for node, at in enumerate(tree.path):
        if at != path or node in known or not _has(tree, node, anchor):
            continue
        parent = tree.parent[node]
        if parent not in parents and not (
            tree.key[parent] in above and tree.parent[parent] in over
        ):
            continue
        words = _words(tree, node)
        if common:
            if common <= words:
                found.append(node)
            continue
        shape = _paths(tree, node)
        least = 0.5 if not words or not kinds or words & kinds else _ALIKE
        if any(len(shape & other) >= least * len(shape | other) for other in shapes):
            found.append(node)
    return sorted(found)


def _namesakes(tree: Tree, nodes: list[int]) -> list[int]:
    """With what has the very class of the blocks elsewhere in the page."""
    kinds = Counter((tree.tag[node], tree.kind[node]) for node in nodes if _words(tree, node))
    if not kinds:
        return nodes
    wanted = {kind for kind, count in kinds.items() if count > 1}
    shapes = {frozenset(_marks(tree, node)) for node in nodes[:_LOOKED_AT]}
    mean = sum(map(tree.weight, nodes)) / len(nodes)
    found, end, last = [], 0, -1
    known = set(nodes)
    first = nodes[0]
    for node, tag in enumerate(tree.tag):
        if node < end:
            continue
        if node in known:
            found.append(node)
            end = last = tree.end[node]
        elif ((tag, tree.kind[node]) in wanted and tree.end[node] <= first) or last > 0:
            if (tag, tree.kind[node]) not in wanted:
                continue
            between = tree.weights[node] - tree.weights[last] if last > 0 else 0
            shape = _marks(tree, node)
            if between < mean and any(
                len(shape & other) >= 0.6 * len(shape | other) for other in shapes
            ):
                found.append(node)
                end = last = tree.end[node]
    return found


def _marks(tree: Tree, node: int) -> set[tuple[str, int]]:
    end = tree.end[node]
    return set(zip(tree.tag[node:end], tree.kind[node:end], strict=True))


def _in_main_list(tree: Tree, nodes: list[int]) -> list[int]:
    """Without the few that stand in a list of their own, where nearly all stand in one."""
    (parent, count), *_ = Counter(tree.parent[node] for node in nodes).most_common(1)
    if count < _MAIN * len(nodes):
        return nodes
    return [node for node in nodes if tree.parent[node] == parent]


def _words(tree: Tree, node: int) -> set[str]:
    element = tree.element[node]
    return set(element.get("class", "").split()) if element is not None else set()


def _paths(tree: Tree, node: int) -> set[int]:
    return set(tree.path[node : tree.end[node]])


def _anchor(tree: Tree, nodes: list[int]) -> int | None:
    """The path of the link that most blocks have."""
    have: Counter[int] = Counter()
    for node in nodes:
        inside = {tree.path[at] for at in range(node, tree.end[node]) if tree.link[at] == at}
        have.update(inside)
    return max(have, key=lambda path: have[path], default=None)


def _has(tree: Tree, node: int, anchor: int) -> bool:
    return any(tree.path[at] == anchor for at in range(node, tree.end[node]))
