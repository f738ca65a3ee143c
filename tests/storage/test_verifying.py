"""``glean verify``: whatever happened to a store is named, and mended where the rest tells how."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import SqlStore, open_store
from storage.checks.check import Checked
from storage.verifying import verify
from tests.storage.damaging import DAMAGES, SCHEME, Damage, damage, everything, fill


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that nothing happened to."""
    folder = tmp_path_factory.mktemp("whole")
    with open_store(f"sqlite:///{folder / 'glean.db'}", scheme=SCHEME, create=True) as store:
        fill(store)
    return folder


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Iterator[SqlStore]:
    shutil.copytree(whole, tmp_path / "store")
    with open_store(f"sqlite:///{tmp_path / 'store' / 'glean.db'}", scheme=SCHEME) as opened:
        yield opened


def broken(checks: list[Checked]) -> dict[str, int]:
    """Of the checks that found something, the faults that are left."""
    return {each.holds: each.left for each in checks if each.faults}


def test_a_store_that_nothing_happened_to_has_no_fault(store: SqlStore) -> None:
    before = everything(store)
    checks = verify(store)
    assert broken(checks) == {}
    assert [each.holds for each in checks if not each.looked_at] == ["no suspect that was heard of"]
    assert broken(verify(store, repair=True)) == {}
    assert everything(store) == before


@pytest.mark.parametrize("each", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_named_and_mended(store: SqlStore, each: Damage) -> None:
    before = everything(store)
    damage(store, *each.statements)
    found = verify(store)
    assert each.of in broken(found)
    told = next(one for one in found if one.holds == each.of)
    assert told.named
    assert told.remedy is not None
    mended = verify(store, repair=True)
    assert each.of in broken(mended)
    if each.given_back:
        assert set(broken(mended).values()) == {0}
        assert broken(verify(store)) == {}
        after = everything(store)
        assert [name for name in before if after[name] != before[name]] == [*each.leaves]
