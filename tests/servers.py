"""A PostgreSQL server of the tests' own, from the binaries that are installed."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

REQUIRED = "GLEANINGS_REQUIRE_POSTGRESQL"
"""Set where a missing server is a failure and no reason to skip."""

_STARTS_SECONDS = 60
_USER = "gleanings"
_LEND = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Not by `subprocess` itself, which then copies this process, however large it has become."""
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB")


def binaries() -> Path | None:
    """The folder of initdb and postgres; None: they are not installed."""
    for folder in _folders():
        if all((folder / name).is_file() for name in ("initdb", "postgres")):
            return folder
    return None


def _folders() -> Iterator[Path]:
    if (tool := shutil.which("pg_config")) is not None:
        said = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(said.stdout.strip())
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: float(path.parent.name), reverse=True)
    yield from (Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each)


class Server:
    """One cluster in a folder of its own under the system's temporary one, heard of on a Unix
    socket alone. It refuses to be run by root, who lends it to another user."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self._as: list[str] = []
        self.folder = Path(tempfile.mkdtemp(prefix="glean-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            user = _unprivileged()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = [sys.executable, "-c", _LEND, str(user.pw_uid), str(user.pw_gid)]
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        options = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-U", _USER)
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def _run(self, program: str, *options: str) -> None:
        ended = subprocess.run(
            [*self._as, self.programs / program, *options],
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr.decode("utf-8", "replace")

    def start(self, *settings: str) -> None:
        """`settings`: of the server, over those that make it quick and forgetful."""
        chosen = ("listen_addresses=", f"unix_socket_directories={self.folder}", *_QUICK, *settings)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._as,
                    self.programs / "postgres",
                    *("-D", str(self.folder / "data")),
                    *(part for each in chosen for part in ("-c", each)),
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self._wait()

    def _wait(self) -> None:
        engine = create_engine(self.url("postgres"))
        until = time.monotonic() + _STARTS_SECONDS
        while True:
            try:
                with engine.connect():
                    break
            except OperationalError:
                assert self._process is not None
                log = self.folder / "log"
                assert self._process.poll() is None, log.read_text("utf-8", "replace")
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.05)
        engine.dispose()

    def stop(self, *, kill: bool = False) -> None:
        """End it as an administrator's restart does: whoever is connected is thrown out."""
        if self._process is not None:
            self._process.send_signal(9 if kill else 2)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database as a user writes it."""
        return f"postgresql+psycopg://{_USER}@/{database}?host={self.folder}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as an administrator, outside of any transaction."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def new_database(self, *, like: str = "template0") -> str:
        """The name of a fresh database, a copy of another that nobody is connected to."""
        self._databases += 1
        name = f"glean_{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE {database} WITH (FORCE)")


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("PostgreSQL does not run as root, and there is no user to lend it to")
