"""The buckets of a scheme, made beside those in use, in bounded memory.

Records are placed slice by slice, and what stands in which bucket is laid out in a passing folder,
24 bytes times thirty a record; then the shelf is written, some parts a transaction. What comes and
goes meanwhile is noted by whoever stores it, see `storage.generations`, and later word counts.
"""

from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select

from dedup.scheme import Scheme
from storage import shelving
from storage.buckets import (
    PART_BITS,
    PARTS,
    Entries,
    as_entries,
    bounds,
    last_said,
    part_of,
)
from storage.coming import next_fresh, next_saturated, next_shelf, next_shelving
from storage.database import Database
from storage.pairing import buckets_of
from storage.prepared import Prepared
from storage.spill import Spill
from storage.sweeping import Progress, slices

_WRITTEN = 1 << 16
"""Entries from which a transaction is ended: blocks of a megabyte."""

_ARRIVED = Prepared(select(next_fresh.c.id, next_fresh.c.entries).order_by(next_fresh.c.id))
_FILL = Prepared(insert(next_shelf))
_FULL = Prepared(insert(next_saturated))
_DIVIDE = Prepared(insert(next_shelving))


def build(database: Database, scheme: Scheme, placing: Progress, writing: Progress) -> int:
    """Make the buckets of a generation that was begun; returns how many records are not in the text
    group that the scheme puts them in. `placing`: told of records, `writing`: of parts."""
    strange = 0
    with TemporaryDirectory(prefix="glean-rebuild-") as folder:
        entries = Spill(folder, "entries")
        for some in slices(database, scheme, placing):
            strange += len(some.strange())
            keys, rows = some.placed.keys, some.placed.rows
            entries.add(part_of(keys), np.stack((keys, some.placed.groups[rows]), axis=1))
        _write(database, entries, scheme, writing)
    return strange


@dataclass(slots=True)
class _Waiting:
    """What the next transaction writes."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    full: list[dict[str, Any]] = field(default_factory=list)
    entries: int = 0


def _write(database: Database, entries: Spill, scheme: Scheme, progress: Progress) -> None:
    arrived, until = _arrived(database)
    depths = np.full(PARTS, PART_BITS, np.uint8)
    total = 0
    waiting = _Waiting()
    for part in range(PARTS):
        progress(part, PARTS)
        held = _of_part(part, entries.part(part), arrived)
        depths[part] = shelving.depth_of(len(held))
        _, full = buckets_of(held, scheme.saturation)
        waiting.blocks += shelving.blocks_of(held, int(depths[part])) if len(held) else []
        waiting.full += [{"key": key, "settled": 1} for key in full]
        waiting.entries += len(held)
        total += len(held)
        if waiting.entries >= _WRITTEN:
            _put(database, waiting)
            waiting = _Waiting()
    _put(database, waiting)
    with database.write() as connection:
        _DIVIDE.run(connection, id=1, depths=depths.tobytes(), entries=total)
        connection.execute(delete(next_fresh).where(next_fresh.c.id <= until))


def _put(database: Database, waiting: _Waiting) -> None:
    with database.write() as connection:
        _FILL.many(connection, waiting.blocks)
        _FULL.many(connection, waiting.full)


def _arrived(database: Database) -> tuple[Entries, int]:
    """What came and went since the making began, by key, that of a key as it came; and the number
    of the last of it."""
    with database.read() as connection:
        rows = _ARRIVED.all(connection)
    said = as_entries(b"".join([data for _, data in rows]))
    return said[np.argsort(said[:, 0], kind="stable")], rows[-1][0] if rows else 0


def _of_part(part: int, spilled: Entries, arrived: Entries) -> Entries:
    edges = bounds(part)
    keys = np.ascontiguousarray(arrived[:, 0])
    first = np.searchsorted(keys, edges["low"], "left")
    end = np.searchsorted(keys, edges["high"], "right")
    held = last_said(np.concatenate([spilled, arrived[first:end]]))
    return held[held[:, 1] >= 0]
