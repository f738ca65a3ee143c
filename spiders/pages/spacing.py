"""White space as pages use it for layout, and its removal from what they print."""

import re
from collections.abc import Iterable

SPACES = " \t\n\r\f\v\xa0\u2002\u2003\u2009\u200b\u3000\ufeff"
"""What is layout at the ends of a field. A line separator (U+2028) is text."""
_RUN = re.compile(r"[ \t]{2,}")


def trimmed(text: str) -> str:
    """Without layout at both ends; white space within is kept."""
    return text.strip(SPACES)


def lines_in(text: str) -> list[str]:
    """The lines that hold more than layout, each without it at its ends."""
    return [line for piece in text.split("\n") if (line := piece.strip(SPACES))]


def as_shown(text: str) -> str:
    """A line of HTML as a reader sees it: a run of spaces shows as one."""
    return _RUN.sub(" ", text) if "  " in text else text


def in_one_line(lines: Iterable[str]) -> str:
    """Lines as one, a space between; like `one_line`, and cheaper where lines are long.

    >>> in_one_line(["a\\xa0  b", "c"])
    'a b c'
    """
    return " ".join([one_line(line) if "  " in line or "\xa0" in line else line for line in lines])


def one_line(text: str) -> str:
    """Every run of white space as one space, and none at the ends. Most texts of some length need
    no taking apart.

    >>> one_line(" a\\xa0\\n b ")
    'a b'
    """
    if text.isprintable() and "  " not in text:  # what breaks lines, or is wider, is not printable
        return text.strip(" ")
    return " ".join(text.split())
