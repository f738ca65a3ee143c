"""The local similarity store."""

from typing import TYPE_CHECKING, Any

from storage.store import Store

if TYPE_CHECKING:
    from storage.sql import SqlStore, open_store

__all__ = ["SqlStore", "Store", "open_store"]


def __getattr__(name: str) -> Any:
    """The store, with its SQL, when it is asked for: who reads pages has no use for either."""
    if name not in ("SqlStore", "open_store"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from storage import sql

    return getattr(sql, name)
