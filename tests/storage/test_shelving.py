"""The bucket index: what is added is found, what left is not, whatever was sorted in meanwhile."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from storage import open_store
from storage.buckets import Buckets, every_entry
from storage.schema import fresh, shelf
from storage.shelving import Gathered, gathered, step

KEYS = st.integers(-(2**63), 2**63 - 1).map(lambda key: key & ~7)
FEW = st.sampled_from([-(2**63), -8, 0, 8, 2**63 - 8, 2**40])
GROUPS = st.integers(0, 9)
LIMIT = 3


class Index(RuleBasedStateMachine):
    """Beside a dictionary; read by one who looks at every step and by one who seldom does."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store("sqlite://", create=True)
        self.writer, self.sleeper = Buckets(), Buckets()
        self.model: dict[int, set[int]] = {}
        self.ready: Gathered | None = None

    def teardown(self) -> None:
        self.store.close()

    @rule(group=GROUPS, keys=st.sets(KEYS | FEW, min_size=1, max_size=5))
    def add(self, group: int, keys: set[int]) -> None:
        with self.store.database.write() as connection:
            self.writer.add(connection, {group: keys})
        for key in keys:
            self.model.setdefault(key, set()).add(group)

    @rule(group=GROUPS, keys=st.sets(FEW, min_size=1))
    def remove(self, group: int, keys: set[int]) -> None:
        with self.store.database.write() as connection:
            self.writer.remove(connection, group, keys, LIMIT)
        for key in keys:
            self.model.get(key, set()).discard(group)

    @rule(group=GROUPS, keys=st.sets(FEW, min_size=1))
    def add_in_vain(self, group: int, keys: set[int]) -> None:
        with pytest.raises(KeyError, match="no"):
            self.change_mind(group, keys)

    def change_mind(self, group: int, keys: set[int]) -> None:
        with self.store.database.write() as connection:
            self.writer.add(connection, {group: keys})
            assert all(group in self.writer.all_holders(connection, {key})[key] for key in keys)
            raise KeyError("no")

    @rule(steps=st.integers(1, 300))
    def sort_in(self, steps: int) -> None:
        for _ in range(steps):
            with self.store.database.write() as connection:
                if not step(connection, self.waiting, ready=self.ready):
                    break
            self.ready = None

    @property
    def waiting(self) -> int:
        return 1 << 30 if self.model else 0

    @rule()
    def gather(self) -> None:
        """Ahead of a step; whatever comes, or is sorted in by others, before that is taken."""
        with self.store.database.read() as connection:
            self.ready = gathered(connection, self.waiting) or self.ready

    @rule(steps=st.integers(1, 300))
    def sort_in_without_asking(self, steps: int) -> None:
        for _ in range(steps):
            with self.store.database.write() as connection:
                if not step(connection, self.waiting):
                    break

    @rule()
    def wake(self) -> None:
        self.check(self.sleeper)

    @invariant()
    def all_is_found(self) -> None:
        self.check(self.writer)

    def check(self, seen: Buckets) -> None:
        wanted = {key: groups for key, groups in self.model.items() if groups}
        with self.store.database.read() as connection:
            assert seen.all_holders(connection, set(self.model)) == wanted
            entries = every_entry(connection).tolist()
        assert entries == sorted([key, group] for key in wanted for group in wanted[key])


TestIndex = Index.TestCase
TestIndex.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_what_has_come_is_sorted_into_blocks_that_are_split_as_they_grow() -> None:
    keys = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 200_000)
    with open_store("sqlite://", create=True) as store:
        seen = Buckets()
        for number, some in enumerate(np.split(keys, 4)):
            with store.database.write() as connection:
                seen.add(connection, {number: some.tolist()})
            for _ in range(300):
                with store.database.write() as connection:
                    step(connection, 1 << 30 if number == 3 else 0)
        with store.database.read() as connection:
            blocks = [len(data) // 16 for (data,) in connection.execute(select(shelf.c.entries))]
            left = connection.execute(select(fresh.c.entries).where(fresh.c.id > 0)).scalars().all()
            assert sum(blocks) + sum(len(data) // 16 for data in left) == len(set(keys.tolist()))
            assert max(blocks) < 200
            held = Buckets().all_holders(connection, set(keys[::1000].tolist()))
        assert held == {int(key): {place // 50} for place, key in enumerate(keys[::1000])}


@pytest.mark.parametrize("between", ["nothing", "more", "others"])
def test_what_is_gathered_ahead_is_set_aside_with_whatever_comes_between(between: str) -> None:
    with open_store("sqlite://", create=True) as store:
        seen = Buckets()
        with store.database.write() as connection:
            seen.add(connection, {1: [0, 2**62]})
        with store.database.read() as connection:
            ready = gathered(connection, 1 << 30)
        with store.database.write() as connection:
            if between != "nothing":
                seen.add(connection, {2: [0]})
                seen.remove(connection, 1, [2**62], LIMIT)
            if between == "others":
                assert step(connection, 1 << 30)
                while step(connection, 0):
                    pass
        with store.database.write() as connection:
            assert step(connection, 1 << 30, ready=ready)
        wanted = {0: {1}, 2**62: {1}} if between == "nothing" else {0: {1, 2}}
        with store.database.read() as connection:
            for each in (seen, Buckets()):
                assert each.all_holders(connection, {0, 2**62}) == wanted
