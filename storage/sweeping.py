"""All records of a store, placed by a scheme, a slice a transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping, func, select

from dedup.placing import Placed, batch_of, place
from dedup.scheme import Scheme
from storage.content import readable_of
from storage.database import Database
from storage.schema import content, record, text_group

_AT_ONCE = 2000

_ALL = (
    select(
        record.c.id.label("record"),
        record.c.key,
        record.c.text_group,
        text_group.c.self_same,
        *content.c,
    )
    .join(content, content.c.id == record.c.content)
    .outerjoin(text_group, text_group.c.id == record.c.text_group)
    .order_by(record.c.id)
)

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some records as they stood at one moment."""

    rows: Sequence[RowMapping]
    """With ``record``, ``text_group`` and its ``self_same`` as the store says them."""
    placed: Placed

    def strange(self) -> NDArray[np.intp]:
        """Places of the records whose text group is not the one of the scheme."""
        groups = np.array([row["text_group"] for row in self.rows], np.int64)
        same = np.array([row["self_same"] == 1 for row in self.rows], np.bool_)
        return np.flatnonzero((groups != self.placed.groups) | (same != self.placed.itself))


def slices(database: Database, scheme: Scheme, progress: Progress) -> Iterator[Slice]:
    """Those that nothing changes meanwhile are in exactly one. Records without a wording that can
    be read are in none: no index leads to them."""
    with database.read() as connection:
        every = int(connection.execute(select(func.count()).select_from(record)).scalar_one())
    last, done = -1, 0
    while True:
        progress(done, max(done, every))
        with database.read() as connection:
            rows = (
                connection.execute(_ALL.where(record.c.id > last).limit(_AT_ONCE)).mappings().all()
            )
        if not rows:
            return
        last, done = rows[-1]["record"], done + len(rows)
        worded = [(row, said) for row in rows if (said := readable_of(row)) is not None]
        if worded:
            records = [said for _, said in worded]
            yield Slice([row for row, _ in worded], place(batch_of(records), scheme))
