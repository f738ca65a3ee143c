"""Figures count what the engine's tables hold, and samples are the same whatever the order."""

import json
import random
from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import Deduplicated, deduplicate
from dedup.bands import s_curve
from dedup.corpus import schema
from dedup.figures import Figures, figures
from dedup.noticing import curve, expected_missed, missed
from dedup.samples import samples
from dedup.scheme import DEFAULT
from records import Decision
from tests.dedup.corpora import corpus, table


@pytest.fixture
def rows(writer):
    return corpus(writer)


def made(*, matches=(), clusters=(), unique=(), **said):
    """Tables made by hand; a match is (a, b, relation, state, similarity)."""
    relations = ["a", "b", "relation", "state", "similarity"]
    columns = {name: [row[place] for row in matches] for place, name in enumerate(relations)}
    types = dict.fromkeys(relations, pa.string()) | {"similarity": pa.float64()}
    clue = [{"kind": "title", "for": True, "value": 1.0, "words": "titles are equal"}]
    return Deduplicated(
        matches=pa.table(
            {name: pa.array(column, types[name]) for name, column in columns.items()}
            | {"evidence": pa.array([json.dumps(clue)] * len(matches), pa.string())}
        ),
        clusters=pa.table(
            {
                "cluster": pa.array([row[0] for row in clusters], pa.string()),
                "canonical": pa.array([row[1] for row in clusters], pa.string()),
                "ids": pa.array([row[2] for row in clusters], pa.list_(pa.string())),
            }
        ),
        unique=pa.array(unique, pa.bool_()),
        figures={
            **{"records": len(unique), "groups": len(unique), "candidates": len(matches)},
            **{"by_source": {}, "relations": {}, "saturated": [], "clusters": len(clusters)},
            **said,
        },
    )


def no_columns(rows):
    return pa.table({"id": pa.array([""] * rows)})


def test_figures_add_up(rows):
    found = deduplicate(table(rows))
    said = figures(found, table(rows))
    assert said.records == len(rows) == said.unique + said.repeats
    assert said.repeats == sum((size.records - 1) * size.clusters for size in said.cluster_sizes)
    assert said.repeats >= 25
    for spread in (said.languages, said.years):
        assert sum(each.records for each in spread) == said.records
        assert sum(each.repeats for each in spread) == said.repeats
    assert said.clusters == sum(size.clusters for size in said.cluster_sizes)
    states = found.matches["state"].to_pylist()
    assert said.joined == states.count("joined")
    assert said.borderline == states.count("borderline") == 1
    assert said.versions + said.related == states.count("apart")
    assert said.versions == 1
    assert sum(part.pairs for part in said.relations) == said.candidates
    kept = [value for value in found.matches["similarity"].to_pylist() if value is not None]
    assert sum(each.same + each.apart for each in said.similarities) == len(kept)
    assert said.saturated == sum(each.buckets for each in said.saturated_kinds) > 0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_figure_and_no_sample(rows, seed):
    found = deduplicate(table(rows))
    shuffled = random.Random(seed).sample(rows, len(rows))
    again = deduplicate(table(shuffled))
    assert figures(again, table(shuffled)) == figures(found, table(rows))
    assert samples(again) == samples(found)


def test_a_corpus_cut_into_chunks_has_the_same_figures(rows):
    whole = table(rows)
    found = deduplicate(whole)
    cut = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 1), whole.slice(8)])
    assert figures(found, cut) == figures(found, whole)


def test_an_empty_corpus_has_figures():
    found = deduplicate(schema().empty_table())
    said = figures(found, schema().empty_table())
    assert (said.records, said.unique, said.repeats, said.repeat_share) == (0, 0, 0, 0.0)
    assert said.languages == said.years == said.cluster_sizes == ()
    assert said.expected_missed == 0
    assert samples(found).ids() == []


def test_a_corpus_without_duplicates_has_none(writer):
    rows = [{"id": str(number), "abstract": writer.english()} for number in range(5)]
    said = figures(deduplicate(table(rows)), table(rows))
    assert (said.unique, said.repeats, said.clusters, said.joined) == (5, 0, 0, 0)


def test_what_the_columns_do_not_say_is_not_stated():
    found = made(unique=[True, False, True])
    said = figures(found, no_columns(3))
    for spread in (said.languages, said.years):
        (row,) = spread
        assert (row.name, row.records, row.repeats) == (None, 3, 1)
    assert said.old is None
    assert said.slow is said.slow_share is None


def test_the_older_corpus_is_counted_apart():
    columns = pa.table({"old": [True, False, False, None], "year": [1990, 1991, 1991, 1992]})
    said = figures(made(unique=[True, False, True, True]), columns)
    assert (said.old, said.records, said.unique, said.repeats) == (1, 3, 2, 1)
    assert [(each.name, each.records, each.repeats) for each in said.years] == [
        (1991, 2, 1),
        (1992, 1, 0),
    ]


def test_many_languages_are_told_by_the_first_and_the_rest_together():
    names = [f"x{number:03}" for number in range(60) for _ in range(60 - number)]
    columns = pa.table({"language": [*names, None, ""]})
    said = figures(made(unique=[False] * len(columns)), columns)
    assert len(said.languages) == 50
    assert said.languages[0].name == "x000"
    rest = said.other_languages
    assert rest is not None
    assert sum(each.records for each in said.languages) + rest.records == len(columns)
    assert rest.names == 11
    assert rest.repeats == rest.records


def test_what_is_called_a_language_is_shown_by_its_beginning():
    columns = pa.table({"language": ["e" * 10_000]})
    (row,) = figures(made(unique=[True]), columns).languages
    assert row.name == "e" * 40


