"""What somebody should know of a store: its mode, its clock, what waits and what is left undone.

Nothing here reads a whole table of records: ``glean verify`` does.
"""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text

from records import StoreError, iso_time
from records.finding import Finding
from storage import overview, suspension, takedowns
from storage.database import Database
from storage.firings import firing
from storage.schema import address, run, state, unsettled

if TYPE_CHECKING:
    from storage.sql import SqlStore

_SET_BACK = 60_000_000
"""Microseconds by which a clock may be behind the newest row: machines differ by less."""
_APART = 5_000_000
_OLDEST_SQLITE = (3, 37)
"""Knows strict tables."""
_FEW_CONNECTIONS = 10
_EMPTY = 0.3
"""Share of a file that may stand empty."""


def examine(store: "SqlStore", most_quarantined: Mapping[str, float]) -> Iterator[Finding]:
    """`most_quarantined`: by source the share of its pages from which a harvest stops."""
    database = store.database
    with database.read() as connection:
        if connection.dialect.name == "sqlite":
            yield from _sqlite(database, connection)
        else:
            yield from _postgresql(database, connection)
        yield from _clock(database, connection)
        yield from _undone(database, connection)
        yield from _sources(database, connection, most_quarantined)
    yield from _related(store)


def _found(severity: str, what: str, where: str, remedy: str | None = None) -> Finding:
    return Finding(severity=severity, what=what, where=where, next=remedy)  # type: ignore[arg-type]


def _sqlite(database: Database, connection: Connection) -> Iterator[Finding]:
    def pragma(name: str) -> object:
        return connection.execute(text(f"PRAGMA {name}")).scalar()

    import sqlite3

    version = sqlite3.sqlite_version
    known = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    yield _found(
        "ok" if known else "fault",
        f"SQLite {version}",
        "library",
        None if known else "install Python with SQLite 3.37 or newer",
    )
    journal = pragma("journal_mode")
    if journal == "wal":
        yield _found(
            "ok", "journal WAL: harvests and readers do not wait for each other", database.name
        )
    elif database.url.database not in (None, "", ":memory:"):
        yield _found(
            "warning",
            f"its journal is {journal}, not WAL: readers hold up harvests",
            database.name,
            "put it on a disk of this machine, in a folder that may be written",
        )
    free, all_pages = int(str(pragma("freelist_count"))), int(str(pragma("page_count")))
    if all_pages and free > _EMPTY * all_pages:
        yield _found(
            "note",
            f"{free / all_pages:.0%} of its file stand empty and are filled again",
            database.name,
            "glean backup makes a copy without them",
        )


_SETTINGS = {
    "fsync": ("on", "fault", "a power cut may tear the whole store"),
    "full_page_writes": ("on", "fault", "a power cut may tear pages of the store"),
    "autovacuum": ("on", "warning", "deleted rows are never cleared away"),
    "synchronous_commit": ("on", "note", "a power cut may lose the last pages; they are due again"),
}


def _postgresql(database: Database, connection: Connection) -> Iterator[Finding]:
    def setting(name: str) -> str:
        said = connection.execute(text("SELECT current_setting(:name)"), {"name": name})
        return str(said.scalar())

    yield _found("ok", f"PostgreSQL {setting('server_version')}", database.name)
    for name, (wanted, severity, why) in _SETTINGS.items():
        if (is_set := setting(name)) != wanted:
            yield _found(
                severity,
                f"{name} = {is_set}: {why}",
                database.name,
                f"set {name} = {wanted} in postgresql.conf",
            )
    used = connection.execute(text("SELECT count(*) FROM pg_stat_activity")).scalar_one()
    left = int(setting("max_connections")) - int(used)
    if left < _FEW_CONNECTIONS:
        yield _found(
            "warning",
            f"{left} connections are left of {setting('max_connections')}",
            database.name,
            "raise max_connections, or run fewer commands at once",
        )


def _clock(database: Database, connection: Connection) -> Iterator[Finding]:
    mine, theirs = time.time_ns() // 1000, database.now()
    if database.is_shared and abs(mine - theirs) > _APART:
        by = abs(mine - theirs) / 1e6
        yield _found(
            "warning",
            f"this machine's clock and the server's are {by:,.0f} s apart",
            "clock",
            "have both follow a time server; leases go by the server's",
        )
    newest = 0
    for column in (run.c.started_at, run.c.ended_at, firing.c.started_at, firing.c.ended_at):
        newest = max(newest, connection.execute(select(func.max(column))).scalar() or 0)
    if newest > theirs + _SET_BACK:
        yield _found(
            "fault",
            f"the clock says {iso_time(theirs)}, and the store has a run of {iso_time(newest)}",
            "clock",
            "set the clock right; until then nothing is due when it should be",
        )
    else:
        yield _found("ok", f"{iso_time(theirs)[:19]}Z, later than everything stored", "clock")


def _undone(database: Database, connection: Connection) -> Iterator[Finding]:
    name = database.name
    at = connection.execute(select(state)).one()
    yield _found("ok", f"scheme {at.scheme}, change {at.change_no:,}", name)
    groups = connection.execute(select(func.count()).select_from(unsettled)).scalar_one()
    if groups:
        yield _found("note", f"{groups:,} text groups wait to be settled", name, "glean settle")
    if takedowns.unfinished(connection) or takedowns.is_any_to_bar(connection):
        yield _found("warning", "a takedown is not finished", name, "glean takedown --resume")
    elif takedowns.moves(connection):
        yield _found(
            "note",
            "a file of the archive was being written anew, or is",
            name,
            "glean retain goes on with it",
        )


def _sources(
    database: Database, connection: Connection, most_quarantined: Mapping[str, float]
) -> Iterator[Finding]:
    now = database.now()
    for each in overview.sources(connection):
        share, most = each.quarantined_share or 0.0, most_quarantined.get(each.source, 1.0)
        where = f"source {each.source}"
        if each.quarantined:
            severity = "warning" if share > most else "note"
            yield _found(
                severity,
                f"{each.quarantined:,} pages in quarantine, {share:.0%}",
                where,
                "glean status --failed says why; mend the profile, then glean reparse",
            )
        if each.failed:
            yield _found(
                "note",
                f"{each.failed:,} addresses were given up",
                where,
                "glean status --failed says why; the next harvest tries them again",
            )
        if dead := _dead_leases(connection, each.source, now):
            yield _found(
                "note",
                f"{dead:,} leases of processes that died",
                where,
                f"glean harvest {each.source} takes them back",
            )
    for host in suspension.closed(connection, now=now):
        yield _found(
            "warning",
            f"left alone until {iso_time(host.until)}: {host.reason}",
            f"host {host.host}",
            "nothing, or ask its operator; it is tried again then",
        )


def _dead_leases(connection: Connection, source: str, now: int) -> int:
    query = select(func.count()).where(
        address.c.source == source, address.c.state == "leased", address.c.lease_until < now
    )
    return int(connection.execute(query).scalar_one())


def _related(store: "SqlStore") -> Iterator[Finding]:
    where = "index of related literature"
    try:
        stands = store.related_state()
    except StoreError as error:
        yield _found("warning", str(error), where, "glean refresh --rebuild")
        return
    if stands.refreshed_to is None and stands.behind:
        yield _found("warning", "there is none that could be used", where, "glean refresh")
    elif stands.behind:
        yield _found("note", f"{stands.behind:,} records behind", where, "glean refresh")
    else:
        yield _found("ok", "up to date", where)
