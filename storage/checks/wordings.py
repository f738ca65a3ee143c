"""What is derived from a record's wording: its text group, and where it stands in the index."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, func, or_, select, update

from dedup.placing import Placed, batch_of, place
from records import Record
from storage.buckets import part_of
from storage.checks.check import Bench, Fault
from storage.checks.pointers import sweep
from storage.checks.rules import read_again
from storage.content import content_row, readable_of
from storage.matching import Change, mark
from storage.pages import next_change
from storage.schema import content, match, page, reading, record, text_group
from storage.signing import sign_all

Row = Mapping[str, Any] | RowMapping


def finds(bench: Bench) -> Iterator[Fault]:
    """Also puts the entries that the bucket index is to have into `Bench.entries`."""

    def look(connection: Connection, rows: Sequence[RowMapping]) -> list[Fault]:
        worded = _worded(connection, rows)
        told = [row for row in rows if row["id"] in worded]
        if not told:
            return []
        placed = place(batch_of([worded[row["id"]] for row in told]), bench.scheme)
        keys = placed.keys
        entries = np.stack((keys, placed.groups[placed.rows]), axis=1)
        bench.entries.add(part_of(keys), entries)
        stand = _standing(connection, {row["text_group"] for row in told})
        return _wrong(told, worded, placed, stand)

    return sweep(bench, look)


def _worded(connection: Connection, rows: Sequence[Row]) -> dict[int, Record]:
    """The records of those of the rows whose wording is there and can be read."""
    ids = [row["content"] for row in rows]
    found = connection.execute(select(content).where(content.c.id.in_(ids))).mappings()
    contents = {row["id"]: row for row in found}
    worded: dict[int, Record] = {}
    for row in rows:
        said = contents.get(row["content"])
        each = None if said is None else readable_of({**said, "key": row["key"]})
        if each is not None:
            worded[row["id"]] = each
    return worded


def _is_whole(said: Row, key: str) -> bool:
    """Whether what stands there is what was put there: its hash says so."""
    each = readable_of({**said, "key": key})
    kept = said["id"] if said["hash"] is None else said["hash"]
    return each is not None and content_row(each)["hash"] == kept


def _standing(connection: Connection, groups: set[int]) -> dict[int, bool]:
    """Of those of the text groups that are there, whether their records are one work."""
    rows = connection.execute(select(text_group).where(text_group.c.id.in_(groups)))
    return {row.id: bool(row.self_same) for row in rows}


def _wrong(
    rows: Sequence[Row],
    worded: Mapping[int, Record],
    placed: Placed,
    stand: Mapping[int, bool],
) -> list[Fault]:
    found = []
    for at, row in enumerate(rows):
        group, reason = row["text_group"], None
        if group != placed.groups[at]:
            reason = "stands in another text group than its text says"
        elif group not in stand:
            reason = "its text group is gone"
        elif stand[group] != bool(placed.itself[at]):
            reason = "its text group is wrong about whether its records are one work"
        elif bool(row["identified"]) != bool(worded[row["id"]].identifiers):
            reason = "is wrong about having a publisher's identifier"
        if reason is not None:
            found.append(Fault(row["key"], reason, row["id"]))
    return found


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    ids = [each.id for each in faults]
    with bench.database.write() as connection:
        rows = connection.execute(select(record).where(record.c.id.in_(ids))).mappings().all()
        worded = _worded(connection, rows)
        rows = [row for row in rows if row["id"] in worded]
        if not rows:
            return len(faults)
        placed = place(batch_of([worded[row["id"]] for row in rows]), bench.scheme)
        stand = _standing(connection, {row["text_group"] for row in rows})
        wrong = {each.id for each in _wrong(rows, worded, placed, stand)}
        change_no = next_change(connection)
        changes = []
        rows = [row for row in rows if row["id"] in wrong]
        for row, signed in zip(
            rows, sign_all([worded[row["id"]] for row in rows], bench.scheme), strict=True
        ):
            now = worded[row["id"]]
            mark(connection, (row["text_group"], signed.group))
            values = {"text_group": signed.group, "identified": int(bool(now.identifiers))}
            connection.execute(
                update(record)
                .where(record.c.id == row["id"])
                .values(values | {"change_no": change_no})
            )
            connection.execute(
                update(text_group)
                .where(text_group.c.id == signed.group)
                .values(self_same=int(signed.self_same))
            )
            changes.append(Change(now, None, None, signed))
        bench.matcher.apply(connection, changes)
        bench.touched = True
    return len(faults)


def finds_contents(bench: Bench) -> Iterator[Fault]:
    """Records of which a wording is gone, or is not what it was when it was stored."""

    def look(connection: Connection, rows: Sequence[RowMapping]) -> list[Fault]:
        torn = {each for each, _ in _torn(connection, {row["id"]: row["key"] for row in rows})}
        lost = [row for row in rows if row["id"] in torn]
        return [Fault(row["key"], "a wording of it is gone or torn", row["id"]) for row in lost]

    return sweep(bench, look)


def _torn(connection: Connection, keys: Mapping[int, str]) -> list[tuple[int, int]]:
    """Of records, by id with their keys, those of the wordings that are gone or torn."""
    said = select(reading.c.record, reading.c.content).where(reading.c.record.in_(keys)).distinct()
    pairs = [(row.record, row.content) for row in connection.execute(said)]
    found = connection.execute(select(content).where(content.c.id.in_([each for _, each in pairs])))
    contents = {row["id"]: row for row in found.mappings()}
    return [
        (each, one)
        for each, one in pairs
        if one not in contents or not _is_whole(contents[one], keys[each])
    ]


def mends_contents(bench: Bench, faults: Sequence[Fault]) -> int:
    """Has the archived pages that say them read again."""
    seen_to = set()
    with bench.database.write() as connection:
        query = select(record.c.id, record.c.key).where(
            record.c.id.in_([each.id for each in faults])
        )
        keys = {row.id: row.key for row in connection.execute(query)}
        for each, torn in _torn(connection, keys):
            pages = (
                select(page.c.id)
                .join(reading, reading.c.page == page.c.id)
                .where(reading.c.record == each, reading.c.content == torn)
                .where(page.c.archive.is_not(None))
            )
            if archived := connection.execute(pages).scalars().all():
                read_again(connection, archived)
                connection.execute(delete(content).where(content.c.id == torn))
                seen_to.add(each)
    return sum(each.id in seen_to or each.id not in keys for each in faults)


def finds_empty_groups(bench: Bench) -> Iterator[Fault]:
    """Text groups that no record is in. Their entries in the index are seen to with that."""
    empty = ~select(record.c.id).where(record.c.text_group == text_group.c.id).exists()
    with bench.database.read() as connection:
        count = select(func.count()).select_from(text_group)
        rows = connection.execute(count).scalar_one()
        groups = connection.execute(select(text_group.c.id).where(empty)).scalars().all()
    bench.looked_at(rows)
    for group in groups:
        yield Fault(f"text group {group}", "no record is in it", group)


def mends_empty_groups(bench: Bench, faults: Sequence[Fault]) -> int:
    with bench.database.write() as connection:
        ids = [each.id for each in faults]
        empty = ~select(record.c.id).where(record.c.text_group == text_group.c.id).exists()
        query = select(text_group.c.id).where(text_group.c.id.in_(ids), empty)
        groups = connection.execute(query).scalars().all()
        touching = or_(match.c.a.in_(groups), match.c.b.in_(groups))
        ends = connection.execute(select(match.c.a, match.c.b).where(touching)).all()
        mark(connection, {end for pair in ends for end in pair})
        connection.execute(delete(match).where(touching))
        connection.execute(delete(text_group).where(text_group.c.id.in_(groups)))
        bench.touched = True
    return len(faults)
