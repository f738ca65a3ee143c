"""A page with more of one thing than any result page has is named before it is parsed."""

import pytest

from spiders.pages import read
from spiders.pages.excess import excess_of

MANY = 4_100_000


@pytest.mark.parametrize(
    "tag",
    [
        "<p " + " ".join(f"attribute{n}" for n in range(2_500)),
        "<p " + " ".join(f"attribute{n}=1" for n in range(4_500)),
        "<p " + "".join(f'attribute{n}="a b"' for n in range(4_500)),
    ],
    ids=["without values", "with values", "without spaces"],
)
def test_too_many_attributes_are_named(tag: str) -> None:
    if tag.count("attribute") == 2_500:
        tag = tag.replace("attribute", "b c ")
    said = read(f"<html><body>{tag}>x</p>")
    assert [each.code for each in said.problems] == ["excess"]
    assert "over 2,000 attributes" in said.problems[0].message
    assert said.records == ()


@pytest.mark.parametrize("before", [0, 1, 9_999, 10_000, 12_345])
@pytest.mark.parametrize("room", [20_000, 29_999])
def test_a_long_tag_is_named_wherever_it_begins(before: int, room: int) -> None:
    names = "a " * 4_500
    markup = f"{'x' * before}<p {names:<{room}}"
    for page in (markup, f"{markup}>", f"{markup}><p>{'x' * 30_000}"):
        assert "over 2,000 attributes" in (excess_of(page) or "")
    assert excess_of(f"{'x' * before}<p {names:<19000}>") is None


@pytest.mark.parametrize("before", ["", "<p>" + "x" * (MANY // 2) + "</p>"])
def test_a_text_that_is_too_long_is_named(before: str) -> None:
    said = read(f"<html><body>{before}<p>{'lorem ' * (MANY // 6)}")
    assert [each.code for each in said.problems] == ["excess"]


@pytest.mark.parametrize("filler", ["<", "a<br>"])
def test_too_many_tags_are_named(filler: str) -> None:
    said = read(f"<html><body>{filler * 1_100_000}")
    assert [each.code for each in said.problems] == ["excess"]


@pytest.mark.parametrize(
    "markup",
    [
        f"<html><script>{'a' * MANY}</script><p>x",
        f"<html><!-- {'a' * MANY} --><p>x",
        f"<html><img src='data:image/png;base64,{'a' * MANY}'><p>x",
        f"<html><p title='{'a ' * 20_000}'>x",
        f"<html><p>{('a' * 100_000 + '<br>') * 45}",
        "<html><p>" + "<" * 900_000,
    ],
    ids=["a script", "a comment", "a picture", "a long title", "many texts", "brackets"],
)
def test_other_large_pages_have_no_excess(markup: str) -> None:
    assert excess_of(markup) is None
