"""How sure it is that a group of blocks is the records of a result page.

A page lists many things that are none: its menus, the parts of an article, answers to questions,
what it recommends where it found nothing. They are told from records by how much they are alike,
how many they are, how much each says beside its link, how much of the page they are, where on it
they stand, and by what the page says of itself: a total, a next page, the words that were asked
for. What it says holds of its records alone: they have those words, and the link to the next page
stands behind them, so a group that is otherwise is rather something else on a result page whose
records could not be read.
"""

import re
from collections.abc import Sequence
from math import exp, log, log1p, log2
from typing import NamedTuple

from spiders.pages.automatic.asides import is_aside
from spiders.pages.automatic.regions import Region
from spiders.pages.automatic.totals import Stated
from spiders.pages.automatic.tree import Tree
from spiders.pages.automatic.units import Unit
from spiders.pages.automatic.weighing import Scale

_MOST = 32
"""Of more blocks, so many count."""
_LONGEST = 250
"""Of a block's substance, so many bytes count."""
_START = -18.7
"""Log odds of a group of which nothing is known."""
_LIKENESS, _NUMBER, _SUBSTANCE, _SHARE = 1.4, 1.2, 2.8, 1.0
"""Log odds for each unit of the logarithms of likeness, number, substance and share."""
_PROSE = -1.3
_LINKED, _PICTURED, _HEADED = 4.5, 1.1, 0.3
_SET_ASIDE = -3.0
_STATED, _COUNTED = 1.0, 1.5
_TALLIED = -2.5
_NEXT = {True: 0.6, False: -1.5, None: 0.0}
_SILENT, _ECHOED = -1.5, 1.4
"""Of blocks that have none of the words that were asked for, and of such as have them."""
_ENOUGH = 0.25
"""Share of blocks with these words that says as much as all of them do: a search may look into
what a list does not show."""
_TALLY = re.compile(r"[(（\[]\s*\d[\d.,\s]*\+?\s*[)）\]]$")
_TALLIED_TEXT = 60
"""Bytes of the longest text that is taken for a heading with the number of what is under it."""
_LONG = 80
"""Bytes from which a text beside the blocks is one of an article's."""
_BEHIND = 0.25
_SHOWN = {True: 3.0, False: -1.5, None: 0.0}


class Signs(NamedTuple):
    """What speaks for a group of blocks, and against it; shares are from 0 to 1."""

    likeness: float
    """How alike the blocks are, and whether each has a link of its own; 1: all, in every part."""
    number: int
    substance: float
    """Bytes a block beside its links, on average; a picture counts for some."""
    share: float
    """Of the page's text."""
    linked: float
    """Blocks with a link that stands alone, not within a text."""
    pictured: float
    headed: float
    """Blocks with a heading."""
    prose: float
    """Bytes of longer texts elsewhere on the page, for each byte of the blocks; of those behind
    the blocks, where legal notes stand, less than half."""
    set_aside: bool
    """In a part that is marked as navigation, head, foot, advertisement, or as beside the matter,
    by its tag, its role or its name."""
    stated: bool
    """The page states a total that fits."""
    shown: bool | None
    """It says that it shows so many, or has so many in all; None: it says neither."""
    next_page: bool | None
    """A link to the next page stands behind the first block; None: there is none anywhere."""
    echo: float | None
    """Blocks that have a word of those that were asked for; None: those are not known."""
    counted: bool
    """The blocks count themselves."""
    tallied: float
    """Blocks that are a few words and a number in brackets: the groups to narrow a search to."""


def certainty(signs: Signs) -> float:
    """The probability that the blocks are the records, all of them and nothing else.

    The weights are those of a logistic regression over result pages, the same pages without their
    records, and pages of other kinds, rounded; the start is higher by two, for what is read was
    mostly fetched as a result page. Those of where the blocks stand, of the words asked for and of
    tallies are set by hand, less than such a regression gives them: few result
    pages lack what they ask for.
    """
    odds = (
        _START
        + _LIKENESS * log(signs.likeness + 0.05)
        + _NUMBER * log2(max(min(signs.number, _MOST), 1))
        + _SUBSTANCE * log(min(signs.substance, _LONGEST) + 4)
        + _SHARE * log(signs.share + 0.02)
        + _PROSE * log1p(signs.prose)
        + _LINKED * signs.linked
        + _PICTURED * signs.pictured
        + _HEADED * signs.headed
        + _SET_ASIDE * signs.set_aside
        + _STATED * signs.stated
        + _SHOWN[signs.shown]
        + _NEXT[signs.next_page]
        + _of_echo(signs.echo)
        + _COUNTED * signs.counted
        + _TALLIED * signs.tallied
    )
    return round(1 / (1 + exp(-odds)), 2)


def _of_echo(echo: float | None) -> float:
    if echo is None:
        return 0.0
    return _SILENT + (_ECHOED - _SILENT) * min(echo / _ENOUGH, 1.0)


def signs_of(
    scale: Scale,
    tree: Tree,
    region: Region,
    units: Sequence[list[Unit]],
    said: Stated,
    *,
    next_page: bool | None,
    echo: float | None,
    counted: bool,
) -> Signs:
    """The signs of a group; ``units``: of its first blocks, as many as are to be looked at."""
    blocks = region.blocks
    spans = [(block[0], tree.end[block[-1]]) for block in blocks[: len(units)]]
    looked = max(len(spans), 1)
    weight = max(sum([tree.weight(node) for block in blocks for node in block]), 1)
    return Signs(
        likeness=scale.likeness(region),
        number=len(blocks),
        substance=scale.substance(region),
        share=weight / max(tree.weights[-1], 1),
        linked=sum(_is_linked(tree, span, own) for span, own in zip(spans, units, strict=True))
        / looked,
        pictured=sum(tree.pictures[end] > tree.pictures[start] for start, end in spans) / looked,
        headed=sum(any(unit.heading for unit in own) for own in units) / looked,
        prose=_prose_beside(tree, region) / weight,
        set_aside=is_aside(tree, blocks[0][0]),
        stated=said.total is not None,
        shown=_is_shown(said, len(blocks)),
        next_page=next_page,
        echo=echo,
        counted=counted,
        tallied=sum(map(_is_tallied, units)) / looked,
    )


def _is_shown(said: Stated, number: int) -> bool | None:
    if said.shown is not None:
        return said.shown == number
    return True if said.total == number else None


def _is_tallied(units: Sequence[Unit]) -> bool:
    words = " ".join(unit.words for unit in units)
    return len(words.encode("utf-8", "replace")) <= _TALLIED_TEXT and bool(_TALLY.search(words))


def _is_linked(tree: Tree, span: tuple[int, int], units: list[Unit]) -> bool:
    """Whether a block has a link that is a text of its own, or has none: a picture's."""
    start, end = span
    if tree.link[start] >= 0 or any(unit.link >= 0 for unit in units):
        return True
    return any(tree.link[node] == node and not tree.weight(node) for node in range(start, end))


def _prose_beside(tree: Tree, region: Region) -> float:
    inside = bytearray(len(tree.tag))
    for block in region.blocks:
        for node in block:
            inside[node : tree.end[node]] = b"\1" * (tree.end[node] - node)
    before = behind = 0
    for node, within in enumerate(inside):
        size = tree.weights[node + 1] - tree.weights[node]
        if size > _LONG and not within and tree.link[node] < 0:
            if node < region.blocks[-1][0]:
                before += size
            else:
                behind += size
    return before + _BEHIND * behind
