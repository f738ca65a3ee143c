"""Entities and tags of the plainest kind, as `html.unescape` and `dedup.markup` read them."""

from html.entities import html5

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.hashes import chained
from dedup.markup import INLINE
from dedup.words import chain

UNSURE = -1
"""What stands here is left to `dedup.text`."""
NONE = -2
"""No markup: the character stands for itself."""

_ENTITIES = np.array(
    [chain(map(ord, name)) for name in ("amp", "lt", "gt", "quot", "apos", "nbsp", "#39")],
    np.uint64,
)
_MEANT = np.array([*map(ord, "&<>\"'\u00a0'")], np.int64)
_AMP, _LT, _GT = 0, 1, 2
_LONGEST = 4
_OPEN_NAMES = np.array([chain(map(ord, name)) for name in html5 if name[-1] != ";"], np.uint64)
"""Entities that need no ``;`` at their end, nor the end of a word: ``&copyright`` is ©right."""
_LONGEST_OPEN = max(len(name) for name in html5 if name[-1] != ";")
_LONGEST_NAME = 4 * 33
"""Bytes of a name and more: `html.unescape` reads 32 characters."""
_INLINE = np.array([chain(map(ord, name)) for name in sorted(INLINE)], np.uint64)
_LONGEST_TAG = 16


@compiled
def is_latin(byte: int) -> bool:
    return 0x61 <= (byte | 0x20) <= 0x7A


@compiled
def entity(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """The character that an entity stands for whose ``&`` is at a place, and the place after it;
    else `NONE` or `UNSURE`. One that may be part of other markup is not sure."""
    place = at + 1
    if place >= end or not (data[place] == 0x23 or is_latin(data[place])):
        return NONE, at
    following = data[place + 1] if place + 1 < end else np.uint8(0x20)
    if is_latin(data[place]) and (following == 0x20 or following == 0x2C or following == 0x2E):
        return NONE, at  # no entity has a name of one letter
    name = np.uint64(0)
    while place < end and place - at <= _LONGEST and data[place] != 0x3B:
        name = chained(name, data[place])
        place += 1
    if place >= end or data[place] != 0x3B:
        return UNSURE if _may_name(data, at + 1, end) else NONE, at
    place += 1
    following = data[place] if place < end else np.uint8(0x20)
    for row in range(_ENTITIES.size):
        if _ENTITIES[row] == name:
            if row == _AMP and (following == 0x23 or is_latin(following)):
                return UNSURE, at
            if row == _LT and (
                is_latin(following) or following == 0x2F or following == 0x21 or following == 0x26
            ):
                return UNSURE, at
            if row == _GT and at > 0 and data[at - 1] == 0x5D:
                return UNSURE, at
            return _MEANT[row], place
    return UNSURE, at


@compiled
def _may_name(data: NDArray[np.uint8], first: int, end: int) -> bool:
    """Whether what stands behind an ``&`` may be an entity other than the plainest."""
    if data[first] == 0x23:
        return True
    name = np.uint64(0)
    for place in range(first, min(end, first + _LONGEST_NAME)):
        byte = data[place]
        if byte == 0x3B:  # ;
            return True
        if byte == 0x20 or byte == 0x09 or byte == 0x0A or byte == 0x0C:
            return False
        if byte == 0x26 or byte == 0x3C or byte == 0x23:  # & < #
            return False
        if place - first < _LONGEST_OPEN:
            name = chained(name, byte)
            for row in range(_OPEN_NAMES.size):
                if _OPEN_NAMES[row] == name:
                    return True
    return False


@compiled
def tag(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """What a tag leaves behind whose ``<`` is at a place: 0 for nothing, a space, `NONE` where it
    is no tag, `UNSURE` where it has more than a name; and the place after it."""
    place = at + 1
    if place < end and data[place] == 0x2F:
        place += 1
    if place >= end or not is_latin(data[place]):
        # Two letters beyond ASCII count as s and k where case does not: ſ and the sign of kelvin.
        byte = data[place] if place < end else np.uint8(0x20)
        unsure = byte == 0x21 or byte == 0x26 or byte == 0xC5 or byte == 0xE2
        return UNSURE if unsure else NONE, at
    first = place
    name = np.uint64(0)
    while place < end and (is_latin(data[place]) or 0x30 <= data[place] <= 0x39):
        name = chained(name, data[place] | 0x20 if is_latin(data[place]) else data[place])
        place += 1
    if place >= end or place - first > _LONGEST_TAG:
        return UNSURE, at
    if data[place] == 0x2F:
        place += 1
    if place >= end or data[place] != 0x3E:
        # A white space may come before an attribute, a colon after a prefix.
        byte = data[place] if place < end else np.uint8(0x20)
        plain = 0x20 < byte < 0x80 and byte != 0x3A and byte != 0x26 and data[place - 1] != 0x2F
        return NONE if plain else UNSURE, at
    for row in range(_INLINE.size):
        if _INLINE[row] == name:
            return 0, place + 1
    return 0x20, place + 1


@compiled
def markup(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """What an entity, a tag or the end of a section of characters at a place leaves behind."""
    if data[at] == 0x26:
        return entity(data, at, end)
    if data[at] == 0x3C:
        return tag(data, at, end)
    closes = at + 2 < end and data[at + 1] == 0x5D and data[at + 2] == 0x3E  # ]]>
    return UNSURE if closes else NONE, at
