"""What screening reads of records, remembered, so that pairs with those that were met before are
told apart without reading their texts again.

Most candidates share a bucket by accident, a record of a million with a dozen others, and nine in
ten of them are seen to be another work by what stands here: about 1 KB a record.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.columns import Columns
from dedup.hashing import Hashes
from dedup.heap import Heap
from dedup.scheme import Scheme
from dedup.signing import Signed

Numbers = NDArray[np.int64]

MOST = 1_500_000
"""Records that are remembered: 1.5 GB."""
_ROWS = ("sizes", "sketches", "title_flags", "weights", "years", "has", "names")
_SPANS = ("starts", "ends", "title_spans", "described")
_HEAPS = ("title_tokens", "title_places", "title_letters", "descriptions")
_LEAST = 1024


@dataclass(frozen=True, slots=True)
class Traits:
    """Of a batch, a row a record; plain arrays, that can be handed to another process."""

    arrays: dict[str, NDArray[Any]]
    """Fields of `dedup.signing.Signed` by their names."""
    tokens: Hashes

    def __len__(self) -> int:
        return len(self.arrays["sizes"])


def traits_of(columns: Columns) -> Traits:
    """Traits of all rows."""
    names = (*_ROWS, *_SPANS, *_HEAPS)
    return Traits({name: getattr(columns.signed, name) for name in names}, columns.tokens)


class Memory:
    """Traits of text groups. They are a function of what a group's id is a hash of: what is
    remembered stays true, whatever becomes of the group."""

    def __init__(self, scheme: Scheme, most: int = MOST) -> None:
        self._scheme, self._most = scheme, most
        self._rows: dict[int, int] = {}
        self._count = 0
        self._arrays: dict[str, _Growing] = {}
        self._tokens = Heap()

    @property
    def is_full(self) -> bool:
        return self._count >= self._most

    def unknown(self, groups: Collection[int]) -> list[int]:
        """Those of some groups that are not remembered."""
        return [group for group in groups if group not in self._rows]

    def add(self, groups: Sequence[int], traits: Traits) -> None:
        """Remember groups, a row of the traits each, unless it is full or they are known."""
        if self.is_full or not self.unknown(groups):
            return
        _, begin = self._tokens.append([traits.tokens])
        moved = {
            "starts": begin,
            "ends": begin,
            "title_spans": np.repeat((self._size("title_tokens"), self._size("title_letters")), 2),
            "described": self._size("descriptions"),
        }
        for name, values in traits.arrays.items():
            held = self._arrays.setdefault(name, _Growing(values))
            held.append(values + moved[name] if name in moved else values)
        for row, group in enumerate(groups, self._count):
            self._rows.setdefault(group, row)
        self._count += len(traits)

    def _size(self, name: str) -> int:
        return self._arrays[name].size if name in self._arrays else 0

    def likely(self, pairs: Numbers) -> Numbers:
        """The pairs of groups, ``(n, 2)``, that may be more than different; those of which an end
        is not known too."""
        from dedup.screening import screen

        rows = np.array([self._rows.get(group, -1) for group in pairs.ravel().tolist()], np.int64)
        rows = rows.reshape(-1, 2)
        known = (rows[:, 0] >= 0) & (rows[:, 1] >= 0)
        if not known.any():
            return pairs
        a, b = rows[known].T
        left = ~known
        left[np.flatnonzero(known)[screen(self._columns(), a.copy(), b.copy()).places]] = True
        return pairs[left]

    def _columns(self) -> Columns:
        said: dict[str, Any] = {name: held.values() for name, held in self._arrays.items()}
        none = np.empty(0, np.int64)
        signed = Signed(**{name: said.get(name, none) for name in Signed.__slots__})
        return Columns(None, signed, self._tokens.values(), self._scheme)


class _Growing:
    """Rows of one kind, in an array that has room for more."""

    def __init__(self, like: NDArray[Any]) -> None:
        self._room = np.empty((_LEAST, *like.shape[1:]), like.dtype)
        self.size = 0

    def append(self, rows: NDArray[Any]) -> None:
        end = self.size + len(rows)
        if end > len(self._room):
            larger = np.empty((max(end, len(self._room) * 3 // 2), *rows.shape[1:]), rows.dtype)
            larger[: self.size] = self._room[: self.size]
            self._room = larger
        self._room[self.size : end] = rows
        self.size = end

    def values(self) -> NDArray[Any]:
        return self._room[: self.size]
