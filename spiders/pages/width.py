"""More attributes than any page has: in one element, building a tree takes quadratic time; in all,
more memory than the page by far."""

from typing import cast

from lxml import etree

_MOST = 2_000
"""Attributes of one element."""
_MOST_IN_ALL = 400_000
"""Elements and attributes of a page."""
_SMALL = 100_000
"""A page of fewer bytes has no room for so many that it would take long."""


class _TooWide(Exception):
    pass


class _Attributes:
    """Takes a parser's events, and stops it at an element that is too wide, or one too many."""

    def __init__(self) -> None:
        self._left = _MOST_IN_ALL

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._left -= 1 + len(attributes)
        if len(attributes) > _MOST or self._left < 0:
            raise _TooWide

    def close(self) -> None:
        """Called by lxml at the end of the page."""


def is_too_wide(page: bytes) -> bool:
    """Whether a page, in UTF-8, has so many attributes that no tree is built."""
    if len(page) < _SMALL:
        return False
    # The stubs ask for a target that takes text and comments too; lxml does not.
    target = cast("etree.ParserTarget", _Attributes())
    try:
        etree.fromstring(page, etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target))
    except _TooWide:
        return True
    except etree.LxmlError:
        return False
    return False
