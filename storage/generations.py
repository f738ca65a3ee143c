"""Generations of the bucket index: the one in use, and one that is being made beside it.

Text groups, buckets, matches and clusters follow from the records and a `Scheme`, and all of a
store are of one. Row ``state`` says which, and how far that is so:

| building | behind | |
|---|---|---|
| NULL | NULL | all is of `scheme` |
| a scheme | | its buckets are being made in the tables of `storage.coming`; who writes puts what \
comes and goes into both |
| | index | there are no buckets: nothing is matched or taken out until they are made |
| | groups | the buckets are of `scheme`, text groups may not be: as above |
| | matches | matches and clusters may be those of another scheme; what comes is matched as ever |

All but the last is worked through beside a store that goes on; the swap is one short transaction.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from dedup.scheme import Scheme
from records import LockHeld, SchemeMismatch, StoreError
from storage.buckets import Entries, as_bytes
from storage.coming import TWINS, next_fresh
from storage.database import Database
from storage.portable import giving_up_after
from storage.prepared import Prepared
from storage.schema import state

Behind = Literal["index", "groups", "matches"]

_AT_ONCE = 2000
"""Rows that are deleted in one transaction: at most 4 MB."""
_PATIENCE_MS = 300
"""How long the swap waits for who reads a table; all others wait behind it."""

_STATE = Prepared(select(state.c.scheme, state.c.building, state.c.behind))
_NEWEST = Prepared(select(func.coalesce(func.max(next_fresh.c.id), 0)))
_NOTE = Prepared(insert(next_fresh))


@dataclass(frozen=True, slots=True)
class Generation:
    """What a store is at; see the table above."""

    scheme: str
    building: str | None
    behind: Behind | None


def of(connection: Connection) -> Generation:
    ((scheme, building, behind),) = _STATE.all(connection)
    return Generation(scheme, building, cast(Behind | None, behind))


def scheme_of(now: Generation, store: str) -> Scheme:
    """The scheme that records of a store are matched by. Raises SchemeMismatch where none are
    until it is rebuilt; `store`: its name."""
    scheme = Scheme.named(now.scheme)
    if scheme is None:
        raise SchemeMismatch(
            f"{store}: was made by another version of glean (scheme {now.scheme}); glean rebuild "
            "brings it up"
        )
    if now.behind == "index":
        raise SchemeMismatch(f"{store}: has no bucket index; glean rebuild makes it")
    if now.behind == "groups":
        raise SchemeMismatch(
            f"{store}: is half rebuilt; glean rebuild goes on, if it is not at it already"
        )
    return scheme


def beside(now: Generation, store: str) -> Scheme | None:
    """The scheme of the generation that is being made. Raises SchemeMismatch where only another
    version of this program can put anything into it."""
    if now.building is None:
        return None
    scheme = Scheme.named(now.building)
    if scheme is None:
        raise SchemeMismatch(
            f"{store}: another version of glean is rebuilding it (scheme {now.building}); upgrade "
            "glean, or run glean rebuild to give that up"
        )
    return scheme


def remark(now: Generation) -> str | None:
    """What `glean rebuild` is to do, for people; None: nothing."""
    if Scheme.named(now.scheme) is None:
        return f"made by another version of glean (scheme {now.scheme})"
    if now.behind == "index":
        return "there is no bucket index"
    if now.behind is not None:
        return f"half rebuilt: {now.behind} may be those of another scheme"
    if now.building is not None:
        return "being rebuilt, unless that was killed"
    return None


def note(connection: Connection, entries: Entries) -> None:
    """Put what comes and what leaves into the generation that is being made."""
    if len(entries):
        ((newest,),) = _NEWEST.all(connection)
        row = {"id": newest + 1, "stamp": secrets.randbits(62), "entries": as_bytes(entries)}
        _NOTE.run(connection, **row)


def begin(database: Database, scheme: Scheme) -> None:
    """From now on who writes notes what comes and goes for a generation of `scheme` too."""
    clear(database)
    with database.write() as connection:
        connection.execute(update(state).values(building=scheme.name))


def swap(database: Database, scheme: Scheme, behind: Behind) -> None:
    """Put the generation that was made into the place of the one in use.

    Raises StoreError where it is not there any more, and Busy where somebody reads for too long.
    """
    with database.write() as connection:
        if of(connection).building != scheme.name:
            raise StoreError(
                f"{database.name}: what was made of the new generation is gone; run glean rebuild "
                "again"
            )
        giving_up_after(connection, _PATIENCE_MS)
        for used, made in TWINS:
            for old, new in ((used.name, "swapped"), (made.name, used.name)):
                connection.exec_driver_sql(_renamed(old, new))
            connection.exec_driver_sql(_renamed("swapped", made.name))
        values = {"scheme": scheme.name, "building": None, "behind": behind}
        connection.execute(update(state).values(values | {"change_no": state.c.change_no + 1}))


def _renamed(old: str, new: str) -> str:
    return f"ALTER TABLE {old} RENAME TO {new}"


def advance(connection: Connection, behind: Behind | None) -> None:
    """Some of what was behind is brought up."""
    connection.execute(update(state).values(behind=behind))


def tidy(database: Database) -> None:
    """Remove what a rebuild left that was killed; where one is at work, nothing."""
    with database.read() as connection:
        if of(connection).building is None and not any(_has_rows(connection, e) for e in _made()):
            return
    try:
        with database.lock("rebuild"):
            clear(database)
    except LockHeld:
        return


def _made() -> Sequence[Table]:
    return [made for _, made in TWINS]


def _has_rows(connection: Connection, each: Table) -> bool:
    return connection.execute(select(*each.primary_key).limit(1)).first() is not None


def clear(database: Database) -> None:
    """Remove all that there is of a generation that is not in use."""
    with database.write() as connection:
        if of(connection).building is not None:
            connection.execute(update(state).values(building=None))
    for each in _made():
        (key,) = each.primary_key
        some = select(key).limit(_AT_ONCE).scalar_subquery()
        left = True
        while left:
            with database.write() as connection:
                done = connection.execute(delete(each).where(key.in_(some)))
                left = done.rowcount == _AT_ONCE
