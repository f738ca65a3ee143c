"""Opening a database: connections, transactions, and the version of its tables."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

from records import StoreError

HEAD = "0007"
"""The newest migration; `tests/storage/test_engine.py` holds it to the scripts."""

BUSY_SECONDS = 30
"""How long a writer waits for another process's transaction, none of which takes half a second."""


class Database:
    """An engine, and the two kinds of transaction there are: ones that read and ones that write.

    A write takes the store's write lock when it begins (``BEGIN IMMEDIATE``), so it never has to
    be given up for a reader that turned writer: SQLAlchemy's default loses such updates silently.
    """

    def __init__(self, url: URL, *, still: bool = False):
        """`still`: nobody writes the file while it is read here; nothing is put beside it."""
        self.url = url
        in_memory = url.database in (None, "", ":memory:")
        self.engine: Engine = create_engine(
            _as_still(url) if still else url,
            isolation_level=None,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            **({"poolclass": StaticPool} if in_memory else {}),
        )
        event.listen(self.engine, "connect", _set_pragmas)
        self._file: tuple[int, int] | None = None

    def pin(self) -> None:
        """From now on write to the very file that stands there, and to no other of its name."""
        self._file = self._identity() if self.url.database else None

    def _identity(self) -> tuple[int, int] | None:
        """Device and number of the file; None: it has none."""
        try:
            said = Path(self.url.database or "").stat()
        except OSError:
            return None
        return said.st_dev, said.st_ino

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction under the write lock; rolled back whole on any exception.

        Raises StoreError where the file was removed or replaced: what is written to a file without
        a name is lost.
        """
        if self._file is not None and self._identity() != self._file:
            raise StoreError(
                f"{self.name}: was removed or replaced while it was in use; put it back, or run "
                "the command again to begin another"
            )
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the store; waits for nobody."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            try:
                driver.execute(begin)
            except sqlite3.OperationalError as error:
                raise StoreError(f"{self.name}: {error}; {_remedy(error)}") from error
            try:
                yield connection
                driver.commit()
            except BaseException as error:
                driver.rollback()
                if isinstance(error, (OperationalError, sqlite3.OperationalError)):
                    raise StoreError(f"{self.name}: {_said(error)}; {_remedy(error)}") from error
                raise

    @property
    def name(self) -> str:
        """The store's address, without a password."""
        return self.url.render_as_string()

    def close(self) -> None:
        self.engine.dispose()


def _set_pragmas(driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None
    driver.execute("PRAGMA foreign_keys = ON")
    try:
        driver.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):  # which any journal will do for
            raise
    # In WAL mode a kill loses nothing at NORMAL; a power cut may lose the last transactions, whose
    # pages are then due again.
    driver.execute("PRAGMA synchronous = NORMAL")
    driver.execute("PRAGMA cache_size = -32768")
    # A page touches hundreds of leaves of the bucket index: written back every 32 MB, not every 4,
    # most of them are written once for many pages.
    driver.execute("PRAGMA wal_autocheckpoint = 8192")


def open_database(url: str, *, create: bool) -> Database:
    """The database behind a store address, its tables brought to `HEAD`.

    Raises StoreError where it cannot be opened, is not one of ours, or is newer than this program.
    """
    parsed = _checked(url, create=create)
    database = Database(parsed, still=not create and _lies_still(parsed))
    try:
        _migrate(database, url)
        database.pin()
    except (DatabaseError, sqlite3.Error) as error:
        database.close()
        raise StoreError(f"{url}: cannot be opened: {_said(error)}; {_remedy(error)}") from error
    except StoreError:
        database.close()
        raise
    return database


def _lies_still(url: URL) -> bool:
    """Whether a file is only to be read: no journal can be made beside it, and none is there whose
    changes would be missed."""
    if not url.database or url.database == ":memory:" or url.query:
        return False
    path = Path(url.database)
    wal, shared = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    if not path.is_file() or os.access(path.parent, os.W_OK):
        return False
    return not wal.exists() or (not shared.exists() and not wal.stat().st_size)


def _as_still(url: URL) -> URL:
    file = quote(str(Path(url.database or "").absolute()))
    return url.set(database=f"file:{file}", query={"mode": "ro", "immutable": "1", "uri": "true"})


def _said(error: BaseException) -> str:
    """What the driver says, without the statement and its parameters."""
    return str(getattr(error, "orig", None) or error)


def _remedy(error: BaseException) -> str:
    if "locked" in _said(error):
        return "another process is writing to it; try again when that has ended"
    if "readonly" in _said(error):
        return (
            "make the file and its folder writable, or copy the file to where it may be written "
            "and name the copy with --store"
        )
    if isinstance(error, (OperationalError, sqlite3.OperationalError)):
        return "check that the folder exists and may be written, and that the disk is not full"
    return "it is no database of this program: name another file with --store"


def _checked(url: str, *, create: bool) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"{url}: not a store address; write sqlite:///FILE") from error
    if backend != "sqlite":
        raise StoreError(f"{parsed.render_as_string()}: only sqlite:///FILE is supported so far")
    if parsed.database and parsed.database != ":memory:":
        path = Path(parsed.database)
        if not create and not path.exists():
            raise StoreError(f"{path}: there is no store; glean harvest makes one")
        if not path.parent.is_dir():
            raise StoreError(f"{path}: its folder does not exist; make {path.parent} first")
    return parsed


def _migrate(database: Database, url: str) -> None:
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in tables:
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version == HEAD:
        return
    if version is None and tables:
        raise StoreError(f"{url}: holds other tables; name another file with --store")
    if version is not None and version > HEAD:
        raise StoreError(
            f"{url}: was made by a newer version of glean (tables {version}, this one knows "
            f"{HEAD}); upgrade glean"
        )
    _upgrade(database)


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
