"""The local similarity store."""

from storage.sql import SqlStore, open_store
from storage.store import Store

__all__ = ["SqlStore", "Store", "open_store"]
