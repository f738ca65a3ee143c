"""Blocks read again and lines copied, against lines split one by one."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.files.copying import BOM, blocks_again, chosen_lines, line_ends
from records import InputError

LINES = st.lists(st.binary(max_size=6).map(lambda line: line.replace(b"\n", b"")), min_size=1)


def again(data: bytes, lengths: list[int]) -> list[bytes]:
    return [bytes(block) for block in blocks_again(io.BytesIO(data), "in.jsonl", lengths)]


@given(blocks=st.lists(st.binary(min_size=1, max_size=9), max_size=6), marked=st.booleans())
def test_blocks_come_again_without_the_mark_that_a_file_may_begin_with(blocks, marked):
    data = b"".join(blocks)
    if not data.startswith(BOM):
        assert again(BOM * marked + data, list(map(len, blocks))) == blocks


@pytest.mark.parametrize("data", [b"abc", b"abcdefg", b"", BOM])
def test_a_file_of_another_length_is_noticed(data: bytes) -> None:
    with pytest.raises(InputError, match=r"in\.jsonl: changed while"):
        again(data, [2, 3])


@given(lines=LINES, dice=st.randoms(use_true_random=False), ended=st.booleans())
def test_the_chosen_lines_are_copied_each_with_its_newline(lines, dice, ended):
    if not ended and not lines[-1]:
        lines[-1] = b"x"
    data = b"\n".join(lines) + b"\n" * ended
    chosen = np.array([dice.random() < 0.5 for _ in lines], np.bool_)
    copied = chosen_lines(memoryview(data), line_ends(memoryview(data)), chosen)
    assert copied == b"".join(
        line + b"\n" for line, kept in zip(lines, chosen, strict=True) if kept
    )
