"""SIGKILL at every statement of a page transaction, a settling, a takedown, on every back end."""

import random
from pathlib import Path

import pytest

from tests.crawler import takedowns
from tests.storage.killing import WORK
from tests.storage.statements import BACK_ENDS, check_kills, copies_of

SECONDS = 30.0
"""For each kind of work on each back end; an order of chance when there is no time for all."""

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("what", sorted(WORK))
@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_kill_at_any_statement_leaves_whole_transactions(
    what: str,
    back_end: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    soak_seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with copies_of(what, back_end, request, tmp_path) as copies:
        done = check_kills(what, copies, random.Random(soak_seed), seconds=SECONDS)
    with capsys.disabled():
        print(f"\nkilled at {done} statements of {what} on {back_end}, seed {soak_seed}")
    assert done > 3


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_takedown_killed_at_any_statement_is_finished_by_the_next(
    back_end: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    soak_seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with takedowns.harvested(back_end, request, tmp_path) as whole:
        dice = random.Random(soak_seed)
        done, count = takedowns.check_kills(whole, dice, seconds=SECONDS)
    with capsys.disabled():
        print(
            f"\nkilled at {done} of {count} statements of a takedown with its archive on "
            f"{back_end}, seed {soak_seed}"
        )
    assert done > 3
