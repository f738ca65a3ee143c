"""A takedown killed at any statement, from tables to archive: a sample, more in the soak."""

import random
from pathlib import Path

import pytest

from tests.crawler.takedowns import check_kills, harvested
from tests.storage.statements import BACK_ENDS

SAMPLE = 2


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_takedown_that_was_killed_is_finished_by_the_next(
    back_end: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with harvested(back_end, request, tmp_path) as whole:
        done, _ = check_kills(whole, random.Random(5), most=SAMPLE)
    assert done == SAMPLE
