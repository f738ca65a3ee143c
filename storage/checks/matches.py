"""Every pair of text groups that share a bucket is judged as it would be today.

Candidates come from the records, not from the index, so a bucket that lost its entries hides none.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, delete, select, tuple_

from storage import pairing
from storage.buckets import PARTS, saturated_among
from storage.checks.check import AT_ONCE, Bench, Fault
from storage.checks.entries import speechless
from storage.matching import mark
from storage.pairing import JUDGED, Pair, Row, judged, said, stored
from storage.portable import upsert
from storage.schema import match, record, saturated, text_group
from storage.spill import Pairs, Spill


def finds(bench: Bench) -> Iterator[Fault]:
    spill = Spill(bench.folder, "pairs")
    for part in range(PARTS):
        pairs = pairing.pairs_of(bench.entries.part(part), bench.scheme.saturation)
        if len(pairs):
            spill.add(pairing.part_of(pairs), pairs)
    for part in range(pairing.PARTS):
        wanted = spill.part(part)
        yield from _differing(bench, wanted)
        yield from _unfounded(bench, part, wanted)


def _differing(bench: Bench, sharing: Pairs) -> Iterator[Fault]:
    """Candidates that are not matched as they are judged."""
    for start in range(0, len(sharing), JUDGED):
        pairs = [(a, b) for a, b in sharing[start : start + JUDGED].tolist()]
        with bench.database.read() as connection:
            wanted = judged(connection, bench.matcher, pairs)
            stands = stored(connection, pairs)
        bench.looked_at(len(pairs))
        suspects = [pair for pair in pairs if said(wanted.get(pair)) != said(stands.get(pair))]
        yield from _looked_at_again(bench, suspects)


def _unfounded(bench: Bench, part: int, sharing: Pairs) -> Iterator[Fault]:
    """Matches of pairs that are no candidates."""
    known = {(a, b) for a, b in sharing.tolist()}
    within = match.c.a.between(*pairing.bounds(part))
    query = select(match.c.a, match.c.b).where(within)
    with bench.database.read() as connection:
        rows = [(a, b) for a, b in connection.execute(query)]
    bench.looked_at(len(rows))
    yield from _looked_at_again(bench, [pair for pair in rows if pair not in known])


def _looked_at_again(bench: Bench, suspects: Sequence[Pair]) -> Iterator[Fault]:
    for start in range(0, len(suspects), AT_ONCE):
        with bench.database.read() as connection:
            wrong, waiting = _wrong(connection, bench, suspects[start : start + AT_ONCE])
            names = _names(connection, {end for pair in wrong for end in pair})
        bench.leave_out(waiting)
        for pair, (wanted, stands) in wrong.items():
            what = " and ".join(names.get(end, f"text group {end}") for end in pair)
            yield Fault(what, _reason(wanted, stands), pair[0], (pair[1],))


def _reason(wanted: Row | None, stands: Row | None) -> str:
    if stands is None:
        return f"a match ({wanted and wanted['relation']}) is missing"
    if wanted is None:
        return f"are matched ({stands['relation']}) and should not be"
    return "their match says something else than they do"


def _wrong(
    connection: Connection, bench: Bench, pairs: Sequence[Pair]
) -> tuple[dict[Pair, tuple[Row | None, Row | None]], int]:
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
    wanted = judged(connection, bench.matcher, sound)
    stands = stored(connection, pairs)
    wrong = {
        pair: (wanted.get(pair), stands.get(pair))
        for pair in shared.keys() - {*waiting}
        if said(wanted.get(pair)) != said(stands.get(pair))
    }
    return {pair: wrong[pair] for pair in sorted(wrong)}, len(waiting)


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
