"""Records taken down: out of every table in one transaction, their archived pages noted to be
barred.

What is still to be done of a takedown stands in the store until it is done, so a kill at any moment
only means that somebody goes on. Every function runs in a transaction of the caller's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, or_, select, update

from records import Record, as_json, iso_time, normal_address, record_from_json
from storage import blocking
from storage.archive import Place
from storage.captures import Captured, captured_among
from storage.content import record_id
from storage.matching import Matcher
from storage.pages import forget, next_change
from storage.portable import next_number, upsert
from storage.removed import copy, moved, takedown, to_bar
from storage.schema import decision, kin, page, reading, record, run
from storage.signing import sign

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A takedown of which something is still to be done."""

    id: int
    reason: str
    sought: tuple[Record, ...]
    """Every wording of what was taken: looked for all over the archive."""
    receipt: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file of this store's text that was made for others, and is not edited."""

    path: str
    kind: str
    """``backup``, ``export``, ``report``."""
    made_at: str
    """ISO 8601, UTC."""


def take_out(
    connection: Connection,
    wordings: Mapping[str, Sequence[Record]],
    matcher: Matcher,
    *,
    who: str,
    reason: str,
    now: int,
) -> int:
    """Take records out of the store, and keep them from coming back; returns the takedown's id.

    `wordings`: every reading of each, by key.
    """
    ids = {record_id(key) for key in wordings}
    said = [each for readings in wordings.values() for each in readings]
    change_no = next_change(connection)
    receipt: dict[str, Any] = {"rows": {}, "change": change_no}
    row = {
        "begun_at": now,
        "who": who,
        "reason": reason,
        "records": json.dumps(sorted(wordings)),
        "sought": json.dumps([as_json(each) for each in said], ensure_ascii=False),
        "receipt": "{}",
    }
    number = next_number(connection, takedown.c.id)
    connection.execute(insert(takedown), {"id": number, **row})
    for each in said:
        blocking.block(connection, number, each, sign(each, matcher.scheme))
    listed = select(reading.c.page).where(reading.c.record.in_(ids))
    asked = select(page.c.id).where(
        page.c.asked.in_([each.native_id for each in said if each.native_id])
    )
    pages = {*connection.execute(listed).scalars(), *connection.execute(asked).scalars()}
    blocking.note(connection, [*pages])
    connection.execute(update(page).where(page.c.id.in_(asked)).values(query=None))
    receipt["rows"] = _delete(connection, ids, matcher, change_no)
    receipt["pages"] = len(pages)
    keys = [*wordings]
    names_one = or_(decision.c.a.in_(keys), decision.c.b.in_(keys))
    counted = select(func.count()).select_from(decision).where(names_one)
    receipt["decisions"] = int(connection.execute(counted).scalar_one())
    _write_receipt(connection, number, receipt)
    return number


def _delete(
    connection: Connection, ids: set[int], matcher: Matcher, change_no: int
) -> dict[str, int]:
    earlier: dict[int, set[int]] = {}
    spoken = select(reading.c.record, reading.c.content).where(reading.c.record.in_(ids))
    for each, content in connection.execute(spoken):
        earlier.setdefault(each, set()).add(content)
    gone = {
        "reading": connection.execute(delete(reading).where(reading.c.record.in_(ids))).rowcount,
        "kin": connection.execute(
            delete(kin).where(or_(kin.c.asked.in_(ids), kin.c.listed.in_(ids)))
        ).rowcount,
        "content": sum(map(len, earlier.values())),
        "record": len(earlier),
    }
    forget(connection, earlier, matcher, change_no)
    return gone


def _write_receipt(connection: Connection, number: int, receipt: Mapping[str, Any]) -> None:
    said = json.dumps(receipt, ensure_ascii=False)
    connection.execute(update(takedown).where(takedown.c.id == number).values(receipt=said))


def unfinished(connection: Connection) -> list[Begun]:
    """Takedowns of which something is still to be done, oldest first."""
    rows = connection.execute(
        select(takedown).where(takedown.c.ended_at.is_(None)).order_by(takedown.c.id)
    )
    return [
        Begun(
            id=row.id,
            reason=row.reason,
            sought=tuple(map(record_from_json, json.loads(row.sought or "[]"))),
            receipt=json.loads(row.receipt),
        )
        for row in rows
    ]


def forget_words(connection: Connection, number: int, receipt: Mapping[str, Any]) -> None:
    """Nothing of a takedown is left to be looked for: the store keeps none of its words."""
    _write_receipt(connection, number, receipt)
    connection.execute(update(takedown).where(takedown.c.id == number).values(sought=None))


def close(
    connection: Connection, number: int, receipt: Mapping[str, Any], *, now: int
) -> dict[str, Any]:
    """Nothing is left to be done of a takedown; returns its receipt."""
    _write_receipt(connection, number, receipt)
    ended = update(takedown).where(takedown.c.id == number).values(ended_at=now)
    connection.execute(ended)
    return _receipt_of(
        connection.execute(select(takedown).where(takedown.c.id == number)).mappings().one()
    )


