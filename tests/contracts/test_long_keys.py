"""A key is as long as an address can be: what is done by keys is done by those too."""

import random
from dataclasses import replace

from records import record_key
from storage import SqlStore
from storage.decisions import Word
from storage.verifying import verify
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check

NOISE = random.Random(1)


def long_key() -> str:
    """Of an address that no database makes much shorter."""
    path = "".join(NOISE.choices("0123456789abcdef", k=20_000))
    said = {"namespace": None, "native_id": None, "title": None, "abstract": None, "block": ""}
    return record_key(url=f"http://portal.example/{path}", **said)  # type: ignore[arg-type]


def test_records_of_long_keys_are_stored_decided_on_and_taken_down(
    store: SqlStore, filler: Filler
) -> None:
    keys = sorted(long_key() for _ in range(3))
    records = [replace(record(n), key=key) for n, key in enumerate(keys)]
    twin = replace(records[0], key=long_key(), rank=9)
    filler.add(100, [*records, twin])
    assert filler.add(101, records).new == 0
    store.settle()
    assert {each.key for each in store.near_duplicates(key=keys[0])} == {twin.key}
    word = {"who": "me", "why": "they are"}
    store.decide(Word(kind="merge", a=keys[0], b=keys[1], **word), now=filler.now)
    filler.add(102, [replace(records[2], abstract=abstract(50))])  # settled with what stands
    store.settle()
    cluster = store.cluster_of(keys[1])
    assert cluster is not None
    assert set(cluster.keys) == {*keys[:2], twin.key}
    assert [made.decision.b for made in store.decisions([keys[1]])] == [keys[1]]
    store.take_down([keys[0]], who="me", reason="asked", now=filler.now)
    store.settle()
    assert store.cluster_of(keys[1]) is None
    check(store, settled=True)
    assert [each.holds for each in verify(store) if each.faults] == []
