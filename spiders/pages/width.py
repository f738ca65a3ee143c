"""Elements with more attributes than any page has: building a tree of one takes quadratic time."""

from typing import cast

from lxml import etree

_MOST = 2_000
"""Attributes of one element."""
_SMALL = 100_000
"""A page of fewer bytes has no room for so many that it would take long."""


class _TooWide(Exception):
    pass


class _Attributes:
    """Takes a parser's events, and stops it at an element that is too wide."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(attributes) > _MOST:
            raise _TooWide

    def close(self) -> None:
        """Called by lxml at the end of the page."""


def is_too_wide(page: bytes) -> bool:
    """Whether a page, in UTF-8, has an element with so many attributes that no tree is built."""
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
