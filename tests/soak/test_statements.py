"""SIGKILL at every statement of a page transaction and of a settling, on every back end."""

import random
from pathlib import Path

import pytest

from tests.storage.killing import WORK
from tests.storage.statements import BACK_ENDS, check_kills, copies_of

SECONDS = 60.0
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
