"""Which row of table ``content`` says what a page says of a record.

A wording that stands is found by the readings of its record, so that nothing has to be indexed by
what it says, and rows can be numbered as they come: they stand side by side in leaves that are
full, where ids by chance would leave each half empty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from storage.prepared import Prepared
from storage.schema import content, reading

_CHANCE = 1 << 40
"""Older programs gave contents their hashes for ids: numbers below this are in order, but for one
in eight million."""

_LAST = Prepared(
    select(content.c.id).where(content.c.id < _CHANCE).order_by(content.c.id.desc()).limit(1)
)
_READ = Prepared(
    select(reading.c.record, reading.c.content).where(
        reading.c.record.in_(bindparam("record", expanding=True))
    ),
    "record",
)
_STANDS = Prepared(
    select(content.c.id, func.coalesce(content.c.hash, content.c.id)).where(
        content.c.id.in_(bindparam("id", expanding=True))
    ),
    "id",
)
_ADD = Prepared(insert(content))


def last_id(connection: Connection) -> int:
    """The newest content's id, under the write lock; 0: there is none."""
    rows = _LAST.all(connection)
    return int(rows[0][0]) if rows else 0


@dataclass(slots=True)
class _Known:
    """The wordings of one record."""

    by_hash: dict[int, int] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    """Ids that its page names and no row has."""


def place_contents(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    records: Sequence[int],
    stand: Collection[int],
    earlier: Mapping[int, set[int]],
) -> list[int]:
    """Store what is worded as nothing was before; returns the ids of all. `rows`: without ids;
    `records`: whose each is; `stand`: those that are stored; `earlier`: as in `store_readings`.

    A wording that was lost takes its place again when its page says it again.
    """
    known = _known(connection, set(records) & {*stand, *earlier}, earlier)
    last = last_id(connection)
    fresh, ids = [], []
    for row, of in zip(rows, records, strict=True):
        mine = known.setdefault(of, _Known())
        found = mine.by_hash.get(row["hash"])
        if found is None:
            if mine.lost:
                found = mine.lost.pop()
            else:
                last = found = last + 1
            mine.by_hash[row["hash"]] = found
            fresh.append({**row, "id": found})
        ids.append(found)
    _ADD.many(connection, fresh)
    return ids


def _known(
    connection: Connection, records: set[int], earlier: Mapping[int, set[int]]
) -> dict[int, _Known]:
    said = {of: set(earlier.get(of, ())) for of in records}
    for of, each in _READ.among(connection, records):
        said[of].add(each)
    hashes = dict(_STANDS.among(connection, {each for some in said.values() for each in some}))
    return {
        of: _Known(
            {hashes[each]: each for each in some if each in hashes},
            sorted(each for each in earlier.get(of, ()) if each not in hashes),
        )
        for of, some in said.items()
    }
