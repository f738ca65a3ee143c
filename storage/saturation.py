"""Buckets of more groups than `Scheme.saturation`: they make no candidates of their own.

Which buckets are saturated depends on the set of groups alone. A bucket that crosses the line is
noted when a page is stored, and set right when the store is settled: matches that rest on nothing
else are taken out, and pairs that a bucket may make again are made.
"""

from collections.abc import Collection
from itertools import combinations

from sqlalchemy import Connection, delete, select, update

from storage.buckets import saturated_among
from storage.matching import Matcher, mark
from storage.portable import insert_new
from storage.schema import match, saturated

_CHUNK = 500


def settle_one(connection: Connection, matcher: Matcher) -> bool:
    """Set one bucket right that crossed the line; False: there is none."""
    key = _first_unsettled(connection)
    if key is None:
        return False
    groups = matcher.buckets.all_holders(connection, {key}).get(key, set())
    if len(groups) > matcher.scheme.saturation:
        connection.execute(update(saturated).where(saturated.c.key == key).values(settled=1))
        _prune(connection, groups, matcher)
    else:
        connection.execute(delete(saturated).where(saturated.c.key == key))
        _pair_up(connection, groups, matcher)
    return True


def is_unsettled(connection: Connection) -> bool:
    """Whether a bucket waits to be set right."""
    return _first_unsettled(connection) is not None


def _first_unsettled(connection: Connection) -> int | None:
    waiting = select(saturated.c.key).where(saturated.c.settled == 0)
    return connection.execute(waiting.order_by(saturated.c.key).limit(1)).scalar()


def _prune(connection: Connection, groups: Collection[int], matcher: Matcher) -> None:
    """Take out the matches between a bucket's groups that share no other bucket."""
    ordered, pairs = sorted(groups), []
    for start in range(0, len(ordered), _CHUNK):
        some = match.c.a.in_(ordered[start : start + _CHUNK])
        found = connection.execute(select(match.c.a, match.c.b).where(some))
        pairs += [(a, b) for a, b in found if b in groups]
    keys = matcher.keys_of(connection, {group for pair in pairs for group in pair})
    for a, b in pairs:
        shared = keys[a] & keys[b]
        if not shared - saturated_among(connection, shared):
            connection.execute(delete(match).where(match.c.a == a, match.c.b == b))
            mark(connection, (a, b))


def _pair_up(connection: Connection, groups: Collection[int], matcher: Matcher) -> None:
    """Make the matches of a bucket that is not saturated any more."""
    rows = matcher.judge(connection, [*combinations(sorted(groups), 2)])
    insert_new(connection, match, rows)
    mark(connection, {end for row in rows for end in (row["a"], row["b"])})
