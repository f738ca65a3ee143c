"""Keys of the bucket index that nothing stands under, told in memory.

Of what a file brings hardly a key stands in the store, and to see that for each of a million
records in thirty blocks takes longer than all else that is done with them.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]

_SLOTS = 8
"""Of a byte, for each key at least, when a sieve is made: of keys that stand nowhere it lets one in
twenty through, one in seven once it is half as coarse and made anew."""
_LEAST_BITS, _MOST_BITS = 20, 28
"""A megabyte to a quarter of a gigabyte: of the keys of two million records it lets one in fourteen
through, of more more."""


class Sieve:
    """Which keys may stand in the index. A key is a hash, whose bits are as good as any."""

    def __init__(self, expected: int) -> None:
        """`expected`: keys that it is to hold."""
        wanted = (_SLOTS * max(expected, 1)).bit_length()
        self._bits = min(max(wanted, _LEAST_BITS), _MOST_BITS)
        self._slots = np.zeros(1 << self._bits, np.bool_)
        self.count = 0

    @property
    def is_coarse(self) -> bool:
        """Whether it is time for another, that holds more."""
        return self._bits < _MOST_BITS and self.count > len(self._slots) * 2 // _SLOTS

    def add(self, keys: Keys) -> Self:
        for place in self._places(keys):
            self._slots[place] = True
        self.count += len(keys)
        return self

    def may_hold(self, keys: Keys) -> NDArray[np.bool_]:
        """False: it stands nowhere."""
        first, second = self._places(keys)
        found: NDArray[np.bool_] = self._slots[first] & self._slots[second]
        return found

    def _places(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        bits = keys.view(np.uint64)
        rest = np.uint64(64 - self._bits)
        first = (bits >> rest).view(np.int64)
        second = ((bits << np.uint64(self._bits)) >> rest).view(np.int64)
        return first, second
