"""Every record points at its best reading, and is noted where its readings name two works."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from storage import conflicts, gone
from storage.checks.check import AT_ONCE, Bench, Fault
from storage.matching import mark
from storage.pages import next_change
from storage.readings import best_readings
from storage.schema import conflict, reading, record

_BATCH = 1000
"""Records a reading transaction."""
_POINTER = ("page", "rank", "content", "completeness", "first_run")


def sweep(
    bench: Bench, look: Callable[[Connection, Sequence[RowMapping]], list[Fault]]
) -> Iterator[Fault]:
    """What `look` finds in all rows of ``record``, by their ids, a batch a transaction."""
    last = -1
    while True:
        query = select(record).where(record.c.id > last).order_by(record.c.id).limit(_BATCH)
        with bench.database.read() as connection:
            rows = list(connection.execute(query).mappings())
            found = look(connection, rows) if rows else []
        bench.looked_at(len(rows))
        yield from found
        if len(rows) < _BATCH:
            return
        last = rows[-1]["id"]


def finds(bench: Bench) -> Iterator[Fault]:
    def look(connection: Connection, rows: Sequence[RowMapping]) -> list[Fault]:
        best = best_readings(connection, [row["id"] for row in rows])
        found = [_fault(row, best.get(row["id"])) for row in rows]
        return [each for each in found if each is not None]

    return sweep(bench, look)


def _fault(row: RowMapping, best: Mapping[str, Any] | None) -> Fault | None:
    if best is None:
        return Fault(row["key"], "no reading says it", row["id"])
    wrong = " and ".join(_wrong(row, best))
    return Fault(row["key"], f"points at another {wrong}", row["id"]) if wrong else None


def _wrong(row: RowMapping, best: Mapping[str, Any]) -> list[str]:
    return [name for name in _POINTER if row[name] != best[name]]


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    ids = [each.id for each in faults]
    with bench.database.write() as connection:
        best = best_readings(connection, ids)
        rows = connection.execute(select(record).where(record.c.id.in_(ids))).mappings().all()
        wrong = [row for row in rows if row["id"] not in best or _wrong(row, best[row["id"]])]
        if wrong:
            change_no = next_change(connection)
            mark(connection, {row["text_group"] for row in wrong})
            for row in wrong:
                _point(connection, row["id"], best.get(row["id"]), change_no)
            bench.touched = True
    return len(faults)


def _point(
    connection: Connection, each: int, best: Mapping[str, Any] | None, change_no: int
) -> None:
    """Its text group is seen to by the check of wordings, which comes later."""
    this = record.c.id == each
    if best is None:
        connection.execute(delete(conflict).where(conflict.c.record == each))
        connection.execute(delete(record).where(this))
        gone.note(connection, each, change_no)
    else:
        values = {name: best[name] for name in _POINTER} | {"change_no": change_no}
        connection.execute(update(record).where(this).values(values))


def finds_conflicts(bench: Bench) -> Iterator[Fault]:
    varied = (
        select(reading.c.record)
        .group_by(reading.c.record)
        .having(func.min(reading.c.content) != func.max(reading.c.content))
    )
    with bench.database.read() as connection:
        several = connection.execute(varied).scalars().all()
        noted = connection.execute(select(conflict.c.record)).scalars().all()
    looked_at = sorted({*several, *noted})
    for start in range(0, len(looked_at), AT_ONCE):
        some = looked_at[start : start + AT_ONCE]
        bench.looked_at(len(some))
        with bench.database.read() as connection:
            wrong = _wrongly_noted(connection, some, bench)
            query = select(record.c.id, record.c.key).where(record.c.id.in_(wrong))
            rows = connection.execute(query).all()
        for row in rows:
            words = "name two works, unnoted" if wrong[row.id] else "name one work, noted as two"
            yield Fault(row.key, f"its readings {words}", row.id)


def mends_conflicts(bench: Bench, faults: Sequence[Fault]) -> int:
    with bench.database.write() as connection:
        wrong = _wrongly_noted(connection, [each.id for each in faults], bench)
        conflicts.forget(connection, [each for each, is_one in wrong.items() if not is_one])
        if unnoted := [{"record": each} for each, is_one in wrong.items() if is_one]:
            connection.execute(insert(conflict), unnoted)
    return len(faults)


def _wrongly_noted(
    connection: Connection, records: Collection[int], bench: Bench
) -> dict[int, bool]:
    """Records that are noted where they are in no conflict, or the other way round; with whether
    they are in one."""
    query = select(conflict.c.record).where(conflict.c.record.in_(records))
    noted = set(connection.execute(query).scalars())
    wordings = conflicts.wordings_of(connection, records)
    found = {each: conflicts.contradict(wordings.get(each, ()), bench.scheme) for each in records}
    return {each: is_one for each, is_one in found.items() if is_one != (each in noted)}
