"""What a page was asked, and whether what it lists speaks of it."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree

from spiders.pages.automatic.regions import Block
from spiders.pages.automatic.tree import Tree

_FIELDS = 20
"""So many filled fields for words are looked at."""
_LONGEST = 200
"""Characters of a query that count."""
_LOOKED_AT = 50
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Of scripts whose words are not apart, or carry their endings without a space."""
_STEM = 4
_ENDING = 2
"""A word is found by its beginning: all but so many of its letters, at least so many."""


class Asked(NamedTuple):
    """The words that a page was asked for."""

    text: str | None = None
    """As they stand in its field; None: no field is filled."""
    echo: float | None = None
    """Share of the blocks that have one of the words. None: there are no words, or the page has
    them nowhere: what stands in the field is a hint what to write there."""


def asked(root: etree._Element, tree: Tree, blocks: Sequence[Block]) -> Asked:
    """Of several filled fields the one whose words the page has in its title, else in most blocks,
    else the first."""
    values = list(dict.fromkeys(islice(_values(root), _FIELDS)))
    if not values:
        return Asked()
    heads, page = heads_of(root), " ".join(filter(None, tree.text)).casefold()
    texts = [
        " ".join(tree.text_of(node) for node in block).casefold() for block in blocks[:_LOOKED_AT]
    ]

    def rank(value: str) -> tuple[bool, float]:
        stems = _stems(value)
        return _has(heads, stems), _echo(texts, stems)

    best = max(values, key=rank)
    stems = _stems(best)
    return Asked(best, _echo(texts, stems) if _has(heads + page, stems) else None)


def heads_of(root: etree._Element) -> str:
    """What a page calls itself, case folded: its title and its first heading."""
    heads = [next(root.iter(tag), None) for tag in ("title", "h1")]
    return " ".join(
        " ".join(map(str, head.itertext())) for head in heads if head is not None
    ).casefold()


def _values(root: etree._Element) -> Iterator[str]:
    for element in root.iter("input"):
        words = " ".join(element.get("value", "").split())
        if words and element.get("type", "text").lower() in ("search", "text"):
            yield words


def _echo(texts: Sequence[str], stems: set[str]) -> float:
    return sum(_has(text, stems) for text in texts) / max(len(texts), 1)


def _has(text: str, stems: set[str]) -> bool:
    return any(stem in text for stem in stems)


def _stems(query: str) -> set[str]:
    """What is looked for of the words of a query.

    >>> sorted(_stems("a Lakes of 北方湖泊")) == ["lake", "of", "北方", "方湖", "湖泊"]
    True
    """
    found = set()
    for word in _WORD.findall(query[:_LONGEST].casefold()):
        if _UNSPACED.search(word):
            found |= {word[at : at + 2] for at in range(max(len(word) - 1, 1))}
        elif len(word) > 1:
            found.add(word[: max(_STEM, len(word) - _ENDING)])
    return found
