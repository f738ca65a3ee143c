"""The next page of a list: a link that says so, or the number after the page's own."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from spiders.pages.addresses import absolute
from spiders.pages.automatic.tree import TEXT, Tree

_PAGES = r"page|results?|set|\d{1,3}"
_NEXT = re.compile(
    rf"(?:(?:go to |show |view |see )?(?:the )?next(?: (?:{_PAGES}))?(?: of (?:search )?results)?"
    r"|older(?: (?:posts|entries))?|下一?[页頁张張]|后一?[页頁]|次へ|次の?ページ|次の\d*件"
    r"|다음 ?(?:페이지)?|suivante?s?|page suivante|nächste(?: seite)?|weiter|siguientes?"
    r"|página siguiente|próxim[ao]s?(?: página)?|seguinte|successiv[ao]|prossim[ao]|avanti"
    r"|volgende|nästa|næste|neste|seuraava|dalej|następn[aey]|další|sonraki"
    r"|след(?:ующая|ующие|\.)?|вперёд|вперед|далее|التالي|הבא)",
    re.IGNORECASE,
)
_ARROWS = frozenset(">›»→⟩❯▶►")
_EDGES = " \t\xa0>›»→⟩❯▶►<[]()|…."
_LONGEST = 60
"""Bytes of text that a link to the next page has at most."""
_NUMBER = re.compile(r"\d{1,4}")


class Following(NamedTuple):
    """The next page of a list."""

    url: str
    last: int
    """The last link to it: a list may have one above and one below."""


def next_page(tree: Tree, inside: set[int], base: str | None) -> Following | None:
    """The next page, if there is a link to one; ``inside``: the links of records, which lead
    nowhere else."""
    links = [node for node, link in enumerate(tree.link) if link == node and node not in inside]
    node = _named(tree, links, base)
    if node is None:
        node = _after_own_number(tree, links, base)
    if node is None or (url := absolute(_href(tree, node), base)) is None:
        return None
    return Following(url, max(at for at in links if _href(tree, at) == _href(tree, node)))


def _named(tree: Tree, links: list[int], base: str | None) -> int | None:
    """A link with the relation, the words, or last the bare arrow."""
    arrow: int | None = None
    for node in links:
        element = tree.element[node]
        assert element is not None
        if tree.weight(node) > _LONGEST:
            continue
        bares = {words.strip(_EDGES): words.strip() for words in _words(tree, node, element)}
        named = "next" in element.get("rel", "").lower().split() or any(map(_NEXT.fullmatch, bares))
        if named and absolute(_href(tree, node), base):
            return node
        if arrow is None and len(bares.get("", "")) == 1 and bares[""] in _ARROWS:
            arrow = node if absolute(_href(tree, node), base) else None
    return arrow


def _words(tree: Tree, node: int, element: etree._Element) -> Iterator[str]:
    text = tree.text_of(node)
    if text:
        yield text
    for name in ("aria-label", "title"):
        if value := element.get(name):
            yield value
    if not text:
        for picture in element.iter("img"):
            yield picture.get("alt", "")


def _after_own_number(tree: Tree, links: list[int], base: str | None) -> int | None:
    """The link with the number after the one, among numbered links, that is no link."""
    numbered = {}
    for node in links:
        text = "".join(tree.text[node : tree.end[node]]).strip(_EDGES)
        if _NUMBER.fullmatch(text):
            numbered[node] = int(text)
    order = sorted(numbered)
    for before, node in zip([-1, *order], order, strict=False):
        own = numbered[node] - 1
        start = max(before, node - 12)
        if own < 1 or (before >= 0 and numbered[before] not in (own, own - 1)):
            continue
        alone = any(
            tree.tag[at] == TEXT and tree.link[at] < 0 and tree.text[at].strip(_EDGES) == str(own)
            for at in range(max(start, 0), node)
        )
        if alone and absolute(_href(tree, node), base):
            return node
    return None


def _href(tree: Tree, node: int) -> str:
    element = tree.element[node]
    return "" if element is None else element.get("href", "")
