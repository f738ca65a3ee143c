"""Pairs that a store keeps, by what they are; and buckets that hold too much to mean anything."""

from typing import Any

from dedup.bands import Kind, key_sources
from dedup.folded import fold_record
from records import Record
from storage import SqlStore, kept
from storage.buckets import note
from storage.crowding import crowded

TEXT = "the same words stand in both of these two abstracts, as they must, and then some more"


def record(number: int, **fields: Any) -> Record:
    key = f"aid:{number:032x}"
    return Record(rank=1, key=key, native_id=f"{number:032x}", **fields)


def test_a_version_is_no_duplicate_and_is_listed_apart(store: SqlStore, filler: Any) -> None:
    filler.add(
        1,
        [
            record(2, title="Sand and delta", abstract=TEXT),
            record(3, title="Erratum: Sand and delta", abstract=TEXT),
        ],
    )
    store.settle()
    keys = (record(2).key, record(3).key)
    with store.database.read() as connection:
        counts = {kind: kept.count_of(connection, kind) for kind in kept.KINDS}
        assert counts == {"borderline": 0, "versions": 1, "related": 0, "refused": 0}
        assert kept.pairs_of(connection, "versions", limit=5) == [keys]
        assert kept.said_of_pairs(connection, [keys]) == [kept.Said()]


def test_a_bucket_of_too_many_groups_is_said_with_one_of_its_records(
    store: SqlStore, filler: Any
) -> None:
    titled = [record(n, title="Editor and reader", year=1900 + n) for n in range(2, 8)]
    filler.add(1, titled)
    sources = key_sources(fold_record(titled[0], store.scheme), store.scheme)
    keys = {each.key for each in sources if each.kind == Kind.TITLE}
    with store.database.write() as connection:
        note(connection, keys)
        kinds, buckets = crowded(connection, limit=5)
    assert [(each.kind, each.buckets, each.groups) for each in kinds] == [("a title", len(keys), 6)]
    bucket = buckets[0]
    assert (bucket.kind, bucket.groups) == ("a title", 6)
    assert bucket.example in {each.key for each in titled}
