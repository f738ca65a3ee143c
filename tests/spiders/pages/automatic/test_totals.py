"""What pages say of how many records there are."""

import pytest

from spiders.pages.automatic.totals import stated


@pytest.mark.parametrize(
    ("text", "total", "shown"),
    [
        ("Results 1 - 10 of about 3,273", 3273, 10),
        ("1–10 of 55 297 results", 55297, 10),
        ("Showing 11 to 20 of 57 entries", 57, 10),
        ("Page 2: 11-20 / 1.204", 1204, 10),
        ("Ergebnisse 1 bis 10 von 204", 204, 10),
        ("Résultats 1 à 10 sur 204", 204, 10),
        ("4,187 results", 4187, None),
        ("12 Treffer", 12, None),
        ("About 3,600,000 results (0.42 seconds)", 3600000, None),
        ("Search results: 412", 412, None),
        ("找到相关结果约100,000,000个", 100000000, None),
        ("共查询到 20 条相似文献", 20, None),
        ("找到 14,855 条结果", 14855, None),
        ("検索結果 1234件", 1234, None),
    ],
)
def test_a_total_is_told_in_many_words(text: str, total: int, shown: int | None) -> None:
    said = stated([text], 10)
    assert (said.total, said.shown) == (total, shown)


@pytest.mark.parametrize(
    "text",
    [
        "© 2017 Example Press",
        "Published 2016, 4 books",
        "Call 800-284-4422",
        "From $29.99",
        "Volume 12, issue 3",
        "10 results",
        "x" * 301 + " 40 results",
    ],
)
def test_other_numbers_are_no_total_of_twenty_records(text: str) -> None:
    assert stated([text], 20).total is None


def test_a_range_says_more_than_a_number_among_filters() -> None:
    assert stated(["Articles (812)", "9,999 results", "1 - 20 of 300"], 20).total == 300


@pytest.mark.parametrize("text", ["0 results", "No results found", "没有找到相关结果", "共 0 条"])
def test_none_is_a_statement_too(text: str) -> None:
    assert stated([text], 0).none


def test_the_time_of_the_search_is_told_in_milliseconds() -> None:
    assert stated(["About 12 results (0.31 seconds)"], 10).ms == 310
    assert stated(["共找到 12 条结果，用时 25 毫秒"], 10).ms == 25
