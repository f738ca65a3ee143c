"""``glean similar`` and ``glean why``: answers in the contract's words."""

from pathlib import Path
from typing import Any

import pytest


def planted(harvested: Any, kind: str) -> tuple[str, str]:
    """Keys of a planted pair of duplicates."""
    pair = next(pair for pair in harvested.portal.truth.pairs if pair.kind == kind)
    return f"aid:{pair.a.casefold()}", f"aid:{pair.b.casefold()}"


def test_a_stored_record_finds_its_duplicate_and_not_itself(harvested: Any) -> None:
    a, b = planted(harvested, "exact")
    said = harvested.glean.json("similar", "--id", a, "--json")
    assert list(said) == ["total", "took_ms", "settled_to", "near_duplicates", "related"]
    best = said["near_duplicates"][0]
    assert list(best) == ["key", "similarity", "relation", "record"]
    assert (best["key"], best["relation"], best["similarity"]) == (b, "same", 1.0)
    assert best["record"]["key"] == b
    assert best["record"]["text"] is None
    assert a not in [each["key"] for each in said["near_duplicates"]]
    assert said["total"] == len(said["near_duplicates"])


def test_a_text_finds_the_record_it_is_from(harvested: Any, tmp_path: Path) -> None:
    truth = harvested.portal.truth
    aid = next(aid for aid in truth.aids if (truth.record(aid)["abstract"] or "")[200:])
    key = f"aid:{aid.casefold()}"
    text = truth.record(aid)["abstract"]
    (tmp_path / "abstract.txt").write_text(text, "utf-8")
    for arguments in ((text,), ("--file", str(tmp_path / "abstract.txt"))):
        said = harvested.glean.json("similar", *arguments, "--json")
        assert key in [each["key"] for each in said["near_duplicates"]]
    done = harvested.glean("similar", "--file", "-", stdin=text.encode())
    assert key in done.stdout


def test_the_limit_is_kept(harvested: Any) -> None:
    a, _ = planted(harvested, "exact")
    assert harvested.glean.json("similar", "--id", a, "--limit", "1", "--json")["total"] == 1


def test_a_text_like_nothing_finds_nothing(harvested: Any) -> None:
    done = harvested.glean("similar", "Zxqv vqxz qzvx, wvqz zzxq")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("0 near-duplicates, 0 related, ")


def test_a_harvested_record_has_related_ones_of_its_subject_each_work_once(harvested: Any) -> None:
    a, b = planted(harvested, "exact")
    said = harvested.glean.json("similar", "--id", a, "--json")
    related = said["related"]
    assert list(related[0]) == ["key", "score", "record"]
    assert {a, b}.isdisjoint(each["key"] for each in related)
    assert all(each["record"]["key"] == each["key"] for each in related)
    scores = [each["score"] for each in related]
    assert 10 <= len(scores) <= 20
    assert scores == sorted(scores, reverse=True)
    truth = harvested.portal.truth
    of = {f"aid:{aid.casefold()}": truth.record(aid) for aid in truth.aids}
    alike = sum(of[each["key"]]["pcid"] == of[a]["pcid"] for each in related[:10])
    assert alike >= 8
    works = [of[each["key"]]["work"] for each in related]
    assert len(set(works)) == len(works)


def test_related_records_are_shown_with_their_keys(harvested: Any) -> None:
    a, _ = planted(harvested, "exact")
    best = harvested.glean.json("similar", "--id", a, "--json")["related"][0]
    done = harvested.glean("similar", "--id", a)
    assert best["key"] in [line.strip() for line in done.stdout.splitlines()]
    assert f"{best['score']:.1f}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("some text", "--id", "aid:1"),
        ("--id", "aid:1", "--file", "x"),
        ("",),
        (" \n ",),
        ("--id", "no-such-key"),
        ("--id", ""),
        ("--limit", "0", "text"),
        ("--limit", "many", "text"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(harvested: Any, arguments: tuple[str, ...]) -> None:
    harvested.glean.fails("similar", *arguments, status=2)


def test_a_limit_of_none_is_said_in_plain_words(harvested: Any) -> None:
    line = harvested.glean.fails("similar", "--limit", "0", "text", status=2)
    assert line == "glean: --limit 0: is not at least 1; write how many to list"


@pytest.mark.parametrize("columns", ["80", "20"])
def test_keys_are_shown_whole_on_a_narrow_terminal_so_that_why_can_follow(
    harvested: Any, columns: str
) -> None:
    a, b = planted(harvested, "exact")
    narrow = type(harvested.glean)(harvested.glean.folder, {"COLUMNS": columns})
    said = narrow("similar", "--id", a).stdout
    assert b in [line.strip() for line in said.splitlines()]
    assert narrow("why", a, b).returncode == 0


def test_a_file_that_cannot_be_read_is_a_failure(harvested: Any) -> None:
    assert "gone.txt" in harvested.glean.fails("similar", "--file", "gone.txt", status=1)


def test_why_says_what_speaks_for_and_against(harvested: Any) -> None:
    a, b = planted(harvested, "exact")
    said = harvested.glean.json("why", a, b, "--json")
    assert list(said) == [
        *("relation", "similarity", "evidence", "clusters", "decisions", "settled_to")
    ]
    assert (said["relation"], said["similarity"], said["decisions"]) == ("same", 1.0, [])
    assert {"kind", "for", "value", "words"} == set(said["evidence"][0])
    (cluster,) = said["clusters"]
    assert list(cluster) == ["id", "canonical", "keys"]
    assert {a, b} <= set(cluster["keys"])
    shown = harvested.glean("why", a, b)
    assert shown.stdout.startswith("same, similarity 1.000\n")
    assert shown.stdout.rstrip().endswith("one cluster")


def test_why_of_strangers_tells_them_apart(harvested: Any) -> None:
    a, _ = planted(harvested, "exact")
    other = next(
        f"aid:{aid.casefold()}"
        for aid in harvested.portal.truth.aids
        if all(aid not in (pair.a, pair.b) for pair in harvested.portal.truth.pairs)
    )
    said = harvested.glean.json("why", a, other, "--json")
    assert said["relation"] == "different"
    assert harvested.glean("why", a, other).stdout.rstrip().endswith("not in one cluster")


def test_why_of_an_unknown_key_is_a_usage_error(harvested: Any) -> None:
    a, _ = planted(harvested, "exact")
    assert "no-such-key" in harvested.glean.fails("why", a, "no-such-key", status=2)