def pages_to_bar(connection: Connection) -> list[Captured]:
    """Pages whose archived bytes still hold what was taken down."""
    return captured_among(connection, select(to_bar.c.page))


def is_any_to_bar(connection: Connection) -> bool:
    """Whether archived bytes of any page still hold what was taken down."""
    return connection.execute(select(to_bar.c.page).limit(1)).first() is not None


def begin_move(connection: Connection, old: str, new: str) -> None:
    """A file of the archive is being written anew."""
    upsert(connection, moved, {"old": old, "new": new})


def moves(connection: Connection) -> list[tuple[str, str]]:
    """Files of the archive that are being written anew, with the names of the new ones."""
    rows = connection.execute(select(moved.c.old, moved.c.new).order_by(moved.c.old))
    return [(old, new) for old, new in rows]


def stands_in(connection: Connection, file: str) -> int:
    """How many pages stand in a file of the archive."""
    query = select(func.count()).select_from(page).where(page.c.archive == file)
    return int(connection.execute(query).scalar_one())


def end_move(connection: Connection, old: str) -> None:
    """The old file is gone, or stays."""
    connection.execute(delete(moved).where(moved.c.old == old))


def lead(
    connection: Connection,
    old: str,
    places: Mapping[int, Place | None],
    digests: Mapping[int, str],
    most: int,
    among: Sequence[int] = (),
) -> int:
    """Lead pages of a file, up to so many, to where they stand in the new one; returns how many.

    `places`, `digests`: by position in the old file; None: nowhere, it is archived no more; of
    bodies that are others now, their digests. `among`: pages by their ids; else all are looked
    through.
    """
    query = select(page.c.id, page.c.position, page.c.digest).where(page.c.archive == old)
    if among:
        query = query.where(page.c.id.in_(among))
    rows = [
        {
            "this": row.id,
            "file": now and now.file,
            "at": now and now.position,
            "long": now and now.length,
            "body": digests.get(row.position, row.digest),
        }
        for row in connection.execute(query.limit(most))
        for now in [places[row.position]]
    ]
    if rows:
        connection.execute(
            update(page)
            .where(page.c.id == bindparam("this"))
            .values(
                archive=bindparam("file"),
                position=bindparam("at"),
                length=bindparam("long"),
                digest=bindparam("body"),
            ),
            rows,
        )
    return len(rows)


def barred(connection: Connection, page_id: int, *, said: str) -> None:
    """The archived bytes of a page are barred; `said`: what is read of them, hashed."""
    connection.execute(update(page).where(page.c.id == page_id).values(said=said))
    connection.execute(delete(to_bar).where(to_bar.c.page == page_id))


def unarchived(connection: Connection, page_id: int) -> None:
    """There is nothing to bar of a page."""
    connection.execute(delete(to_bar).where(to_bar.c.page == page_id))


def note_copy(connection: Connection, path: str, kind: str, *, now: int) -> None:
    """A file was made of this store's text."""
    upsert(connection, copy, {"path": path, "kind": kind, "made_at": now})


def copies(connection: Connection) -> list[Copy]:
    """Files that were made of this store's text, oldest first."""
    rows = connection.execute(select(copy).order_by(copy.c.made_at, copy.c.path))
    return [Copy(path=row.path, kind=row.kind, made_at=iso_time(row.made_at)) for row in rows]


def forget_copy(connection: Connection, path: str) -> None:
    """A copy is no more."""
    connection.execute(delete(copy).where(copy.c.path == path))


def receipts(connection: Connection) -> list[dict[str, Any]]:
    """What was taken down, newest first."""
    rows = connection.execute(select(takedown).order_by(takedown.c.id.desc())).mappings()
    return [_receipt_of(row) for row in rows]


def _receipt_of(row: RowMapping) -> dict[str, Any]:
    """Keys, reason, who and when, and what became of each kind of file."""
    ended = row["ended_at"]
    return {
        "takedown": row["id"],
        "records": json.loads(row["records"]),
        "reason": row["reason"],
        "who": row["who"],
        "begun_at": iso_time(row["begun_at"]),
        "ended_at": iso_time(ended),
        **{"rows": {}, "pages": 0, "decisions": 0, "archive": None, "database": None, "copies": []},
        **json.loads(row["receipt"]),
    }


def sources(connection: Connection) -> list[str]:
    """Sources that pages were stored of."""
    return list(
        connection.execute(select(run.c.source).distinct().order_by(run.c.source)).scalars()
    )


def named(connection: Connection, key_or_url: str) -> list[str]:
    """Keys of the records that a key, or an address that a page gave one, names."""
    address = normal_address(key_or_url)
    ids = [record_id(key_or_url), record_id(address)]
    of_key = select(record.c.key).where(record.c.id.in_(ids)).order_by(record.c.key)
    found = list(connection.execute(of_key).scalars())
    if not found:
        with_url = select(reading.c.record).where(reading.c.url.in_([key_or_url, address]))
        of_url = select(record.c.key).where(record.c.id.in_(with_url)).order_by(record.c.key)
        found = list(connection.execute(of_url).scalars())
    return found
