"""What no result page has so much of that it need be parsed to know."""

import re
from itertools import islice

_MOST_BRACKETS = 1_000_000
"""More than a page has with all its scripts."""
_MOST_ATTRIBUTES = 2_000
"""Of one element."""
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
"""Room for so many; from here on attributes are counted."""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"[^\s=/]+")
_MOST_IN_ONE = 4_000_000
"""Characters from one tag to the next: a parser, and all that takes text from it, makes several
copies of them. Scripts, and pictures within the page, may be as large, and are not copied."""
_COUNTED_APART = re.compile(r"(?:script|style|!--)|[^>]{0,1000}\bdata:", re.IGNORECASE)


def excess_of(markup: str) -> str | None:
    """What a page has too much of, in words; None: nothing of this kind."""
    if markup.count("<") > _MOST_BRACKETS:
        return f"over {_MOST_BRACKETS:,} tags are opened"
    for tag in _LONG_TAG.finditer(markup):
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
