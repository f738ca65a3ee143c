"""Buckets of more groups than `Scheme.saturation`: they make no candidates of their own.

Which buckets are saturated depends on the set of groups alone. A bucket that crosses the line is
noted when a page is stored, and set right when the store is settled: matches that rest on nothing
else are taken out, and pairs that a bucket may make again are made.
"""

from itertools import combinations

from sqlalchemy import Connection, delete, select, update

from dedup.bands import bucket_keys
from dedup.evidence import decide
from storage.buckets import saturated_among, size
from storage.matching import Matcher, mark, match_row
from storage.portable import insert_new
from storage.schema import bucket, match, saturated


def settle_one(connection: Connection, matcher: Matcher) -> bool:
    """Set one bucket right that crossed the line; False: there is none."""
    key = _first_unsettled(connection)
    if key is None:
        return False
    if size(connection, key, matcher.scheme.saturation) > matcher.scheme.saturation:
        connection.execute(update(saturated).where(saturated.c.key == key).values(settled=1))
        _prune(connection, key, matcher)
    else:
        connection.execute(delete(saturated).where(saturated.c.key == key))
        _pair_up(connection, key, matcher)
    return True


def is_unsettled(connection: Connection) -> bool:
    """Whether a bucket waits to be set right."""
    return _first_unsettled(connection) is not None


def _first_unsettled(connection: Connection) -> int | None:
    waiting = select(saturated.c.key).where(saturated.c.settled == 0)
    return connection.execute(waiting.order_by(saturated.c.key).limit(1)).scalar()


def _prune(connection: Connection, key: int, matcher: Matcher) -> None:
    """Take out the matches between a bucket's groups that share no other bucket."""
    one, other = bucket.alias(), bucket.alias()
    pairs = connection.execute(
        select(match.c.a, match.c.b)
        .join(one, (one.c.text_group == match.c.a) & (one.c.key == key))
        .join(other, (other.c.text_group == match.c.b) & (other.c.key == key))
    ).all()
    keys: dict[int, set[int]] = {}
    for a, b in pairs:
        for group in {a, b} - keys.keys():
            folded = matcher.folded(connection, (group,))[group]
            keys[group] = set(bucket_keys(folded, matcher.scheme))
        shared = keys[a] & keys[b]
        if not shared - saturated_among(connection, shared):
            connection.execute(delete(match).where(match.c.a == a, match.c.b == b))
            mark(connection, (a, b))


def _pair_up(connection: Connection, key: int, matcher: Matcher) -> None:
    """Make the matches of a bucket that is not saturated any more."""
    query = select(bucket.c.text_group).where(bucket.c.key == key).order_by(bucket.c.text_group)
    groups = connection.execute(query).scalars().all()
    folded = matcher.folded(connection, groups)
    rows = []
    for a, b in combinations(groups, 2):
        evidence = decide(folded[a], folded[b], matcher.scheme)
        if evidence is not None:
            rows.append(match_row(a, b, evidence, matcher.scheme))
            mark(connection, (a, b))
    insert_new(connection, match, rows)
