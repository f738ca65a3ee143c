"""Properties that hold the store together, over more cases than a quick suite has time for."""

import random

import pytest

from dedup.scheme import Scheme
from tests.storage.settled import TIGHT, check_settled_equals_at_once

pytestmark = pytest.mark.soak

CASES = 400


def test_the_settled_store_equals_deduplicating_its_records_at_once(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    for _ in range(CASES):
        seed = dice.randrange(10**9)
        scheme = dice.choice([TIGHT, Scheme.from_threshold(0.7)])
        try:
            check_settled_equals_at_once(seed, scheme)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, scheme {scheme.name}") from error
