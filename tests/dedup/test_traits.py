"""What is remembered of records tells most others apart, and loses no pair that is more."""

import random
from typing import Any

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dedup.placing import batch_of, columns_of, place
from dedup.scheme import DEFAULT
from dedup.screening import screen
from dedup.traits import Memory, traits_of
from dedup.verdicts import judge_few
from records import Record
from tests.dedup.crossed import corpus

FIELDS = ("title", "abstract", "authors", "year", "venue", "volume", "issue", "pages")
FIELDS += ("identifiers",)


def said(row: dict[str, Any]) -> Record:
    named = {name: row[name] for name in FIELDS if row.get(name) is not None}
    for name, kind in (("authors", tuple), ("identifiers", dict)):
        if name in named:
            named[name] = kind(named[name])
    return Record(rank=1, key=row["id"], **named)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_no_pair_is_left_out_that_is_more_than_different(seed: int) -> None:
    dice = random.Random(seed)
    records = [said(row) for row in corpus(dice)]
    batch = batch_of(records)
    groups = place(batch, DEFAULT).groups.tolist()
    memory, share = Memory(DEFAULT), dice.choice((0.8, 1))
    first = 0
    while first < len(records):
        end = first + dice.randint(1, 9)
        traits = traits_of(columns_of(batch_of(records[first:end]), DEFAULT))
        if dice.random() < share:
            memory.add(groups[first:end], traits)
        first = end
    rows = {group: row for row, group in enumerate(groups)}
    pairs = [(a, b) for a in rows for b in rows if a < b]
    ends = np.array([(rows[a], rows[b]) for a, b in pairs], np.int32).reshape(-1, 2)
    found = judge_few(columns_of(batch, DEFAULT), ends[:, 0], ends[:, 1])
    more = {(groups[a], groups[b]) for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)}
    likely = {*map(tuple, memory.likely(np.array(pairs, np.int64).reshape(-1, 2)).tolist())}
    unknown = {*memory.unknown(rows)}
    assert more <= likely <= {*pairs}
    assert {pair for pair in pairs if unknown & {*pair}} <= likely
    if not unknown:
        at_once = screen(columns_of(batch, DEFAULT), ends[:, 0], ends[:, 1]).places
        assert likely == {pairs[place] for place in at_once.tolist()}
    event(f"all known: {not unknown}")
    event(f"left out: {len(likely) < len(pairs)}, more: {bool(more)}")


def test_what_is_full_remembers_no_more() -> None:
    one, other = (
        traits_of(columns_of(batch_of([Record(rank=1, key="", title=f"On {n}")]), DEFAULT))
        for n in range(2)
    )
    memory = Memory(DEFAULT, most=1)
    memory.add([1], one)
    memory.add([2], other)
    assert memory.is_full
    assert memory.unknown([1, 2]) == [2]
    assert memory.likely(np.array([(1, 2)])).tolist() == [[1, 2]]


def test_of_no_pairs_none_is_likely() -> None:
    assert Memory(DEFAULT).likely(np.empty((0, 2), np.int64)).shape == (0, 2)
