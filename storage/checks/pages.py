"""A page has as many readings as there were records on it."""

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from storage.checks.check import Bench, Fault
from storage.checks.rules import read_again
from storage.removed import takedown
from storage.schema import page, reading

_BATCH = 1000


def finds(bench: Bench) -> Iterator[Fault]:
    """Pages whose measures were kept; others were stored before there were any. Where records were
    taken down, nobody can tell a reading that went with them from one that was lost."""
    last = -1
    readings = select(func.count()).select_from(reading).where(reading.c.page == page.c.id)
    with bench.database.read() as connection:
        fewer = connection.execute(select(takedown.c.id).limit(1)).first() is not None
    while True:
        query = (
            select(page.c.id, page.c.url, page.c.measures, readings.scalar_subquery().label("has"))
            .where(page.c.id > last, page.c.state == "read", page.c.measures.is_not(None))
            .order_by(page.c.id)
            .limit(_BATCH)
        )
        with bench.database.read() as connection:
            rows = connection.execute(query).all()
        bench.looked_at(len(rows))
        for row in rows:
            listed = json.loads(row.measures)["records"]
            if listed < row.has or (listed > row.has and not fewer):
                yield Fault(row.url, f"has {row.has} readings, and listed {listed} records", row.id)
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    with bench.database.write() as connection:
        read_again(connection, [each.id for each in faults])
    return 0
