"""Stores to fill."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import SqlStore, open_store
from tests.storage.filling import Filler


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'glean.db'}", create=True) as opened:
        yield opened


@pytest.fixture
def filler(store: SqlStore) -> Filler:
    return Filler(store)


@pytest.fixture
def new_filler(tmp_path: Path) -> Iterator[Callable[[], Filler]]:
    """Makes fillers, each of a store of its own in memory."""
    opened: list[SqlStore] = []

    def make() -> Filler:
        opened.append(open_store("sqlite://", create=True))
        return Filler(opened[-1])

    yield make
    for each in opened:
        each.close()
