"""Whether every record has an id of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.titling import buffers

if TYPE_CHECKING:
    import pyarrow as pa


class Ids:
    """Ids in the order in which they come."""

    def __init__(self) -> None:
        self.chunks: list[pa.Array] = []
        """Of strings."""
        self._hashes: list[NDArray[np.uint64]] = []

    def add(self, ids: pa.Array) -> None:
        """Strings, none of them null."""
        from dedup.compiled.intake import hash_texts

        hashes = np.empty(len(ids), np.uint64)
        hash_texts(*buffers(ids), hashes)
        self.chunks.append(ids)
        self._hashes.append(hashes)

    def twice(self) -> set[str]:
        """Those that stand there more than once."""
        import pyarrow as pa

        if not self.chunks:
            return set()
        hashes = np.concatenate(self._hashes)
        ordered = np.sort(hashes)
        doubtful = ordered[1:][ordered[1:] == ordered[:-1]]
        if not doubtful.size:
            return set()
        rows = np.flatnonzero(np.isin(hashes, doubtful))
        return _repeated(pa.chunked_array(self.chunks).take(pa.array(rows)).to_pylist())


def _repeated(names: Sequence[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}
