"""The blocks of the bucket index are whole, and stand where they are looked for."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, delete, select

from storage import shelving
from storage.buckets import (
    ENTRY,
    PART_BITS,
    PARTS,
    Entries,
    Shelving,
    as_entries,
    block_of,
    bounds,
    part_of,
    shelving_of,
)
from storage.checks.check import Bench, Fault
from storage.schema import fresh, shelf
from storage.schema import shelving as shelving_table

_FRESH, _SHELF, _DIVISION = range(3)
"""What a fault is of."""


def finds(bench: Bench) -> Iterator[Fault]:
    """Sets `Bench.torn` for as long as there is anything of it."""
    found: list[Fault] = []
    with bench.database.read() as connection:
        rows = connection.execute(select(fresh.c.id, fresh.c.entries)).all()
        now = _division(connection)
    bench.looked_at(len(rows))
    for row in rows:
        if len(row.entries) % ENTRY:
            found.append(Fault(f"entries that came, row {row.id}", "torn", row.id, (_FRESH,)))
    if now is None:
        found.append(Fault("division of the shelf", "gone or torn", 0, (_DIVISION,)))
    entries = 0
    for part in range(PARTS if now is not None else 0):
        with bench.database.read() as connection:
            now = _division(connection)
            torn, held = _look(connection, part, now) if now is not None else ([], 0)
        entries += held
        found += torn
    if now is not None and not found and not _counts(bench, entries):
        found.append(Fault("division of the shelf", "counts other entries", 0, (_DIVISION,)))
    bench.torn = bool(found)
    yield from found


def _division(connection: Connection) -> Shelving | None:
    """None: there is a shelf, and its division cannot be read."""
    try:
        now = shelving_of(connection)
    except ValueError:
        return None
    whole = len(now.depths) == PARTS and bool(np.all(now.depths >= PART_BITS))
    if not whole or now.entries < 0:
        return None
    if now.entries == 0 and connection.execute(select(shelf.c.first).limit(1)).first() is not None:
        return None
    return now


def _counts(bench: Bench, entries: int) -> bool:
    """Whether the division counts as many entries; also where the shelf has changed meanwhile."""
    with bench.database.read() as connection:
        now = shelving_of(connection)
        return now.entries in (entries, shelving.count(connection))


def _look(connection: Connection, part: int, now: Shelving) -> tuple[list[Fault], int]:
    """Blocks of a part that are torn, or stand in the way; and how many entries it holds."""
    edges = bounds(part)
    within = shelf.c.first.between(edges["low"], edges["high"])
    rows = connection.execute(select(shelf.c.first, shelf.c.entries).where(within)).all()
    found, held = [], 0
    for first, data in rows:
        if len(data) % ENTRY or not _is_block(first, as_entries(data), int(now.depths[part])):
            found.append(Fault(f"block {first} of the shelf", "torn", first, (_SHELF,)))
        else:
            held += len(data) // ENTRY
    return found, held


def _is_block(first: int, entries: Entries, depth: int) -> bool:
    keys = np.ascontiguousarray(entries[:, 0])
    of = block_of(keys, np.full(len(keys), depth, np.uint8))
    return bool(np.all(of == first) and np.all(keys[1:] >= keys[:-1]))


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    """What can still be read is put into blocks anew; what is lost is seen to by the check of the
    entries."""
    with bench.database.write() as connection:
        shelving.drop_torn(connection)
        undivided = _division(connection) is None
        if undivided:
            connection.execute(delete(shelving_table))
    firsts = np.array([fault.id for fault in faults if fault.others == (_SHELF,)], np.int64)
    parts = range(PARTS) if undivided else sorted({*part_of(firsts).tolist()})
    for part in parts:
        with bench.database.write() as connection:
            shelving.sort_anew(connection, part)
    with bench.database.write() as connection:
        now = shelving_of(connection)
        shelving.keep(connection, Shelving(now.depths, shelving.count(connection)))
    bench.torn = False
    return len(faults)
