"""Text of others, made harmless to look at."""

import re

# Controls (also 8-bit ones, which some terminals obey), lone surrogates, and what turns the
# direction of the text that follows.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str, *, keep: str = "") -> str:
    """Text whose control characters show as escapes, so that a terminal or a page does not obey
    them; those in `keep` stay.

    >>> visible("a\\x1b[2J\\n\\u202eb"), visible("a\\nb", keep="\\n")
    ('a\\\\x1b[2J\\\\n\\\\u202eb', 'a\\nb')
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
