"""Runs that import what others archived: apart from harvests, which go on where these do not.

Every function runs in a transaction of the caller's. `now` is microseconds UTC.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from records import Address, UsageError
from storage import frontier, ledger
from storage.pages import page_id_of
from storage.schema import page

UNDER_WAY = "importing"
STOPPED = "import stopped"
PAST_SHARE = "import stopped: quarantine share"
"""Too many of its pages are in quarantine."""
DONE = "all read"
BUDGET = "page budget"
_UNFINISHED = (UNDER_WAY, STOPPED, PAST_SHARE)


@dataclass(frozen=True, slots=True)
class Stands:
    """What a run has stored under an address."""

    fetched_at: int
    digest: str


def begin(
    connection: Connection,
    source: str,
    *,
    depth: int,
    budget: int | None,
    fresh: bool,
    now: int,
) -> int:
    """The id of the run that an import belongs to: one that is not finished goes on, unless
    `fresh`. Raises UsageError where a harvest of the source is not finished."""
    last = ledger.last_run(connection, source)
    if last is not None and not last.finished and last.reason not in _UNFINISHED:
        raise UsageError(
            f"{source}: a harvest of it is not finished; run glean harvest {source} to its end, or "
            "give what you import a source of its own"
        )
    if fresh and last is not None and not last.finished:
        ledger.end_run(
            connection, last.id, reason="begun afresh", finished=True, seconds=0, now=now
        )
    return ledger.begin_run(
        connection,
        source,
        depth=depth,
        budget=budget,
        fresh=False,
        now=now,
        again=(),
        reason=UNDER_WAY,
    )


def end(
    connection: Connection, run_id: int, *, reason: str, failed: int, seconds: float, now: int
) -> None:
    """Close a sitting of an import. `failed`: records and files that could not be used."""
    ledger.end_run(
        connection,
        run_id,
        reason=reason,
        finished=reason not in _UNFINISHED,
        seconds=seconds,
        now=now,
        failed=failed,
    )


def stands(connection: Connection, source: str, address: Address, run_id: int) -> Stands | None:
    """What a run has stored under an address; None: nothing."""
    page_id = page_id_of(frontier.address_id(source, address), run_id)
    row = connection.execute(
        select(page.c.fetched_at, page.c.digest).where(page.c.id == page_id)
    ).one_or_none()
    return None if row is None else Stands(row.fetched_at, row.digest)
