"""Killed at any statement of a page transaction, a settling, a takedown or a rebuild: a sample; all
of them in the soak."""

import random
from pathlib import Path

import pytest

from tests.storage.killing import WORK
from tests.storage.statements import BACK_ENDS, check_kills, copies_of

SAMPLE = 4


@pytest.mark.parametrize("what", sorted(WORK))
@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_kill_leaves_whole_transactions_and_the_next_goes_on(
    what: str, back_end: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with copies_of(what, back_end, request, tmp_path) as copies:
        assert check_kills(what, copies, random.Random(5), most=SAMPLE) == SAMPLE
