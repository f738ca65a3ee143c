"""Two texts in pieces are the texts again, and what is marked is what differs."""

from hypothesis import given
from hypothesis import strategies as st

from reports.difference import differences

TEXT = st.text(alphabet="ab 中文,。\n", max_size=40) | st.text(max_size=40)


@given(a=TEXT, b=TEXT)
def test_the_pieces_are_the_whole_text(a: str, b: str) -> None:
    left, right = differences(a, b)
    assert "".join(piece.text for piece in left) == a
    assert "".join(piece.text for piece in right) == b


@given(a=TEXT, b=TEXT)
def test_unmarked_pieces_are_what_both_have(a: str, b: str) -> None:
    left, right = differences(a, b)
    common = ["".join(piece.text for piece in side if not piece.differs) for side in (left, right)]
    assert common[0] == common[1]


@given(a=TEXT)
def test_a_text_does_not_differ_from_itself(a: str) -> None:
    assert not any(piece.differs for side in differences(a, a) for piece in side)


def test_one_chinese_character_is_marked_alone() -> None:
    left, _ = differences("土壤有机碳的变化", "土壤无机碳的变化")
    assert [piece.text for piece in left if piece.differs] == ["有"]
