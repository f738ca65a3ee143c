"""A process that kills itself at its n-th statement, whoever says it: SQLAlchemy or the driver.

``python -m tests.storage.killing WHAT`` reads lines from its input: the address of a store, a
number, and what else WHAT asks for. For each a child does WHAT to that store and is killed when it
is about to say that statement. It prints how many statements the child said. What is imported is
imported once.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event

from dedup.scheme import Scheme
from storage import SqlStore, open_store
from storage.rebuilding import rebuild
from tests.storage.damaging import SCHEME, some_pages
from tests.storage.filling import Filler, record
from tests.storage.rebuilt import STRICT

PAGE = 104
"""Read anew by the transaction that is killed: some of its records go, come and are reworded."""


TAKEN = [record(5).key, record(20).key]


def store_a_page(store: SqlStore) -> None:
    filler = Filler(store)
    filler.add(PAGE, [record(n, text=f"said otherwise {n % 2}", title=None) for n in range(3, 12)])


def take_two_down(store: SqlStore) -> None:
    """One that the page above says something else of, and one of many like it."""
    there = {each.key for each in store.records()}
    if keys := [key for key in TAKEN if key in there]:
        store.take_down(keys, who="me", reason="asked", now=1_700_000_000_000_000)


def take_down_to_the_end(store: SqlStore, archive: str, key: str) -> None:
    """As ``glean takedown KEY`` does, or ``--resume`` where the record is gone already."""
    from crawler.rules import Rules
    from crawler.taking_down import begin, finish

    if key in {each.key for each in store.records()}:
        begin(store, [key], who="me", reason="asked by its author")
    finish(store, Path(archive), Rules())


def rebuild_with(scheme: Scheme) -> Callable[[SqlStore], object]:
    return lambda store: rebuild(store, scheme)


WORK: dict[str, Callable[..., object]] = {
    "folding": rebuild_with(SCHEME),
    "page": store_a_page,
    "rebuild": rebuild_with(STRICT),
    "settle": SqlStore.settle,
    "takedown": take_two_down,
}
"""On a store alone."""

WITH_ARCHIVE: dict[str, Callable[..., object]] = {
    "takedown": take_down_to_the_end,
}
"""On a store with an archive, a folder, and one of its keys."""


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


def _do(what: str, url: str, at: int, related: str = os.devnull, *more: str) -> None:
    counting = Counting(at)
    work = WITH_ARCHIVE if more else WORK
    with open_store(url, as_is=True, related_folder=related) as store:
        counting.watch(store)
        work[what](store, *more)
    os.write(1, f"{json.dumps(counting.said)}\n".encode())


def _warm() -> None:
    """Load whatever is loaded when it is needed, once for all children."""
    with open_store("sqlite://", scheme=SCHEME, create=True) as store:
        some_pages(store)
        store.settle()


def main(what: str) -> None:
    _warm()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _do(what, *asked)
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

    def __call__(self, url: str, at: int = 0, *more: str) -> int | None:
        """How many statements the work took; None: it was killed.

        `more`: folders of the index of related literature and of the archive, and a key; none of
        them for work on a store alone.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([url, at, *more]) + "\n")
        self._process.stdin.flush()
        said: int | None = json.loads(self._process.stdout.readline())
        return said


if __name__ == "__main__":
    main(sys.argv[1])
