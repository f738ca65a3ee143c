"""Readings of one page into records: each record points at its best reading, whoever came first."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from dedup.scheme import Scheme
from records import Record, hashes_of
from storage import conflicts, former, gone
from storage.content import content_row, reading_row, record_id, record_of
from storage.matching import Change, mark
from storage.prepared import Prepared
from storage.schema import content, reading, record
from storage.signing import Signed, sign
from storage.wordings import place_contents

_Row = Mapping[str, Any]
_RECORD_COLUMNS = [column.name for column in record.c]
_STANDING = Prepared(select(record).where(record.c.id.in_(bindparam("id", expanding=True))), "id")
_ADD_RECORD = Prepared(insert(record))
_ADD_READING = Prepared(insert(reading))
_POINTER = ("page", "rank", "content", "first_run")
_MOVED = ("page", "rank", "completeness", "first_run", "change_no")
_REWORDED = ("content", "identified", "text_group")


def _setting(names: Sequence[str]) -> Prepared:
    """An update of a record; its parameters: ``of``, and the names behind ``to_``."""
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
    return Prepared(update(record).where(record.c.id == bindparam("of")).values(values))


_MOVE = _setting(_MOVED)
_REWORD = _setting(_REWORDED)


def _ranked() -> Select[Any]:
    """Best readings of records in a list."""
    order = (
        reading.c.completeness.desc(),
        reading.c.run.desc(),
        reading.c.fields.desc(),
        reading.c.hash.desc(),
        reading.c.page,
        reading.c.rank,
    )
    of_record = {"partition_by": reading.c.record}
    least, most = func.min(reading.c.content), func.max(reading.c.content)
    varied = least.over(**of_record) != most.over(**of_record)  # type: ignore[arg-type]
    ranked = (
        select(
            *reading.c,
            func.row_number().over(**of_record, order_by=order).label("place"),  # type: ignore[arg-type]
            func.min(reading.c.run).over(**of_record).label("first_run"),  # type: ignore[arg-type]
            varied.label("varied"),
        )
        .where(reading.c.record.in_(bindparam("record", expanding=True)))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == literal_column("1"))


_BEST = Prepared(_ranked(), "record")
_BEST_COLUMNS = [column.name for column in _ranked().selected_columns]


@dataclass(frozen=True, slots=True)
class Said:
    """A record as a page says it, signed."""

    record: Record
    signed: Signed


def store_readings(
    connection: Connection,
    said: Sequence[Said],
    earlier: Mapping[int, set[int]],
    *,
    page: int,
    run: int,
    change_no: int,
    scheme: Scheme,
) -> list[Change]:
    """Store a page's readings and point every record concerned at its best one.

    `earlier`: records, with contents, that the page spoke of when it was read before. Returns the
    records whose wording is new, changed or gone.
    """
    records = [record_id(each.record.key) for each in said]
    ids = {*records, *earlier}
    if not ids:
        return []
    before = _rows(connection, ids)
    hashes = [hashes_of(each.record) for each in said]
    contents = [content_row(each.record, of) for each, of in zip(said, hashes, strict=True)]
    stored = place_contents(connection, contents, records, before, earlier) if said else []
    readings = [
        reading_row(each.record, page=page, run=run, content=content_id, hashes=of)
        for each, of, content_id in zip(said, hashes, stored, strict=True)
    ]
    provisional: dict[int, dict[str, Any]] = {}
    for each, row in zip(said, readings, strict=True):
        if row["record"] not in before:
            provisional.setdefault(row["record"], _record_row(each, row, change_no))
    if said:
        _ADD_RECORD.many(connection, provisional.values())
        _ADD_READING.many(connection, readings)
    signed = dict(zip(stored, said, strict=True))
    pointer = _Pointer(connection, signed, scheme, change_no)
    # a new record of one reading points at it already
    said_times = Counter(row["record"] for row in readings)
    best: dict[int, _Row] = {
        each: row for each, row in provisional.items() if said_times[each] == 1
    }
    several = best_readings(connection, ids - best.keys())
    best |= several
    _note_conflicts(connection, ids, several, contents, readings, earlier, scheme)
    return pointer.settle(ids, before, provisional, best)


def _note_conflicts(
    connection: Connection,
    ids: set[int],
    several: Mapping[int, _Row],
    contents: Sequence[_Row],
    readings: Sequence[_Row],
    earlier: Mapping[int, set[int]],
    scheme: Scheme,
) -> None:
    """`several`: best readings of the records that may have others."""
    varied = {each for each, row in several.items() if row["varied"]}
    if earlier:
        conflicts.forget(connection, ids - varied)
    if varied:
        said: dict[int, set[conflicts.Wording]] = {}
        for row, worded in zip(readings, contents, strict=True):
            said.setdefault(row["record"], set()).add((worded["title"], worded["authors"]))
        conflicts.note(connection, varied, said, earlier, scheme)


def _record_row(each: Said, row: Mapping[str, Any], change_no: int) -> dict[str, Any]:
    return {
        "id": row["record"],
        "key": each.record.key,
        "page": row["page"],
        "rank": row["rank"],
        "content": row["content"],
        "completeness": row["completeness"],
        "identified": int(bool(each.record.identifiers)),
        "text_group": each.signed.group,
        "first_run": row["run"],
        "cluster": None,
        "change_no": change_no,
    }


def _rows(connection: Connection, ids: set[int]) -> dict[int, _Row]:
    rows = (
        dict(zip(_RECORD_COLUMNS, row, strict=True)) for row in _STANDING.among(connection, ids)
    )
    return {row["id"]: row for row in rows}


def best_readings(connection: Connection, ids: Collection[int]) -> dict[int, _Row]:
    """The best reading of each record, with the record's first run and whether its readings differ
    in their contents (``varied``); a record without readings is missing."""
    rows = (dict(zip(_BEST_COLUMNS, row, strict=True)) for row in _BEST.among(connection, ids))
    return {row["record"]: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Pointer:
    """Points records at their best readings."""

    connection: Connection
    signed: Mapping[int, Said]
    """What this page says, by content id."""
    scheme: Scheme
    change_no: int
    moved: list[dict[str, Any]] = field(default_factory=list)
    reworded: list[dict[str, Any]] = field(default_factory=list)

    def settle(
        self,
        ids: Collection[int],
        before: Mapping[int, _Row],
        provisional: Mapping[int, _Row],
        best: Mapping[int, _Row],
    ) -> list[Change]:
        """Point every record at its best reading. `before`: those that stood; `provisional`: those
        that are new, as they were just stored."""
        changes = [
            self._settle(each, before.get(each), provisional.get(each), best.get(each))
            for each in sorted(ids)
        ]
        _MOVE.many(self.connection, self.moved)
        _REWORD.many(self.connection, self.reworded)
        return [change for change in changes if change is not None]

    def _settle(
        self,
        each: int,
        old: _Row | None,
        provisional: Mapping[str, Any] | None,
        best: _Row | None,
    ) -> Change | None:
        if best is None:
            return self._remove(each, old)
        stands: _Row | None = old or provisional
        assert stands is not None
        if any(best[name] != stands[name] for name in _POINTER):
            self._point(each, stands, best)
        if old is not None and old["content"] == best["content"]:
            return None
        now, signed = self._worded(each, stands["key"], best["content"])
        if old is None:
            return Change(now, None, None, signed)
        was, _ = self._worded(each, old["key"], old["content"])
        return Change(now, was, old["text_group"], signed)

    def _point(self, each: int, stands: _Row, best: _Row) -> None:
        said = {**best, "change_no": self.change_no}
        self.moved.append({"of": each} | {f"to_{name}": said[name] for name in _MOVED})
        if stands["content"] != best["content"]:
            now, signed = self._worded(each, stands["key"], best["content"])
            self.reworded.append(
                {
                    "of": each,
                    "to_content": best["content"],
                    "to_identified": int(bool(now.identifiers)),
                    "to_text_group": signed.group,
                }
            )

    def _remove(self, each: int, old: _Row | None) -> Change:
        assert old is not None
        was, _ = self._worded(each, old["key"], old["content"])
        self.connection.execute(delete(record).where(record.c.id == each))
        gone.note(self.connection, each, self.change_no)
        if old["cluster"] is not None:
            self._leave(old["cluster"])
        return Change(was, was, old["text_group"], None)

    def _leave(self, least: int) -> None:
        """A cluster that a record has gone from: those that stay may be tied to nothing else that
        is touched, as where people merged them; of the last one nobody would find the cluster."""
        stay = select(record.c.text_group).where(record.c.cluster == least).distinct()
        groups = self.connection.execute(stay).scalars().all()
        if groups:
            mark(self.connection, groups)
        else:
            former.end(self.connection, least)

    def _worded(self, each: int, key: str, content_id: int) -> tuple[Record, Signed]:
        """A record in one of its wordings."""
        said = self.signed.get(content_id)
        if said is not None:
            return said.record, said.signed
        row = self.connection.execute(select(content).where(content.c.id == content_id)).mappings()
        worded = record_of({**row.one(), "key": key})
        return worded, sign(worded, self.scheme)


def sweep_contents(connection: Connection, earlier: Mapping[int, set[int]]) -> None:
    """Remove wordings that no reading says any more."""
    if not earlier:
        return
    said = {content_id for contents in earlier.values() for content_id in contents}
    used = select(reading.c.content).where(reading.c.record.in_(earlier.keys()))
    still = set(connection.execute(used).scalars())
    connection.execute(delete(content).where(content.c.id.in_(said - still)))
