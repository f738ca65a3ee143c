"""Text groups of a corpus: records equal, after folding, in every field that evidence reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.columns import Columns
from dedup.titles import fold_title
from dedup.titling import TITLE_NOTICE, TITLE_PART

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups by number, from 0."""

    of: Rows
    """The group of each row."""
    rows: Rows
    """A row of each group, which stands for all of it."""
    sizes: Rows

    @property
    def count(self) -> int:
        return len(self.rows)

    def members(self) -> tuple[Rows, Rows]:
        """Rows sorted by group, and where each group's begin in them (and the last ends)."""
        order = np.argsort(self.of, kind="stable")
        return order, np.concatenate(([0], np.cumsum(self.sizes)))


def group(columns: Columns) -> Groups:
    """Number the groups. The digest of a record says all but what only the text of its title
    tells: whether it is a notice, and which part it names; where two of one digest may differ in
    those, their titles are looked at."""
    _, rows, of, sizes = np.unique(
        columns.signed.digests, return_index=True, return_inverse=True, return_counts=True
    )
    unsure = (columns.signed.title_flags & (TITLE_NOTICE | TITLE_PART)) != 0
    asked = np.flatnonzero((sizes[of] > 1) & np.isin(of, of[unsure & (sizes[of] > 1)]))
    if not asked.size:
        return Groups(of, rows, sizes)
    apart: dict[tuple[int, bool, str], int] = {}
    said: dict[str, tuple[bool, str]] = {}
    titles = columns.table.column("title").take(asked).to_pylist()
    count = len(rows)
    for row, written in zip(asked.tolist(), titles, strict=True):
        if written not in said:
            title = fold_title(written)
            said[written] = title.notice, title.part
        mine = (int(of[row]), *said[written])
        of[row] = apart.setdefault(mine, count + len(apart))
    _, rows, of, sizes = np.unique(of, return_index=True, return_inverse=True, return_counts=True)
    return Groups(of, rows, sizes)
