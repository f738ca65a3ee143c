"""``glean merge``, ``split``, ``canonical``: a person's word, and where it is found again."""

import json
from typing import Any

import pytest

from dedup.clusters import cluster_id
from tests.cli.deciding import TWINS, fill, key, opened

A, B = (key(number) for number in TWINS)
OTHER = key(4)


@pytest.fixture
def filled(glean: Any) -> Any:
    fill(glean.folder)
    return glean


def test_a_decision_says_who_when_and_why_and_what_it_changed(filled: Any) -> None:
    said = filled.json("split", A, B, "--why", "two editions", "--who", "Li", "--json")
    assert list(said) == ["decision", "changed", "clusters", "settled_to"]
    when = said["decision"].pop("when")
    assert when.endswith("Z")
    assert said["decision"] == {
        "decision": "split",
        "a": A,
        "b": B,
        "who": "Li",
        "why": "two editions",
        "taken_back": None,
    }
    assert (said["changed"], said["clusters"]) == (True, [])
    with opened(filled.folder) as store:
        assert said["settled_to"] == store.settled_to()
        assert store.cluster_of(A) is None


def test_what_changed_is_said_in_one_line(filled: Any) -> None:
    lines = [
        filled(*typed).stdout
        for typed in (
            ("merge", B, OTHER, "--who", "Li"),
            ("merge", OTHER, B),
            ("canonical", B),
            ("merge", OTHER, B, "--undo"),
            ("split", OTHER, A),
        )
    ]
    now = cluster_id(OTHER)
    assert lines[0] == f"merge decided; both stand in cluster {now}: 3 records, canonical {A}\n"
    assert lines[1].startswith("decided already by Li, 20")
    assert "nothing changed: both stand in" in lines[1]
    assert lines[2] == f"canonical decided; {B} stands in cluster {now}: 3 records, canonical {B}\n"
    assert lines[3] == (
        f"merge taken back; {OTHER} stands alone; "
        f"{B} stands in cluster {cluster_id(A)}: 2 records, canonical {B}\n"
    )
    assert lines[4].startswith(f"split decided; no cluster changed: {OTHER} stands alone; ")


def test_the_user_decides_where_nobody_is_named(filled: Any) -> None:
    named = type(filled)(filled.folder, {"LOGNAME": "somebody"})
    assert named.json("canonical", B, "--json")["decision"]["who"] == "somebody"


def test_a_contradiction_is_refused_and_names_what_stands_against_it(filled: Any) -> None:
    filled("merge", A, OTHER, "--who", "Li")
    line = filled.fails("split", OTHER, A, status=2)
    assert f"contradicts what is decided: merge {OTHER} {A} (Li, 20" in line
    assert line.endswith("take that back first, by the same words with --undo")
    assert filled("merge", A, OTHER, "--undo").returncode == 0
    assert filled("split", OTHER, A).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("merge", A, "aid:none"), "no record has this key"),
        (("merge", A, A), "named twice"),
        (("split", A, B, "--undo"), "not decided"),
        (("canonical", "aid:none"), "no record has this key"),
        (("split", A, B, "--who", " "), "the name is empty"),
        (("split", A), "Missing argument"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error(
    filled: Any, arguments: tuple[str, ...], says: str
) -> None:
    assert says in filled.fails(*arguments, status=2)


def test_decisions_in_effect_are_exported_as_dedup_reads_them(filled: Any) -> None:
    filled("merge", B, OTHER, "--why", "同一著作", "--who", "李")
    filled("split", A, key(5))
    filled("canonical", B)
    filled("split", A, key(5), "--undo")
    lines = [json.loads(line) for line in filled("export", "decisions").stdout.splitlines()]
    assert [list(line) for line in lines] == [["decision", "a", "b", "who", "when", "why"]] * 2
    assert lines[0] | {"when": ""} == {
        "decision": "merge",
        "a": OTHER,
        "b": B,
        "who": "李",
        "when": "",
        "why": "同一著作",
    }
    assert (lines[1]["decision"], lines[1]["a"], lines[1]["b"]) == ("canonical", B, None)
    done = filled("export", "decisions", "--out", "decisions.jsonl")
    assert (done.stdout, done.stderr) == ("", "wrote 2 decisions to decisions.jsonl\n")
    filled("export", "jsonl", "--out", "records.jsonl")
    done = filled("dedup", "records.jsonl", "--decisions", "decisions.jsonl", "--out", "out")
    assert done.returncode == 0, done.stderr
    (line,) = (filled.folder / "out" / "clusters.jsonl").read_text("utf-8").splitlines()
    with opened(filled.folder) as store:
        (cluster,) = store.clusters()
    assert json.loads(line) == {
        "cluster": cluster.id,
        "canonical": B,
        "ids": list(cluster.keys),
    }
    assert "is in the way" in filled.fails("export", "decisions", "--out", "glean.db", status=2)


def test_why_names_decisions_about_records_that_stand_together(filled: Any) -> None:
    filled("merge", B, OTHER, "--who", "Li", "--why", "by hand")
    filled("split", A, key(9), "--who", "Li")
    filled("split", A, key(9), "--undo", "--who", "Wang", "--why", "an error")
    said = filled.json("why", A, OTHER, "--json")
    assert [each["decision"] for each in said["decisions"]] == ["merge", "split"]
    assert said["decisions"][0]["taken_back"] is None
    assert said["decisions"][1]["taken_back"] | {"when": ""} == {
        "who": "Wang",
        "when": "",
        "why": "an error",
    }
    shown = filled("why", A, OTHER).stdout
    assert f"decided: merge {OTHER} {B}: Li, 20" in shown
    assert ": by hand\n" in shown
    assert "; taken back by Wang, 20" in shown
    assert shown.rstrip().endswith("one cluster")


def test_why_of_a_cluster_follows_an_id_that_it_had(filled: Any) -> None:
    former = cluster_id(A)
    filled("merge", A, OTHER)
    said = filled.json("why", former, "--json")
    assert (said["relation"], said["similarity"], said["evidence"]) == (None, None, [])
    assert [each["id"] for each in said["clusters"]] == [cluster_id(OTHER)]
    shown = filled("why", former).stdout.splitlines()
    assert shown[0] == f"{former}: is {cluster_id(OTHER)} now"
    assert f"  {B}" in shown
    assert filled.json("why", B, "--json")["clusters"] == said["clusters"]
    assert filled("why", key(9)).stdout == f"{key(9)}: stands in no cluster\n"
    assert "no record has this key" in filled.fails("why", "c0123456789abcdef", status=2)


def test_status_counts_decisions_in_effect(filled: Any) -> None:
    assert filled.json("status", "--json")["decisions"] == 0
    assert "of people" not in filled("status").stdout
    filled("merge", A, OTHER)
    filled("canonical", A)
    filled("canonical", A, "--undo")
    assert filled.json("status", "--json")["decisions"] == 1
    assert "1 decision of people" in filled("status").stdout
