"""Buckets to candidate pairs, and pairs to connected parts."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled

Numbers = NDArray[np.int64]


@compiled
def count_pairs(keys: Numbers, most: int) -> tuple[int, int]:
    """How many pairs runs of equal keys of 2 to `most` make, and how many runs are longer."""
    pairs = longer = 0
    first = 0
    for at in range(1, keys.size + 1):
        if at == keys.size or keys[at] != keys[first]:
            size = at - first
            if size > most:
                longer += 1
            else:
                pairs += size * (size - 1) // 2
            first = at
    return pairs, longer


@compiled
def write_pairs(
    keys: Numbers, groups: NDArray[np.int32], most: int, out: Numbers, long: Numbers
) -> None:
    """The pairs of `count_pairs` into `out`, ``(lesser << 31 | greater)``, and where each longer
    run begins and ends into the rows of `long`."""
    count = found = 0
    first = 0
    for at in range(1, keys.size + 1):
        if at == keys.size or keys[at] != keys[first]:
            if at - first > most:
                long[found, 0], long[found, 1] = first, at
                found += 1
            else:
                for left in range(first, at):
                    for right in range(left + 1, at):
                        a, b = np.int64(groups[left]), np.int64(groups[right])
                        out[count] = min(a, b) << 31 | max(a, b)
                        count += 1
            first = at


@compiled
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
