"""Tokens to signatures and band keys: what `dedup.kernels` and `dedup.bands` make of them."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.hashes import mixed
from dedup.hashing import SHINGLE, Hashes

Keys = NDArray[np.int64]


@compiled
def shingles_of(tokens: Hashes, first: int, end: int, length: int, out: Hashes) -> int:
    """Hashes of all runs of `length` of ``tokens[first:end]``, in order, into `out`: see
    `dedup.hashing.run_hashes`. Returns how many they are."""
    size = end - first
    if size == 0:
        return 0
    length = min(length, size)
    for place in range(size - length + 1):
        value = np.uint32(0)
        for offset in range(length):
            value = np.uint32(value * np.uint32(SHINGLE) + tokens[first + place + offset])
        out[place] = mixed(value)
    return size - length + 1


@compiled
def distinct(values: Hashes, size: int, places: Hashes, stamps: Hashes, stamp: int) -> int:
    """How many different values ``values[:size]`` holds.

    `places` and `stamps` are a table of a power of two of places, at least twice the size: a place
    is taken where its stamp is the one given, so that nothing need be cleared between two calls.
    """
    last = places.size - 1
    found = 0
    for at in range(size):
        value = values[at]
        place = np.int64(value) & last
        while stamps[place] == stamp and places[place] != value:
            place = (place + 1) & last
        if stamps[place] != stamp:
            stamps[place] = stamp
            places[place] = value
            found += 1
    return found


@compiled
def sign(values: Hashes, size: int, factors: Hashes, summands: Hashes, least: Hashes) -> None:
    """The signature of the shingles ``values[:size]`` into `least`: see `dedup.kernels.signature`.

    A shingle that stands there twice changes nothing.
    """
    count = least.size
    for row in range(count):
        least[row] = np.uint32(0xFFFFFFFF)
    for at in range(size):
        value = mixed(values[at])
        for row in range(count):
            hashed = np.uint32(np.uint32(factors[row] * value) + summands[row])
            least[row] = min(least[row], hashed)


@compiled
def band(least: Hashes, bands: int, rows: int, out: Keys, at: int) -> None:
    """The band keys of a signature into ``out[at:at + bands]``: see `dedup.bands.band_keys`."""
    for each in range(bands):
        key = np.uint64(each + 1) * np.uint64(0x9E3779B97F4A7C15)
        for row in range(rows):
            key ^= np.uint64(least[each * rows + row])
            key ^= key >> np.uint64(30)
            key *= np.uint64(0xBF58476D1CE4E5B9)
            key ^= key >> np.uint64(30)
            key *= np.uint64(0x94D049BB133111EB)
            key ^= key >> np.uint64(30)
        out[at + each] = np.int64(key & ~np.uint64(7))
