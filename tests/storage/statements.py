"""Killed at a statement, a store is as before its transaction or as after it, nothing between."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from storage import SqlStore, generations, open_store
from storage.schema import metadata
from tests.servers import Server
from tests.storage.damaging import SCHEME, everything, some_pages
from tests.storage.invariants import check
from tests.storage.killing import Killer, store_a_page
from tests.storage.rebuilt import FORMER, as_of_another_folding, fill


@dataclass(frozen=True)
class Copy:
    """A store of one's own: its address, and how it is removed."""

    url: str
    remove: Callable[[], None]


Copies = Callable[[], Copy]


def files(folder: Path, whole: Path) -> Copies:
    """Copies of a store in a file that nobody has open."""

    def copy() -> Copy:
        target = folder / "copy"
        shutil.copytree(whole, target)
        return Copy(f"sqlite:///{target / 'glean.db'}", lambda: shutil.rmtree(target))

    return copy


def databases(server: Server, whole: str) -> Copies:
    """Copies of a database that nobody is connected to."""

    def copy() -> Copy:
        name = server.new_database(like=whole)
        return Copy(server.url(name), lambda: server.drop(name))

    return copy


BACK_ENDS = ("file", "postgresql")
ONE_TRANSACTION = {"page", "takedown"}


@contextmanager
def copies_of(
    what: str, back_end: str, request: pytest.FixtureRequest, folder: Path
) -> Iterator[Copies]:
    """Of a store that `what` is to be done to."""
    if back_end == "file":
        (folder / "whole").mkdir()
        fill_for(what, f"sqlite:///{folder / 'whole' / 'glean.db'}")
        yield files(folder, folder / "whole")
    else:
        server: Server = request.getfixturevalue("postgresql")
        name = server.new_database()
        fill_for(what, server.url(name))
        yield databases(server, name)
        server.drop(name)


def fill_for(what: str, url: str) -> None:
    """What a transaction is to be killed in."""
    with open_store(url, scheme=SCHEME, create=True) as store:
        if what == "folding":
            fill(store)
            as_of_another_folding(store)
            return
        some_pages(store)
        store_a_page(store)
        if what != "settle":
            store.settle()
            some_pages(store, seed=9)


@contextmanager
def _copied(copies: Copies) -> Iterator[str]:
    copy = copies()
    try:
        yield copy.url
    finally:
        copy.remove()


def check_kills(
    what: str,
    copies: Copies,
    dice: random.Random,
    *,
    most: int | None = None,
    seconds: float = 1e9,
) -> int:
    """Kill `what` at some of its statements, or at all that there is time for, in an order of
    chance; returns at how many. Raises AssertionError."""
    until = time.monotonic() + seconds
    with Killer(what) as killer:
        before = _held(copies, lambda _: None)
        with _copied(copies) as url:
            count = killer(url)
            after = _of(url)
        assert count is not None
        assert after != before
        places = dice.sample(range(1, count + 1), count)[:most]
        for done, at in enumerate(places):
            if time.monotonic() > until:
                return done
            with _copied(copies) as url:
                assert killer(url, at) is None
                left = _of(url)
                if what in ONE_TRANSACTION:
                    assert left in (before, after), f"killed at statement {at} of {count}"
                if what != "page" or left != after:  # a page that is stored is not stored again
                    killer(url)
                assert _of(url) == after, f"gone on after statement {at} of {count}"
        return len(places)


def _held(copies: Copies, change: Callable[[str], object]) -> object:
    with _copied(copies) as url:
        change(url)
        return _of(url)


def _of(url: str) -> object:
    wait_for_the_server(url)
    with open_store(url, as_is=True, related_folder="/dev/null") as store:
        with store.database.read() as connection:
            now = generations.of(connection)
        if now.scheme != FORMER and now.behind != "groups":  # these are only read
            check(store, at_rest=False)
        return everything(store)


def said_anywhere(store: SqlStore) -> str:
    """Every value of every table but what is still sought, as text."""
    said = []
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                said += [str(row[name]) for name in row if name != "sought"]
    return "\n".join(said)


def wait_for_the_server(url: str) -> None:
    """Until it has noticed that who was killed is gone."""
    if url.startswith("sqlite"):
        return
    engine = create_engine(url)
    others = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        while connection.execute(others).scalar_one():
            connection.rollback()
            time.sleep(0.005)
    engine.dispose()
