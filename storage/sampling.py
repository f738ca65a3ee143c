"""Random samples of the pairs that clusters rest on, and what a person said of each pair.

A sample is drawn plainly, not by strata: every joined match between two text groups has the same
chance, so the share of pairs found right needs no weights, and the interval of a proportion holds
as it is. Records equal after folding in all that evidence reads (one text group) are left out:
they would only raise the figure.

The order in which pairs are drawn comes from a number made of the seed and the pair, so a sample
of 80 begins with the sample of 50. What was drawn stays drawn: a pair that is split for the answer
it was given still counts.
Every function runs in a transaction of the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Integer, insert, select, update

from storage import kept
from storage.content import record_id
from storage.schema import Id, Text, match, record, state, table

sampled = table(
    "sampled",  # pairs that a person was asked about, or is to be
    Column("seed", Id, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),  # from 1, as drawn
    Column("a", Id, nullable=False),  # record; it may be gone
    Column("b", Id, nullable=False),
    Column("population", Id, nullable=False),  # pairs that it was drawn from
    Column("change_no", Id, nullable=False),  # that the store was settled to then
    Column("same", Integer),  # 1: one work; NULL: nobody has said
    Column("who", Text),
    Column("answered_at", Id),
    rowid=False,
)

_STEP, _FIRST, _SECOND = (
    np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_MANY = 1 << 16
"""Pairs read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A pair of a sample, by the least keys of two text groups when it was drawn."""

    seed: int
    place: int
    a: str | None
    """None: the record is gone."""
    b: str | None
    population: int
    change_no: int
    same: bool | None
    """What a person said; None: nobody has."""
    who: str | None
    answered_at: int | None
    """Microseconds UTC."""


def sample(connection: Connection, seed: int, size: int) -> list[Sampled]:
    """The first `size` pairs of a sample; those that are not drawn yet are drawn from the pairs
    that clusters rest on now. Fewer where there are not so many."""
    drawn = _drawn(connection, seed)
    if len(drawn) < size:
        _draw(connection, seed, drawn, size - len(drawn))
        drawn = _drawn(connection, seed)
    return drawn[:size]


def newest(connection: Connection) -> list[Sampled]:
    """All of the sample that was answered last; empty: none ever was."""
    query = (
        select(sampled.c.seed)
        .where(sampled.c.answered_at.is_not(None))
        .order_by(sampled.c.answered_at.desc(), sampled.c.seed)
        .limit(1)
    )
    seed = connection.execute(query).scalar()
    return [] if seed is None else _drawn(connection, seed)


def answer(connection: Connection, pair: Sampled, same: bool | None, *, who: str, now: int) -> None:
    """Note what `who` says of a pair. `same` None: what was said is taken back."""
    said = same is not None
    connection.execute(
        update(sampled)
        .where(sampled.c.seed == pair.seed, sampled.c.place == pair.place)
        .values(
            same=int(same) if same is not None else None,
            who=who if said else None,
            answered_at=now if said else None,
        )
    )


def _drawn(connection: Connection, seed: int) -> list[Sampled]:
    a, b = record.alias(), record.alias()
    query = (
        select(sampled, a.c.key.label("first"), b.c.key.label("second"))
        .outerjoin(a, a.c.id == sampled.c.a)
        .outerjoin(b, b.c.id == sampled.c.b)
        .where(sampled.c.seed == seed)
        .order_by(sampled.c.place)
    )
    return [
        Sampled(
            seed=row.seed,
            place=row.place,
            a=row.first,
            b=row.second,
            population=row.population,
            change_no=row.change_no,
            same=None if row.same is None else bool(row.same),
            who=row.who,
            answered_at=row.answered_at,
        )
        for row in connection.execute(query)
    ]


def _draw(connection: Connection, seed: int, drawn: Sequence[Sampled], more: int) -> None:
    groups = _joined(connection)
    order = np.lexsort((groups[:, 1], groups[:, 0], _lots(groups, seed)))
    # as many of the first may be drawn already, from other pairs of the same groups too
    first = [(a, b) for a, b in groups[order[: more + len(drawn)]].tolist()]
    known = {(each.a, each.b) for each in drawn}
    fresh = [pair for pair in kept.keys_of(connection, first) if pair not in known][:more]
    settled_to = connection.execute(select(state.c.settled_to)).scalar_one()
    rows: list[dict[str, Any]] = [
        {
            "seed": seed,
            "place": len(drawn) + number,
            "a": record_id(a),
            "b": record_id(b),
            "population": len(groups),
            "change_no": settled_to,
        }
        for number, (a, b) in enumerate(fresh, 1)
    ]
    if rows:
        connection.execute(insert(sampled), rows)


def _joined(connection: Connection) -> NDArray[np.int64]:
    """Pairs of text groups that clusters rest on, a row each."""
    joined = (match.c.relation == "same") & (match.c.refused == 0)
    rows = connection.execute(select(match.c.a, match.c.b).where(joined))
    parts = [np.array(some, np.int64) for some in rows.partitions(_MANY)]
    return np.concatenate(parts) if parts else np.empty((0, 2), np.int64)


def _lots(groups: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A number for each pair, as good as random: the finalizer of SplitMix64 (Steele, Lea and
    Flood, Fast splittable pseudorandom number generators, OOPSLA 2014), over seed and pair."""
    with np.errstate(over="ignore"):
        lots = np.full(len(groups), seed % (1 << 64), np.uint64)
        for side in groups.T:
            lots = (lots ^ side.astype(np.uint64)) + _STEP
            lots = (lots ^ (lots >> np.uint64(30))) * _FIRST
            lots = (lots ^ (lots >> np.uint64(27))) * _SECOND
            lots ^= lots >> np.uint64(31)
    return lots
