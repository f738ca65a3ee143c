"""Tokens to signatures and band keys: what `dedup.kernels` and `dedup.bands` make of them."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.compiled.hashes import PRIME, chained, mixed
from dedup.hashing import SHINGLE, Hashes

Keys = NDArray[np.int64]

AT_ONCE = 64
"""Values that a processor of today takes in one step."""


@compiled
def shingles_of(tokens: Hashes, first: int, end: int, length: int, out: Hashes) -> int:
    """Hashes of all runs of `length` of ``tokens[first:end]``, in order, into `out`: see
    `dedup.hashing.run_hashes`. Returns how many they are.

    Token by token of the runs, not run by run: so that many are made at once.
    """
    length = min(length, end - first)
    count = end - first - length + 1
    if length == 0:
        return 0
    for offset in range(length):
        each = tokens[first + offset : first + offset + count]
        for place in range(count):
            value = np.uint32(0) if offset == 0 else out[place]
            out[place] = np.uint32(value * np.uint32(SHINGLE)) + each[place]
    for place in range(count):
        out[place] = mixed(out[place])
    return count


@compiled
def chain_of(tokens: Hashes | NDArray[np.uint8]) -> int:
    """A `dedup.words.chain`: uint64. Four tokens a step, as a step waits for the one before it."""
    second = PRIME * PRIME
    third, fourth = second * PRIME, second * second
    whole = tokens.size // 4 * 4
    value = np.uint64(0)
    for at in range(0, whole, 4):
        one, two = np.uint64(tokens[at]) + np.uint64(1), np.uint64(tokens[at + 1]) + np.uint64(1)
        last = chained(np.uint64(tokens[at + 2]) + np.uint64(1), tokens[at + 3])
        value = value * fourth + (one * third + two * second + last)
    for at in range(whole, tokens.size):
        value = chained(value, tokens[at])
    return value


@compiled
def distinct(
    values: Hashes, places: Hashes, stamps: Hashes, stamp: int, sketch: NDArray[np.uint64]
) -> int:
    """How many different values there are; also a bit for every one into the words of `sketch`.

    `places` and `stamps` are a table of a power of two of places, at least twice the values: a
    place is taken where its stamp is the one given, so that nothing need be cleared between two
    calls. The roomier it is, the seldomer a processor guesses wrong whether a place is taken.
    """
    last = np.uint32(places.size - 1)
    last_bit = np.uint32(64 * sketch.size - 1)
    sketch[:] = np.uint64(0)
    found = 0
    for value in values:
        bit = (value >> np.uint32(7)) & last_bit
        sketch[bit >> np.uint32(6)] |= np.uint64(1) << np.uint64(bit & np.uint32(63))
        place = value & last
        while stamps[place] == stamp and places[place] != value:
            place = np.uint32(place + np.uint32(1)) & last
        if stamps[place] != stamp:
            stamps[place] = stamp
            places[place] = value
            found += 1
    return found


@compiled
def sign(values: Hashes, factors: Hashes, summands: Hashes, least: Hashes) -> None:
    """The signature of shingles, which are mixed in place, into `least`: see
    `dedup.kernels.signature`.

    Four permutations at a time over all shingles: so the least values stay in registers, and every
    shingle is read once for four. Where fewer than four are left, the last stands for the rest.
    Fastest for a multiple of `AT_ONCE`: what is left over would be taken one by one.
    """
    for at in range(values.size):
        values[at] = mixed(values[at])
    last = least.size - 1
    for row in range(0, least.size, 4):
        two, three, four = min(row + 1, last), min(row + 2, last), min(row + 3, last)
        factor_1, factor_2 = factors[row], factors[two]
        factor_3, factor_4 = factors[three], factors[four]
        summand_1, summand_2 = summands[row], summands[two]
        summand_3, summand_4 = summands[three], summands[four]
        least_1 = least_2 = least_3 = least_4 = np.uint32(0xFFFFFFFF)
        for at in range(values.size):
            value = values[at]
            least_1 = min(least_1, np.uint32(factor_1 * value + summand_1))
            least_2 = min(least_2, np.uint32(factor_2 * value + summand_2))
            least_3 = min(least_3, np.uint32(factor_3 * value + summand_3))
            least_4 = min(least_4, np.uint32(factor_4 * value + summand_4))
        least[row], least[two], least[three], least[four] = least_1, least_2, least_3, least_4


@compiled
def fill_up(room: Hashes, count: int) -> int:
    """Repeat the first of some values behind them, up to a multiple of `AT_ONCE`: to the least
    values it makes no difference. Returns how many they are then."""
    size = (count + AT_ONCE - 1) // AT_ONCE * AT_ONCE
    for place in range(count, size):
        room[place] = room[0]
    return size


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
