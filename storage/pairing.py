"""Pairs of text groups that share a bucket, and what is said of them: today, and in the store.

What a pair is judged to be depends on the words of its groups alone: it stays true for as long as
both are there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, select

from storage.buckets import Entries
from storage.matching import Matcher
from storage.schema import match
from storage.spill import Pairs

JUDGED = 4096
"""Pairs that are judged at once."""
PARTS, SHIFT = 64, 57
"""Parts of all pairs, by the first bits of the lesser group's id, which has 63."""
_DIGITS = 9
"""Of numbers that are compared."""
_SAID = ("relation", "similarity", "strength", "borderline")
_CHUNK = 200

Row = Mapping[str, Any] | RowMapping
Pair = tuple[int, int]


def pairs_of(entries: Entries, most: int) -> Pairs:
    """Pairs of groups of each bucket of two to `most`, the lesser first; `entries` sorted."""
    keys, groups = entries[:, 0], np.ascontiguousarray(entries[:, 1])
    _, starts, sizes = np.unique(keys, return_index=True, return_counts=True)
    found = [np.empty((0, 2), np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]).tolist():
        places = starts[sizes == size][:, None] + np.arange(size)
        held = groups[places]  # of each bucket a row, sorted
        first, second = np.triu_indices(size, 1)
        found.append(np.stack((held[:, first].ravel(), held[:, second].ravel()), axis=1))
    return np.concatenate(found)


def part_of(pairs: Pairs) -> Pairs:
    """The part of each pair."""
    parts: Pairs = pairs[:, 0] >> np.int64(SHIFT)
    return parts


def bounds(part: int) -> tuple[int, int]:
    """The least and the greatest id of the lesser groups of a part."""
    return part << SHIFT, ((part + 1) << SHIFT) - 1


def buckets_of(entries: Entries, most: int) -> tuple[int, dict[int, int]]:
    """How many buckets there are, and those of more than `most` groups, with how many."""
    keys, counts = np.unique(entries[:, 0], return_counts=True)
    over = counts > most
    return len(keys), dict(zip(keys[over].tolist(), counts[over].tolist(), strict=True))


def judged(
    connection: Connection, matcher: Matcher, pairs: Sequence[Pair]
) -> dict[Pair, Row | None]:
    """The match that each pair makes, or None; pairs of which a group is not there are missing."""
    worded = matcher.worded(connection, {end for pair in pairs for end in pair})
    there = [(a, b) for a, b in pairs if a in worded and b in worded]
    made = {(row["a"], row["b"]): row for row in matcher.judge(connection, there, worded)}
    return {pair: made.get(pair) for pair in there}


def stored(connection: Connection, pairs: Iterable[Pair]) -> dict[Pair, Row]:
    """The matches of pairs that stand in the store."""
    found: dict[Pair, Row] = {}
    wanted = {*pairs}
    firsts = sorted({a for a, _ in wanted})
    for start in range(0, len(firsts), _CHUNK):
        query = select(match).where(match.c.a.in_(firsts[start : start + _CHUNK]))
        for row in connection.execute(query).mappings():
            if (row["a"], row["b"]) in wanted:
                found[row["a"], row["b"]] = row
    return found


def said(row: Row | None) -> tuple[Any, ...] | None:
    """What is compared of two rows of one pair."""
    if row is None:
        return None
    return tuple(
        round(value, _DIGITS) if isinstance(value, float) else value
        for value in (row[name] for name in _SAID)
    )
