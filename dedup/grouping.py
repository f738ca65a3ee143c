"""Text groups of a corpus: records equal, after folding, in every field that evidence reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.columns import Columns
from dedup.titles import fold_title
from dedup.titling import TITLE_NOTICE, TITLE_PART, buffers

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups by number, from 0, in the order of their first rows."""

    of: Rows
    """The group of each row."""
    rows: Rows
    """The first row of each group, which stands for all of it."""
    sizes: Rows

    @property
    def count(self) -> int:
        return len(self.rows)


def group(columns: Columns) -> Groups:
    """Number the groups. The digest of a record says all but what only the text of its title
    tells: whether it is a notice, and which part it names; where two of one digest may differ in
    those and are not spelt alike, their titles are looked at."""
    groups = _numbered(columns.signed.digests)
    unsure = np.zeros(groups.count, np.bool_)
    unsure[groups.of[columns.signed.title_flags & (TITLE_NOTICE | TITLE_PART) != 0]] = True
    unsure &= groups.sizes > 1
    asked = _spelt_apart(columns, groups, np.flatnonzero(unsure[groups.of]))
    if not asked.size:
        return groups
    of = groups.of
    apart: dict[tuple[int, bool, str], int] = {}
    said: dict[str, tuple[bool, str]] = {}
    titles = columns.table.column("title").take(asked).to_pylist()
    for row, written in zip(asked.tolist(), titles, strict=True):
        if written not in said:
            title = fold_title(written)
            said[written] = title.notice, title.part
        mine = (int(of[row]), *said[written])
        of[row] = apart.setdefault(mine, groups.count + len(apart))
    return _numbered(of.view(np.uint64))


def _spelt_apart(columns: Columns, groups: Groups, rows: Rows) -> Rows:
    """Those of some whole groups whose titles are not all written alike."""
    from dedup.compiled.grouping import spelt_alike

    alike = np.empty(rows.size, np.bool_)
    numbers = groups.of[rows]
    spelt_alike(*buffers(columns.titles), groups.rows[numbers], rows, alike)
    apart = np.zeros(groups.count, np.bool_)
    apart[numbers[~alike]] = True
    return rows[apart[numbers]]


def _numbered(values: NDArray[np.uint64]) -> Groups:
    """Groups of the rows of equal values."""
    from dedup.compiled.grouping import number

    of, rows = np.empty(values.size, np.int64), np.empty(values.size, np.int64)
    sizes = np.zeros(values.size, np.int64)
    count = number(values, of, rows, sizes)
    return Groups(of, rows[:count].copy(), sizes[:count].copy())
