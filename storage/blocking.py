"""Records that were taken down do not come back: told by key, by folded text and by bands.

Of such a record the store keeps no text: its id, the id of its text group, which is a hash of its
folded text, and its band keys. Every function runs in a writing transaction of the caller's.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from dedup.bands import Kind, kind_of
from records import Problem, Record, ResultPage
from storage.content import record_id
from storage.readings import Said
from storage.removed import blocked, to_bar
from storage.signing import Signed

SHARED_BANDS = 2
"""With one record that was taken down, from which a text is taken for its. Of two texts with a
Jaccard similarity of 0.9 two bands of the default scheme (14 of 9 rows) agree in 99 of 100 cases,
of two with 0.5 in 4 of 10,000: 1 - (1 - s^9)^14 - 14 s^9 (1 - s^9)^13."""
_CHUNK = 500


def block(connection: Connection, takedown: int, each: Record, signed: Signed) -> None:
    """Keep a record, as one of its readings words it, from coming back."""
    mine = record_id(each.key)
    values = {("record", mine)} | {("band", key) for key in _bands(signed)}
    if signed.self_same:
        values.add(("group", signed.group))
    query = select(blocked.c.kind, blocked.c.value).where(blocked.c.record == mine)
    known = {(kind, value) for kind, value in connection.execute(query)}
    rows = [
        {"value": value, "kind": kind, "record": mine, "takedown": takedown}
        for kind, value in sorted(values - known)
    ]
    if rows:
        connection.execute(insert(blocked), rows)


def _bands(signed: Signed) -> list[int]:
    return [key for key in signed.keys if kind_of(key) is Kind.BAND]


def is_any_blocked(connection: Connection) -> bool:
    """Whether anything was ever taken down."""
    return connection.execute(select(blocked.c.value).limit(1)).first() is not None


def blocked_among(connection: Connection, said: Sequence[Said]) -> list[Said]:
    """Those of a page's records that were taken down."""
    if not said or not is_any_blocked(connection):
        return []
    values = {
        value
        for each in said
        for value in (record_id(each.record.key), each.signed.group, *_bands(each.signed))
    }
    told: dict[tuple[str, int], set[int]] = {}
    for some in _chunks(values):
        rows = connection.execute(
            select(blocked.c.kind, blocked.c.value, blocked.c.record).where(
                blocked.c.value.in_(some)
            )
        )
        for kind, value, of in rows:
            told.setdefault((kind, value), set()).add(of)
    return [each for each in said if _is_blocked(each, told)]


def _is_blocked(each: Said, told: dict[tuple[str, int], set[int]]) -> bool:
    if ("record", record_id(each.record.key)) in told or ("group", each.signed.group) in told:
        return True
    shared: dict[int, int] = {}
    for key in _bands(each.signed):
        for of in told.get(("band", key), ()):
            shared[of] = shared.get(of, 0) + 1
    return max(shared.values(), default=0) >= SHARED_BANDS


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
    known = set(connection.execute(select(to_bar.c.page)).scalars())
    rows = [{"page": each} for each in sorted({*pages} - known)]
    if rows:
        connection.execute(insert(to_bar), rows)


def _chunks(values: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(values)
    return (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK))
