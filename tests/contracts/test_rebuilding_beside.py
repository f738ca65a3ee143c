"""What comes, goes and is asked during a rebuild is as if it had come before it; nothing is missing
afterwards."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from records import LockHeld, Record
from storage import SqlStore, frontier, imports, open_store
from storage.gathering import Origin
from storage.rebuilding import Rebuilt, Told, rebuild
from storage.schema import match
from storage.schema import record as record_table
from storage.sheets import sheet_of
from storage.verifying import verify
from tests.storage.filling import Filler, result_page, similar
from tests.storage.rebuilt import LOOSE, STRICT, add_some, check_rebuilt, fill, made
from tests.storage.settled import some_record


@pytest.fixture
def store(loose_store: SqlStore) -> SqlStore:
    return loose_store


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_and_goes_during_a_rebuild_is_as_if_it_had_come_before(
    store: SqlStore, seed: int
) -> None:
    dice = random.Random(seed)
    filler = fill(store, seed=seed)
    said = _Beside(filler, dice)
    rebuild(store, STRICT, said.step)
    assert {"records placed", "parts of the index written", "pairs judged"} <= said.at
    store.settle()
    check_rebuilt(store, STRICT)
    assert not said.down & {each.key for each in store.records()}


class _Beside:
    """Does something whenever a rebuild tells how far it is."""

    def __init__(self, filler: Filler, dice: random.Random) -> None:
        self.filler = filler
        self.dice = dice
        self.at: set[str] = set()
        self.down: set[str] = set()

    def step(self, told: Told) -> None:
        self.at.add(told.at)
        often = 0.06 if told.at.startswith("parts") else 0.8  # of which there are hundreds
        if self.dice.random() < often:
            add_some(self.filler, self.dice)
            if self.dice.random() < 0.2:
                self._take_down()

    def _take_down(self) -> None:
        store = self.filler.store
        keys = sorted(each.key for each in store.records())
        if len(keys) > 12:
            key = self.dice.choice(keys)
            store.take_down([key], who="me", reason="so", now=self.filler.now)
            self.down.add(key)


@pytest.mark.usefixtures("small_slices")
def test_pages_that_were_signed_by_the_former_scheme_are_signed_anew(store: SqlStore) -> None:
    filler = fill(store)
    dice = random.Random(3)
    pages = [result_page(200 + n, _some_records(dice)) for n in range(4)]
    with store.database.write() as connection:
        found = [similar(200 + n) for n in range(4)]
        frontier.add_addresses(
            connection, "here", found, depth=0, run=filler.run, delay=0, now=filler.now
        )
    deposits = [filler.deposit(200 + n, page) for n, page in enumerate(pages)]

    def deposit_one(told: Told) -> None:
        if told.at == "pairs judged" and len(deposits) > 2:
            store.store_page(deposits.pop(), now=filler.now)

    rebuild(store, STRICT, deposit_one)
    for each in deposits:
        store.store_page(each, now=filler.now)
    store.settle()
    check_rebuilt(store, STRICT)


@pytest.mark.usefixtures("small_slices")
def test_files_that_are_imported_all_the_while_are_in_both_generations(store: SqlStore) -> None:
    filler = fill(store)
    dice = random.Random(3)
    with store.database.write() as connection:
        run = imports.begin(connection, "files", depth=0, budget=None, fresh=False, now=filler.now)
    origin = Origin("files", run, filler.now)
    sheets = [sheet_of(_some_records(dice), LOOSE) for _ in range(7)]

    def store_one(told: Told) -> None:
        if not told.at.startswith("parts") and len(sheets) > 2:
            store.store_sheets([sheets.pop()], origin)

    rebuild(store, STRICT, store_one)
    assert len(sheets) == 2
    store.store_sheets(sheets, origin)
    store.settle()
    check_rebuilt(store, STRICT)


def _some_records(dice: random.Random) -> list[Record]:
    return [*{each.key: each for each in (some_record(dice) for _ in range(6))}.values()]


@pytest.fixture(params=["file", "postgresql"])
def shared_url(
    request: pytest.FixtureRequest, new_store: Callable[[str], Iterator[str]]
) -> Iterator[str]:
    """Of the back ends that several processes use."""
    yield from new_store(request.param)


WRITES = """
import random, sys
from storage import open_store
from tests.storage.filling import record
from tests.storage.rebuilt import fill, LOOSE
from tests.storage.settled import some_record
from tests.storage.filling import Filler, record, result_page, similar
name, dice = int(sys.argv[2]), random.Random(int(sys.argv[2]))
with open_store(sys.argv[1], scheme=LOOSE) as store:
    filler = Filler(store)
    print("there", flush=True)
    go = sys.stdin.readline()
    for page in range(20):
        said = [some_record(dice) for _ in range(5)] + [record(1000 * name + page)]
        filler.add(1000 * name + page, [*{each.key: each for each in said}.values()])
"""


def _writers(url: str) -> "list[subprocess.Popen[str]]":
    several = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES, url, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    for each in several:
        assert each.stdout is not None
        assert each.stdout.readline() == "there\n"
    return several


def test_processes_that_write_all_the_while_lose_nothing(
    shared_url: str, small_slices: None
) -> None:
    with made(shared_url) as store:
        fill(store)
        several = _writers(shared_url)
        for each in several:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        done: list[Rebuilt] = [
            rebuild(store, STRICT),
            rebuild(store, LOOSE),
            rebuild(store, STRICT),
        ]
        assert [each.communicate(timeout=120)[0] for each in several] == ["", ""]
        assert [each.returncode for each in several] == [0, 0]
        store.settle()
        check_rebuilt(store, STRICT)
        with store.database.read() as connection:
            keys = {*connection.execute(select(record_table.c.key)).scalars()}
        assert {f"aid:{1000 * name + page:032x}" for name in (1, 2) for page in range(20)} <= keys
        assert all(each.matches for each in done)


def test_a_second_rebuild_is_refused_while_one_is_at_work(shared_url: str) -> None:
    with made(shared_url) as store, _made_again(shared_url) as other:
        fill(store)

        def second(told: Told) -> None:
            with pytest.raises(LockHeld, match="rebuild"):
                rebuild(other, LOOSE)
            with pytest.raises(LockHeld, match="rebuild"):
                verify(other, repair=True)
            if told.at == "pairs judged":
                with pytest.raises(LockHeld, match="settle"):
                    other.settle()
            else:
                other.settle()

        rebuild(store, STRICT, _now_and_then(second))
        check_rebuilt(store, STRICT)
        with other.database.read() as connection:
            assert connection.execute(select(match)).all()


def _made_again(url: str) -> SqlStore:
    return open_store(url, scheme=LOOSE)


def _now_and_then(do: Callable[[Told], None]) -> Callable[[Told], None]:
    """At the first word of each part of the work that is not told of in passing."""
    seen: set[str] = set()

    def told(each: Told) -> None:
        if each.at not in seen and each.at in ("records placed", "pairs judged"):
            seen.add(each.at)
            do(each)

    return told
