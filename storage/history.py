"""The history of sources: the measures of their newest pages, as the store has them."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from records import Measures, measures_from_json
from storage.baseline import LAST, WINDOW, Baseline, Drift, Seen
from storage.schema import page


def history_of(
    connection: Connection, source: str, kind: str, *, without: int | None = None
) -> Baseline:
    """What the pages of a source whose addresses are of one kind are like; `without` one of them.

    The same whether it is made from the store, or kept up from page to page.
    """
    mine = (
        select(page.c.id, page.c.measures, page.c.state, page.c.released, page.c.change_no)
        .where(page.c.source == source, page.c.kind == kind, page.c.measures.is_not(None))
        .order_by(page.c.change_no.desc(), page.c.id.desc())
    )
    if without is not None:
        mine = mine.where(page.c.id != without)
    accepted = mine.where(page.c.state == "read")
    rows = {
        (row.change_no, row.id): Seen(
            page=row.id,
            measures=measures_from_json(json.loads(row.measures)),
            accepted=row.state == "read",
            released=bool(row.released),
        )
        for query in (
            accepted.limit(WINDOW + LAST),
            accepted.where(page.c.released.is_(None)).limit(LAST),
            mine.where(page.c.state == "quarantined").limit(LAST),
        )
        for row in connection.execute(query)
    }
    return Baseline(rows[place] for place in sorted(rows))


@dataclass(frozen=True, slots=True)
class Entry:
    """What one page transaction adds to the history."""

    source: str
    kind: str
    seen: Seen | None
    """None: the page says nothing of the source, or changed what others say of it."""
    change_no: int
    alone: bool
    """No page stored before was changed."""


class History:
    """Baselines kept between the transactions of one writer, so that none reads them all again.

    Whatever somebody else wrote meanwhile is noticed by the change number, and read from the store.
    """

    def __init__(self) -> None:
        self._at: int | None = None
        self._known: dict[tuple[str, str], Baseline] = {}
        self._pending: Entry | None = None

    def judge(
        self,
        connection: Connection,
        source: str,
        kind: str,
        measures: Measures,
        *,
        change_no: int,
        again: int | None = None,
    ) -> list[Drift]:
        """What is odd about a page, in the transaction that stores it as `change_no`. `again`: its
        id, if it was stored before."""
        if again is not None:
            return history_of(connection, source, kind, without=again).judge(measures)
        if self._at != change_no - 1:
            self._known.clear()
            self._at = change_no - 1
        baseline = self._known.get((source, kind))
        if baseline is None:
            baseline = self._known[source, kind] = history_of(connection, source, kind)
        return baseline.judge(measures)

    def note(self, entry: Entry) -> None:
        """What the transaction adds; it counts when the transaction is `committed`."""
        self._pending = entry

    def committed(self) -> None:
        entry, self._pending = self._pending, None
        if entry is None:
            return
        if not entry.alone or self._at != entry.change_no - 1:
            self._known.clear()
        elif entry.seen is not None and (entry.source, entry.kind) in self._known:
            self._known[entry.source, entry.kind].add(entry.seen)
        self._at = entry.change_no
