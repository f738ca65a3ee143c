"""A store in a file, or in memory: SQLite."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from records import StoreError
from storage.database import BUSY_SECONDS, Database, said
from storage.locks import FileLock, Holder, holder_beside, lock_beside

_USUAL = ("cache_size = -32768", "wal_autocheckpoint = 4096")
"""A page touches leaves all over the indexes: written back every 32 MB, not every 4, most of them
are written once for many pages."""
_MUCH = ("cache_size = -262144", "wal_autocheckpoint = 32768")
"""Likewise, where nearly every leaf is touched again and again."""


class SqliteDatabase(Database):
    """A write takes the file's write lock when it begins (``BEGIN IMMEDIATE``), so it never has to
    be given up for a reader that turned writer: SQLAlchemy's default loses such updates silently.
    """

    def __init__(self, url: URL, *, still: bool = False):
        """`still`: nobody writes the file while it is read here; nothing is put beside it."""
        self.url = url
        in_memory = url.database in (None, "", ":memory:")
        self.engine = create_engine(
            _as_still(url) if still else url,
            isolation_level=None,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            **({"poolclass": StaticPool} if in_memory else {}),
        )
        event.listen(self.engine, "connect", _set_pragmas)
        self._file: tuple[int, int] | None = None

    def is_written(self) -> bool:
        """Whether it is a file, and one that others may write."""
        path = self.url.database
        return path not in (None, "", ":memory:") and not self.url.query

    def pin(self) -> None:
        self._file = self._identity() if self.url.database else None

    def _identity(self) -> tuple[int, int] | None:
        """Device and number of the file; None: it has none."""
        try:
            stands = Path(self.url.database or "").stat()
        except OSError:
            return None
        return stands.st_dev, stands.st_ino

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As every back end's. Raises StoreError where the file was removed or replaced: what is
        written to a file without a name is lost.
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
                raise StoreError(f"{self.name}: {error}; {self.remedy(error)}") from error
            try:
                yield connection
                driver.commit()
            except BaseException as error:
                driver.rollback()
                if isinstance(error, (OperationalError, sqlite3.OperationalError)):
                    raise StoreError(f"{self.name}: {said(error)}; {self.remedy(error)}") from error
                raise

    @contextmanager
    def much(self) -> Iterator[None]:
        self._keep(_MUCH)
        try:
            yield
        finally:
            self._keep(_USUAL)

    def _keep(self, pragmas: tuple[str, ...]) -> None:
        with self._alone() as driver:
            for pragma in pragmas:
                driver.execute(f"PRAGMA {pragma}")

    def lock(self, what: str, *, joins: bool = False) -> FileLock:
        return lock_beside(self.url.database, what)

    def holder(self, what: str) -> Holder | None:
        return holder_beside(self.url.database, what)

    def forget_deleted(self, *, thorough: bool) -> None:
        with self._alone() as driver:
            driver.execute("VACUUM" if thorough else "PRAGMA incremental_vacuum")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def files(self) -> list[Path]:
        if self._file is None:
            return []
        path = Path(self.url.database or "")
        beside = (path.with_name(path.name + ending) for ending in ("", "-wal"))
        return [each for each in beside if each.exists()]

    def back_up(self, target: Path) -> None:
        with self._alone() as driver:
            driver.execute("VACUUM INTO ?", (str(target),))

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """A connection for what no transaction may hold."""
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            try:
                yield driver
            except sqlite3.Error as error:
                raise StoreError(f"{self.name}: {error}; {self.remedy(error)}") from error

    def remedy(self, error: BaseException) -> str:
        if "locked" in said(error):
            return "another process is writing to it; try again when that has ended"
        if "readonly" in said(error):
            return (
                "make the file and its folder writable, or copy the file to where it may be "
                "written and name the copy with --store"
            )
        if isinstance(error, (OperationalError, sqlite3.OperationalError)):
            return "check that the folder exists and may be written, and that the disk is not full"
        return "it is no database of this program: name another file with --store"


def open_sqlite(url: URL, *, create: bool) -> SqliteDatabase:
    """The database at an address; with `create`, a file that is missing is made. Raises
    StoreError."""
    if url.database and url.database != ":memory:":
        path = Path(url.database)
        if not create and not path.exists():
            raise StoreError(f"{path}: there is no store; glean harvest makes one")
        if not path.parent.is_dir():
            raise StoreError(f"{path}: its folder does not exist; make {path.parent} first")
    return SqliteDatabase(url, still=not create and _lies_still(url))


def _set_pragmas(driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None
    # takes effect where the file is made, or written anew: emptied space can be given back
    for pragma in ("page_size = 8192", "auto_vacuum = INCREMENTAL", "journal_mode = WAL"):
        try:
            _when_free(driver, f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):  # which any journal will do for
                raise
    driver.execute("PRAGMA foreign_keys = ON")
    # what is deleted is overwritten: who had a record taken down means the file too
    driver.execute("PRAGMA secure_delete = ON")
    # In WAL mode a kill loses nothing at NORMAL; a power cut may lose the last transactions, whose
    # pages are then due again.
    driver.execute("PRAGMA synchronous = NORMAL")
    for pragma in _USUAL:
        driver.execute(f"PRAGMA {pragma}")


def _when_free(driver: sqlite3.Connection, statement: str) -> None:
    """Another process may be making the file: for the lock that a change of journal takes, SQLite
    does not wait by itself."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.01)


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
