"""Decisions of people, line by line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.clusters import contradiction
from dedup.files.decisions import _Ties, read_decisions
from records import Decision, InputError


def line(decision: str, a: str, b: str | None, **more: Any) -> dict[str, Any]:
    return {"decision": decision, "a": a, "b": b, **more}


def test_decisions_shape_the_clusters(work: Any, make_paper: Any) -> None:
    objects = [make_paper(1), make_paper(1, id="r0"), make_paper(2), make_paper(3), make_paper(4)]
    path = work.put("in.jsonl", objects)
    decisions = work.put(
        "decisions.jsonl",
        [
            line("split", "r0", "r1", who="me", when="2026-11-23T09:00:00Z", why="seen both"),
            line("merge", "r2", "r3"),
            line("canonical", "r3", None),
            b"",
            line("merge", "r4", "gone"),
            line("split", "gone", "lost"),
        ],
    )
    done = work(path, decisions=decisions)
    assert done.clusters == [["r2", "r3"]]
    assert {each["id"] for each in done.unique} == {"r0", "r1", "r3", "r4"}
    assert (done.run["decisions"], done.run["unknown_ids"]) == (5, 2)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"merge a b", "is not JSON"),
        (b"[]", "is no JSON object"),
        ({"a": "x", "b": "y"}, "has no decision of merge, split or canonical"),
        (line("join", "x", "y"), "has no decision of"),
        ({"decision": "merge", "b": "y"}, "has no id a"),
        (line("merge", "x", None), "has no id b"),
        (line("canonical", "x", "y"), "has an id b"),
        (line("split", "x", "x"), "names one id twice"),
        ({"decision": "merge", "a": 1.5, "b": "y"}, "has an id a that is no text"),
        (line("merge", "x", "y", when="yesterday"), "has a when that is no time"),
        (line("merge", "x", "y", why=7), "has a why that is no text"),
    ],
)
def test_a_line_that_is_no_decision_is_named(work: Any, bad: Any, words: str) -> None:
    path = work.put("d.jsonl", [line("merge", "a", "b"), bad])
    with pytest.raises(InputError, match=rf"d\.jsonl: line 2 {words}.*; mend or remove it$"):
        read_decisions(path)


def test_a_line_that_contradicts_earlier_ones_names_them(work: Any, make_paper: Any) -> None:
    path = work.put(
        "d.jsonl",
        [
            line("merge", "a", "b"),
            line("merge", "b", "c"),
            line("merge", "x", "y"),
            line("split", "a", "c"),
        ],
    )
    records = work.put("in.jsonl", [make_paper(1)])
    with pytest.raises(InputError, match=r"d\.jsonl: line 4 contradicts lines 1, 2; remove one"):
        work(records, decisions=path)
    assert work.names == {"in.jsonl", "d.jsonl"}
    path = work.put("d.jsonl", [line("split", "a", "b"), line("merge", "b", "a")])
    with pytest.raises(InputError, match=r"line 2 contradicts line 1; remove one"):
        read_decisions(path)


def test_ids_are_compared_as_text_and_times_are_read(work: Any) -> None:
    said = {"decision": "merge", "a": 1, "b": "2", "when": "2026-01-01T00:00:00.5+01:00"}
    (found,) = read_decisions(work.put("d.jsonl", [said]))
    assert (found.a, found.b) == ("1", "2")
    assert found.when == 1_767_222_000_500_000


def test_a_missing_file_of_decisions_is_named(work: Any) -> None:
    with pytest.raises(InputError, match=r"d\.jsonl: cannot be read"):
        read_decisions(work.folder / "d.jsonl")


PAIRS = st.tuples(st.sampled_from(["merge", "split"]), *[st.sampled_from("abcdef")] * 2)


@given(st.lists(PAIRS.filter(lambda each: each[1] != each[2]), max_size=14))
def test_a_contradiction_is_noticed_exactly_where_there_is_one(said: list[Any]) -> None:
    ties, taken = _Ties(), list[Decision]()
    for number, (kind, a, b) in enumerate(said):
        decision = Decision(decision=kind, a=a, b=b, who="", when=number, why="")
        against = contradiction(taken, decision)
        assert ties.take(decision) == (not against)
        if against:
            near = [one for one in taken if ties.near(one, decision)]
            assert contradiction(near, decision) == against
        else:
            taken.append(decision)


def test_thousands_of_decisions_are_read_at_once(work: Any) -> None:
    said = [line("merge", f"a{n}", f"a{n + 1}") for n in range(4000)]
    said += [line("split", f"a{n}", f"b{n}") for n in range(4000)]
    assert len(read_decisions(work.put("d.jsonl", said))) == 8000
