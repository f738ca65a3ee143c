"""Stores under everything that happens to them and all that people decide, for minutes."""

import random
import time

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.deciding import Deciding, check_tally, tally

pytestmark = pytest.mark.soak

SECONDS = 180
AT_ONCE = settings(max_examples=50, stateful_step_count=40, deadline=None, database=None)


def test_a_store_with_decisions_equals_deduplicating_at_once_whatever_happens(
    soak_seed: int,
) -> None:
    dice = random.Random(soak_seed)
    tally.clear()
    began = time.monotonic()
    while time.monotonic() < began + SECONDS:
        run_state_machine_as_test(seed(dice.randrange(2**32))(Deciding), settings=AT_ONCE)
    check_tally()
