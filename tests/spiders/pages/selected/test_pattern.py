"""Patterns take time in proportion to the text, or are refused."""

import pytest

from spiders.pages.selected.pattern import pattern


@pytest.mark.parametrize(
    "text", [r"(\w+\s?)*$", r"(a+)+b", r"(a|a)*b", r"(.*)*x", r"(?:a?){90}a{90}"]
)
def test_no_text_makes_a_pattern_slow(text: str) -> None:
    # Each takes a backtracking engine years for the thousandth part of this text.
    assert pattern(text).found("a" * 20_000 + "!", 0) in ("", "a" * 180, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "missing"),
        ("a(?=b)", "no pattern that RE2 takes"),
        (r"(a)\1", "no pattern that RE2 takes"),
        ("((a{100}){100}){100}", "no pattern that RE2 takes"),
        ("a" * 501, "501 characters; 500 is the most"),
    ],
)
def test_what_is_no_pattern_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        pattern(text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_group_is_found_and_a_list_taken_apart() -> None:
    assert pattern("第(\\d+)期").found("二〇一九年第12期", 1) == "12"
    assert pattern("b(c)?").found("ab", 1) is None
    assert pattern("[;；]").split("甲；乙;丙") == ["甲", "乙", "丙"]
    assert pattern("x*").split("ab") == ["", "a", "b", ""]
