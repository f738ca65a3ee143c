"""Saturated buckets: what so many text groups share that it means nothing.

Every function runs in a transaction of the caller's and reads only.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from dedup.bands import WORDS, kind_of
from storage.buckets import Buckets
from storage.schema import record, saturated


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdedKind:
    """Saturated buckets of one kind."""

    kind: str
    """What their records share, in words."""
    buckets: int
    groups: int
    """Text groups of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowded:
    """One saturated bucket."""

    kind: str
    groups: int
    example: str | None
    """Key of one of its records; None: none is left."""


def crowded(
    connection: Connection, *, limit: int
) -> tuple[tuple[CrowdedKind, ...], tuple[Crowded, ...]]:
    """All saturated buckets by their kind, the most frequent first; and the largest one by one."""
    keys = np.array(sorted(connection.execute(select(saturated.c.key)).scalars()), np.int64)
    held = Buckets().held(connection, keys)
    full, first, sizes = np.unique(held[:, 0], return_index=True, return_counts=True)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for key, size in zip(full.tolist(), sizes.tolist(), strict=True):
        by_kind[WORDS[kind_of(key)]].append(size)
    kinds = [CrowdedKind(kind=k, buckets=len(s), groups=max(s)) for k, s in by_kind.items()]
    largest = np.lexsort((full, -sizes))[:limit]
    return (
        tuple(sorted(kinds, key=lambda each: (-each.buckets, each.kind))),
        tuple(
            Crowded(
                kind=WORDS[kind_of(int(full[at]))],
                groups=int(sizes[at]),
                example=_least_key(connection, int(held[first[at], 1])),
            )
            for at in largest.tolist()
        ),
    )


def _least_key(connection: Connection, group: int) -> str | None:
    query = select(func.min(record.c.key)).where(record.c.text_group == group)
    return connection.execute(query).scalar()
