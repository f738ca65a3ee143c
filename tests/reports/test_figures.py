"""Figures are those of the store, and of one moment."""

import json
from typing import Any

from records import Problem, Record, as_json
from reports import gather
from storage import SqlStore


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
