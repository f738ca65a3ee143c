"""Statements compiled once and said to the driver at once.

A page says a few dozen statements. What SQLAlchemy does for each before the driver sees it takes
several times as long as what the database does, so the statements of the page transaction, and of
what asks for near-duplicates, are compiled once a back end and kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

_LISTS = (1, 8, 32, 64, 512)
"""Values of an ``IN``: few lengths, so that the driver keeps what it made of each."""
_ABSENT = "__[POSTCOMPILE_"


class _Said(NamedTuple):
    """A statement as a back end takes it."""

    text: str
    names: Sequence[str] | None
    """In what order it takes its parameters; None: by name."""
    fixed: Mapping[str, Any]
    """Parameters that are a part of it."""


class Prepared:
    """A statement of SQLAlchemy Core with named parameters (`bindparam`), none of whose types
    converts values. One of them may be a list (``expanding=True``)."""

    def __init__(
        self, statement: ClauseElement | Callable[[str], ClauseElement], listed: str | None = None
    ) -> None:
        """A statement, or one by the name of a back end. `listed`: name of the parameter that is a
        list."""
        self._statement = statement
        self._listed = listed
        self._compiled: dict[str, _Said] = {}
        self._widened: dict[tuple[str, int], str] = {}

    def all(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Rows as tuples."""
        text, names, fixed = self._said(connection)
        with _Driver(connection, text) as cursor:
            cursor.execute(text, _ordered(parameters, names, fixed))
            rows: list[Any] = cursor.fetchall()
        return rows

    def run(self, connection: Connection, **parameters: Any) -> int:
        """A statement without rows; how many it changed."""
        text, names, fixed = self._said(connection)
        with _Driver(connection, text) as cursor:
            cursor.execute(text, _ordered(parameters, names, fixed))
            changed: int = cursor.rowcount
        return changed

    def many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Once for each row of parameters."""
        text, names, fixed = self._said(connection)
        said = [_ordered(row, names, fixed) for row in rows]
        if said:
            with _Driver(connection, text) as cursor:
                cursor.executemany(text, said)

    def each(
        self, connection: Connection, names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """`many`, of rows whose values stand in the order of some names: of many rows a third of
        the time."""
        text, wanted, fixed = self._said(connection)
        if wanted is None or fixed or [*wanted] != [*names]:
            self.many(connection, (dict(zip(names, row, strict=True)) for row in rows))
        elif rows:
            with _Driver(connection, text) as cursor:
                cursor.executemany(text, rows)

    def among(self, connection: Connection, values: Iterable[int]) -> list[Any]:
        """Rows as tuples, for a list of any length; in no order."""
        assert self._listed is not None
        found: list[Any] = []
        wanted = sorted(set(values))
        at = 0
        while at < len(wanted):
            width = next((size for size in _LISTS if size >= len(wanted) - at), _LISTS[-1])
            some = wanted[at : at + width]
            at += width
            some += [some[-1]] * (width - len(some))
            text = self._wide(connection, width)
            with _Driver(connection, text) as cursor:
                cursor.execute(text, some)
                found += cursor.fetchall()
        return found

    def _said(self, connection: Connection) -> "_Said":
        name = connection.dialect.name
        if name not in self._compiled:
            said = self._statement
            statement = said if isinstance(said, ClauseElement) else said(name)
            compiled = statement.compile(dialect=connection.dialect)
            assert isinstance(compiled, SQLCompiler)
            names = compiled.positiontup if compiled.positional else None
            fixed = {
                key: bound.value for key, bound in compiled.binds.items() if not bound.required
            }
            self._compiled[name] = _Said(str(compiled), names, fixed)
        return self._compiled[name]

    def _wide(self, connection: Connection, width: int) -> str:
        """The text for a list of so many values."""
        name = connection.dialect.name
        if (name, width) not in self._widened:
            text = self._said(connection).text
            head, _, rest = text.partition(f"({_ABSENT}{self._listed}])")
            mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
            self._widened[name, width] = f"{head}({', '.join([mark] * width)}){rest}"
        return self._widened[name, width]


class _Driver:
    """A cursor whose errors are those that SQLAlchemy would raise. A class: every statement passes
    here, and entering a generator takes longer than some of them."""

    __slots__ = ("_connection", "_cursor", "_text")

    def __init__(self, connection: Connection, text: str) -> None:
        self._connection, self._text = connection, text
        self._cursor: Any = connection.connection.cursor()

    def __enter__(self) -> Any:
        return self._cursor

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        self._cursor.close()
        dialect = self._connection.dialect
        assert dialect.dbapi is not None
        if isinstance(error, dialect.dbapi.Error):
            raise DBAPIError.instance(
                self._text, None, error, dialect.dbapi.Error, dialect=dialect
            ) from error


def _ordered(
    parameters: Mapping[str, Any], names: Sequence[str] | None, fixed: Mapping[str, Any]
) -> Any:
    said = {**fixed, **parameters} if fixed else parameters
    return said if names is None else [said[name] for name in names]
