"""Every test of this folder that asks for a store runs on every back end: a word each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import SqlStore, open_store
from tests.servers import Server
from tests.storage.conftest import filler, new_filler
from tests.storage.rebuilt import made

__all__ = ["filler", "new_filler"]

BACK_ENDS = ("file", "memory", "postgresql")


@pytest.fixture(scope="session")
def empty_store(postgresql: Server) -> str:
    """A database of a store that holds nothing: the others are copies of it."""
    name = postgresql.new_database()
    open_store(postgresql.url(name), create=True).close()
    return name


@pytest.fixture
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Iterator[str]]:
    """Yields the address of a new store of a back end, which is gone afterwards."""

    def make(back_end: str) -> Iterator[str]:
        if back_end == "file":
            yield f"sqlite:///{tmp_path / 'glean.db'}"
        elif back_end == "memory":
            yield "sqlite://"
        else:
            server: Server = request.getfixturevalue("postgresql")
            name = server.new_database(like=request.getfixturevalue("empty_store"))
            yield server.url(name)
            server.drop(name)

    return make


@pytest.fixture(params=BACK_ENDS)
def store_url(
    request: pytest.FixtureRequest, new_store: Callable[[str], Iterator[str]]
) -> Iterator[str]:
    yield from new_store(request.param)


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """With its index beside it, also where it has no folder of its own."""
    related = str(tmp_path / "related") if store_url.startswith("postgresql") else None
    with open_store(store_url, create=True, related_folder=related) as opened:
        yield opened


@pytest.fixture
def loose_store(store_url: str) -> Iterator[SqlStore]:
    """Of a scheme whose buckets fill at once."""
    with made(store_url) as opened:
        yield opened


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild of many transactions also where there is little to do."""
    monkeypatch.setattr("storage.sweeping._AT_ONCE", 5)
    monkeypatch.setattr("storage.building._WRITTEN", 40)
    monkeypatch.setattr("storage.rematching.JUDGED", 3)
    monkeypatch.setattr("storage.rematching._AT_ONCE", 2)
    monkeypatch.setattr("storage.regrouping._AT_ONCE", 3)
