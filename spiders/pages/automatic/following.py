"""The next page of a list: a link that says so, or the number after the page's own."""

import re
from collections.abc import Iterator

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


def next_page(tree: Tree, inside: set[int], base: str | None) -> str | None:
    """The address of the next page; ``inside``: the links of records, which lead nowhere else."""
    links = [node for node, link in enumerate(tree.link) if link == node and node not in inside]
    for found in (_named(tree, links, base), _after_own_number(tree, links, base)):
        if found:
            return found
    return None


def _named(tree: Tree, links: list[int], base: str | None) -> str | None:
    """A link with the relation, the words, or last the bare arrow."""
    arrow: str | None = None
    for node in links:
        element = tree.element[node]
        assert element is not None
        if tree.weight(node) > _LONGEST:
            continue
        bares = {words.strip(_EDGES): words.strip() for words in _words(tree, node, element)}
        named = "next" in element.get("rel", "").lower().split() or any(map(_NEXT.fullmatch, bares))
        if named and (url := _address(element, base)):
            return url
        if arrow is None and len(bares.get("", "")) == 1 and bares[""] in _ARROWS:
            arrow = _address(element, base)
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


def _after_own_number(tree: Tree, links: list[int], base: str | None) -> str | None:
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
        element = tree.element[node]
        if alone and element is not None and (url := _address(element, base)):
            return url
    return None


def _address(element: etree._Element, base: str | None) -> str | None:
    return absolute(element.get("href", ""), base)
