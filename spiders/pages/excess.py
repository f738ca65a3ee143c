"""What no result page has so much of that it need be parsed to know."""

import re
from itertools import islice

_MOST_BRACKETS = 1_000_000
"""More than a page has with all its scripts."""
_MOST_ATTRIBUTES = 2_000
"""Of one element."""
_LONG = 20_000
"""Characters of a tag with room for so many; from here on attributes are counted."""
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_LONG},}}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"[^\s=/]+")
_MOST_IN_ONE = 4_000_000
"""Characters from one tag to the next: a parser, and all that takes text from it, makes several
copies of them. Scripts, and pictures within the page, may be as large, and are not copied."""
_COUNTED_APART = re.compile(r"(?:script|style|!--)|[^>]{0,1000}\bdata:", re.IGNORECASE)


def excess_of(markup: str) -> str | None:
    """What a page has too much of, in words; None: nothing of this kind."""
    if len(markup) > _MOST_BRACKETS and markup.count("<") > _MOST_BRACKETS:
        return f"over {_MOST_BRACKETS:,} tags are opened"
    for tag in _LONG_TAG.finditer(markup) if _may_have_long_tag(markup) else ():
        names = _NAME.finditer(_QUOTED.sub("", tag[0]))
        # a value without quotes counts as one more
        if next(islice(names, 2 * _MOST_ATTRIBUTES, None), None) is not None:
            return f"an element has over {_MOST_ATTRIBUTES:,} attributes"
    at = 0
    while at + _MOST_IN_ONE <= len(markup):
        last = markup.rfind("<", at, at + _MOST_IN_ONE)
        if last < 0 and not _COUNTED_APART.match(markup, at):
            return f"over {_MOST_IN_ONE:,} characters stand in one piece"
        at = last + 1 if last >= 0 else markup.find("<", at) + 1 or len(markup)
    return None


def _may_have_long_tag(markup: str) -> bool:
    """A quick look that spares most pages the search from each bracket to the next: of a page cut
    every half of `_LONG`, one piece at least lies within a long tag, and has no bracket."""
    piece = _LONG // 2
    return any(
        markup.find("<", at, at + piece) < 0 and markup.find(">", at, at + piece) < 0
        for at in range(0, len(markup) - piece + 1, piece)
    )
