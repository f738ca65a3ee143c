"""Files that hold the rows, and the index of related literature: whole, and of this store."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, inspect, select, text

from records import IndexMissing, IndexUnusable
from storage.checks.check import Bench, Fault
from storage.checks.pointers import sweep
from storage.schema import state

_INDEX = "index of related literature"


def finds_torn_pages(bench: Bench) -> Iterator[Fault]:
    """A table a transaction. What a server keeps, its own tools look after."""
    if bench.database.engine.dialect.name != "sqlite":
        return
    with bench.database.read() as connection:
        tables = sorted(inspect(connection).get_table_names())
    for table in tables:
        with bench.database.read() as connection:
            said = connection.execute(text(f'PRAGMA integrity_check("{table}")')).scalars().all()
        bench.looked_at(1)
        for each in said:
            if each != "ok":
                yield Fault(table, each)


def mends_torn_pages(bench: Bench, faults: Sequence[Fault]) -> int:
    """What an index of the database says is worked out again; rows that are torn stay so."""
    mended = 0
    for table in sorted({each.what for each in faults}):
        with bench.database.write() as connection:
            connection.execute(text(f'REINDEX "{table}"'))
            said = connection.execute(text(f'PRAGMA integrity_check("{table}")')).scalars().all()
        if said == ["ok"]:
            mended += sum(each.what == table for each in faults)
    return mended


def finds_related(bench: Bench) -> Iterator[Fault]:
    """What the index says of each record that it was told of; a harvest's end brings it the others,
    and makes one where there is none: in no backup is one. Every file of it is read.
    """
    staleness = bench.store.related_state()
    try:
        torn = bench.store.related_view().torn()
    except IndexMissing:
        bench.leave_out(staleness.behind)
        return
    except IndexUnusable as error:
        yield Fault(_INDEX, str(error))
        return
    if torn:
        yield Fault(_INDEX, f"its files are torn: {', '.join(torn)}")
        return
    if staleness.refreshed_to is None:  # of another store, or by rules of another version
        bench.leave_out(staleness.behind)
        return
    yield from _differing(bench, staleness.refreshed_to)
    with bench.database.read() as connection:
        newest = connection.execute(select(state.c.change_no)).scalar_one()
    view = bench.store.related_view()
    looked_at = bench.told.looked_at
    if view.mark.refreshed_to == newest and view.records != looked_at:
        words = f"holds {view.records:,} records, the store {looked_at:,}"
        yield Fault(_INDEX, words)


def _differing(bench: Bench, refreshed_to: int) -> Iterator[Fault]:
    def look(_: Connection, rows: Sequence[RowMapping]) -> list[Fault]:
        told = [row for row in rows if row["change_no"] <= refreshed_to]
        bench.leave_out(len(rows) - len(told))
        known = bench.store.related_view().contents([row["id"] for row in told])
        return [
            Fault(row["key"], "is not in the index as it is in the store", row["id"])
            for row in told
            if known.get(row["id"]) != row["content"]
        ]

    return sweep(bench, look)


def mends_related(bench: Bench, faults: Sequence[Fault]) -> int:
    bench.store.refresh(rebuild=True)
    return len(faults)
