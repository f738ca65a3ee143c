"""The property that holds the store together: settled, it equals deduplicating at once."""

import random
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from dedup.batch import deduplicate_records
from dedup.scheme import Scheme
from records import Record
from storage import open_store
from storage.schema import match, saturated, unsettled
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check

TIGHT = replace(Scheme.from_threshold(0.7), saturation=4)
"""Buckets fill at once, so that small runs meet saturated ones."""


def reword(text: str, share: float, dice: random.Random) -> str:
    """A text with a share of its words replaced by others."""
    return " ".join(
        f"word{dice.randrange(10**6)}" if dice.random() < share else word for word in text.split()
    )


def some_record(dice: random.Random) -> Record:
    """A record of few works: equal, near and distant wordings, with and without titles."""
    number = dice.randrange(30)
    text = abstract(dice.randrange(5))
    share = dice.choice((0.0, 0.0, 0.02, 0.05, 0.12, 0.3))
    said = reword(text, share, dice) if share else text
    title = dice.choice((None, None, f"On matters {number % 5}", "Front Matter"))
    return record(number, text=dice.choice((said, said, said, "")), title=title, year=None)


def check_settled_equals_at_once(
    seed: int, scheme: Scheme, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Fill a store in a way that the seed chooses; raises AssertionError where settling differs."""
    dice = random.Random(seed)
    with open_store("sqlite://", scheme=scheme, create=True) as store:
        filler = Filler(store)
        for _ in range(dice.randint(3, 14)):
            said = [some_record(dice) for _ in range(dice.randint(1, 6))]
            page = dice.randrange(100, 106)  # pages come again, and readings go
            filler.add(page, [*{each.key: each for each in said}.values()])
            if dice.random() < 0.15:
                store.settle()
        check(store, at_rest=False)
        store.settle()
        check(store, at_rest=False, settled=True)
        at_once = deduplicate_records(store.records(), scheme=scheme)
        assert sorted(store.clusters(), key=lambda c: c.id) == list(at_once.clusters)
        with store.database.read() as connection:
            kept = connection.execute(select(match)).all()
            assert connection.execute(select(saturated.c.key)).scalars().all() == sorted(
                at_once.funnel.saturated
            )
            assert connection.execute(select(unsettled)).all() == []
        assert sum(row.refused for row in kept) == len(
            [one for one in at_once.matches if one.state == "refused"]
        )
        relations = at_once.funnel.relations
        assert sum(row.relation == "same" for row in kept) == relations.get("same", 0)
        tell(f"saturated buckets: {bool(at_once.funnel.saturated)}")
        tell(f"refused joins: {bool(at_once.refused)}")
        tell(f"clusters: {min(3, len(at_once.clusters))}")
