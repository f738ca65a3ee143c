"""Sorting what is fresh into the shelf, a bounded step a transaction.

When enough has come, `_set_aside` takes all rows of ``fresh`` and writes them anew, sorted, a row
for each part of the shelf, under the ids below 0; then each step sorts one of these into its part,
which is written anew. So every entry is written about `_SHARE` times, whatever a store holds, and
a step takes a few hundredths of a second. What is looked up meanwhile stands in one or in both.
"""

import secrets
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from storage.buckets import (
    ENTRY,
    LEAST,
    PART_BITS,
    PARTS,
    Entries,
    Shelving,
    as_bytes,
    as_entries,
    block_of,
    bounds,
    fresh_rows,
    last_said,
    part_of,
    shelving_of,
)
from storage.portable import upserted
from storage.prepared import Prepared
from storage.schema import fresh, shelf, shelving

_MOST = 1 << 19
"""Entries that are set aside together, however much the shelf holds."""
_SHARE = 24
"""Of the shelf: as many parts of it are set aside together."""
_LEAST_OF_FILES, _MOST_OF_FILES, _SHARE_OF_FILES = 1 << 20, 3 << 19, 2
"""Likewise, while files are imported: what waits is held in memory by whoever asks meanwhile, and
the shelf is written anew a third as often."""
_BLOCK = 96
"""Entries of a block that is split no further: rows of 1 to 2 KB."""

_ASIDE = Prepared(
    select(fresh.c.id, fresh.c.entries).where(fresh.c.id < 0).order_by(fresh.c.id).limit(1)
)
_INSERT = Prepared(insert(fresh))
_DROP = Prepared(delete(fresh).where(fresh.c.id == bindparam("number")))
_DROP_ALL = Prepared(delete(fresh))
_PART = Prepared(
    select(shelf.c.entries)
    .where(shelf.c.first.between(bindparam("low"), bindparam("high")))
    .order_by(shelf.c.first)
)
_CLEAR = Prepared(delete(shelf).where(shelf.c.first.between(bindparam("low"), bindparam("high"))))
_FILL = Prepared(insert(shelf))
_KEEP = Prepared(upserted(shelving))


def keep_pace(connection: Connection, waiting: int, came: int) -> None:
    """Do what is due, in a writing transaction: as many steps as have all that was set aside sorted
    in before as much has come again. `came`: entries since this was done last; `waiting`: since
    something was set aside."""
    for _ in range(steps(connection, came)):
        if not step(connection, waiting):
            break
        waiting = 0


def steps(connection: Connection, came: int, *, patient: bool = False) -> int:
    """See `keep_pace`; `patient`: see `step`."""
    return 1 + 5 * PARTS * came // (4 * _limit(connection, patient))


