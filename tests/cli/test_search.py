"""``glean search``: the words of the local page on a terminal."""

from collections import Counter
from typing import Any


def first_record(harvested: Any) -> dict[str, Any]:
    truth = harvested.portal.truth
    found: dict[str, Any] = truth.record(
        next(aid for aid in truth.aids if truth.record(aid)["title"])
    )
    return found


def test_a_title_finds_its_record_first(harvested: Any) -> None:
    one = first_record(harvested)
    said = harvested.glean.json("search", one["title"], "--json")
    assert list(said) == [
        *("total", "took_ms", "settled_to", "search", "page", "nearest", "problem", "results")
    ]
    assert said["search"]["words"] == one["title"]
    assert said["problem"] is None
    assert not said["nearest"]
    best = said["results"][0]
    assert list(best) == ["key", "score", "cluster", "size", "record"]
    assert best["record"]["title"] == one["title"]
    shown = harvested.glean("search", one["title"])
    assert best["key"] in shown.stdout


def test_a_search_is_narrowed_and_its_pages_are_its_parts(harvested: Any) -> None:
    truth = harvested.portal.truth
    years = Counter(one["year"] for one in map(truth.record, truth.aids) if one["year"])
    year, _ = years.most_common(1)[0]
    whole = harvested.glean.json("search", "--year", str(year), "--limit", "6", "--json")
    assert whole["total"] >= 2
    assert {each["record"]["year"] for each in whole["results"]} == {year}
    parts = [
        harvested.glean.json(
            "search", "--year", str(year), "--limit", "2", "--page", str(page), "--json"
        )
        for page in (1, 2, 3)
    ]
    assert [each["key"] for part in parts for each in part["results"]] == [
        each["key"] for each in whole["results"]
    ]
    nobody = harvested.glean.json("search", "--year", str(year), "--source", "nowhere", "--json")
    assert (nobody["total"], nobody["results"]) == (0, [])


def test_words_that_no_record_holds_together_find_the_nearest(harvested: Any) -> None:
    one = first_record(harvested)
    done = harvested.glean("search", f"{one['title']} zyxwvq")
    assert done.returncode == 0
    assert "0 records" in done.stderr
    assert "these are the nearest" in done.stderr


def test_what_cannot_be_searched_for_is_a_mistake_of_usage(harvested: Any) -> None:
    for arguments, words in (
        ((), "nothing is asked for"),
        (("x", "--limit", "0"), "--limit 0"),
        (("x", "--page", "0"), "--page 0"),
        (("x", "--page", "100"), "only the first 1,000"),
        (("x", "--year", "never"), "--year never"),
    ):
        done = harvested.glean("search", *arguments)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
