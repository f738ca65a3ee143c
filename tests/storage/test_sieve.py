"""Keys that stand nowhere are told in memory, and of what stands nothing is missed."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import open_store, tidying
from storage.buckets import Buckets
from storage.sieve import Sieve

KEYS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=200)


@given(KEYS, KEYS)
def test_a_sieve_holds_what_was_put_into_it(there: list[int], asked: list[int]) -> None:
    sieve = Sieve(10).add(np.array(there, np.int64))
    told = sieve.may_hold(np.array(asked + there, np.int64)).tolist()
    assert all(told[len(asked) :])


def test_hardly_a_key_that_stands_nowhere_is_let_through() -> None:
    dice = np.random.default_rng(1)
    there, asked = dice.integers(-(2**63), 2**63 - 1, (2, 1 << 17))
    sieve = Sieve(len(there)).add(there)
    assert np.count_nonzero(sieve.may_hold(asked)) < len(asked) // 15
    assert not sieve.is_coarse
    assert sieve.add(there).add(there).add(there).add(there).is_coarse


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_who_sifts_sees_what_others_bring_take_out_and_sort_in(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)
    file: Path = tmp_path_factory.mktemp("sieve") / "s.db"
    pool = [dice.randrange(-(2**63), 2**63) for _ in range(30)]
    with pytest.MonkeyPatch.context() as few, open_store(f"sqlite:///{file}", create=True) as store:
        for room in ("buckets", "shelving"):
            few.setattr(f"storage.{room}.LEAST", 6)
        few.setattr("storage.shelving._LEAST_OF_FILES", 9)
        mine, other = Buckets(), Buckets()
        with mine.sifting():
            for number in range(dice.randint(3, 25)):
                who = dice.choice((mine, mine, other))
                if dice.random() < 0.35:
                    dice.choice((tidying.tidy, tidying.finish))(store.database, who)
                    continue
                if mine.wants_sieve and dice.random() < 0.7:
                    with store.database.read() as connection:
                        mine.make_sieve(connection)
                keys = dice.sample(pool, dice.randint(1, 5))
                with store.database.write() as connection:
                    asked = dice.sample(pool, 10)
                    assert who.all_holders(connection, asked) == Buckets().all_holders(
                        connection, asked
                    )
                    if dice.random() < 0.2:
                        who.remove(connection, dice.randrange(number + 1), keys, 5)
                    else:
                        who.add(connection, {number: keys})
            with store.database.read() as connection:
                seen = mine.all_holders(connection, pool)
                assert seen == Buckets().all_holders(connection, pool)
