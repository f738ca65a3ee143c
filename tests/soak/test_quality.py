"""The quality of generated records, on corpora that no floor was measured on."""

import random

import pytest

from tests.quality.engine import clusters_of
from tests.quality.floors import read_floors, unmet
from tests.quality.planted import planted

pytestmark = pytest.mark.soak


def test_other_corpora_reach_the_floors_of_every_tier(soak_seed: int) -> None:
    floors = read_floors()["generated"]
    of_tiers = {name: floor for name, floor in floors.items() if "by_kind" not in name}
    rng = random.Random(soak_seed)
    for size in (2000, 6000, 12_000):
        corpus = planted(size, rng.randrange(10**9))
        assert unmet(corpus.truth, clusters_of(corpus.records), of_tiers) == []
