"""The matches of a whole store brought up to its buckets and its scheme, beside what comes.

Candidates are read off the index as it stood at one moment, part by part. What comes later matches
itself; what goes takes its matches along. Two things may have changed when the match of a pair is
written: a group is gone, which is looked at again then; and a bucket has crossed the line of
`Scheme.saturation`, which is noted by whoever had it cross, and set right by settling, which waits
until all this is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, bindparam, delete, select

from storage import pairing
from storage.buckets import PARTS, bounds, note, saturated_among
from storage.database import Database
from storage.matching import Matcher, mark
from storage.pairing import JUDGED, Pair, Row, judged, said, stored
from storage.portable import upsert
from storage.prepared import Prepared
from storage.schema import match, saturated, text_group
from storage.spill import Pairs, Spill, missing_from
from storage.sweeping import Progress
from storage.tied import tied

_AT_ONCE = 500
"""Matches, or groups, of a transaction."""

_KNOWN = Prepared(
    select(text_group.c.id).where(text_group.c.id.in_(bindparam("id", expanding=True))), "id"
)
_TAKE_OUT = Prepared(
    delete(match).where(match.c.a == bindparam("first"), match.c.b == bindparam("second"))
)


class Rematched(NamedTuple):
    buckets: int
    """That hold any group."""
    changed: int
    """Matches that came, went, or say something else."""


def rematch(
    database: Database, matcher: Matcher, reading: Progress, judging: Progress
) -> Rematched:
    """Have every pair of groups that shares a bucket matched as it is judged, and no other.
    `reading`: told of parts of the index, `judging`: of pairs."""
    changed = 0
    with TemporaryDirectory(prefix="glean-rebuild-") as folder:
        pairs = Spill(folder, "pairs")
        buckets = 0
        for part in range(PARTS):
            reading(part, PARTS)
            buckets += _lay_out(database, matcher, part, pairs)
        for part in range(pairing.PARTS):
            wanted = pairs.part(part)
            for start in range(0, len(wanted), JUDGED):
                judging(pairs.pairs * part // pairing.PARTS, pairs.pairs)
                changed += _bring_up(database, matcher, _listed(wanted[start : start + JUDGED]))
            changed += _take_out_unfounded(database, matcher, part, wanted)
    return Rematched(buckets, changed)


def _lay_out(database: Database, matcher: Matcher, part: int, pairs: Spill) -> int:
    """Lay out the pairs of a part of the index, and have its full buckets noted; returns how many
    buckets there are."""
    edges = bounds(part)
    most = matcher.scheme.saturation
    noted = select(saturated.c.key).where(saturated.c.key.between(edges["low"], edges["high"]))
    with database.read() as connection:
        held = matcher.buckets.between(connection, **edges)
        marked = set(connection.execute(noted).scalars())
    buckets, full = pairing.buckets_of(held, most)
    if marked ^ full.keys():
        with database.write() as connection:
            note(connection, sorted(marked ^ full.keys()))
    found = pairing.pairs_of(held, most)
    pairs.add(pairing.part_of(found), found)
    return buckets


def _listed(pairs: Pairs) -> list[Pair]:
    return [(a, b) for a, b in pairs.tolist()]


def _bring_up(database: Database, matcher: Matcher, pairs: Sequence[Pair]) -> int:
    """Have candidates matched as they are judged; returns how many were not."""
    with database.read() as connection:
        wanted = judged(connection, matcher, pairs)
        stands = stored(connection, wanted)
    wrong = _wrong(wanted, stands)
    for some in _chunks(wrong):
        with database.write() as connection:
            _put_right(connection, {pair: wrong[pair] for pair in some})
    return len(wrong)


def _take_out_unfounded(database: Database, matcher: Matcher, part: int, wanted: Pairs) -> int:
    """Take out the matches of pairs that share no bucket; returns how many there were."""
    within = select(match.c.a, match.c.b).where(match.c.a.between(*pairing.bounds(part)))
    with database.read() as connection:
        held = np.array([*map(tuple, connection.execute(within))], np.int64).reshape(-1, 2)
    count = 0
    for some in _chunks(_listed(missing_from(held, wanted))):
        with database.read() as connection:
            keys = matcher.keys_of(connection, {end for pair in some for end in pair})
            now = judged(connection, matcher, some)
        shared = {(a, b): keys[a] & keys[b] for a, b in now}
        with database.write() as connection:
            # records that came meanwhile made matches of their own
            full = saturated_among(connection, {key for each in shared.values() for key in each})
            right = {pair: now[pair] if each - full else None for pair, each in shared.items()}
            stands = stored(connection, right)
            wrong = {
                pair: row for pair, row in right.items() if said(row) != said(stands.get(pair))
            }
            _put_right(connection, wrong)
        count += len(wrong)
    return count


def _wrong(wanted: Mapping[Pair, Row | None], stands: Mapping[Pair, Row]) -> dict[Pair, Row | None]:
    """Those that are not matched as they should be, as they should."""
    return {pair: row for pair, row in wanted.items() if said(row) != said(stands.get(pair))}


def _put_right(connection: Connection, wrong: Mapping[Pair, Row | None]) -> None:
    ends = {end for pair in wrong for end in pair}
    known = {group for (group,) in _KNOWN.among(connection, ends)}
    there = {pair: row for pair, row in wrong.items() if known.issuperset(pair)}
    upsert(connection, match, [dict(row) for row in there.values() if row is not None])
    gone = [pair for pair, row in there.items() if row is None]
    _TAKE_OUT.many(connection, [{"first": a, "second": b} for a, b in gone])
    mark(connection, {end for pair in there for end in pair})


def mark_tied(database: Database, progress: Progress) -> None:
    """Have all groups settled whose records may stand in clusters."""
    last, done = -1, 0
    while True:
        progress(done, done)
        with database.write() as connection:
            some = connection.execute(tied(last, _AT_ONCE)).scalars().all()
            mark(connection, some)
        if not some:
            return
        last, done = some[-1], done + len(some)


def _chunks(pairs: Iterable[Pair]) -> Iterable[Sequence[Pair]]:
    listed = [*pairs]
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
