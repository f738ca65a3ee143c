"""Which words of two texts the other does not have."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKENS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\W\u2e80-\u9fff]+|\s+|.", re.S)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text."""

    text: str
    differs: bool


def differences(a: str, b: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both texts in pieces, word by word (CJK: character by character).

    >>> [(s.text, s.differs) for s in differences("an old map", "a old map")[0]]
    [('an', True), (' old map', False)]
    """
    first, second = _TOKENS.findall(a), _TOKENS.findall(b)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    left: list[Segment] = []
    right: list[Segment] = []
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        differs = kind != "equal"
        if a1 > a0:
            left.append(Segment("".join(first[a0:a1]), differs))
        if b1 > b0:
            right.append(Segment("".join(second[b0:b1]), differs))
    return tuple(left), tuple(right)


def whole(text: str) -> tuple[Segment, ...]:
    """A text with nothing marked."""
    return (Segment(text, False),) if text else ()
