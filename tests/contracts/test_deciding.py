"""Whatever happens to a store, and whatever people decide: settled, it equals the plain answer."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.deciding import Deciding, check_tally, tally


def test_a_store_with_decisions_equals_deduplicating_at_once_whatever_happens() -> None:
    tally.clear()
    run_state_machine_as_test(
        Deciding, settings=settings(max_examples=40, stateful_step_count=16, deadline=None)
    )
    check_tally()
