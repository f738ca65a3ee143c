"""The seed of long tests: printed, and taken from ``SOAK_SEED`` to repeat a run."""

import os
import random

import pytest

SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**9))


def pytest_report_header() -> str:
    return f"soak seed: {SEED} (SOAK_SEED={SEED} make soak repeats it)"


@pytest.fixture
def soak_seed() -> int:
    return SEED
