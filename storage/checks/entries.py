"""The bucket index beside the records: every text group stands in its buckets, and in no others."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from storage.buckets import PARTS, Entries, bounds, note
from storage.checks.check import AT_ONCE, Bench, Fault
from storage.matching import mark
from storage.pairing import buckets_of
from storage.schema import record, saturated
from storage.signing import sign_all
from storage.spill import missing_from


class _Stand(NamedTuple):
    """How a text group stands in the index."""

    group: int
    missing: list[int]
    """Buckets that it is not in."""
    strange: list[int]
    """Buckets that it is in without being of them."""


def finds(bench: Bench) -> Iterator[Fault]:
    """A part of the index at a time. What differs is looked at again in one transaction, since
    records may have come between what was read of them and of the index."""
    seen: set[int] = set()
    for part in range(PARTS):
        wanted = bench.entries.part(part)
        with bench.database.read() as connection:
            held = bench.matcher.buckets.between(connection, **bounds(part))
        bench.looked_at(len(held))
        strange = _by_group(missing_from(held, wanted))
        missing = set(missing_from(wanted, held)[:, 1].tolist()) - seen
        seen |= missing
        groups = sorted({*strange, *missing})
        for start in range(0, len(groups), AT_ONCE):
            some = {group: strange.get(group, []) for group in groups[start : start + AT_ONCE]}
            with bench.database.read() as connection:
                stands = _stands(connection, bench, some)
                names = _names(connection, [each.group for each in stands])
            for each in stands:
                yield _fault(each, names)


def _by_group(entries: Entries) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, group in entries.tolist():
        found.setdefault(group, []).append(key)
    return found


def _stands(
    connection: Connection, bench: Bench, suspects: Mapping[int, Sequence[int]]
) -> list[_Stand]:
    """Those of the text groups that do not stand as they should; `suspects`: with buckets that they
    may be in without being of them."""
    worded = bench.matcher.worded(connection, suspects.keys())
    signed = sign_all([*worded.values()], bench.scheme)
    keys = {
        group: set(each.keys)
        for group, each in zip(worded, signed, strict=True)
        if each.group == group  # others are seen to by the check of wordings
    }
    asked = {key for group in suspects for key in (*keys.get(group, ()), *suspects[group])}
    held = bench.matcher.buckets.all_holders(connection, asked)
    found = []
    for group in sorted(suspects.keys() - speechless(connection, suspects.keys() - keys.keys())):
        strange = suspects[group]
        mine = keys.get(group, set())
        missing = sorted(key for key in mine if group not in held.get(key, ()))
        others = sorted(key for key in {*strange} - mine if group in held.get(key, ()))
        if missing or others:
            found.append(_Stand(group, missing, others))
    return found


def speechless(connection: Connection, groups: Collection[int]) -> set[int]:
    """Those of text groups without a wording of their own that have records all the same: what is
    lost of them is seen to elsewhere."""
    query = select(record.c.text_group).where(record.c.text_group.in_(groups)).distinct()
    return set(connection.execute(query).scalars())


def _names(connection: Connection, groups: Collection[int]) -> dict[int, str]:
    """The least key of each text group's records."""
    least = (
        select(record.c.text_group, func.min(record.c.key).label("key"))
        .where(record.c.text_group.in_(groups))
        .group_by(record.c.text_group)
    )
    return {row.text_group: row.key for row in connection.execute(least)}


def _fault(each: _Stand, names: dict[int, str]) -> Fault:
    reasons = []
    if each.missing:
        reasons.append(f"is not found in {len(each.missing)} of its buckets")
    if each.strange:
        reasons.append(f"is found in {len(each.strange)} buckets that are not its own")
    what = names.get(each.group, f"text group {each.group}, of no record")
    return Fault(what, " and ".join(reasons), each.group, tuple(each.strange))


def mends(bench: Bench, faults: Sequence[Fault]) -> int:
    limit = bench.scheme.saturation
    with bench.database.write() as connection:
        suspects: dict[int, list[int]] = {}
        for fault in faults:
            suspects.setdefault(fault.id, []).extend(fault.others)
        stands = _stands(connection, bench, suspects)
        bench.matcher.buckets.add(connection, {each.group: each.missing for each in stands})
        for each in stands:
            bench.matcher.buckets.remove(connection, each.group, each.strange, limit)
        mark(connection, [each.group for each in stands])
        bench.matcher.tidy(connection)
        bench.touched = True
    return len(faults)


def finds_saturated(bench: Bench) -> Iterator[Fault]:
    most = bench.scheme.saturation
    for part in range(PARTS):
        edges = bounds(part)
        marked = select(saturated.c.key).where(saturated.c.key.between(edges["low"], edges["high"]))
        with bench.database.read() as connection:
            held = bench.matcher.buckets.between(connection, **edges)
            noted = set(connection.execute(marked).scalars())
            buckets, full = buckets_of(held, most)
            waiting = _unsettled(connection, noted ^ full.keys())
        bench.looked_at(buckets)
        bench.leave_out(len(waiting))
        for key in sorted((noted ^ full.keys()) - waiting):
            words = f"holds {full[key]} groups, unmarked" if key in full else "is marked as full"
            yield Fault(f"bucket {key}", words, key)


def _unsettled(connection: Connection, keys: Collection[int]) -> set[int]:
    query = select(saturated.c.key).where(saturated.c.key.in_(keys), saturated.c.settled == 0)
    return set(connection.execute(query).scalars())


def mends_saturated(bench: Bench, faults: Sequence[Fault]) -> int:
    """Settling sets marked buckets right, whichever they are."""
    with bench.database.write() as connection:
        note(connection, [each.id for each in faults])
        bench.touched = True
    return len(faults)
