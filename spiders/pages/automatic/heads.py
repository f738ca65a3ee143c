"""The head of a table whose rows are the records: what its columns are said to hold."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from spiders.pages.automatic.regions import Block
from spiders.pages.automatic.tree import Tree
from spiders.pages.automatic.units import Unit

_NAMES = {
    "authors": r"authors?(?:\(s\))?|by|creators?|autor(?:en|es)?|auteurs?|verfasser|autore|作者"
    r"|责任者|著者|第一作者",
    "venue": r"source|journal|publication|published in|periodical|quelle|zeitschrift|revue|revista"
    r"|rivista|来源|文献来源|刊名|期刊|期刊名称|出处|来源期刊",
    "cited": r"cited(?: by)?|times cited|citations?|citato|cité|被引(?:用|频次|次数|量)?",
}
_COLUMNS = {name: re.compile(words, re.IGNORECASE) for name, words in _NAMES.items()}
"""The words over columns, by the field that they hold."""
_EDGES = " \t:：▲▼↑↓↕△▽"

Columns = Mapping[str, int]
"""Which column, from 0, holds a field."""


def columns_of(tree: Tree, blocks: Sequence[Block]) -> Columns:
    """The columns of a table that its head names; none where the blocks are no rows of a table."""
    first = blocks[0][0]
    if len(blocks[0]) > 1 or tree.tag[first] != "tr":
        return {}
    table = tree.parent[first]
    while table >= 0 and tree.tag[table] != "table":
        table = tree.parent[table]
    if table < 0:
        return {}
    for node in range(first - 1, table, -1):
        if tree.tag[node] == "tr":
            return _named(tree, node)
    return {}


def _named(tree: Tree, row: int) -> Columns:
    found: dict[str, int] = {}
    for column, cell in enumerate(tree.children(row)):
        words = tree.text_of(cell).strip(_EDGES)
        for name, form in _COLUMNS.items():
            if form.fullmatch(" ".join(words.split())):
                found.setdefault(name, column)
    return found


def under(
    tree: Tree, block: Block, columns: Columns, units: Sequence[Unit]
) -> dict[str, tuple[Unit, ...]]:
    """The units of a row that stand in the named columns."""
    cells = tree.children(block[0]) if columns else []
    at: dict[str, list[Unit]] = {name: [] for name in columns}
    for unit in units:
        column = bisect_right(cells, unit.node) - 1
        for name, own in columns.items():
            if own == column:
                at[name].append(unit)
    return {name: tuple(found) for name, found in at.items() if found}
