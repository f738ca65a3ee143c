"""The engine in columns, against the plain form and against itself cut up otherwise."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from dedup import Deduplicated, Engine
from dedup.bands import WORDS, Kind, bucket_keys, kind_of
from dedup.batch import Deduplication, deduplicate_records
from dedup.corpus import schema
from dedup.evidence import fold_record
from dedup.scheme import Scheme
from records import Decision, Record, as_json
from tests.dedup import crossed
from tests.dedup.compiled import called

Rows = list[dict[str, Any]]

CASES = 110


def as_record(row: dict[str, Any]) -> Record:
    said = {name: value for name, value in row.items() if name != "id"}
    said["authors"] = tuple(name for name in row.get("authors") or () if name)
    said["identifiers"] = row.get("identifiers") or {}
    said["text"] = row.get("text") or ""
    return Record(rank=1, key=row["id"], **said)


def as_table(rows: Rows) -> pa.Table:
    said = [{**row, "identifiers": list((row.get("identifiers") or {}).items())} for row in rows]
    return pa.Table.from_pylist(said, schema=schema())


def run(
    table: pa.Table,
    taken: list[Decision],
    scheme: Scheme,
    *,
    threads: int = 1,
    cuts: tuple[int, ...] = (),
) -> Deduplicated:
    """The engine, given the rows between these cuts one batch after the other."""
    engine = Engine(scheme, threads=threads)
    for first, end in pairwise((0, *cuts, len(table))):
        for batch in table.slice(first, end - first).to_batches():
            engine.add(batch)
    return engine.finish(taken)


def check_equal(found: Deduplicated, plain: Deduplication, rows: Rows, scheme: Scheme) -> None:
    assert found.clusters.to_pylist() == [
        {"cluster": one.id, "canonical": one.canonical, "ids": list(one.keys)}
        for one in plain.clusters
    ]
    assert [
        {**row, "evidence": json.loads(row["evidence"])} for row in found.matches.to_pylist()
    ] == [
        {
            "a": one.a,
            "b": one.b,
            "relation": one.relation,
            "state": one.state,
            "similarity": one.similarity,
            "evidence": as_json(one.evidence)["evidence"],
        }
        for one in plain.matches
    ]
    others = {key for one in plain.clusters for key in one.keys if key != one.canonical}
    assert found.unique.to_pylist() == [row["id"] not in others for row in rows]
    funnel = plain.funnel
    slow, saturated = found.figures["slow"], found.figures["saturated"]
    assert slow == sum(map(is_left, rows))
    check_saturated(saturated, funnel.saturated, rows, scheme)
    assert found.figures == {
        "records": funnel.records,
        "groups": funnel.groups,
        "candidates": funnel.candidates,
        "by_source": {WORDS[kind]: count for kind, count in sorted(funnel.by_kind.items())},
        "relations": dict(sorted(funnel.relations.items())),
        "saturated": saturated,
        "clusters": funnel.clusters,
        "refused": [{"a": one.a, "b": one.b, "by": one.by} for one in plain.refused],
        "slow": slow,
        "scheme": scheme.name,
    }


def check_saturated(found: Any, plain: Mapping[int, int], rows: Rows, scheme: Scheme) -> None:
    """Titles and openings are hashed otherwise by columns: their buckets are the same, and their
    keys are of the same kind."""
    assert [one["key"] for one in found] == sorted(one["key"] for one in found)
    by_columns = {Kind.OPENING, Kind.TITLE}
    keys = {one["key"] for one in found if kind_of(one["key"]) not in by_columns}
    assert keys == {key for key in plain if kind_of(key) not in by_columns}
    held = Counter((kind_of(one["key"]), one["groups"]) for one in found)
    assert held == Counter((kind_of(key), count) for key, count in plain.items())
    if len(found) <= 50:
        shown = sorted((kind_of(one["key"]), one["groups"], one["example"]) for one in found)
        stands = {key: stands_in(key, rows, scheme) for key in plain}
        assert shown == sorted((kind_of(key), plain[key], stands[key]) for key in plain)


def is_left(row: dict[str, Any]) -> bool:
    """Whether the kernels leave a record to plain code."""
    title, abstract = row.get("title") or "", row.get("abstract") or ""
    read = abstract or ("" if title else row.get("text") or "")
    return called.titles([title]) == [None] or called.abstract(read) is None


def stands_in(key: int, rows: Rows, scheme: Scheme) -> str:
    """The least id that stands in a bucket."""
    return min(
        row["id"] for row in rows if key in bucket_keys(fold_record(as_record(row), scheme), scheme)
    )


def check_case(seed: int, seen: Counter[str] | None = None) -> None:
    """Raises AssertionError where engine and plain form differ on what the seed gives."""
    dice = random.Random(seed)
    rows = crossed.corpus(dice)
    taken = crossed.decisions(rows, dice)
    scheme = dice.choice(crossed.SCHEMES)
    plain = deduplicate_records(map(as_record, rows), taken, scheme)
    table = as_table(rows)
    found = run(table, taken, scheme)
    check_equal(found, plain, rows, scheme)
    cuts = tuple(sorted(dice.choices(range(len(rows)), k=dice.choice((1, 4, len(rows))))))
    again = run(table, list(reversed(taken)), scheme, threads=3, cuts=cuts)
    assert_same(again, found)
    assert again.unique.equals(found.unique)
    order = dice.sample(range(len(rows)), len(rows))
    shuffled = run(table.take(order), taken, scheme, threads=3)
    assert_same(shuffled, found)
    assert shuffled.unique.equals(found.unique.take(pa.array(order)))
    if seen is not None:
        note(seen, found, plain)


def note(seen: Counter[str], found: Deduplicated, plain: Deduplication) -> None:
    """What happened, so that a test can say that everything did."""
    seen.update({match.state for match in plain.matches})
    seen.update({f"is {match.relation}" for match in plain.matches})
    seen.update({f"by {one.by}" for one in plain.refused})
    seen.update({clue.kind for match in plain.matches for clue in match.evidence.clues})
    seen["saturated"] += bool(plain.funnel.saturated)
    seen["groups"] += plain.funnel.groups < plain.funnel.records
    seen["slow"] += bool(found.figures["slow"])
    seen["fast"] += found.figures["slow"] < plain.funnel.records


def written(table: pa.Table) -> bytes:
    """A table byte by byte, whatever chunks it is in."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def assert_same(one: Deduplicated, other: Deduplicated) -> None:
    assert written(one.clusters) == written(other.clusters)
    assert written(one.matches) == written(other.matches)
    assert json.dumps(one.figures) == json.dumps(other.figures)


@pytest.mark.parametrize("part", range(5))
def test_columns_say_what_the_plain_form_says_in_whatever_order_and_batches(part: int) -> None:
    for seed in range(part, CASES, 5):
        check_case(seed)


def test_everything_happens_in_these_corpora() -> None:
    seen: Counter[str] = Counter()
    for seed in range(CASES, CASES + 40):
        check_case(seed, seen)
    for expected in (
        *("joined", "refused", "borderline", "apart", "is same", "is version", "is related"),
        *("by split", "by bridge", "saturated", "groups", "slow", "fast"),
        *("jaccard", "title", "notice", "series", "authors", "year", "venue", "pages"),
        *("publication", "identifier"),
    ):
        assert seen[expected] > 1, expected
