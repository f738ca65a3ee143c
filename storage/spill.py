"""Pairs of numbers that do not fit into memory, laid out in parts that do."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pairs = NDArray[np.int64]
"""``(n, 2)``."""

_HELD = 1 << 19
"""Pairs that are held before they are written: 8 MB."""
_NOTHING = np.empty(0, np.int64), np.empty((0, 2), np.int64)


class Spill:
    """Pairs in the files of a folder, each in the part that whoever adds it says."""

    def __init__(self, folder: str, name: str) -> None:
        self._path = Path(folder) / name
        self._waiting: list[tuple[NDArray[np.int64], Pairs]] = [_NOTHING]
        self._held = 0
        self.pairs = 0

    def add(self, parts: NDArray[np.int64], pairs: Pairs) -> None:
        """`parts`: the part of each pair, from 0."""
        self._waiting.append((parts, pairs))
        self._held += len(pairs)
        self.pairs += len(pairs)
        if self._held >= _HELD:
            self._write()

    def _ordered(self) -> tuple[NDArray[np.int64], Pairs]:
        """What is held, by part."""
        if len(self._waiting) > 1:
            parts = np.concatenate([each for each, _ in self._waiting])
            pairs = np.concatenate([each for _, each in self._waiting])
            order = np.argsort(parts, kind="stable")
            self._waiting = [(parts[order], pairs[order])]
        return self._waiting[0]

    def _write(self) -> None:
        self._path.mkdir(exist_ok=True)
        parts, pairs = self._ordered()
        edges = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), len(parts)]
        for start, end in pairwise(edges):
            with (self._path / str(parts[start])).open("ab") as file:
                file.write(pairs[start:end].tobytes())
        self._waiting, self._held = [_NOTHING], 0

    def part(self, number: int) -> Pairs:
        """The pairs of a part: sorted, each once."""
        parts, pairs = self._ordered()
        held = pairs[slice(*np.searchsorted(parts, (number, number + 1)))]
        path = self._path / str(number)
        if path.exists():
            written = np.frombuffer(path.read_bytes(), np.int64).reshape(-1, 2)
            held = np.concatenate([written, held])
        return distinct(held)


def distinct(pairs: Pairs) -> Pairs:
    """Sorted, each once."""
    ordered = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    first = np.ones(len(ordered), np.bool_)
    first[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    return ordered[first]


def missing_from(pairs: Pairs, others: Pairs) -> Pairs:
    """Those of the pairs that are not among the others; all of them sorted, each once."""
    both = np.concatenate([pairs, others])
    theirs = np.zeros(len(both), np.bool_)
    theirs[len(pairs) :] = True
    order = np.lexsort((theirs, both[:, 1], both[:, 0]))
    ordered = both[order]
    twin = np.zeros(len(ordered), np.bool_)
    twin[:-1] = np.all(ordered[1:] == ordered[:-1], axis=1)
    return ordered[~theirs[order] & ~twin]
