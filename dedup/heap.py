"""Memory of millions of records: one array that grows at its end, and what is let go."""

import ctypes
import mmap
import sys
import threading
from collections.abc import Sequence

import numpy as np

from dedup.hashing import Hashes

_MOST = 1 << 32
"""Places asked for at first: room, not memory, which a page takes when it is written to."""


class Heap:
    """uint32, written by several threads."""

    def __init__(self, room: int = _MOST) -> None:
        self._places = _roomy(room)
        self._size = 0
        self._lock = threading.Lock()

    def append(self, parts: Sequence[Hashes]) -> tuple[Hashes, int]:
        """Write parts, one behind the other, behind all that is there; as they stand there, and
        where they begin."""
        with self._lock:  # to the end: who makes a larger array copies what others have written
            begin, end = self._size, self._size + sum(part.size for part in parts)
            if end > self._places.size:
                larger = _roomy(max(2 * end, 1 << 20))
                if larger.size < end:
                    larger = np.empty(2 * end, np.uint32)
                larger[:begin] = self._places[:begin]
                self._places = larger
            written = self._places[begin:end]
            np.concatenate(parts, out=written)
            self._size = end
        return written, begin

    def values(self) -> Hashes:
        """All of them. To be asked for when nobody writes any more."""
        return self._places[: self._size]


def _roomy(size: int) -> Hashes:
    """An array of as many places as the system lends, up to a size.

    Mapped here and not by numpy, which asks for huge pages: to be given those can cost more than
    all that is done with them (2.2 s for 800 MB on a virtual machine, beside 0.5 s).
    """
    while size > 1 << 20 and sys.platform == "linux":
        try:
            room = mmap.mmap(-1, 4 * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            return np.frombuffer(room, np.uint32)
        except (OSError, ValueError):
            size //= 2
    return np.empty(size, np.uint32)


def trim() -> None:
    """Have the C library return to the system what it keeps of memory that was let go, as far as
    it can be asked to: a third of all that a million records take would be that."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return  # not glibc, which alone has to be asked
