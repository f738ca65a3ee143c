"""Every pair of text groups that share a bucket is judged as it would be today.

Candidates come from the records, not from the index, so a bucket that lost its entries hides none.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, select, tuple_

from storage.buckets import PARTS, Entries, saturated_among
from storage.checks.check import AT_ONCE, Bench, Fault
from storage.checks.entries import speechless
from storage.checks.spill import Pairs, Spill
from storage.matching import mark
from storage.portable import upsert
from storage.schema import match, record, saturated, text_group

_PAIRS, _SHIFT = 64, 57
"""Parts of the pairs, by the first bits of the lesser group's id, which has 63."""
_DIGITS = 9
"""Of numbers that are compared."""
_JUDGED = 4096
"""Pairs that are judged at once."""
_SAID = ("relation", "similarity", "strength", "borderline")
_Row = Mapping[str, Any] | RowMapping
_Pair = tuple[int, int]


def finds(bench: Bench) -> Iterator[Fault]:
    spill = Spill(bench.folder, "pairs")
    for part in range(PARTS):
        pairs = _pairs(bench.entries.part(part), bench.scheme.saturation)
        if len(pairs):
            spill.add(pairs[:, 0] >> np.int64(_SHIFT), pairs)
    for part in range(_PAIRS):
        candidates = spill.part(part)
        yield from _differing(bench, candidates)
        yield from _unfounded(bench, part, candidates)


def _pairs(entries: Entries, most: int) -> Pairs:
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


def _differing(bench: Bench, candidates: Pairs) -> Iterator[Fault]:
    """Candidates that are not matched as they are judged."""
    for start in range(0, len(candidates), _JUDGED):
        pairs = [(a, b) for a, b in candidates[start : start + _JUDGED].tolist()]
        with bench.database.read() as connection:
            wanted = _judged(connection, bench, pairs)
            stored = _stored(connection, pairs)
        bench.looked_at(len(pairs))
        suspects = [pair for pair in pairs if _said(wanted.get(pair)) != _said(stored.get(pair))]
        yield from _looked_at_again(bench, suspects)


def _unfounded(bench: Bench, part: int, candidates: Pairs) -> Iterator[Fault]:
    """Matches of pairs that are no candidates."""
    known = {(a, b) for a, b in candidates.tolist()}
    within = match.c.a.between(part << _SHIFT, ((part + 1) << _SHIFT) - 1)
    query = select(match.c.a, match.c.b).where(within)
    with bench.database.read() as connection:
        rows = [(a, b) for a, b in connection.execute(query)]
    bench.looked_at(len(rows))
    yield from _looked_at_again(bench, [pair for pair in rows if pair not in known])


def _looked_at_again(bench: Bench, suspects: Sequence[_Pair]) -> Iterator[Fault]:
    for start in range(0, len(suspects), AT_ONCE):
        with bench.database.read() as connection:
            wrong, waiting = _wrong(connection, bench, suspects[start : start + AT_ONCE])
            names = _names(connection, {end for pair in wrong for end in pair})
        bench.leave_out(waiting)
        for pair, (wanted, stored) in wrong.items():
            what = " and ".join(names.get(end, f"text group {end}") for end in pair)
            yield Fault(what, _reason(wanted, stored), pair[0], (pair[1],))


def _reason(wanted: _Row | None, stored: _Row | None) -> str:
    if stored is None:
        return f"a match ({wanted and wanted['relation']}) is missing"
    if wanted is None:
        return f"are matched ({stored['relation']}) and should not be"
    return "their match says something else than they do"


def _wrong(
    connection: Connection, bench: Bench, pairs: Sequence[_Pair]
) -> tuple[dict[_Pair, tuple[_Row | None, _Row | None]], int]:
    """Pairs that are not matched as they should be, in one transaction, each with its row as it
    should be and as it is; and how many wait for a bucket to be settled, or for lost words."""
    ends = {end for pair in pairs for end in pair}
    keys = bench.matcher.keys_of(connection, ends)
    lost = speechless(connection, ends - keys.keys())
    shared = {(a, b): keys.get(a, set()) & keys.get(b, set()) for a, b in pairs}
    every = {key for some in shared.values() for key in some}
    full = saturated_among(connection, every)
    query = select(saturated.c.key).where(saturated.c.settled == 0)
    unsettled = set(connection.execute(query).scalars()) if full else set()
    waiting = [pair for pair, some in shared.items() if some & unsettled or lost & {*pair}]
    sound = [pair for pair, some in shared.items() if some - full]
    wanted = _judged(connection, bench, sound)
    stored = _stored(connection, pairs)
    wrong = {
        pair: (wanted.get(pair), stored.get(pair))
        for pair in shared.keys() - {*waiting}
        if _said(wanted.get(pair)) != _said(stored.get(pair))
    }
    return {pair: wrong[pair] for pair in sorted(wrong)}, len(waiting)


def _judged(connection: Connection, bench: Bench, pairs: Sequence[_Pair]) -> dict[_Pair, _Row]:
    """The matches that pairs make, of those whose groups are there."""
    worded = bench.matcher.worded(connection, {end for pair in pairs for end in pair}, {})
    there = [(a, b) for a, b in pairs if a in worded and b in worded]
    return {(row["a"], row["b"]): row for row in bench.matcher.judge(connection, there, worded)}


def _stored(connection: Connection, pairs: Sequence[_Pair]) -> dict[_Pair, _Row]:
    found: dict[_Pair, _Row] = {}
    wanted = {*pairs}
    firsts = sorted({a for a, _ in pairs})
    for start in range(0, len(firsts), AT_ONCE):
        query = select(match).where(match.c.a.in_(firsts[start : start + AT_ONCE]))
        for row in connection.execute(query).mappings():
            if (row["a"], row["b"]) in wanted:
                found[row["a"], row["b"]] = row
    return found


def _said(row: _Row | None) -> tuple[Any, ...] | None:
    if row is None:
        return None
    return tuple(
        round(said, _DIGITS) if isinstance(said, float) else said
        for said in (row[name] for name in _SAID)
    )


def _names(connection: Connection, groups: set[int]) -> dict[int, str]:
    rows = connection.execute(
        select(record.c.text_group, record.c.key)
        .where(record.c.text_group.in_(groups))
        .order_by(record.c.key.desc())
    )
    return {row.text_group: row.key for row in rows}


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    with bench.database.write() as connection:
        wrong, _ = _wrong(connection, bench, [(each.id, each.others[0]) for each in faults])
        extra = [pair for pair, (wanted, _) in wrong.items() if wanted is None]
        if extra:
            connection.execute(delete(match).where(tuple_(match.c.a, match.c.b).in_(extra)))
        ends = {end for pair in wrong for end in pair}
        there = set(
            connection.execute(select(text_group.c.id).where(text_group.c.id.in_(ends))).scalars()
        )
        rows = [dict(wanted) for wanted, _ in wrong.values() if wanted is not None]
        upsert(connection, match, [row for row in rows if {row["a"], row["b"]} <= there])
        mark(connection, ends)
        bench.touched = True
    return len(faults)