def test_years_come_in_order_and_the_unstated_last():
    columns = pa.table({"year": pa.array([2001, None, -5, 1999, 2001], pa.int32())})
    said = figures(made(unique=[True] * 5), columns)
    assert [each.name for each in said.years] == [-5, 1999, 2001, None]


def test_records_folded_the_slow_way_are_a_share_of_all():
    said = figures(made(unique=[True] * 4, slow=1), no_columns(4))
    assert (said.slow, said.slow_share) == (1, 0.25)


SIMILARITIES = st.none() | st.floats(0, 1) | st.integers(0, 20).map(lambda number: number / 20)


@given(st.lists(st.tuples(SIMILARITIES, st.sampled_from(["same", "related", "version"]))))
def test_pairs_are_counted_by_their_similarity(pairs):
    matches = [("a", "b", relation, "apart", similarity) for similarity, relation in pairs]
    bins = figures(made(matches=matches), no_columns(0)).similarities
    assert [each.high for each in bins[:-1]] == [each.low for each in bins[1:]]
    for each in bins:
        last = each is bins[-1]
        within = [
            relation == "same"
            for value, relation in pairs
            if value is not None and each.low <= value and (value < each.high or last)
        ]
        assert (each.same, each.apart) == (sum(within), len(within) - sum(within))


@given(st.lists(SIMILARITIES, max_size=300))
def test_pairs_that_bands_notice_rarely_stand_for_many(similarities):
    expected = 0.0
    for value in similarities:
        if value is not None and value >= DEFAULT.threshold:
            noticed = s_curve(DEFAULT, value)
            expected += (1 - noticed) / noticed
    found = expected_missed(pa.array(similarities, pa.float64()), DEFAULT)
    assert found == pytest.approx(expected, abs=0.06, rel=0.02)


def test_the_working_point_lies_on_the_curve_and_what_is_missed_beside_it():
    at = {point.similarity: point.found for point in curve(DEFAULT)}
    assert sorted(at.values()) == list(at.values())
    assert [each.similarity for each in missed(DEFAULT)] == pytest.approx(
        [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    )
    for each in missed(DEFAULT):
        assert at[each.similarity] == each.found
        assert each.found + each.missed == pytest.approx(1)


def test_the_largest_clusters_come_first_then_by_id():
    clusters = [
        (f"c{number:02}", f"{number}a", [f"{number}a", f"{number}b"]) for number in range(9)
    ]
    clusters.append(("c99", "x1", ["x0", "x1", "x2"]))
    largest = samples(made(clusters=clusters)).largest
    assert [each.cluster for each in largest] == ["c99", *(f"c0{number}" for number in range(7))]
    assert [member.id for member in largest[0].members] == ["x0", "x2"]


def test_a_member_is_tied_to_the_canonical_record_else_to_another_else_by_a_decision():
    clusters = [("c1", "b", ["a", "b", "c", "d"])]
    matches = [
        ("a", "b", "same", "joined", 0.8),
        ("a", "c", "same", "joined", 0.9),
        ("b", "d", "same", "refused", 0.9),
    ]
    (one,) = samples(made(clusters=clusters, matches=matches)).largest
    ties = {member.id: member.tie for member in one.members}
    assert ties["a"] is not None
    assert ties["c"] is not None
    assert (ties["a"].a, ties["a"].b) == ("a", "b")
    assert (ties["c"].a, ties["c"].b) == ("a", "c")
    assert ties["d"] is None


def test_every_member_shown_says_what_ties_it(rows):
    found = deduplicate(
        table(rows), [Decision(decision="merge", a="m", b="w1a", who="", when=1, why="")]
    )
    ties = {}
    for one in samples(found).largest:
        for member in one.members:
            ties[one.canonical, member.id] = member.tie
            if member.tie is not None:
                assert member.id in (member.tie.a, member.tie.b)
                assert member.tie.clues
    assert [member for (_, member), tie in ties.items() if tie is None] == ["m"]


def test_the_most_alike_pairs_are_shown_and_those_without_a_similarity_last():
    matches = [
        ("a", "b", "related", "borderline", None),
        ("a", "c", "related", "borderline", 0.5),
        ("a", "d", "related", "borderline", 0.6),
        ("b", "c", "related", "borderline", 0.5),
    ]
    shown = samples(made(matches=matches)).borderline
    assert [(pair.a, pair.b) for pair in shown] == [("a", "d"), ("a", "c"), ("b", "c"), ("a", "b")]


def test_lists_are_capped_and_counted_in_full():
    matches = [
        (f"a{number:03}", "b", relation, state, 0.5)
        for number in range(200)
        for relation, state in (
            ("version", "apart"),
            ("related", "apart"),
            ("related", "borderline"),
            ("same", "refused"),
        )
    ]
    found = made(matches=matches, saturated=[{"key": 8 * n, "groups": n} for n in range(200)])
    shown, said = samples(found), figures(found, no_columns(0))
    assert (said.versions, said.related, said.borderline, said.refused, said.saturated) == (
        200,
    ) * 5
    assert [len(each) for each in (shown.versions, shown.related, shown.refused)] == [50] * 3
    assert len(shown.borderline) == 25
    assert [each.groups for each in shown.saturated] == list(range(199, 149, -1))
    assert len(shown.ids()) < 400


def test_what_refused_a_join_is_said_where_the_engine_says_it():
    matches = [("a", "b", "same", "refused", 0.9), ("a", "c", "same", "refused", 0.8)]
    found = made(matches=matches, refused=[{"a": "a", "b": "b", "by": "split"}])
    assert [pair.by for pair in samples(found).refused] == ["split", None]


def test_figures_hold_nothing_but_what_json_can():
    said = figures(made(unique=[True, False]), no_columns(2))
    for field in fields(Figures):
        value = getattr(said, field.name)
        assert value is None or isinstance(value, (int, float, str, tuple)) or fields(value)
