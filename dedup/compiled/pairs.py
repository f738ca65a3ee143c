"""Buckets to candidate pairs, and pairs to connected parts."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory

Numbers = NDArray[np.int64]
Packed = NDArray[np.uint64]
"""Places among the keys of a source in their last bits, the first bits of those keys before: once
they are sorted, places of one key stand side by side."""


@compiled
def pack(keys: Numbers, column: int, rows: Numbers, bits: int, packed: Packed) -> None:
    """The places of the keys ``keys[rows[i], column]`` into `packed`, `bits` a place."""
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    for at in range(rows.size):
        packed[at] = (np.uint64(keys[rows[at], column]) & ~mask) | np.uint64(at)


@compiled
def keep_runs(packed: Packed, bits: int) -> int:
    """Move what looks alike with another to the front. Returns how much that is."""
    shift = np.uint64(bits)
    kept = 0
    met = False
    for at in range(packed.size):
        meets = at + 1 < packed.size and packed[at] >> shift == packed[at + 1] >> shift
        packed[kept] = packed[at]
        kept += met or meets
        met = meets
    return kept


@compiled
def count_pairs(
    packed: Packed, bits: int, keys: Numbers, column: int, rows: Numbers, most: int
) -> tuple[int, int]:
    """How many pairs runs of equal keys of 2 to `most` make, and how many runs are longer. -1
    where different keys look alike in what is packed of them."""
    shift, mask = np.uint64(bits), (np.int64(1) << bits) - 1
    different = False
    key = np.int64(0)
    for at in range(packed.size):
        before, key = key, keys[rows[np.int64(packed[at]) & mask], column]
        alike = at > 0 and packed[at] >> shift == packed[at - 1] >> shift
        different |= alike and key != before
    if different:
        return -1, 0
    pairs = longer = 0
    first = 0
    for at in range(1, packed.size + 1):
        if at == packed.size or packed[at] >> shift != packed[first] >> shift:
            size = at - first
            if size > most:
                longer += 1
            else:
                pairs += size * (size - 1) // 2
            first = at
    return pairs, longer


@compiled
def write_pairs(
    packed: Packed,
    bits: int,
    numbers: NDArray[np.int32],
    most: int,
    kind: int,
    out: Numbers,
    long: Numbers,
) -> None:
    """The pairs of `count_pairs` into `out`, ``lesser << 33 | greater << 3 | kind``, and where each
    longer run begins and ends into the rows of `long`. ``numbers[i]``, below 2 ** 30, stands under
    the key of place i."""
    shift, mask = np.uint64(bits), (np.int64(1) << bits) - 1
    count = found = 0
    first = 0
    for at in range(1, packed.size + 1):
        if at == packed.size or packed[at] >> shift != packed[first] >> shift:
            if at - first > most:
                long[found, 0], long[found, 1] = first, at
                found += 1
            else:
                for left in range(first, at):
                    a = np.int64(numbers[np.int64(packed[left]) & mask])
                    for right in range(left + 1, at):
                        b = np.int64(numbers[np.int64(packed[right]) & mask])
                        out[count] = min(a, b) << 33 | max(a, b) << 3 | kind
                        count += 1
            first = at


@compiled
def unpack_pairs(pairs: Numbers, a: NDArray[np.int32], b: NDArray[np.int32], kinds: Numbers) -> int:
    """The different pairs of sorted ones, as `write_pairs` puts them, into `a` and `b`, and how
    many there are of each kind into `kinds`. Returns how many there are."""
    last = (np.int64(1) << 30) - 1
    count = 0
    for at in range(pairs.size):
        if at == 0 or pairs[at] != pairs[at - 1]:
            kinds[pairs[at] & 7] += 1
            if at == 0 or pairs[at] >> 3 != pairs[at - 1] >> 3:
                a[count], b[count] = pairs[at] >> 33, (pairs[at] >> 3) & last
                count += 1
    return count


@compiled_with_memory
def connected(count: int, a: Numbers, b: Numbers) -> Numbers:
    """The least member of the part that each of `count` things stands in, given pairs."""
    parent = np.arange(count)
    for at in range(a.size):
        first, second = a[at], b[at]
        while parent[first] != first:
            parent[first] = parent[parent[first]]
            first = parent[first]
        while parent[second] != second:
            parent[second] = parent[parent[second]]
            second = parent[second]
        if first < second:
            parent[second] = first
        else:
            parent[first] = second
    for at in range(count):
        root = at
        while parent[root] != root:
            root = parent[root]
        parent[at] = root
    return parent
