"""All that a store holds, as it can be compared with another's."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select

from storage.buckets import every_entry
from storage.schema import content, fresh, metadata, shelf, shelving


def every_row(
    connection: Connection,
    passing: Mapping[str, Collection[str]],
    without: Collection[Table] = (),
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of their own; contents, which are numbered as they
    come, by what they say. `passing`: columns that are left out, by table."""
    numbers = select(content.c.id, func.coalesce(content.c.hash, content.c.id))
    hashes = {row[0]: row[1] for row in connection.execute(numbers)}
    found = {}
    for table in metadata.sorted_tables:
        if table in (fresh, shelf, shelving, *without):
            continue
        numbered = "id" if table is content else "content"
        named = [each.name for each in table.c if each.name not in passing.get(table.name, ())]
        found[table.name] = sorted(
            (
                tuple(hashes[row[each]] if each == numbered else row[each] for each in named)
                for row in connection.execute(select(table)).mappings()
            ),
            key=repr,
        )
    return found | {"buckets": [*map(tuple, every_entry(connection).tolist())]}
