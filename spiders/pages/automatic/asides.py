"""Parts of a page that stand beside its matter: navigation, head, foot, advertisements.

A part is marked by its tag, by its role, or by the name that its class or id gives it, as pages did
before there were tags for it.
"""

import re
from collections.abc import Sequence

from spiders.pages.automatic.tree import Tree
from spiders.pages.automatic.units import Unit

_TAGS = frozenset(("nav", "footer", "header", "aside"))
_ROLES = frozenset(("navigation", "banner", "contentinfo", "menu", "menubar"))
_NAMES = frozenset(
    "nav navigation navbar menu menus submenu breadcrumb breadcrumbs header masthead topbar footer"
    " ad ads advert adverts advertisement sponsor sponsored".split()
)
_OF_OTHERS = frozenset("has no with without hide show is".split())
"""A name that begins so says what a part has, not what it is."""
_WHOLE = frozenset(("html", "body"))
"""Names of these are of the page."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LONGEST = 300
_ADVERT = frozenset(
    "ad ads advert advertisement sponsored promoted anzeige gesponsert annonce publicité anuncio"
    " patrocinado реклама 广告 廣告 推广 推廣".split()
)
_EDGES = " .:·[]()"


def is_tagged_aside(tree: Tree, node: int) -> bool:
    """Whether a node stands in a part whose tag says that it is beside the matter."""
    while node >= 0:
        if tree.tag[node] in _TAGS:
            return True
        node = tree.parent[node]
    return False


def is_aside(tree: Tree, node: int) -> bool:
    """Whether a node stands in a part whose tag, role or name says so."""
    while node >= 0:
        if tree.tag[node] in _TAGS or _is_named_aside(tree, node):
            return True
        node = tree.parent[node]
    return False


def _is_named_aside(tree: Tree, node: int) -> bool:
    element = tree.element[node]
    if element is None or tree.tag[node] in _WHOLE:
        return False
    if element.get("role", "").lower() in _ROLES:
        return True
    names = f"{element.get('class', '')[:_LONGEST]} {element.get('id', '')[:_LONGEST]}"
    return any(map(names_aside, names.split()))


def names_aside(name: str) -> bool:
    """Whether a class or an id is the name of such a part: of a compound, its last word is it.

    >>> names_aside("site-footer"), names_aside("mainNav"), names_aside("has-menu")
    (True, True, False)
    >>> names_aside("header-fixed"), names_aside("download")
    (False, False)
    """
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(words) and words[-1] in _NAMES and words[0] not in _OF_OTHERS


def is_advert(units: Sequence[Unit]) -> bool:
    """Whether a block says of itself that it is an advertisement: one of its texts is that word."""
    return any(unit.words.strip(_EDGES).casefold() in _ADVERT for unit in units)
