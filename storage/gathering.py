"""Sheets into the store, several a transaction, and the same rows as if each record came alone.

What is new, as nearly all of a file is, is stored by rows that stand ready; a record that stands
already, or comes twice, goes the way of any page's.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from sqlalchemy import Connection, bindparam, insert, select

from records import Address, Measures, Query, Record, ResultPage
from storage import blocking, frontier
from storage.arrivals import Arrivals, in_order
from storage.content import Wording
from storage.history import History
from storage.matching import Matcher
from storage.noticing import Verdict
from storage.pages import Deposit, next_change, page_id_of, store_page, write_page
from storage.prepared import Prepared
from storage.readings import Said, store_readings
from storage.schema import address, content, reading, record
from storage.sheets import CONTENT, READING, Sheet
from storage.wordings import last_id

READER = "import 1"
PROFILE = "import"
_KIND: Literal["article"] = "article"
_RECORD = tuple(each.name for each in record.c)

_STANDING = Prepared(
    select(record.c.id).where(record.c.id.in_(bindparam("id", expanding=True))), "id"
)
_ENTERED = Prepared(
    select(address.c.id).where(address.c.id.in_(bindparam("id", expanding=True))), "id"
)
_ADD_CONTENT = Prepared(insert(content))
_ADD_RECORD = Prepared(insert(record))
_ADD_READING = Prepared(insert(reading))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sheets come from."""

    source: str
    run: int
    now: int


@dataclass(slots=True)
class Gathered:
    """What storing sheets changed."""

    records: int = 0
    new: int = 0
    matches: int = 0


def address_of(sheet: Sheet) -> Address:
    """A sheet's own, made of what it says."""
    return Address(
        url=f"file:import#{sheet.digest}", fingerprint=f"import:{sheet.digest}", kind=_KIND
    )


def store_sheets(
    connection: Connection,
    sheets: Sequence[Sheet],
    origin: Origin,
    matcher: Matcher,
    history: History,
) -> Gathered:
    """Store sheets, a page each, in the caller's writing transaction."""
    ids = [frontier.address_id(origin.source, address_of(each)) for each in sheets]
    done = Gathered(records=sum(len(each.keys) for each in sheets))
    met = {each for (each,) in _ENTERED.among(connection, ids)}
    if met or blocking.is_any_blocked(connection):
        for sheet in sheets:
            deposit = deposit_of(sheet, origin, [sheet.record(at) for at in range(len(sheet.keys))])
            outcome = store_page(connection, deposit, matcher, history, now=origin.now)
            done.new += outcome.new
            done.matches += outcome.matches
        return done
    opened = [_open(connection, each, origin) for each in sheets]
    standing = {each for (each,) in _STANDING.among(connection, [i for s in sheets for i in s.ids])}
    rows = _Rows(last_id(connection), standing)
    for sheet, (page, change_no) in zip(sheets, opened, strict=True):
        rows.take(sheet, page, origin.run, change_no)
    rows.write(connection)
    done.new = len(rows.records)
    arrivals, several = _arrivals(sheets, rows.fresh)
    for sheet in sheets:
        matcher.remember(sheet.groups.tolist(), sheet.traits)
    if done.new:
        said = _Worded(sheets, rows.fresh)
        done.matches += matcher.admit(connection, arrivals, several, said)
    for sheet, (page, change_no), others in zip(sheets, opened, rows.others, strict=True):
        again = [Said(sheet.record(at), sheet.signed(at)) for at in others]
        changes = store_readings(
            connection,
            again,
            {},
            page=page,
            run=origin.run,
            change_no=change_no,
            scheme=matcher.scheme,
        )
        done.matches += matcher.apply(connection, changes) if changes else 0
    return done


def _open(connection: Connection, sheet: Sheet, origin: Origin) -> tuple[int, int]:
    """Its page, without a record yet; id and change number."""
    deposit = deposit_of(sheet, origin, [])
    page = page_id_of(deposit.address, origin.run)
    change_no = next_change(connection)
    entered = address_of(sheet)
    frontier.enter(connection, origin.source, entered, run=origin.run, delay=0, now=origin.now)
    judged = Verdict(
        page=deposit.page,
        accepted=True,
        released=True,
        kind=_KIND,
        measures=deposit.measures,
    )
    write_page(connection, deposit, judged, page, change_no)
    return page, change_no


