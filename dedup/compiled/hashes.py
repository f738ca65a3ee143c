"""The hashes of `dedup.hashing`, and look-ups in the sets of `dedup.words`."""

import numpy as np

from dedup.compiled import compiled
from dedup.words import Set

PRIME = np.uint64(0x100000001B3)


@compiled
def mixed(value: int) -> int:
    """See `dedup.hashing.mixed`: uint32 to uint32."""
    value = np.uint32(value)
    value ^= value >> np.uint32(16)
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value ^= value >> np.uint32(13)
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@compiled
def chained(value: int, each: int) -> int:
    """One more hash of a `dedup.words.chain`: uint64."""
    return np.uint64(value) * PRIME + np.uint64(each) + np.uint64(1)


@compiled
def known(value: int, places: Set) -> bool:
    """Whether a set holds a value other than 0."""
    value = np.uint64(value)
    last = np.uint64(places.size - 1)
    place = (value ^ (value >> np.uint64(29))) & last
    while places[place]:
        if places[place] == value:
            return True
        place = (place + np.uint64(1)) & last
    return False
