"""Records that were taken down do not come back: told by key, by folded text and by bands.

Of such a record the store keeps no text: its id, the id of its text group, which is a hash of its
folded text, and its band keys. Every function runs in a writing transaction of the caller's.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from dedup.bands import Kind, kind_of
from dedup.scheme import Scheme
from records import Problem, Record, ResultPage
from storage.content import record_id
from storage.portable import insert_new, rows_among
from storage.prepared import Prepared
from storage.readings import Said
from storage.removed import blocked, to_bar
from storage.signing import Signed

_ANY = Prepared(select(blocked.c.value).limit(1))
_ALIKE = 0.8
"""Jaccard similarity at which as many bands of two texts agree, in the mean, as are asked for."""


def shared_bands(scheme: Scheme) -> int:
    """How many bands a text shares with one that was taken down to be taken for it.

    bands * similarity ** rows, rounded down. Under the default scheme 8 of 20: agreed on by 99.5 of
    100 pairs at a similarity of 0.9, by 8 at 0.7 and by 15 of a million at 0.5 (binomial).
    """
    return max(1, int(scheme.bands * _ALIKE**scheme.rows))


def block(connection: Connection, takedown: int, each: Record, signed: Signed) -> None:
    """Keep a record, as one of its readings words it, from coming back."""
    mine = record_id(each.key)
    values = {("record", mine)} | {("band", key) for key in _bands(signed)}
    if signed.self_same:
        values.add(("group", signed.group))
    rows = [
        {"value": value, "kind": kind, "record": mine, "takedown": takedown}
        for kind, value in sorted(values)
    ]
    insert_new(connection, blocked, rows)


def _bands(signed: Signed) -> list[int]:
    return [key for key in signed.keys if kind_of(key) is Kind.BAND]


def is_any_blocked(connection: Connection) -> bool:
    """Whether anything was ever taken down."""
    return bool(_ANY.all(connection))


def blocked_among(connection: Connection, said: Sequence[Said], scheme: Scheme) -> list[Said]:
    """Those of a page's records that were taken down."""
    if not said or not is_any_blocked(connection):
        return []
    values = {
        value
        for each in said
        for value in (record_id(each.record.key), each.signed.group, *_bands(each.signed))
    }
    told: dict[tuple[str, int], set[int]] = {}
    select_from = "SELECT kind, value, record FROM blocked"
    for kind, value, of in rows_among(connection, select_from, "value", values):
        told.setdefault((kind, value), set()).add(of)
    least = shared_bands(scheme)
    return [each for each in said if _is_blocked(each, told, least)]


def _is_blocked(each: Said, told: dict[tuple[str, int], set[int]], least: int) -> bool:
    if ("record", record_id(each.record.key)) in told or ("group", each.signed.group) in told:
        return True
    shared: dict[int, int] = {}
    for key in _bands(each.signed):
        for of in told.get(("band", key), ()):
            shared[of] = shared.get(of, 0) + 1
    return max(shared.values(), default=0) >= least


def without(page: ResultPage, held_back: Sequence[Said]) -> ResultPage:
    """A page as it is stored, without its records that were taken down."""
    gone = {id(each.record) for each in held_back}
    problems = tuple(
        Problem(
            code="taken-down",
            severity="warning",
            message="was taken down and is not stored; the archived page is to be barred",
            rank=each.record.rank,
        )
        for each in held_back
    )
    left = tuple(each for each in page.records if id(each) not in gone)
    return replace(page, records=left, problems=(*page.problems, *problems))


def note(connection: Connection, pages: Collection[int]) -> None:
    """The archived bytes of these pages are to be barred."""
    insert_new(connection, to_bar, [{"page": each} for each in sorted({*pages})])
