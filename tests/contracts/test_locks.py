"""A lock is held by one process, or shared by some, and gone with them; writers wait in line."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from records import LockHeld
from storage import SqlStore, matching, open_store
from storage.prepared import Prepared
from storage.schema import text_group
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check

HELD = """
import sys, time
from storage import open_store
with open_store(sys.argv[1]) as store, store.database.lock("harvest a/b", joins=True) as lock:
    lock.share()
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["file", "postgresql"])
def store_url(
    request: pytest.FixtureRequest, new_store: Callable[[str], Iterator[str]]
) -> Iterator[str]:
    """Of the back ends that several processes use."""
    yield from new_store(request.param)


@pytest.fixture
def child(store: SqlStore, store_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that holds the lock, shared where it can be."""
    command = [sys.executable, "-c", HELD, store_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_lock_names_its_holder_and_is_freed_by_a_kill(
    store: SqlStore, child: "subprocess.Popen[bytes]"
) -> None:
    with pytest.raises(LockHeld, match=f"harvest a/b.*{child.pid}"):
        store.database.lock("harvest a/b").__enter__()
    with store.database.lock("harvest a/c"), store.database.lock("settle"):
        pass
    child.kill()
    child.wait()
    lock = store.database.lock("harvest a/b", joins=True)
    until_free(lock.__enter__)
    assert lock.alone
    lock.__exit__(None, None, None)


def until_free(enter: Callable[[], object]) -> None:
    """A server hears of a kill a moment after it."""
    while True:
        try:
            enter()
        except LockHeld:
            continue
        return


def test_of_those_who_share_a_lock_the_last_to_leave_has_it_alone(store: SqlStore) -> None:
    if not store.database.is_shared:
        with store.database.lock("harvest a/b", joins=True) as only:
            only.share()
            with pytest.raises(LockHeld):
                store.database.lock("harvest a/b", joins=True).__enter__()
            assert only.is_last()
        return
    with (
        store.database.lock("harvest a/b", joins=True) as first,
        store.database.lock("harvest a/c", joins=True) as other,
    ):
        first.share()
        with store.database.lock("harvest a/b", joins=True) as second:
            assert first.alone
            assert not second.alone
            with pytest.raises(LockHeld):
                store.database.lock("harvest a/b").__enter__()
            assert not first.is_last()
            assert second.is_last()
            with pytest.raises(LockHeld):
                store.database.lock("harvest a/b").__enter__()
        assert other.is_last()


def test_near_duplicates_that_arrive_together_find_each_other(
    store: SqlStore, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both writers are held up between look-up and insert until the other is there too, which the
    lock does not let happen: whoever waits in vain goes on."""
    both, held_up = threading.Barrier(2), list[int]()
    text_of = abstract(1)
    fillers = [Filler(store), Filler(open_store(store_url))]

    class HeldUp(Prepared):
        def each(
            self, connection: Connection, names: Sequence[str], rows: Sequence[Sequence[Any]]
        ) -> None:
            held_up.append(threading.get_ident())
            try:
                both.wait(0.5)
            except threading.BrokenBarrierError:
                both.reset()
            super().each(connection, names, rows)

    # what is said first once a page has been looked up in the index
    monkeypatch.setattr(matching, "_ADD_GROUP", HeldUp(insert(text_group)))

    def work(number: int) -> None:
        wording = text_of if number else text_of.replace("The", "One", 1)
        fillers[number].add(100 + number, [record(number, text=wording, title=None, year=None)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fillers[1].store.close()
    assert len(held_up) == 2
    store.settle()
    (cluster,) = store.clusters()
    assert len(cluster.keys) == 2


def test_writers_at_once_lose_nothing(store: SqlStore, store_url: str) -> None:
    def work() -> None:
        with open_store(store_url) as mine:
            for _ in range(25):
                with mine.database.write() as connection:
                    seen = connection.execute(text("SELECT change_no FROM state")).scalar_one()
                    connection.execute(text("UPDATE state SET change_no = :n"), {"n": seen + 1})

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.database.read() as connection:
        assert connection.execute(text("SELECT change_no FROM state")).scalar_one() == 200


def test_eight_writers_at_once_store_all_their_pages(store: SqlStore, store_url: str) -> None:
    told: list[str] = []

    def work(number: int) -> None:
        try:
            with open_store(store_url) as mine:
                filler = Filler(mine)
                for place in range(5):
                    asked = 100 * number + place
                    filler.add(asked, [record(asked), record(7, rank=2)])
        except Exception as error:  # told below, in the thread of the test
            told.append(str(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    check(store, at_rest=False)
    store.settle()
    assert len(list(store.records())) == 41
    assert len(store.readings(record(7).key)) == 40


def test_a_reader_sees_one_moment_and_waits_for_no_writer(store: SqlStore, store_url: str) -> None:
    number = text("SELECT change_no FROM state")
    with open_store(store_url) as other, store.database.read() as connection:
        before = connection.execute(number).scalar_one()
        with other.database.write() as writer:
            writer.execute(text("UPDATE state SET change_no = 77"))
        assert connection.execute(number).scalar_one() == before
    with store.database.read() as connection:
        assert connection.execute(number).scalar_one() == 77
