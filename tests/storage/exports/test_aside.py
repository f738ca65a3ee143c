"""Exports formed by two processes: the same bytes as by one, of one view, and nothing left over."""

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from records import GleaningsError
from storage import SqlStore, open_store
from storage.exports import aside, exporting, rows
from storage.exports.exporting import Export, Exported, write, write_file
from storage.exports.formats import FORMATS
from storage.exports.rows import Slices
from storage.exports.selection import Selection
from storage.schema import record as record_table
from tests.storage.filling import Filler, record

EVERY = Selection()
PAGES, ON_A_PAGE = 12, 20


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'glean.db'}"
    with open_store(url, create=True) as store:
        fill(Filler(store), range(PAGES))
        store.settle()
        yield store


def fill(filler: Filler, pages: range) -> None:
    for page in pages:
        numbers = range(page * ON_A_PAGE, (page + 1) * ON_A_PAGE)
        filler.add(10_000 + page, [record(each) for each in numbers])


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SLICE", 8)
    monkeypatch.setattr(exporting, "FROM", 0)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[aside.Helper]:
    """Those that an export begins."""
    begun: list[aside.Helper] = []
    begin = aside.Helper.begin

    def noted(self: aside.Helper) -> None:
        begun.append(self)
        begin(self)

    monkeypatch.setattr(aside.Helper, "begin", noted)
    return begun


def export(name: str, selection: Selection = EVERY, **options: Any) -> Export:
    form = FORMATS[name]
    how = "zst" if form.packs else "none"
    return Export(form=form, selection=selection, compression=how, options=options)


def said(store: SqlStore, made: Export) -> tuple[bytes, Exported]:
    out = io.BytesIO()
    done = write(made, store.database, out)
    return out.getvalue(), done


def alone(store: SqlStore, made: Export, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, Exported]:
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "FROM", 1 << 40)
        return said(store, made)


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, {}) for name in FORMATS), ("csv", {"bom": True, "formulas": True})],
)
@pytest.mark.parametrize("selection", [EVERY, Selection(first_year=2000, last_year=2010)])
def test_two_processes_write_what_one_does(
    filled: SqlStore,
    children: list[aside.Helper],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: dict[str, Any],
    selection: Selection,
) -> None:
    made = export(name, selection, **options)
    assert said(filled, made) == alone(filled, made, monkeypatch)
    assert len(children) == 1
    assert children[0]._process.returncode is not None


def test_slices_are_every_record_once_in_the_order_of_ids(filled: SqlStore) -> None:
    with filled.database.read() as connection:
        ids = [
            *connection.execute(select(record_table.c.key).order_by(record_table.c.id)).scalars()
        ]
        for counts in (1, 2, 7, 1_000):
            slices = Slices(connection, EVERY, counts)
            found = [row.record["key"] for each in range(counts) for row in slices.read(each)]
            assert found == ids


@pytest.mark.usefixtures("small_slices")
def test_what_is_written_meanwhile_is_in_no_slice(
    tmp_path: Path, children: list[aside.Helper], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(f"sqlite:///{tmp_path / 'glean.db'}", create=True) as store:
        filler = Filler(store)
        fill(filler, range(4))
        before, _ = alone(store, export("jsonl"), monkeypatch)
        real: Callable[..., Iterator[aside.Piece]] = exporting.in_order

        def busy(*arguments: Any) -> Iterator[aside.Piece]:
            fill(filler, range(4, 8))
            return real(*arguments)

        monkeypatch.setattr(exporting, "in_order", busy)
        found, done = said(store, export("jsonl"))
        assert children
        assert found == before
        assert done.records == 4 * ON_A_PAGE


@pytest.mark.usefixtures("small_slices")
def test_a_child_that_is_killed_leaves_no_half_file(
    filled: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = aside.Helper.begin

    def dies(self: aside.Helper) -> None:
        begin(self)
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    monkeypatch.setattr(aside.Helper, "begin", dies)
    with pytest.raises(GleaningsError, match=r"ended \(-9\).*run the same command again"):
        write_file(export("jsonl"), filled.database, tmp_path / "records.jsonl")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.usefixtures("small_slices")
def test_a_store_that_cannot_be_written_is_exported_by_one(
    filled: SqlStore, children: list[aside.Helper], monkeypatch: pytest.MonkeyPatch
) -> None:
    from records import StoreError

    @contextmanager
    def refused() -> Iterator[Any]:
        raise StoreError("attempt to write a readonly database")
        yield

    monkeypatch.setattr(filled.database, "write", refused)
    assert said(filled, export("jsonl")) == alone(filled, export("jsonl"), monkeypatch)
    assert children == []


def test_pieces_come_in_order_whoever_is_slow() -> None:
    """The window holds: nothing is formed further ahead than it says."""

    class Slow:
        """A child that has formed what it was told of only when it is waited for."""

        def __init__(self) -> None:
            self.told: list[int] = []

        @property
        def asked(self) -> int:
            return len(self.told)

        def ask(self, number: int) -> None:
            self.told.append(number)

        def formed(self, *, wait: bool) -> tuple[int, aside.Piece] | None:
            return (number := self.told.pop(0), piece(number)) if wait else None

    def piece(number: int) -> aside.Piece:
        formed.append(number)
        return aside.Piece(str(number).encode(), 1, None)

    formed: list[int] = []
    ahead = 0
    child: Any = Slow()
    numbers = []
    for each in aside.in_order(piece, 100, child):
        numbers.append(int(each.data))
        ahead = max(ahead, max(formed) - numbers[-1])
    assert all(b == a + 1 for a, b in pairwise(numbers))
    assert numbers[0] == 0
    assert numbers[-1] == 99
    assert sorted(formed) == [*range(100)]
    assert ahead <= 16
