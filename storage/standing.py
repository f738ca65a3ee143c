"""All that ``glean status`` says of a store's content, and the JSON object of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from records import as_json, iso_time
from storage import generations, habits, overview, revisits, suspension, walks
from storage.answers import waiting_json
from storage.generations import Generation
from storage.growth import growth, size_of
from storage.habits import Habits
from storage.overview import Conflicting, GivenUp, SourceState, Totals, Waiting
from storage.refreshing import Staleness
from storage.revisits import Revisit
from storage.schema import run, state
from storage.suspension import Closed
from storage.walks import Walk

if TYPE_CHECKING:
    from storage.sql import SqlStore

LISTED = 20
"""Entries of a list, unless all are asked for."""
NEVER: Mapping[str, Any] = {"last_success": None, "next": None}
"""Of a source that was never harvested to its end and is not scheduled."""
NO_SCHEDULER: Mapping[str, Any] = {"leader": None, "running": [], "schedules": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a store stands."""

    generation: Generation
    totals: Totals
    sources: list[SourceState]
    walks: list[Walk]
    waiting: list[Waiting]
    given_up: list[GivenUp]
    hosts: list[Closed]
    conflicting: list[Conflicting]
    baseline: list[Habits]
    revisits: list[Revisit]


def standing(
    connection: Connection,
    source: str | None = None,
    *,
    now: int,
    all_failed: bool = False,
    all_revisits: bool = False,
) -> Standing:
    """Of one source or of all. `all_failed`: all that waits in quarantine and was given up, not the
    first of it. `now`: microseconds UTC."""
    most = None if all_failed else LISTED
    return Standing(
        generation=generations.of(connection),
        totals=overview.totals(connection),
        sources=overview.sources(connection, source),
        walks=walks.newest(connection, limit=LISTED, source=source),
        waiting=overview.quarantine(connection, limit=most, source=source),
        given_up=overview.failures(connection, limit=most, source=source),
        hosts=suspension.closed(connection, now=now, source=source),
        conflicting=overview.conflicting(connection, limit=LISTED),
        baseline=habits.habits(connection, source),
        revisits=revisits.listed(connection, limit=None if all_revisits else LISTED, source=source),
    )


def standing_json(
    said: Standing,
    *,
    store: str,
    sizes: Mapping[str, Any],
    related: Staleness,
    harvests: Mapping[str, Mapping[str, Any]],
    scheduler: Mapping[str, Any],
) -> dict[str, Any]:
    """The object that ``glean status --json`` prints. `harvests`: by source when it was harvested
    to the end and will be again; `scheduler`: how the schedules stand."""
    now = said.generation
    return {
        "store": store,
        **sizes,
        "scheme": now.scheme,
        "building": now.building,
        "behind": now.behind,
        **as_json(said.totals),
        "unique": said.totals.unique,
        "repeats": said.totals.repeats,
        "sources": [as_json(each) | harvests.get(each.source, NEVER) for each in said.sources],
        "walks": as_json(said.walks),
        "quarantine": [waiting_json(each) for each in said.waiting],
        "failures": as_json(said.given_up),
        "hosts": [_closed_json(each) for each in said.hosts],
        "conflicting": as_json(said.conflicting),
        "baseline": as_json(said.baseline),
        "revisits": [_revisit_json(each) for each in said.revisits],
        "related": as_json(related),
        "scheduler": scheduler,
    }


def change_of(connection: Connection) -> tuple[int, int]:
    """The change number of the newest page or decision, and the one that clusters are those of."""
    row = connection.execute(select(state.c.change_no, state.c.settled_to)).one()
    return row.change_no, row.settled_to


def sittings_of(connection: Connection, most: int) -> tuple[tuple[int, int | None], ...]:
    """Of the newest runs: which, and when each ended."""
    newest = select(run.c.id, run.c.ended_at).order_by(run.c.id.desc()).limit(most)
    return tuple((row.id, row.ended_at) for row in connection.execute(newest))


def sizes_json(opened: "SqlStore", connection: Connection, archive: str) -> dict[str, Any]:
    """Sizes in bytes, and what a week brings. `archive`: its folder; empty: there is none."""
    grows = growth(connection, now=opened.database.now())
    return {
        "size_bytes": size_of(opened.database, connection),
        "archive_bytes": _size(Path(archive)) if archive else None,
        "growth": as_json(grows),
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.warc.gz*"))


def _closed_json(each: Closed) -> dict[str, Any]:
    return {**as_json(each), "until": iso_time(each.until), "until_local": local_time(each.until)}


def local_time(moment: int) -> str:
    """A moment by this machine's clock, with its offset. `moment`: microseconds UTC."""
    return datetime.fromtimestamp(moment // 1_000_000, UTC).astimezone().isoformat(" ")


def _revisit_json(each: Revisit) -> dict[str, Any]:
    return {
        "source": each.source,
        "url": each.url,
        "checked": iso_time(each.checked_at),
        "changed": iso_time(each.changed_at),
        "every": round(each.every / 1e6, 3),
        "due": iso_time(each.due_at),
        "reason": each.reason,
        "gone": iso_time(each.gone_at),
    }
