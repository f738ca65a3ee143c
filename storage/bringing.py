"""Records of files into the store, by the same door as those of pages.

So many records of a file, in its order, are a page: stored whole or not at all, under an address
made of what it says. What stands already is left as it is, so an import that was killed goes on
where it was, and one that is run again changes nothing.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage import binding, frontier, imports
from storage.gathering import Origin, address_of
from storage.prepared import Prepared
from storage.schema import page
from storage.sheets import Sheet
from storage.sql import SqlStore

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 500
"""Records of a page. Files that were imported are known by it."""
_SECONDS = 0.2
"""A transaction is to take: others wait for it."""
_LAST = 8
"""Transactions of which the quickest says how long a page takes: others may be slow because the
machine does something else."""
_MOST = 40
"""Pages of a transaction: what they say is in memory together."""

_STANDS = Prepared(
    select(page.c.address, page.c.state).where(
        page.c.address.in_(bindparam("address", expanding=True))
    ),
    "address",
)


@dataclass(slots=True)
class Brought:
    """What an import did."""

    run: int | None = None
    """None: all of it stood there already."""
    records: int = 0
    """Read."""
    stored: int = 0
    new: int = 0
    matches: int = 0
    finished: bool = False


def bring(
    store: SqlStore,
    source: str,
    batches: "Iterable[pa.RecordBatch]",
    *,
    now: Callable[[], int],
    progress: Callable[[Brought], None] = lambda _: None,
) -> Brought:
    """Store records, batches of `dedup.corpus.schema`, as a run of a source; to be settled then.
    Raises UsageError where a harvest of the source is not finished, StoreError."""
    begun = time.monotonic()
    done = Brought()
    reason = imports.STOPPED
    bringing = _Bringing(store, source, now, done)
    try:
        with store.gathering(), binding.bound(batches, store.scheme, AT_ONCE) as sheets:
            for sheet in sheets:
                if bringing.take(sheet):
                    progress(done)
            bringing.store_held()
            progress(done)
            store.shelve(last=True)
        reason = imports.DONE
        done.finished = True
    except KeyboardInterrupt:
        return done
    finally:
        if done.run is not None:
            with store.database.write() as connection:
                seconds = time.monotonic() - begun
                imports.end(
                    connection, done.run, reason=reason, failed=0, seconds=seconds, now=now()
                )
    return done


class _Bringing:
    """Sheets as they come, as many a transaction as it has time for."""

    def __init__(self, store: SqlStore, source: str, now: Callable[[], int], done: Brought) -> None:
        self._store, self._source, self._now, self._done = store, source, now, done
        self._held: list[Sheet] = []
        self._size = 1
        self._took: deque[float] = deque(maxlen=_LAST)

    def take(self, sheet: Sheet) -> bool:
        """Whether something was stored."""
        self._held.append(sheet)
        if len(self._held) < self._size:
            return False
        self.store_held()
        return True

    def store_held(self) -> None:
        sheets = self._not_standing()
        self._done.records += sum(len(each.keys) for each in self._held)
        self._held = []
        if not sheets:
            return
        begun = time.monotonic()
        gathered = self._store.store_sheets(sheets, Origin(self._source, self._run(), self._now()))
        took = time.monotonic() - begun
        self._done.stored += gathered.records
        self._done.new += gathered.new
        self._done.matches += gathered.matches
        self._took.append(took / len(sheets))
        fits = int(_SECONDS / min(self._took))
        self._size = max(1, min(fits, 2 * self._size, _MOST))
        self._store.shelve()

    def _not_standing(self) -> list[Sheet]:
        """Those of the sheets held that are not stored, each once."""
        own = {frontier.address_id(self._source, address_of(each)): each for each in self._held}
        with self._store.database.read() as connection:
            stand = {at for at, state in _STANDS.among(connection, own) if state == "read"}
        return [each for number, each in own.items() if number not in stand]

    def _run(self) -> int:
        if self._done.run is None:
            with self._store.database.write() as connection:
                self._done.run = imports.begin(
                    connection, self._source, depth=0, budget=None, fresh=False, now=self._now()
                )
        return self._done.run
