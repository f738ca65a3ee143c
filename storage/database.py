"""What every back end is: an engine, and the two kinds of transaction there are."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from storage.locks import Holder, StoreLock

_SECRET = frozenset({"password", "sslpassword"})
"""Keys of a store address that nobody is shown."""

BUSY_SECONDS = 30
"""How long a writer waits for another process's transaction, none of which takes half a second."""


class Database(ABC):
    """The database behind a store, whatever keeps it."""

    is_shared: ClassVar[bool] = False
    """Several processes may harvest one source of it at once."""
    url: URL
    engine: Engine

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """One transaction under the store's write lock; rolled back whole on any exception.

        The lock is taken before anything is read, so what is read in it nobody else changes.
        Raises StoreError.
        """

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view of the store; waits for no writer. Raises StoreError."""

    @contextmanager
    def much(self) -> Iterator[None]:
        """While a great deal is written by this thread."""
        yield

    def queue(self) -> AbstractContextManager[Connection]:
        """One transaction that hands out what is due, and nothing else: it waits for no writer,
        and rows that another holds it is to pass over. Raises StoreError."""
        return self.write()

    def now(self) -> int:
        """The time that all who use the store count leases by, microseconds UTC."""
        return time.time_ns() // 1000

    @abstractmethod
    def lock(self, what: str, *, joins: bool = False) -> StoreLock:
        """A lock, not taken yet, on one thing that is done to this store; `joins`: beside others
        who share it, where the back end has several processes at one thing."""

    @abstractmethod
    def holder(self, what: str) -> Holder | None:
        """Who holds the lock on one thing alone. None: nobody. Raises StoreError."""

    def pin(self) -> None:  # noqa: B027 - most back ends have nothing to hold on to
        """From now on write to the very store that stands there, and to no other of its name."""

    @abstractmethod
    def remedy(self, error: BaseException) -> str:
        """What to do about what the driver says."""

    @abstractmethod
    def forget_deleted(self, *, thorough: bool) -> None:
        """Keep nothing of rows that were deleted in what is left empty; `thorough`: write all of it
        anew, which takes as long as copying it, and holds up writers. Raises StoreError."""

    @abstractmethod
    def files(self) -> list[Path]:
        """Those of this machine that hold rows; empty: a server has them, or memory."""

    @abstractmethod
    def back_up(self, target: Path) -> None:
        """Copy the store, as it is at one moment, to a new file; writers go on. Raises
        StoreError."""

    @cached_property
    def name(self) -> str:
        """The store's address, without a password."""
        return shown(self.url)

    def close(self) -> None:
        self.engine.dispose()


def shown(url: URL) -> str:
    """A store address as it may be printed.

    >>> from sqlalchemy.engine import make_url
    >>> shown(make_url("postgresql+psycopg://me:secret@db/corpus?password=secret"))
    'postgresql+psycopg://me:***@db/corpus?password=***'
    """
    hidden = {key: "***" for key in url.query if key in _SECRET}
    return url.update_query_dict(hidden).render_as_string().replace("%2A%2A%2A", "***")


def said(error: BaseException) -> str:
    """What the driver says, in one line, without the statement and its parameters."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
