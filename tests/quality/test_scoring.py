"""Figures of small clusterings, counted by hand."""

import json
from pathlib import Path

import pytest

from tests.quality.floors import beside, unmet
from tests.quality.scoring import Lookalikes, Truth, Variant, figures
from tests.quality.sets import folders, read_clusters, read_truth

TRUTH = Truth(
    order=("a", "b", "c", "d", "e"),
    clusters=(("a", "b", "c"),),
    variants=(Variant("b", "a", "light", "case"), Variant("c", "a", "heavy", "cut")),
    lookalikes=(Lookalikes("erratum", (("a", "d"), ("d", "e"))),),
    aside=frozenset({"d"}),
)


def test_clusters_that_are_right_score_1_everywhere() -> None:
    said = figures(TRUTH, TRUTH.clusters)
    assert said.pop("merged.erratum") == 0
    assert set(said.values()) == {1.0}


def test_a_stranger_in_a_cluster_costs_precision_and_specificity() -> None:
    said = figures(TRUTH, [["a", "b", "d"]])
    assert said["pair_precision"] == pytest.approx(1 / 3)
    assert said["pair_recall"] == pytest.approx(1 / 3)
    assert said["removal.sensitivity"] == pytest.approx(1 / 2)
    assert said["removal.specificity"] == pytest.approx(2 / 3)
    assert said["core.pair_precision"] == 1.0
    assert said["recall_by_tier.light"] == 1.0
    assert said["recall_by_tier.heavy"] == 0.0
    assert said["merged.erratum"] == 0.5


def test_nothing_found_is_nothing_wrong() -> None:
    said = figures(TRUTH, [])
    assert said["pair_f1"] == said["removal.f1"] == said["removal.sensitivity"] == 0
    assert said["removal.specificity"] == 1.0


def test_a_true_cluster_torn_in_two_keeps_one_record_too_many() -> None:
    truth = Truth(order=tuple("abcd"), clusters=(tuple("abcd"),))
    said = figures(truth, ["ab", "cd"])
    assert said["removal.sensitivity"] == pytest.approx(2 / 3)
    assert said["removal.precision"] == 1.0


def test_one_merged_pair_is_allowed_where_a_hundredth_is_less() -> None:
    assert unmet(TRUTH, [["a", "b", "c", "d"]], {"merged": 0.01}) == []
    found = [["a", "b", "c", "d", "e"]]
    assert unmet(TRUTH, found, {"merged": 0.01}) == ["merged.erratum is 2/2, asked 0.01"]


def test_a_floor_without_its_figure_is_not_met() -> None:
    (row,) = (row for row in beside(TRUTH, (), {"core.f9": 0.1}) if row.floor is not None)
    assert (row.name, row.met) == ("core.f9", False)


def test_a_set_is_read_from_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    write: dict[str, list[dict[str, object]]] = {
        "records.jsonl": [{"id": 1}, {"id": "2"}, {"id": "3"}],
        "labels.jsonl": [
            {"id": "1", "role": "base", "kind": "base", "tier": "base", "base": "1"},
            {"id": "2", "role": "variant", "kind": "case", "tier": "light", "base": "1"},
            {"id": "3", "role": "negative", "kind": "series", "tier": "templated", "base": "1"},
        ],
    }
    for name, lines in write.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "pairs.tsv").write_text("id1\tid2\tlabel\n1\t2\t1\n2\t3\t0\n", "utf-8")
    (folder / "hard_negatives.tsv").write_text("id1\tid2\tkind\n1\t3\tseries\n", "utf-8")
    assert folders(tmp_path) == [folder]
    truth = read_truth(folder)
    assert (truth.order, truth.clusters) == (("1", "2", "3"), (("1", "2"),))
    assert truth.variants == (Variant("2", "1", "light", "case"),)
    assert truth.lookalikes == (Lookalikes("series", (("1", "3"),)),)
    assert truth.aside == {"3"}


def test_an_id_in_two_clusters_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clusters.jsonl"
    file.write_text('{"ids": ["a", "b"]}\n{"ids": ["b", "c"]}\n', "utf-8")
    with pytest.raises(ValueError, match="'b' stands in more than one cluster"):
        read_clusters(file)
