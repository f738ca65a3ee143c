"""A corpus beside one that is there already."""

from typing import Any

import pytest

from dedup.files import Job, deduplicate_files
from records import InputError, Record, UsageError


def test_what_old_records_say_already_is_not_unique(work: Any, make_paper: Any) -> None:
    old = work.put("old.jsonl", [make_paper(n) for n in (1, 2, 3)])
    new = work.put("new.jsonl", [make_paper(2), make_paper(5), make_paper(5, id="r0")])
    done = work(new, against=old)
    assert done.clusters == [["old:r2", "r2"], ["r0", "r5"]]
    assert [each["id"] for each in done.unique] == ["r0"]
    assert {(each["a"], each["b"]) for each in done.lines("matches.jsonl")} == {
        ("old:r2", "r2"),
        ("r0", "r5"),
    }
    assert done.run["old_records"] == done.outcome.old_records == 3
    assert (done.outcome.records, done.outcome.unique, done.outcome.repeats) == (3, 1, 2)


def test_what_touches_no_new_record_is_not_listed(work: Any, make_paper: Any) -> None:
    old = work.put("old.jsonl", [make_paper(1), make_paper(1, id="again")])
    done = work(work.put("new.jsonl", [make_paper(2)]), against=old)
    assert done.clusters == []
    assert done.lines("matches.jsonl") == []
    assert [each["id"] for each in done.unique] == ["r2"]


def test_of_a_folder_of_results_its_unique_records_count(work: Any, make_paper: Any) -> None:
    work(work.put("old.jsonl", [make_paper(1), make_paper(1, id="r0")]), out="old")
    done = work(work.put("new.jsonl", [make_paper(1)]), against=work.folder / "old")
    assert done.clusters == [["old:r0", "r1"]]
    assert done.unique == []
    with pytest.raises(InputError, match=r"holds no unique\.jsonl"):
        work(work.folder / "new.jsonl", against=work.folder, out="more")


def test_records_of_a_store_are_a_corpus_too(work: Any, make_paper: Any) -> None:
    held = make_paper(1)
    old = [
        Record(
            rank=1,
            key="aid:1",
            title=held["title"],
            abstract=held["abstract"],
            authors=tuple(held["authors"]),
            year=held["year"],
            identifiers={"doi": "10.1/x"},
        ),
        Record(rank=1, key="aid:2", text="a block"),
    ]
    done = work(work.put("new.jsonl", [held, make_paper(2)]), against=lambda: iter(old))
    assert done.clusters == [["old:aid:1", "r1"]]
    assert [each["id"] for each in done.unique] == ["r2"]
    assert done.run["old_records"] == 2


def test_a_store_that_changes_meanwhile_shows_no_record_as_another(
    work: Any, make_paper: Any
) -> None:
    held = make_paper(1)
    old = Record(rank=1, key="a", title=held["title"], abstract=held["abstract"])
    calls = iter([[old], [Record(rank=1, key="b", title="Another"), old]])
    new = work.put("new.jsonl", [held])
    seen: dict[str, Any] = {}

    def report(_found: Any, _columns: Any, shown: Any, *_: Any) -> dict[str, str]:
        seen.update(shown)
        return {}

    job = Job(inputs=(new,), out=work.folder / "out", against=lambda: next(calls))
    assert deduplicate_files(job, lambda: report).repeats == 1
    assert {key: record.title for key, record in seen.items()} == {"r1": held["title"]}


def test_a_decision_may_name_an_old_record(work: Any, make_paper: Any) -> None:
    old = work.put("old.jsonl", [make_paper(1), make_paper(2)])
    new = work.put("new.jsonl", [make_paper(1), make_paper(3)])
    decisions = work.put(
        "d.jsonl",
        [
            {"decision": "split", "a": "old:r1", "b": "r1"},
            {"decision": "merge", "a": "old:r2", "b": "r3"},
            {"decision": "canonical", "a": "r3"},
        ],
    )
    done = work(new, against=old, decisions=decisions)
    assert done.clusters == [["old:r2", "r3"]]
    assert [each["id"] for each in done.unique] == ["r1"]
    assert done.run["unknown_ids"] == 0


def test_no_new_id_may_look_like_an_old_one(work: Any, make_paper: Any) -> None:
    old = work.put("old.jsonl", [make_paper(1)])
    new = work.put("new.jsonl", [make_paper(2), make_paper(3, id="old:r1"), make_paper(4)])
    with pytest.raises(InputError, match=r"new\.jsonl: line 2 has an id that begins with old:"):
        work(new, against=old)
    done = work(new, against=old, skip_bad=True)
    assert [each["id"] for each in done.unique] == ["r2", "r4"]
    assert work(new, out="alone").outcome.records == 3


def test_old_bad_lines_and_ids_twice_are_named_too(work: Any, make_paper: Any) -> None:
    new = work.put("new.jsonl", [make_paper(1)])
    with pytest.raises(InputError, match=r"old\.jsonl: line 2 is not JSON"):
        work(new, against=work.put("old.jsonl", [make_paper(1), b"no"]))
    with pytest.raises(InputError, match=r"old\.jsonl: line 3 has the id 'old:r1', as line 1 has"):
        work(new, against=work.put("old.jsonl", [make_paper(1), b"", make_paper(1)]))


def test_nothing_beside_nothing_is_nothing(work: Any) -> None:
    done = work(work.put("new.jsonl", b""), against=work.put("old.jsonl", b""))
    assert (done.outcome.records, done.outcome.old_records, done.clusters) == (0, 0, [])


def test_old_results_are_never_replaced_by_new_ones(work: Any, make_paper: Any) -> None:
    work(work.put("old.jsonl", [make_paper(1)]), out="old")
    new = work.put("new.jsonl", [make_paper(2)])
    with pytest.raises(UsageError, match="would be replaced by a result"):
        work(new, out="old", against=work.folder / "old", overwrite=True)
    with pytest.raises(UsageError, match="would be replaced by a result"):
        work(work.folder / "old" / "unique.jsonl", out="old", overwrite=True)
    assert (work.folder / "old" / "run.json").exists()


def test_the_report_sees_the_records_behind_what_it_shows(work: Any, make_paper: Any) -> None:
    old = work.put("old.jsonl", [make_paper(1)])
    new = work.put("new.jsonl", [make_paper(1), make_paper(2)])
    seen: dict[str, Any] = {}

    def report(found: Any, columns: Any, shown: Any, *_: Any) -> dict[str, str]:
        seen.update(shown)
        assert len(columns) == len(found.unique) == 3
        assert columns["old"].to_pylist() == [False, False, True]
        assert columns["year"].to_pylist() == [1991, 1992, 1991]
        return {"report.json": "{}", "report.html": "<p>"}

    job = Job(inputs=(new,), out=work.folder / "out", against=old)
    deduplicate_files(job, lambda: report)
    assert {key: record.title for key, record in seen.items()} == {
        "r1": make_paper(1)["title"],
        "old:r1": make_paper(1)["title"],
    }
    assert (work.folder / "out" / "report.html").read_text() == "<p>"
