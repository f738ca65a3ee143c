"""Locks of a store on PostgreSQL: held by a connection, and gone with it."""

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from records import StoreError
from storage.locks import StoreLock

_COMES_TO_SHARE = "SET lock_timeout = '10s'"
"""Who holds it alone for a moment, coming or leaving, is waited for so long."""

_SHARE = "SELECT pg_advisory_lock_shared(:key)"

HOLDER = """
SELECT application_name, (extract(epoch FROM backend_start) * 1000000)::bigint
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND pg_locks.database = (
    SELECT oid FROM pg_database WHERE datname = current_database())
AND (classid::bigint << 32) + objid::bigint = :key AND objsubid = 1 AND granted
ORDER BY pid LIMIT 1
"""

"""Who holds it alone, or shares it, and since when it is connected."""


class SessionLock(StoreLock):
    """An advisory lock of a connection of its own."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        told: Callable[[DBAPIError], StoreError | None],
        what: str,
        key: int,
        *,
        joins: bool,
    ) -> None:
        """`connect`: a connection that no transaction is on; `told`: what a user is told of a
        driver's error; `joins`: where others share it, a share will do."""
        self.what = what
        self.alone = False
        self._connect = connect
        self._key = key
        self._joins = joins
        self._told = told
        self._holds: Literal["nothing", "a share", "all"] = "nothing"
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        self._connection = self._connect()
        try:
            self._take()
        except BaseException:
            self._leave()
            raise
        return self

    def _take(self) -> None:
        if self._say("SELECT pg_try_advisory_lock(:key)"):
            self._holds, self.alone = "all", True
        elif self._joins:
            self._take_share()
        else:
            raise self._held(self._holder())

    def _take_share(self) -> None:
        assert self._connection is not None
        try:
            self._connection.execute(text(_COMES_TO_SHARE))
            self._connection.execute(text(_SHARE), {"key": self._key})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":
                raise self._told(error) or error from error
            raise self._held(self._holder()) from error
        self._holds = "a share"

    def share(self) -> None:
        if self._holds == "all":
            self._say(_SHARE)
            self._say("SELECT pg_advisory_unlock(:key)")
            self._holds = "a share"

    def is_last(self) -> bool:
        # whoever of several gives up a share last finds the way free
        if self._holds == "a share":
            self._say("SELECT pg_advisory_unlock_shared(:key)")
            self._holds = "nothing"
        if self._holds == "nothing" and self._say("SELECT pg_try_advisory_lock(:key)"):
            self._holds = "all"
        return self._holds == "all"

    def keep(self) -> None:
        assert self._connection is not None
        with suppress(DBAPIError, PendingRollbackError):
            self._connection.execute(text("SELECT 1"))
            return
        self._leave()
        self._connection = self._connect()
        if self._holds == "a share":
            self._take_share()
        elif self._holds == "all":
            self._take()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        """Where the server is away, or was, the lock is gone already."""
        if self._connection is None:
            return
        with suppress(DBAPIError, PendingRollbackError):
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        if not self._connection.invalidated:  # not back among the others, whatever it still holds
            self._connection.invalidate()
        self._connection.close()
        self._connection = None

    def _say(self, statement: str) -> Any:
        assert self._connection is not None
        try:
            return self._connection.execute(text(statement), {"key": self._key}).scalar()
        except DBAPIError as error:
            raise self._told(error) or error from error

    def _holder(self) -> str:
        return str(self._say(HOLDER) or "")
