"""A page as its text, line by line, with what its links span: the one form that is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from spiders.pages.spacing import trimmed

_LINE = re.compile(r"[^\n]+")


class Span(NamedTuple):
    """A link: what of the text it covers, and where it goes."""

    start: int
    end: int
    href: str


@dataclass(slots=True)
class Stream:
    """A page's text and its links, in page order."""

    text: str
    """Lines are separated by a line feed; of white space in HTML, a run with a line break is one
    space, and other runs are kept, because two spaces separate names."""
    links: tuple[Span, ...] = ()
    html: bool = False
    base: str | None = None
    """What the page says its links are relative to."""
    canonical: str | None = None
    title: str | None = None
    """What the page calls itself, in its head."""


def stream_of_text(text: str) -> Stream:
    """Flattened text is its own stream."""
    return Stream(text.replace("\r\n", "\n").replace("\r", "\n"))


def lines_of(text: str, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Start and end of each line that holds more than white space.

    >>> list(lines_of("a\\n \\n b"))
    [(0, 1), (4, 6)]
    """
    for line in _LINE.finditer(text, begin, len(text) if end is None else end):
        if trimmed(line[0]):
            yield line.span()
