"""What SQL says differently on each back end, said once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import ClauseElement, ColumnElement, Connection, Select, Table, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

Q = TypeVarTuple("Q")
Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any]

_INSERTS: dict[str, Callable[[Table], "sqlite.Insert | postgresql.Insert"]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}

_PARAMETERS = 900
"""Of one statement: fewer than any SQLite allows."""


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows; of those whose primary key is there already nothing is changed."""
    if rows:
        statement = _INSERTS[connection.dialect.name](table).on_conflict_do_nothing()
        connection.execute(statement, rows)


def new_rows(table: Table) -> Callable[[str], ClauseElement]:
    """`insert_new` as a statement, by the name of a back end."""
    return lambda name: _INSERTS[name](table).on_conflict_do_nothing()


def upserted(table: Table) -> Callable[[str], ClauseElement]:
    """`upsert` of whole rows as a statement, by the name of a back end."""

    def statement(name: str) -> ClauseElement:
        insert = _INSERTS[name](table)
        change = {each.name: insert.excluded[each.name] for each in table.c if not each.primary_key}
        return insert.on_conflict_do_update(index_elements=[*table.primary_key], set_=change)

    return statement


def upsert(
    connection: Connection,
    table: Table,
    rows: Rows,
    change: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows; those whose primary key is there already are changed.

    `change`: what of them, by column: a value, or an expression over the stored row. None: every
    column that `rows` name.
    """
    if not rows:
        return
    statement = _INSERTS[connection.dialect.name](table)
    key = [*table.primary_key.columns]
    if change is None:
        first = rows if isinstance(rows, Mapping) else rows[0]
        change = {name: statement.excluded[name] for name in first if not table.c[name].primary_key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=change), rows)


def next_number(connection: Connection, column: ColumnElement[int]) -> int:
    """The number after the largest of a column, under the write lock: a server's own counters skip
    what was rolled back, and equal inputs are to give equal ids."""
    return int(connection.execute(select(func.max(column))).scalar() or 0) + 1


def rows_among(
    connection: Connection, select_from: str, column: str, keys: Collection[int]
) -> list[Any]:
    """Rows whose integer column is among many keys. Said to the driver at once: a page asks for
    hundreds of keys, and compiling as many parameters costs ten times what looking them up does.

    `select_from`: the statement up to its ``WHERE``, which it has not.
    """
    rows: list[Any] = []
    ordered = sorted(keys)
    if connection.dialect.name == "postgresql":
        statement = f"{select_from} WHERE {column} = ANY(%s::bigint[])"
        return [*connection.exec_driver_sql(statement, (ordered,))] if ordered else []
    for start in range(0, len(ordered), _PARAMETERS):
        some = ordered[start : start + _PARAMETERS]
        marks = ",".join("?" * len(some))
        statement = f"{select_from} WHERE {column} IN ({marks})"
        rows += connection.exec_driver_sql(statement, tuple(some))
    return rows


def passing_over(query: Select[*Q], of: Table) -> Select[*Q]:
    """Lock the rows of a table that a query finds, without those that another transaction has: it
    waits for nobody. SQLite has one writer, and nothing to lock."""
    return query.with_for_update(skip_locked=True, key_share=True, of=of)


def locking(query: Select[*Q]) -> Select[*Q]:
    """Lock the rows that a query finds, once whoever has them is through."""
    return query.with_for_update(key_share=True)


def larger(a: ColumnElement[int], b: ColumnElement[int]) -> ColumnElement[int]:
    """The larger of two numbers, neither of them NULL."""
    return case((a >= b, a), else_=b)


def giving_up_after(connection: Connection, milliseconds: int) -> None:
    """In this transaction wait no longer for a lock of a table. SQLite has none of them."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{milliseconds:d}ms'")


def gave_up(error: BaseException) -> bool:
    """Whether a transaction failed since it waited for a lock for too long."""
    return getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) == "55P03"