def deposit_of(sheet: Sheet, origin: Origin, records: Sequence[Record]) -> Deposit:
    """A sheet as a page that lists these records: all of it, or none yet."""
    entered = address_of(sheet)
    return Deposit(
        source=origin.source,
        run=origin.run,
        address=frontier.address_id(origin.source, entered),
        lease=None,
        url=entered.url,
        status=200,
        fetched_at=origin.now,
        digest=sheet.digest,
        charset=None,
        place=None,
        reader=READER,
        page=ResultPage(
            url=None,
            profile=PROFILE,
            confidence=1.0,
            encoding="utf-8",
            replaced=0,
            query=Query(),
            stated_total=None,
            stated_ms=None,
            records=tuple(records),
        ),
        signed=tuple(sheet.signed(at) for at in range(len(records))),
        measures=Measures(records=len(sheet.keys), more=False),
        released=True,
        said=sheet.digest,
        enters=entered,
    )


@dataclass(slots=True)
class _Rows:
    """The rows of records that are new."""

    content: int
    """The last id."""
    standing: set[int]
    """Records that are stored, and those that came."""
    contents: list[tuple[Any, ...]] = field(default_factory=list)
    records: list[tuple[Any, ...]] = field(default_factory=list)
    readings: list[tuple[Any, ...]] = field(default_factory=list)
    fresh: list[list[int]] = field(default_factory=list)
    """Of each sheet, the places of records that are new."""
    others: list[list[int]] = field(default_factory=list)

    def take(self, sheet: Sheet, page: int, run: int, change_no: int) -> None:
        fresh: list[int] = []
        others: list[int] = []
        groups = sheet.groups.tolist()
        for at, mine in enumerate(sheet.ids):
            if mine in self.standing:
                others.append(at)
                continue
            self.standing.add(mine)
            fresh.append(at)
            self.content += 1
            place = page, at + 1, mine, self.content, run
            self.contents.append((self.content, *sheet.contents[at]))
            self.readings.append((*place, *sheet.readings[at]))
            told = sheet.completeness[at], sheet.identified[at], groups[at], run, None, change_no
            self.records.append((mine, sheet.keys[at], page, at + 1, self.content, *told))
        self.fresh.append(fresh)
        self.others.append(others)

    def write(self, connection: Connection) -> None:
        _ADD_CONTENT.each(connection, CONTENT, self.contents)
        _ADD_RECORD.each(connection, _RECORD, sorted(self.records))  # neighbours together
        _ADD_READING.each(connection, READING, self.readings)


def _arrivals(sheets: Sequence[Sheet], fresh: Sequence[Sequence[int]]) -> tuple[Arrivals, set[int]]:
    """The groups of some places of each sheet, and those of several."""
    counts: Counter[int] = Counter()
    groups, itself, keys, under = ([np.empty(0, np.int64)] for _ in range(4))
    for sheet, places in zip(sheets, fresh, strict=True):
        here = np.array(places, np.int64)
        counts.update(sheet.groups[here].tolist())
        groups.append(sheet.groups[here])
        itself.append(sheet.itself[here].astype(np.int64))
        asked = np.isin(sheet.rows, here)
        keys.append(sheet.buckets[asked])
        under.append(sheet.groups[sheet.rows[asked]])
    each, first = np.unique(np.concatenate(groups), return_index=True)
    arrivals = Arrivals(
        each,
        np.concatenate(itself)[first].astype(np.bool_),
        in_order(np.concatenate(keys), np.concatenate(under)),
    )
    return arrivals, {group for group, count in counts.items() if count > 1}


class _Worded:
    """Records of groups, the first of each."""

    def __init__(self, sheets: Sequence[Sheet], fresh: Sequence[Sequence[int]]) -> None:
        self._sheets = sheets
        self._fresh = fresh

    def __call__(self, groups: Collection[int]) -> Mapping[int, Wording]:
        asked = {*groups}
        found: dict[int, Wording] = {}
        for sheet, places in zip(self._sheets, self._fresh, strict=True):
            of = sheet.groups.tolist()
            for at in places:
                if of[at] in asked and of[at] not in found:
                    found[of[at]] = sheet.wording(at)
        return found
