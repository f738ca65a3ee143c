"""Figures are those of the store, and of one moment."""

import json
from typing import Any

from records import Problem, Record, as_json
from reports import gather, render
from storage import SqlStore
from storage.decisions import Word


def test_an_empty_store_has_figures(store: SqlStore) -> None:
    figures = gather(store)
    assert (figures.totals.records, figures.unique, figures.repeat_share) == (0, 0, 0.0)
    assert figures.largest == figures.borderline_pairs == figures.runs == ()


def test_figures_agree_with_the_store(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    store.settle()
    figures = gather(store)
    clusters = list(store.clusters())
    assert figures.totals.records == len(list(store.records()))
    assert figures.unique == len(list(store.records(unique=True)))
    assert figures.repeats == sum(len(cluster.keys) - 1 for cluster in clusters) > 0
    assert sum(row.clusters for row in figures.cluster_sizes) == len(clusters)
    assert [each.id for each in figures.largest] == [each.id for each in clusters][:8]
    assert sum(share.records for share in figures.languages) == 200
    assert sum(share.records for share in figures.years) == 200
    assert [run.run for run in figures.runs] == list(store.runs())


def test_a_cluster_says_why_its_members_are_one_work(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    store.settle()
    for cluster in gather(store).largest:
        for member in cluster.members:
            evidence = store.explain(cluster.canonical.key, member.record.key)
            assert member.clues == evidence.clues
            assert member.similarity == evidence.similarity


def test_the_working_point_lies_on_the_curve(store: SqlStore) -> None:
    figures = gather(store)
    at = {point.similarity: point.found for point in figures.curve}
    assert at[figures.setting.threshold] == figures.setting.found
    assert sorted(at.values()) == list(at.values())


def test_the_same_figures_stand_in_json(store: SqlStore, shelf: Any) -> None:
    shelf.fill(60)
    shelf.add([], problems=(Problem(code="captcha", severity="error", message="asks who we are"),))
    store.settle()
    said = json.loads(json.dumps(as_json(gather(store))))
    assert said["totals"]["records"] == 60
    assert said["quarantine"][0]["reason"] == "asks who we are"
    assert said["footers"][0]["licence"] == "京ICP备00000000号"
    assert said["funnel"][0]["name"] == "Pages"


def test_each_run_is_shown_with_what_it_brought(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    store.settle()
    figures = gather(store)
    (brought,) = figures.growth
    assert (brought.new, brought.records) == (200, 200)
    assert brought.duplicates == brought.repeats == figures.repeats > 0
    assert brought.started == figures.runs[0].started
    assert sum(each.repeats for each in figures.languages) == figures.repeats
    assert sum(each.repeats for each in figures.years) == figures.repeats
    assert [(each.records, each.repeats) for each in figures.sources] == [(200, figures.repeats)]


def test_pages_unlike_those_before_are_shown_by_source(store: SqlStore, shelf: Any) -> None:
    for words in ("no record has an abstract", "no record has a title of its own"):
        shelf.add([], problems=(Problem(code="drift", severity="error", message=words),))
    figures = gather(store)
    (drift,) = figures.drift
    assert (drift.source, drift.kind, drift.pages, drift.waiting) == ("sample", "similar", 2, 2)
    assert drift.first < drift.last
    assert drift.symptoms == ("no record has a title of its own", "no record has an abstract")
    (waiting,) = figures.waiting
    assert (waiting.source, waiting.code, waiting.pages) == ("sample", "drift", 2)
    assert "no record has an abstract" in render(figures)


def test_decisions_stand_beside_what_rests_on_them(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    store.settle()
    cluster = next(iter(store.clusters()))
    said = Word(kind="canonical", a=cluster.keys[-1], b=None, who="Li Wei", why="as printed")
    store.decide(said, now=1_700_000_000_000_000)
    (shown,) = [each for each in gather(store).largest if each.decisions]
    assert shown.canonical.key == cluster.keys[-1]
    (made,) = shown.decisions
    assert (made.who, made.when, made.why) == ("Li Wei", "2023-11-14T22:13:20Z", "as printed")
    assert "Li Wei" in render(gather(store))


def test_what_a_split_keeps_apart_is_a_refused_join(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    store.settle()
    pairs = [each.keys for each in store.clusters() if len(each.keys) == 2]
    a, b = next(pair for pair in pairs if (store.explain(*pair).similarity or 1) < 1)
    store.decide(Word(kind="split", a=a, b=b, who="Anna", why=""), now=1)
    figures = gather(store)
    assert figures.refused == len(figures.refused_pairs)
    (split,) = [each for each in figures.refused_pairs if each.refused_by == "split"]
    assert {split.a.key, split.b.key} == {a, b}
    assert [each.who for each in split.decisions] == ["Anna"]


def test_a_long_abstract_is_shown_by_its_beginning(store: SqlStore, shelf: Any) -> None:
    long = " ".join(f"word{number}" for number in range(2_000))
    shelf.add(
        [
            Record(rank=1, key="aid:1", title="One", abstract=long, native_id="1"),
            Record(rank=2, key="aid:2", title="One", abstract=long, native_id="2"),
        ]
    )
    store.settle()
    (cluster,) = gather(store).largest
    assert cluster.canonical.abstract is not None
    assert len(cluster.canonical.abstract) < 1_300
