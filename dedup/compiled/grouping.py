"""Equal values to groups, and groups to their rows."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory

Numbers = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@compiled_with_memory
def number(values: NDArray[np.uint64], of: Numbers, rows: Numbers, sizes: Numbers) -> int:
    """The number of each value into `of`: different values are numbered from 0 as they come. The
    place where each of those comes first into `rows`, how often it comes added to `sizes`. Returns
    how many there are."""
    bits = 6
    while np.int64(1) << bits < 2 * values.size:
        bits += 1
    last = (np.int64(1) << bits) - 1
    table = np.full(last + 1, -1, np.int32)
    count = 0
    for row in range(values.size):
        value = values[row]
        place = np.int64((value * _GOLDEN) >> np.uint64(64 - bits))
        while table[place] >= 0 and values[rows[table[place]]] != value:
            place = (place + 1) & last
        if table[place] < 0:
            table[place] = count
            rows[count] = row
            count += 1
        of[row] = table[place]
        sizes[table[place]] += 1
    return count


@compiled
def spelt_alike(
    data: NDArray[np.uint8], offsets: Numbers, a: Numbers, b: Numbers, alike: NDArray[np.bool_]
) -> None:
    """Whether the texts of each pair are equal, into `alike`; those of row i are
    ``data[offsets[i]:offsets[i + 1]]``."""
    for row in range(a.size):
        first, second = offsets[a[row]], offsets[b[row]]
        size = offsets[a[row] + 1] - first
        alike[row] = False
        if offsets[b[row] + 1] - second == size:
            at = 0
            while at < size and data[first + at] == data[second + at]:
                at += 1
            alike[row] = at == size
