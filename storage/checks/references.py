"""What a row refers to is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, delete, exists, select, update
from sqlalchemy.sql.elements import ColumnElement

from storage.checks.check import Bench, Fault
from storage.matching import mark
from storage.schema import match, metadata, page

_DEPENDENT = frozenset(
    {"lost", "found", "step", "walk", "problem", "conflict", "reading", "kin", "match"}
)
"""Tables whose rows say nothing without what they refer to."""
_ELSEWHERE = frozenset({"reading.record"})
"""Looked at by the check of the pages, which can bring it back."""


@dataclass(frozen=True, slots=True)
class _Reference:
    near: "Column[int]"
    far: "Column[int]"

    @property
    def words(self) -> str:
        return f"{self.near.table.name}.{self.near.name}"

    def leads_nowhere(self) -> ColumnElement[bool]:
        far = self.far.table.alias()
        return self.near.is_not(None) & ~exists().where(far.c[self.far.name] == self.near)


REFERENCES = tuple(
    _Reference(column, key.column)
    for table in metadata.sorted_tables
    for column in table.columns
    for key in column.foreign_keys
    if f"{table.name}.{column.name}" not in _ELSEWHERE
)


def finds(bench: Bench) -> Iterator[Fault]:
    for number, each in enumerate(REFERENCES):
        with bench.database.read() as connection:
            lost = connection.execute(select(each.near).where(each.leads_nowhere()).distinct())
            values = list(lost.scalars())
        bench.looked_at(1)
        for value in values:
            row = value if isinstance(value, int) else 0
            yield Fault(each.words, f"refers to {each.far.table.name} {value}", row, (number,))


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    seen_to = 0
    with bench.database.write() as connection:
        for fault in faults:
            seen_to += _mend(connection, REFERENCES[fault.others[0]], fault.id)
        bench.touched = True
    return seen_to


def _mend(connection: Connection, each: _Reference, value: int) -> bool:
    table = each.near.table
    lost = (each.near == value) & each.leads_nowhere()
    if table is match:
        ends = connection.execute(select(match.c.a, match.c.b).where(lost)).all()
        mark(connection, {end for pair in ends for end in pair})
    if table.name in _DEPENDENT:
        connection.execute(delete(table).where(lost))
    elif each.words == "page.footer":
        connection.execute(update(page).where(lost).values(footer=None, said=""))
    else:
        return False
    return True
