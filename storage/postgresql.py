"""A store that several machines share: PostgreSQL."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from records import StoreError, StoreUnreachable
from storage.database import BUSY_SECONDS, Database, said
from storage.ids import id63
from storage.locks import Holder
from storage.session_locks import HOLDER, SessionLock

OLDEST = 13
"""Of the server's versions: what the statements here are tested with begins above it."""

AWAY_SECONDS = 120
"""How long a server that answered before is waited for: restarts take less."""
_ASKED_AGAIN_SECONDS = 0.25

_SESSION = {
    "lock_timeout": f"{BUSY_SECONDS}s",
    # a page transaction takes milliseconds; counting a store of millions, or an index, minutes
    "statement_timeout": "600s",
    "timezone": "UTC",
    # the locks of a process whose machine died are not held for hours
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_LINE = {
    "client_encoding": "utf8",
    "connect_timeout": 10,
    # a server whose machine died is noticed within a minute, not in two hours
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
_LONGEST_IDLE = "60s"
"""A writer that stands still in a transaction holds up all others: the server ends it then."""

_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# what stands last is worked out last: the clock, once there is nothing more to wait for
_BEGIN_READ = text(f"SELECT {_CLOCK}")
_BEGIN_QUEUE = text(
    f"SELECT set_config('idle_in_transaction_session_timeout', :idle, true), {_CLOCK}"
)
_BEGIN_WRITE = text(
    "SELECT set_config('idle_in_transaction_session_timeout', :idle, true),"
    f" pg_advisory_xact_lock(:key), {_CLOCK}"
)

_LOST = ("08", "57P01", "57P02", "57P03", "25P03")
"""SQLSTATEs, or classes of them, after which a connection is gone: a restart, a broken line, a
transaction that stood still."""
_LIMITS = "54"
"""SQLSTATE class of what is too large or too complex for the server: said of one page."""

_REMEDIES = {
    "3D000": "make it with createdb, or name another with --store",
    "28P01": "set the password in the address, in PGPASSWORD or in ~/.pgpass",
    "28000": "let this user in with pg_hba.conf, or name another in the address",
    "42501": "grant this user the right to create tables in the schema, or name another",
    "25006": "it takes no writes; name the primary server",
    "53100": "make room on the server's disk, then run the command again",
    "53300": "raise max_connections, or run fewer commands at once",
    "55P03": "another process is writing to it; try again when that has ended",
    "57014": "the server gave the statement up; try again when it is less busy",
}


_WORDS = (
    ("password", "28P01"),
    ("pg_hba.conf", "28000"),
    ("role ", "28000"),
    ("database ", "3D000"),
    ("too many", "53300"),
)
"""Of messages of a server that does not let anyone in, and the SQLSTATE that they stand for."""


class PostgresDatabase(Database):
    """A write takes the store's advisory lock before any row's, and then sees what all before it
    committed (READ COMMITTED); a read sees one moment (REPEATABLE READ)."""

    is_shared = True

    def __init__(self, url: URL) -> None:
        self.url = url
        options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
        given = url.query.get("options", "")
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            connect_args=_LINE
            | {
                "application_name": f"glean, process {os.getpid()} on {socket.gethostname()}",
                "options": f"{options} {given}".strip(),
            },
        )
        self._answered = False
        self._schema = ""
        self._clock = (0, 0)

    def check(self) -> None:
        """Take a look at the server; the lock that writers take depends on the schema.

        Raises StoreError where no store can be kept there.
        """
        query = text(
            "SELECT current_schema(), current_setting('server_encoding'),"
            " current_setting('server_version_num')::int / 10000"
        )
        with self.read() as connection:
            schema, encoding, version = connection.execute(query).one()
        if version < OLDEST:
            raise StoreError(f"{self.name}: is PostgreSQL {version}; {OLDEST} or newer is needed")
        if encoding != "UTF8":
            raise StoreError(
                f"{self.name}: its encoding is {encoding}; make one with createdb -E UTF8 -T "
                "template0"
            )
        if schema is None:
            raise StoreError(f"{self.name}: its search_path names no schema; create it first")
        self._schema = schema
        self._answered = True

    def now(self) -> int:
        """The server's time, as it was told when the last transaction began."""
        told, then = self._clock
        return told + (time.monotonic_ns() - then) // 1000

    def lock(self, what: str, *, joins: bool = False) -> SessionLock:
        key = self._lock_key(what)
        return SessionLock(self._outside, self._told, what, key, joins=joins)

    def holder(self, what: str) -> Holder | None:
        with self.read() as connection:
            found = connection.execute(text(HOLDER), {"key": self._lock_key(what)}).first()
        return None if found is None else Holder(found[0], found[1])

    def _outside(self) -> Connection:
        """A connection that no transaction is on."""
        connection = self._answering()
        return connection.execution_options(isolation_level="AUTOCOMMIT")

    def _lock_key(self, what: str) -> int:
        """The advisory lock for one thing that is done to one store: a database has one of each
        number, and may hold a store in each of its schemas."""
        return id63("gleanings", self._schema, what)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        terms = {"idle": _LONGEST_IDLE, "key": self._lock_key("write")}
        with self._transaction("READ COMMITTED", _BEGIN_WRITE, terms) as connection:
            yield connection

    @contextmanager
    def queue(self) -> Iterator[Connection]:
        terms = {"idle": _LONGEST_IDLE}
        with self._transaction("READ COMMITTED", _BEGIN_QUEUE, terms) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        # the snapshot is that of the first statement
        with self._transaction("REPEATABLE READ", _BEGIN_READ) as connection:
            yield connection

    @contextmanager
    def _transaction(
        self, isolation: str, begin: Executable, terms: Mapping[str, Any] | None = None
    ) -> Iterator[Connection]:
        """One transaction that `begin` is the first statement of."""
        with self._begun(isolation, begin, terms or {}) as connection:
            try:
                yield connection
                connection.commit()
            except BaseException as error:
                if _is_lost(error) and not connection.invalidated:
                    connection.invalidate()
                if not connection.invalidated:
                    connection.rollback()
                if isinstance(error, DBAPIError) and (told := self._told(error)) is not None:
                    raise told from error
                raise

    def _begun(self, isolation: str, begin: Executable, terms: Mapping[str, Any]) -> Connection:
        """A connection in its transaction."""
        options = {
            "isolation_level": isolation,
            "postgresql_readonly": isolation != "READ COMMITTED",
        }
        patience = time.monotonic() + AWAY_SECONDS
        while True:
            connection = self._answering()
            try:
                connection.execution_options(**options)
                told = connection.execute(begin, terms).one()[-1]
                self._clock = (int(told), time.monotonic_ns())
            except BaseException as error:
                connection.close()
                if not isinstance(error, DBAPIError):
                    raise
                if not _is_lost(error):
                    raise self._told(error) or error from error
                if time.monotonic() > patience:
                    raise self._unreachable(error) from error
            else:
                return connection

    def _answering(self) -> Connection:
        """A connection, once the server takes one; first of all it has to at once."""
        patience = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                return self.engine.connect()
            except OperationalError as error:
                if not self._answered or time.monotonic() > patience:
                    raise self._unreachable(error) from error
                time.sleep(_ASKED_AGAIN_SECONDS)

    def _told(self, error: DBAPIError) -> StoreError | None:
        """What a user is told; None: it is what a page says that the server does not take."""
        if _is_lost(error):
            return self._unreachable(error)
        state = _state(error)
        if not isinstance(error, OperationalError) and state not in _REMEDIES:
            return None
        if state.startswith(_LIMITS):
            return None
        return StoreError(f"{self.name}: {said(error)}; {self.remedy(error)}")

    def _unreachable(self, error: DBAPIError) -> StoreError:
        return StoreUnreachable(f"{self.name}: {said(error)}; {self.remedy(error)}")

    def forget_deleted(self, *, thorough: bool) -> None:
        """`thorough` or not, dead rows are overwritten only as the server comes to it; its log and
        what it archived of that keep them for as long as it is set up to."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                connection.execute(text("VACUUM FULL" if thorough else "VACUUM"))
            except DBAPIError as error:
                raise StoreError(f"{self.name}: {said(error)}; {self.remedy(error)}") from error

    def files(self) -> list[Path]:
        return []

    def back_up(self, target: Path) -> None:
        """With pg_dump, in its custom format, which pg_restore reads."""
        dump = shutil.which("pg_dump")
        if dump is None:
            raise StoreError(
                f"{self.name}: is backed up by pg_dump, which is not installed here; install the "
                "client programs of PostgreSQL"
            )
        # a password on the command line is shown to whoever lists processes
        address = self.url.set(drivername="postgresql", password=None).render_as_string()
        secret = {} if self.url.password is None else {"PGPASSWORD": self.url.password}
        options = ["--format=custom", "--no-owner", f"--schema={self._schema}"]
        done = subprocess.run(
            [dump, *options, f"--file={target}", f"--dbname={address}"],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | secret,
        )
        if done.returncode:
            told = " ".join(done.stderr.split())
            raise StoreError(f"{self.name}: pg_dump: {told}; {self.remedy(Exception(told))}")

    def remedy(self, error: BaseException) -> str:
        return _REMEDIES.get(_state(error), "check that the server runs and takes connections")


def open_postgresql(url: URL, *, create: bool) -> PostgresDatabase:
    """The database at an address; it is there already, `create` or not. Raises StoreError."""
    try:
        database = PostgresDatabase(url)
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed; run pip install "
            "'gleanings[postgresql]'"
        ) from error
    try:
        database.check()
    except BaseException:
        database.close()
        raise
    return database


def _is_lost(error: BaseException) -> bool:
    """Whether the server threw us out, or the line broke, of which the driver says no SQLSTATE."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    silent = state is None and isinstance(error, OperationalError)
    return error.connection_invalidated or silent or (state or "").startswith(_LOST)


def _state(error: BaseException) -> str:
    """SQLSTATE of what the server said; empty: it said nothing. One that lets nobody in says it in
    words alone."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state is not None:
        return str(state)
    words = said(error)
    return next((known for part, known in _WORDS if part in words), "")
