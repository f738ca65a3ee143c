"""The pages that a run may still fetch, where several processes fetch them."""

import time

from sqlalchemy import Connection

from storage import ledger, lost

_COUNTED_EVERY = 2.0
_NEAR = 5_000
"""Pages from the end of a budget from which each hand-out counts: more than all processes of a run
fetch between two counts."""


class Quota:
    """Counts what others do of one run's budget. Used on the thread that writes, but for
    `elsewhere`."""

    def __init__(self, source: str, run: int, budget: int | None, *, is_shared: bool) -> None:
        """`budget`: pages, None: no limit; `is_shared`: there may be others."""
        self._source = source
        self._run = run
        self._budget = budget if is_shared else None
        self._mine = 0
        self._counted = 0.0
        self.elsewhere = 0
        """Pages that others have stored, or found unchanged, since this process began."""

    def begin(self, connection: Connection) -> tuple[int, int]:
        """Pages that the run has stored so far, and found unchanged."""
        stored = ledger.pages_of(connection, self._run)
        unchanged = ledger.unchanged_of(connection, self._run)
        self._mine = stored + unchanged
        return stored, unchanged

    def store(self) -> None:
        """This process has stored one more, or found it unchanged."""
        self._mine += 1

    def allowed(self, connection: Connection, most: int) -> int:
        """How many of `most` addresses may be leased in this transaction."""
        if self._budget is None:
            return most
        left = self._budget - self._mine - self.elsewhere
        if left > _NEAR and time.monotonic() - self._counted < _COUNTED_EVERY:
            return most
        self._counted = time.monotonic()
        ledger.hold_run(connection, self._run)
        spent = ledger.pages_of(connection, self._run)
        spent += ledger.unchanged_of(connection, self._run)
        self.elsewhere = spent - self._mine
        under_way = lost.count_leased(connection, self._source)
        return max(0, min(most, self._budget - spent - under_way))
