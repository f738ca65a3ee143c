"""Words that the kernels know by their hashes: labels, cues of boilerplate, names of parts."""

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.boilerplate import CHINESE_LABELS, CLOSING_WORDS, CUE_WORDS, ENGLISH_LABELS
from dedup.hashing import token_hashes
from dedup.recurring import RECURRING_ENDS, RECURRING_STARTS
from dedup.titles import (
    ANNEX_WORDS,
    GENERIC,
    NOTICE_WORDS,
    NUMERALS,
    PART_WORDS,
    SESSION_WORDS,
)

Set = NDArray[np.uint64]
"""Open addressing in a power of two of places, at most a quarter full; 0 is an empty place."""

ROLES = 1 << 14
"""Places in `Words.roles`: few enough to stay in the first cache."""
STARTS_LABEL, ENDS_LABEL, JOINS_LABELS = 1, 2, 4
TAIL_ALONE, TAIL_PAIR = 8, 16
"""A token that is a cue or a closing by itself; of the sum of a token and twice the one before, the
last two of several that are."""
OF_TITLE = 32
"""A token, or the last of several, that the sets for titles hold, the two of `RECURS` apart."""
RECURS = 64
"""A token that begins, or ends, what a title may recur by."""

_PRIME = 0x100000001B3
_MASK = 0xFFFFFFFFFFFFFFFF
_MAKING = Lock()
JOINTS = "与和及"
"""Between two Chinese labels."""


class Words(NamedTuple):
    """Sets of hashes: of a token, of two characters side by side, of a run of tokens (`chain`)."""

    labels: Set
    """Chains of whole labels, and of two joined by ``and``, ``与``, ``和`` or ``及``."""
    label_starts: Set
    label_ends: Set
    """First and last tokens of labels."""
    cues: Set
    closings: Set
    """See `boilerplate.CUE_WORDS` and `boilerplate.CLOSING_WORDS`: tokens, and chains of two or
    three side by side."""
    roles: NDArray[np.uint8]
    """``(ROLES,)``: bits, by a token's last bits, of what it may be; what has none it is not."""
    notices: Set
    parts: Set
    """Tokens that may name a part of a work: see `titles.PART_WORDS`."""
    sessions: Set
    annexes: Set
    """First tokens in brackets that may be no part of a title; `annexes` of one at its end."""
    recurring: Set
    recurring_ends: Set
    """First tokens, alone or two, and last two of titles that come back every issue."""
    generic: Set
    """Chains of the characters of titles that say nothing."""
    numerals: NDArray[np.uint32]
    """``(n, 3)``: hashes of a Roman numeral of several letters and of its digits; its number."""


def chain(hashes: Iterable[int]) -> int:
    """64-bit hash of a run of 32-bit hashes."""
    value = 0
    for each in hashes:
        value = (value * _PRIME + each + 1) & _MASK
    return value


def words() -> Words:
    """The sets, made once and kept; threads that ask meanwhile wait."""
    with _MAKING:
        return _kept()


@lru_cache(maxsize=1)
def _kept() -> Words:
    from dedup.compiled.tables import kept_tables

    return Words(**kept_tables("words", lambda: _words()._asdict()))


def _words() -> Words:
    english = [_tokens(label) for label in ENGLISH_LABELS]
    chinese = [_tokens(f"{before}{label}") for label in CHINESE_LABELS for before in ("", "研究")]
    labels = [*english, *chinese]
    tail = list(filter(None, map(_tokens, CUE_WORDS | CLOSING_WORDS)))
    titles = NOTICE_WORDS | PART_WORDS | SESSION_WORDS | ANNEX_WORDS
    roles = np.zeros(ROLES, np.uint8)
    for role, tokens in (
        (STARTS_LABEL, [label[0] for label in labels]),
        (ENDS_LABEL, [label[-1] for label in labels]),
        (JOINS_LABELS, _tokens(f"and {JOINTS}")),
        (TAIL_ALONE, [*(each[0] for each in tail if len(each) == 1), *_tokens("c")]),
        (TAIL_PAIR, [2 * each[-2] + each[-1] for each in tail if len(each) > 1]),
        (OF_TITLE, [found[-1] for found in map(_tokens, titles) if found]),
        (RECURS, [_tokens(start)[0] for start in RECURRING_STARTS]),
        (RECURS, [_tokens(end)[-1] for end in RECURRING_ENDS]),
    ):
        roles[np.array(tokens) % ROLES] |= np.uint8(role)
    return Words(
        labels=_set(
            [
                *map(chain, labels),
                *_joined(english, _tokens("and")),
                *(each for joint in _tokens(JOINTS) for each in _joined(chinese, [joint])),
            ]
        ),
        label_starts=_set(label[0] for label in labels),
        label_ends=_set(label[-1] for label in labels),
        cues=_one_or_more(CUE_WORDS),
        closings=_one_or_more(CLOSING_WORDS),
        roles=roles,
        notices=_one_or_more(NOTICE_WORDS),
        parts=_one_or_more(PART_WORDS),
        sessions=_one_or_more(SESSION_WORDS),
        annexes=_one_or_more(ANNEX_WORDS),
        recurring=_one_or_more(RECURRING_STARTS),
        recurring_ends=_one_or_more(RECURRING_ENDS),
        generic=_set(chain(map(ord, title)) for title in GENERIC),
        numerals=np.array(
            [[*_tokens(name), *_tokens(digits), int(digits)] for name, digits in NUMERALS.items()],
            np.uint32,
        ),
    )


def _joined(labels: list[list[int]], joint: list[int]) -> list[int]:
    """Chains of every label, a joint and every label: a chain is a number in base `_PRIME`."""
    seconds = np.array([chain(label) for label in labels], np.uint64)
    powers = np.array([pow(_PRIME, len(label), _MASK + 1) for label in labels], np.uint64)
    firsts = np.array([chain([*label, *joint]) for label in labels], np.uint64)
    return (firsts[:, np.newaxis] * powers + seconds).ravel().tolist()


def _one_or_more(known: Iterable[str]) -> Set:
    """Tokens as themselves, several side by side as a chain."""
    found = [_tokens(word) for word in known]
    return _set(each[0] if len(each) == 1 else chain(each) for each in found if each)


def _tokens(text: str) -> list[int]:
    return [int(value) for value in token_hashes(text)]


def _set(values: Iterable[int]) -> Set:
    known = set(values) - {0}
    size = 4
    while size < 4 * len(known):
        size *= 2
    places = np.zeros(size, np.uint64)
    for value in sorted(known):
        place = (value ^ value >> 29) & (size - 1)
        while places[place]:
            place = (place + 1) & (size - 1)
        places[place] = value
    return places
