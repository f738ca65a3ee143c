"""Pairs that wait for a person: borderline ones that nothing decides.

Every function runs in a transaction of the caller's and reads only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, func, select

from dedup.clusters import contradiction
from records import Decision
from storage import decisions
from storage.schema import decision, match, record

_CHUNK = 200
_TOSS_UP = 0.5
"""Strength at which two records are as likely one work as not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A pair of text groups, which stand for it by their least keys."""

    a: str
    b: str
    """Greater than `a`."""
    groups: tuple[int, int] = field(repr=False)


def undecided(connection: Connection, *, limit: int | None = None) -> list[Undecided]:
    """Borderline pairs that stand in no cluster together and that no decision joins or keeps apart,
    the most uncertain first."""
    uncertainty = func.abs(match.c.strength - _TOSS_UP)
    query = (
        select(match.c.a, match.c.b)
        .where(match.c.borderline == 1)
        .order_by(uncertainty, match.c.a, match.c.b)
    )
    pairs = [(a, b) for a, b in connection.execute(query)]
    return list(islice(_undecided(connection, pairs), limit))


def is_undecided(connection: Connection, pair: Undecided) -> bool:
    """Whether a pair still waits."""
    a, b = pair.groups
    query = select(match.c.a, match.c.b).where(
        match.c.a == a, match.c.b == b, match.c.borderline == 1
    )
    pairs = [(a, b) for a, b in connection.execute(query)]
    return any(True for _ in _undecided(connection, pairs))


def _undecided(connection: Connection, pairs: Sequence[tuple[int, int]]) -> Iterator[Undecided]:
    decided, merged = _decided_groups(connection), _merged_keys(connection)
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        members = _members(connection, some)
        for a, b in some:
            ours, theirs = members.get(a), members.get(b)
            if ours is None or theirs is None or (a, b) in decided:
                continue
            first, second = sorted((ours.least, theirs.least))
            if ours.clusters & theirs.clusters or (
                not merged.isdisjoint((first, second)) and _kept_apart(connection, first, second)
            ):
                continue
            yield Undecided(a=first, b=second, groups=(a, b))


def _decided_groups(connection: Connection) -> set[tuple[int, int]]:
    """Pairs of text groups, a < b, that hold the two records of a decision."""
    one, other = record.alias(), record.alias()
    query = (
        select(one.c.text_group, other.c.text_group)
        .select_from(decision)
        .join(one, one.c.key == decision.c.a)
        .join(other, other.c.key == decision.c.b)
        .where(decision.c.undone_at.is_(None))
    )
    return {(min(pair), max(pair)) for pair in connection.execute(query)}


def _merged_keys(connection: Connection) -> set[str]:
    query = select(decision.c.a, decision.c.b).where(
        decision.c.kind == "merge", decision.c.undone_at.is_(None)
    )
    return {key for pair in connection.execute(query) for key in pair}


@dataclass(slots=True)
class _Members:
    """Of a text group."""

    least: str
    clusters: set[int]
    """In which some stand."""


def _members(connection: Connection, pairs: Sequence[tuple[int, int]]) -> dict[int, _Members]:
    groups = {group for pair in pairs for group in pair}
    query = (
        select(record.c.text_group, record.c.cluster, func.min(record.c.key).label("least"))
        .where(record.c.text_group.in_(groups))
        .group_by(record.c.text_group, record.c.cluster)
    )
    found: dict[int, _Members] = {}
    for row in connection.execute(query):
        each = found.setdefault(row.text_group, _Members(row.least, set()))
        each.least = min(each.least, row.least)
        if row.cluster is not None:
            each.clusters.add(row.cluster)
    return found


def _kept_apart(connection: Connection, a: str, b: str) -> bool:
    """Whether decisions keep two records apart through others that people merged with them."""
    merge = Decision(decision="merge", a=a, b=b, who="", when=0, why="")
    return bool(contradiction(decisions.near(connection, (a, b)), merge))
