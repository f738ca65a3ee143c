import random
from dataclasses import replace
from itertools import combinations

import pytest

from dedup.bands import Kind, kind_of
from dedup.batch import deduplicate_records
from dedup.evidence import compare, fold_record
from dedup.scheme import DEFAULT
from records import Decision, InputError, Record


def corpus(writer) -> list[Record]:
    """Works in several forms, strangers, records that show nothing, a chain of edits."""
    found = []
    for number in range(24):
        text = writer.english() if number % 2 else writer.chinese()
        title = writer.english(8) if number % 3 else None
        fields = {"title": title, "authors": (writer.english(2),), "year": 1990 + number % 7}
        forms = [
            {"abstract": text, **fields},
            {"abstract": text.upper() + " All rights reserved.", **fields},
            {"abstract": writer.edited(text, 0.05), **fields},
            {"abstract": text[: len(text) // 2] + "…"},
            {"abstract": text},
        ]
        found += [
            writer.record(f"k:{number:02}{place}", **form) for place, form in enumerate(forms)
        ]
    edited = writer.english()
    for step in range(8):
        found.append(writer.record(f"chain:{step}", abstract=edited))
        edited = writer.edited(edited, 0.08)
    found += [writer.record(f"empty:{n}") for n in range(5)]
    found += [writer.record(f"front:{n}", title="Front Matter", year=2001) for n in range(5)]
    return found


def decided(decision: str, a: str, b: str | None = None) -> Decision:
    return Decision(decision=decision, a=a, b=b, who="me", when=1, why="")  # type: ignore[arg-type]


def test_forms_of_one_work_are_found_and_strangers_are_not(writer):
    result = deduplicate_records(corpus(writer))
    for one in result.clusters:
        works = {key[:4] if key.startswith("k:") else key.split(":")[0] for key in one.keys}
        assert len(works) == 1
    clustered = {key for one in result.clusters for key in one.keys}
    assert sum(key.startswith("k:") for key in clustered) >= 0.98 * 24 * 5
    assert not any(key.startswith(("empty", "front")) for key in clustered)


def test_the_order_of_records_and_decisions_changes_nothing(writer):
    records = corpus(writer)
    decisions = [decided("split", "k:000", "k:001"), decided("merge", "k:010", "front:1")]
    result = deduplicate_records(records, decisions)
    shuffled = random.Random(1).sample(records, len(records))
    again = deduplicate_records(iter(shuffled), reversed(decisions))
    assert (again.clusters, again.matches, again.refused) == (
        result.clusters,
        result.matches,
        result.refused,
    )
    assert again.funnel == result.funnel


def test_matches_are_what_evidence_says_of_the_two_records(writer):
    records = {record.key: record for record in corpus(writer)}
    title, abstract = writer.english(8), writer.english()
    for key, said in (("work", title), ("notice", f"Erratum: {title}")):
        records[key] = writer.record(key, title=said, abstract=abstract)
    result = deduplicate_records(records.values())
    pairs = [(match.a, match.b) for match in result.matches]
    assert pairs == sorted(set(pairs))
    assert {"joined", "apart"} <= {match.state for match in result.matches}
    cluster_of = {key: one.id for one in result.clusters for key in one.keys}
    for match in result.matches:
        assert match.a is not None
        assert match.a < match.b
        said = compare(fold_record(records[match.a]), fold_record(records[match.b]))
        assert said == match.evidence
        together = cluster_of.get(match.a, 1) == cluster_of.get(match.b, 2)
        if match.relation == "same":
            assert together is (match.state == "joined")


def test_every_cluster_hangs_together_by_its_joined_matches(writer):
    result = deduplicate_records(corpus(writer))
    joined = [(match.a or "", match.b) for match in result.matches if match.state == "joined"]
    for one in result.clusters:
        reached, keys = {one.keys[0]}, set(one.keys)
        for _ in one.keys:
            reached |= {b for a, b in joined if a in reached} | {
                a for a, b in joined if b in reached
            }
        assert reached == keys


def test_all_pairs_compared_one_by_one_give_the_same_clusters(writer):
    """Bands and keys miss next to nothing that evidence would join."""
    records = corpus(writer)
    folded = {record.key: fold_record(record) for record in records}
    same = {
        tuple(sorted(pair))
        for pair in combinations(folded, 2)
        if compare(folded[pair[0]], folded[pair[1]]).relation == "same"
    }
    result = deduplicate_records(records)
    cluster_of = {key: one.id for one in result.clusters for key in one.keys}
    found = {pair for pair in same if cluster_of.get(pair[0], 1) == cluster_of.get(pair[1], 2)}
    assert len(same) > 200
    assert len(found) >= 0.98 * len(same)


def test_equal_records_are_seen_once(writer):
    text = writer.english()
    records = [writer.record(f"k:{number:04}", abstract=text) for number in range(500)]
    result = deduplicate_records(records)
    assert result.funnel.groups == 1
    assert result.funnel.candidates == 0
    assert [len(one.keys) for one in result.clusters] == [500]
    assert len(result.matches) == 499
    assert {match.a for match in result.matches} == {"k:0000"}


def templated(writer, count):
    form = writer.english(90)
    return [
        writer.record(f"k:{number:03}", title=writer.english(9), abstract=f"{form} no {number}x")
        for number in range(count)
    ]


def test_a_bucket_of_more_than_k_groups_makes_no_candidates(writer):
    few = deduplicate_records(templated(writer, DEFAULT.saturation)).funnel
    many = deduplicate_records(templated(writer, 4 * DEFAULT.saturation)).funnel
    assert few.candidates == few.groups * (few.groups - 1) // 2
    assert not few.saturated
    assert many.candidates < many.groups * (many.groups - 1) // 2 / 10
    assert min(many.saturated.values()) > DEFAULT.saturation
    assert {kind_of(key) for key in many.saturated} == {Kind.BAND, Kind.OPENING}


def test_in_a_saturated_bucket_a_title_or_an_identifier_still_finds_its_like(writer):
    records = templated(writer, DEFAULT.saturation + 20)
    first = records[0]
    twin = replace(first, key="twin", abstract=(first.abstract or "") + " indeed")
    named = [replace(one, identifiers={"doi": "10.1000/one"}, title=None) for one in records[1:3]]
    result = deduplicate_records([*records[:1], *named, *records[3:], twin])
    pairs = {(match.a, match.b): match for match in result.matches}
    assert pairs["k:000", "twin"].state == "joined"
    assert pairs["k:001", "k:002"].state == "joined"


def test_a_split_record_is_refused_and_said_to_be(writer):
    text = writer.english()
    records = [writer.record("a", abstract=text), writer.record("b", abstract=text + " Indeed.")]
    result = deduplicate_records(records, [decided("split", "b", "a")])
    assert result.clusters == ()
    assert [(match.a, match.b, match.state) for match in result.matches] == [("a", "b", "refused")]
    assert [one.by for one in result.refused] == ["split"]


def test_the_fullest_record_is_canonical(writer):
    text = writer.english()
    records = [
        writer.record("a", abstract=text[: len(text) // 2] + "…"),
        writer.record("b", abstract=text),
        writer.record("c", abstract=text, identifiers={"doi": "10.1000/xyz"}),
    ]
    assert deduplicate_records(records).clusters[0].canonical == "c"


@pytest.mark.parametrize("records", [[], [Record(rank=1, key="a")]], ids=["none", "one"])
def test_a_corpus_of_next_to_nothing_has_no_clusters(records):
    result = deduplicate_records(records)
    assert (result.clusters, result.matches, result.refused) == ((), (), ())
    assert result.funnel.records == len(records)


def test_two_records_of_one_key_are_refused(writer):
    twice = [writer.record("a", title="On ants"), writer.record("a", title="On bees")]
    with pytest.raises(InputError, match="'a'"):
        deduplicate_records(twice)


def test_bad_characters_and_a_megabyte_are_taken_as_they_are(writer):
    big = writer.english(40_000)
    records = [
        writer.record("a", abstract=big, title="x" * 100_000, venue="." * 100_000),
        writer.record("b", abstract=big + " Indeed.", authors=("A; " * 50_000,)),
        writer.record("c", abstract="\x00\ud800" * 50, title="\ud800", pages="\x00-\ud800"),
        writer.record("d", abstract="\x00", title="\x00", authors=("\ud800", ""), volume="\x00"),
        writer.record("e", identifiers={"doi": "\ud800", "": ""}),
    ]
    assert [one.keys for one in deduplicate_records(records).clusters] == [("a", "b")]
