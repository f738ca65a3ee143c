"""The bucket index: under which candidate keys text groups stand, and which buckets are full.

Every function runs in a transaction of the caller's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select

from storage.portable import rows_among, upsert
from storage.schema import bucket, saturated


def holders(connection: Connection, keys: Collection[int]) -> dict[int, set[int]]:
    """The groups in each of the buckets that are not saturated; empty ones are missing."""
    wanted = set(keys) - saturated_among(connection, keys)
    held: dict[int, set[int]] = {}
    for key, group in rows_among(connection, "SELECT key, text_group FROM bucket", "key", wanted):
        held.setdefault(key, set()).add(group)
    return held


def add(connection: Connection, groups: Mapping[int, Iterable[int]]) -> None:
    """Put groups into their buckets."""
    rows = [{"key": key, "text_group": group} for group, keys in groups.items() for key in {*keys}]
    if rows:
        connection.execute(insert(bucket), sorted(rows, key=lambda row: row["key"]))


def remove(connection: Connection, group: int, keys: Collection[int], limit: int) -> None:
    """Take a group out of its buckets; those that fall to `limit` groups are noted."""
    connection.execute(
        delete(bucket).where(bucket.c.key.in_([*keys]), bucket.c.text_group == group)
    )
    full = saturated_among(connection, keys)
    note(connection, [key for key in full if size(connection, key, limit) <= limit])


def size(connection: Connection, key: int, limit: int) -> int:
    """Groups in a bucket, counted up to one more than the limit."""
    some = select(bucket.c.text_group).where(bucket.c.key == key).limit(limit + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def saturated_among(connection: Connection, keys: Iterable[int]) -> set[int]:
    """Those of the buckets that are noted as saturated."""
    rows = rows_among(connection, "SELECT key FROM saturated", "key", set(keys))
    return {key for (key,) in rows}


def note(connection: Connection, keys: Sequence[int]) -> None:
    """Note buckets that crossed the line, upwards or downwards."""
    upsert(connection, saturated, [{"key": key, "settled": 0} for key in keys])
