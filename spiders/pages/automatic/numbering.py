"""The records' own numbers: where the blocks of a page count on by one, from block to block."""

import re
from collections.abc import Sequence
from itertools import pairwise

from spiders.pages.automatic.units import Unit

_NUMBER = re.compile(r"[#№(\[]?\s*(\d{1,6})\s*[.)\]．、:：]?")
_BEFORE = re.compile(r"\s*[(\[]?(\d{1,6})\s*[.)\]．、:：]\s*")
_SHARE = 0.8


def ranks_of(blocks: Sequence[list[Unit]]) -> list[int | None]:
    """The number each block bears, None for one that bears none; all None where the page does not
    count its records."""
    numbers = [_number(units) for units in blocks]
    steps = sum(a is not None and b == a + 1 for a, b in pairwise(numbers))
    if len(numbers) < 3 or steps < _SHARE * (len(numbers) - 1):
        return [None] * len(numbers)
    first = next(n - index for index, n in enumerate(numbers) if n is not None)
    return [first + index if n == first + index else None for index, n in enumerate(numbers)]


def unnumbered(title: str, rank: int | None) -> str:
    """A title without its record's number before it.

    >>> unnumbered("12. A study", 12), unnumbered("12 angry men", 12)
    ('A study', '12 angry men')
    """
    match = _BEFORE.match(title)
    return title[match.end() :] if match and rank is not None and int(match[1]) == rank else title


def _number(units: list[Unit]) -> int | None:
    for unit in units[:3]:
        match = _NUMBER.fullmatch(unit.words) or _BEFORE.match(unit.words)
        if match:
            return int(match[1])
    return None
