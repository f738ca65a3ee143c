"""Opening a store's database, whichever back end keeps it, and the version of its tables."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from records import StoreError
from storage.database import Database, said, shown
from storage.postgresql import open_postgresql
from storage.sqlite import open_sqlite

HEAD = "0018"
"""The newest migration; `tests/storage/test_engine.py` holds it to the scripts."""

_BACK_ENDS = {"sqlite": open_sqlite, "postgresql": open_postgresql}
_ADDRESSES = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


def open_database(url: str, *, create: bool) -> Database:
    """The database behind a store address, its tables brought to `HEAD`.

    Raises StoreError where it cannot be opened, is not one of ours, or is newer than this program.
    """
    parsed = _parsed(url)
    database = _BACK_ENDS[parsed.get_backend_name()](parsed, create=create)
    try:
        _migrate(database, create=create)
        database.pin()
    except (DBAPIError, sqlite3.Error) as error:
        database.close()
        raise StoreError(
            f"{database.name}: cannot be opened: {said(error)}; {database.remedy(error)}"
        ) from error
    except StoreError:
        database.close()
        raise
    return database


def _parsed(url: str) -> URL:
    """Raises StoreError; what cannot be read may hold a password, and is not repeated."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        named = "what was given" if "@" in url or "password" in url else url
        raise StoreError(f"{named}: not a store address; {_ADDRESSES}") from error
    if parsed.get_backend_name() not in _BACK_ENDS:
        raise StoreError(f"{shown(parsed)}: no store is kept there; {_ADDRESSES}")
    return parsed


def _migrate(database: Database, *, create: bool) -> None:
    with database.read() as connection:
        is_due = _is_due(database, connection, create=create)
    if not is_due:
        return
    with database.write() as connection:
        # Looked at again under the lock: another process may have been first. SQLAlchemy, which
        # begins with its first statement, then knows of the transaction, and Alembic ends none.
        if _is_due(database, connection, create=create):
            _upgrade(connection)


def _is_due(database: Database, connection: Connection, *, create: bool) -> bool:
    """Whether tables are to be made or changed. Raises StoreError where they cannot be."""
    tables = set(inspect(connection).get_table_names())
    version = None
    if "alembic_version" in tables:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version is None and tables:
        raise StoreError(f"{database.name}: holds other tables; name another store with --store")
    if version is None and not create:
        raise StoreError(f"{database.name}: there is no store; glean harvest makes one")
    if version is not None and version > HEAD:
        raise StoreError(
            f"{database.name}: was made by a newer version of glean (tables {version}, this one "
            f"knows {HEAD}); upgrade glean"
        )
    return version != HEAD


def _upgrade(connection: Connection) -> None:
    """Bring the tables to `HEAD`, in a writing transaction of the caller's."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
