"""Records that were taken out: what is derived from the store learns of them by change number."""

from sqlalchemy import Connection, select

from storage.portable import upsert
from storage.schema import gone


def note(connection: Connection, record_id: int, change_no: int) -> None:
    """A record's row is removed in this transaction. For whoever removes one."""
    upsert(connection, gone, {"record": record_id, "change_no": change_no})


def since(connection: Connection, after: int, to: int) -> list[int]:
    """Ids of the records removed by the changes after `after`, up to `to`; some may be back."""
    removed = select(gone.c.record).where(gone.c.change_no > after, gone.c.change_no <= to)
    return list(connection.execute(removed).scalars())
