"""A process that kills itself at its n-th statement, whoever says it: SQLAlchemy or the driver.

``python -m tests.storage.killing WHAT URL...`` reads numbers from its input, a line each with the
address of a store; for each a child does WHAT to that store and is killed when it is about to say
that statement. It prints how many statements the child said. What is imported is imported once.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Self

from sqlalchemy import event

from storage import SqlStore, open_store
from tests.storage.damaging import SCHEME
from tests.storage.filling import Filler, record

PAGE = 104
"""Read anew by the transaction that is killed: some of its records go, come and are reworded."""


def store_a_page(store: SqlStore) -> None:
    filler = Filler(store)
    filler.add(PAGE, [record(n, text=f"said otherwise {n % 2}", title=None) for n in range(3, 12)])


WORK: dict[str, Callable[[SqlStore], object]] = {
    "page": store_a_page,
    "settle": SqlStore.settle,
}


class Counting:
    """Counts statements from when the store is open, and kills the process at one of them."""

    def __init__(self, at: int) -> None:
        """`at`: from 1. 0: none."""
        self.at = at
        self.said = 0

    def __call__(self, *_: object) -> None:
        self.said += 1
        if self.said == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, store: SqlStore) -> None:
        """Every statement that reaches a driver, transactions' ends too."""
        engine = store.database.engine
        engine.dispose()  # connections that are made from now on are watched
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", self._trace)
        else:
            self._patch_psycopg()

    def _trace(self, driver: sqlite3.Connection, _: object) -> None:
        driver.set_trace_callback(self)

    def _patch_psycopg(self) -> None:
        import psycopg

        for owner, names in (
            (psycopg.Cursor, ("execute", "executemany")),
            (psycopg.Connection, ("commit", "rollback")),
        ):
            for name in names:
                setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self(arguments)
            return method(*arguments, **named)

        return counted


def _do(what: str, url: str, at: int) -> None:
    counting = Counting(at)
    with open_store(url, scheme=SCHEME, related_folder=os.devnull) as store:
        counting.watch(store)
        WORK[what](store)
    os.write(1, f"{json.dumps(counting.said)}\n".encode())


def main(what: str) -> None:
    for line in sys.stdin:
        url, at = json.loads(line)
        child = os.fork()
        if child == 0:
            _do(what, url, at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            os.write(1, b"null\n")
        elif os.waitstatus_to_exitcode(status):
            sys.exit(1)


class Killer:
    """The process, for tests. A context manager."""

    def __init__(self, what: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.killing", what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def __call__(self, url: str, at: int = 0) -> int | None:
        """How many statements the work took; None: it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([url, at]) + "\n")
        self._process.stdin.flush()
        said: int | None = json.loads(self._process.stdout.readline())
        return said


if __name__ == "__main__":
    main(sys.argv[1])
