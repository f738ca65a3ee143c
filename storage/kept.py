"""Pairs of text groups that the store keeps, of one kind each, for a person to look at: what is
close, what is another version or related, and what clustering refused to join.

Every function runs in a transaction of the caller's and reads only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, func, select

from records import Decision
from storage import decisions
from storage.content import record_id
from storage.schema import match, record

Kept = Literal["borderline", "versions", "related", "refused"]
Refusal = Literal["split", "bridge"]

_CHUNK = 500
_BORDERLINE = match.c.borderline == 1
KINDS: dict[Kept, ColumnElement[bool]] = {
    "borderline": _BORDERLINE,
    "versions": and_(~_BORDERLINE, match.c.relation == "version"),
    "related": and_(~_BORDERLINE, match.c.relation == "related"),
    "refused": match.c.refused == 1,
}
"""What of a row of `match` makes it one of each."""


def count_of(connection: Connection, kind: Kept) -> int:
    """Pairs of text groups."""
    return int(connection.execute(select(func.count(match.c.a)).where(KINDS[kind])).scalar_one())


def pairs_of(connection: Connection, kind: Kept, *, limit: int) -> Sequence[tuple[str, str]]:
    """Keys of the pairs that are most alike, the surest first, ties by their groups; of each text
    group the least key."""
    query = (
        select(match.c.a, match.c.b)
        .where(KINDS[kind])
        .order_by(match.c.strength.desc(), match.c.a, match.c.b)
        .limit(limit)
    )
    return keys_of(connection, [(a, b) for a, b in connection.execute(query)])


def keys_of(connection: Connection, groups: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
    """The least keys of pairs of text groups, the lesser first; a pair of which a group is empty
    is left out."""
    least: dict[int, str] = {}
    wanted = sorted({group for pair in groups for group in pair})
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        rows = connection.execute(
            select(record.c.text_group, func.min(record.c.key))
            .where(record.c.text_group.in_(some))
            .group_by(record.c.text_group)
        )
        least.update((group, key) for group, key in rows)
    return [
        (min(least[a], least[b]), max(least[a], least[b]))
        for a, b in groups
        if a in least and b in least
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What people decided of a pair, or of a cluster, oldest first, and in effect."""

    decisions: tuple[Decision, ...] = ()
    refused_by: Refusal | None = None
    """Of a refused join: ``split``, a decision stands between the clusters that it would tie;
    ``bridge``: none does. None: it was not refused."""


def said_of_pairs(
    connection: Connection, pairs: Iterable[tuple[str, str]], *, refused: bool = False
) -> list[Said]:
    """Of each pair of keys the decisions that name both; `refused`: those too that split the two
    clusters in which they stand."""
    found = []
    for pair in pairs:
        sides = [_standing_with(connection, key) if refused else {key} for key in pair]
        made = in_effect_naming(connection, sides[0] | sides[1])
        between = tuple(one for one in made if _lies_between(one, *sides))
        by: Refusal = "split" if any(one.decision == "split" for one in between) else "bridge"
        found.append(Said(decisions=between, refused_by=by if refused else None))
    return found


def _lies_between(one: Decision, a: set[str], b: set[str]) -> bool:
    return (one.a in a and one.b in b) or (one.a in b and one.b in a)


def _standing_with(connection: Connection, key: str) -> set[str]:
    """The keys of the cluster in which a record stands, at least its own."""
    own = select(record.c.cluster).where(record.c.id == record_id(key)).scalar_subquery()
    rows = connection.execute(select(record.c.key).where(record.c.cluster == own))
    return {key, *rows.scalars()}


def in_effect_naming(connection: Connection, keys: Iterable[str]) -> list[Decision]:
    """Decisions in effect that name one of some keys, oldest first."""
    named: Mapping[int, decisions.Made] = {
        each.id: each for each in decisions.naming(connection, set(keys))
    }
    return [each.decision for each in named.values() if each.taken_back is None]