def _limit(connection: Connection, patient: bool) -> int:
    """Entries that are set aside together."""
    least, most, share = LEAST, _MOST, _SHARE
    if patient:
        least, most, share = _LEAST_OF_FILES, _MOST_OF_FILES, _SHARE_OF_FILES
    return max(least, min(most, shelving_of(connection).entries // share))


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was fresh at some moment, sorted under no lock."""

    last: tuple[int, int]
    """Id and stamp of its last row."""
    parts: dict[int, Entries]
    """By the part of the shelf."""


def gathered(connection: Connection, waiting: int, *, patient: bool = False) -> Gathered | None:
    """For the next `step`, if that is to set aside; in a reading transaction."""
    if waiting < _limit(connection, patient) or _ASIDE.all(connection):
        return None
    return _gathered(connection)


def _gathered(connection: Connection) -> Gathered:
    rows = fresh_rows(connection)
    entries = last_said(as_entries(b"".join([data for _, _, data in rows])))
    edges = np.searchsorted(part_of(entries[:, 0]), np.arange(PARTS + 1)).tolist()
    parts = {
        part: entries[start:end] for part, (start, end) in enumerate(pairwise(edges)) if end > start
    }
    return Gathered(rows[-1][:2] if rows else (0, 0), parts)


def step(
    connection: Connection, waiting: int, *, patient: bool = False, ready: Gathered | None = None
) -> bool:
    """Do a part of what is due, in a writing transaction; False: nothing is. `waiting`: entries
    that have come since the last that were set aside, about; `patient`: while files are
    imported; `ready`: what `gathered` gave."""
    aside = _ASIDE.all(connection)
    if aside:
        number, entries = aside[0]
        sort_in(connection, PARTS + number, as_entries(entries))
        _DROP.run(connection, number=number)
        return True
    if waiting < _limit(connection, patient):
        return False
    _set_aside(connection, ready)
    return True


def _set_aside(connection: Connection, ready: Gathered | None = None) -> None:
    since = fresh_rows(connection, ready.last[0]) if ready is not None else []
    if ready is None or not since or since[0][:2] != ready.last:  # others set it aside meanwhile
        ready, since = _gathered(connection), []
    came = since[1:]
    last = max((came[-1] if came else ready.last)[0], 0)
    _DROP_ALL.run(connection)
    rows = [_row(part - PARTS, entries) for part, entries in ready.parts.items()]
    _INSERT.many(connection, rows)
    # where what comes next goes on
    _INSERT.run(connection, **_row(last + 1, as_entries(b"".join([row[2] for row in came]))))


def _row(number: int, entries: Entries) -> dict[str, object]:
    return {"id": number, "stamp": secrets.randbits(62), "entries": as_bytes(entries)}


def sort_in(connection: Connection, part: int, entries: Entries) -> None:
    """Write a part of the shelf anew with what was said since: sorted, a part's alone."""
    before = as_entries(b"".join([data for (data,) in _PART.all(connection, **bounds(part))]))
    after = last_said(np.concatenate([before, entries]))
    after = after[after[:, 1] >= 0]
    _write_part(connection, part, after, shelving_of(connection).entries - len(before))


def _write_part(connection: Connection, part: int, entries: Entries, others: int) -> None:
    """`others`: entries of the other parts."""
    depth = depth_of(len(entries))
    _CLEAR.run(connection, **bounds(part))
    _FILL.many(connection, blocks_of(entries, depth))
    depths = shelving_of(connection).depths.copy()
    depths[part] = depth
    keep(connection, Shelving(depths, others + len(entries)))


def depth_of(entries: int) -> int:
    """Bits of a key that name a block, in a part of so many entries."""
    depth = PART_BITS
    while entries > _BLOCK << (depth - PART_BITS):
        depth += 1
    return depth


def blocks_of(entries: Entries, depth: int) -> list[dict[str, Any]]:
    """Rows of ``shelf`` for entries sorted by key; `depth`: bits of a key that name its block."""
    firsts = block_of(entries[:, 0].copy(), np.full(len(entries), depth, np.uint8))
    starts = np.flatnonzero(firsts[1:] != firsts[:-1]) + 1
    edges = [0, *starts.tolist(), len(entries)]
    data = as_bytes(entries)
    return [
        {"first": int(firsts[start]), "entries": data[16 * start : 16 * end]}
        for start, end in pairwise(edges)
        if end > start
    ]


def keep(connection: Connection, now: Shelving) -> None:
    _KEEP.run(connection, id=1, depths=now.depths.tobytes(), entries=now.entries)


def sort_anew(connection: Connection, part: int) -> None:
    """Write a part anew from those of its blocks that can be read."""
    rows = _PART.all(connection, **bounds(part))
    whole = [data for (data,) in rows if len(data) % ENTRY == 0]
    entries = last_said(as_entries(b"".join(whole)))
    entries = entries[(part_of(entries[:, 0]) == part) & (entries[:, 1] >= 0)]
    _write_part(connection, part, entries, shelving_of(connection).entries)


def count(connection: Connection) -> int:
    """How many entries stand on the shelf."""
    length = select(func.coalesce(func.sum(func.length(shelf.c.entries)), 0))
    return int(connection.execute(length).scalar_one()) // ENTRY


def drop_torn(connection: Connection) -> None:
    """Drop what came lately and cannot be read."""
    torn = func.length(fresh.c.entries) % ENTRY != 0
    if connection.execute(delete(fresh).where(torn)).rowcount:
        _set_aside(connection)  # and whoever holds what is fresh reads it anew
