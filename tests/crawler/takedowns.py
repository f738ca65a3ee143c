"""What is looked for after a takedown, and a takedown that is killed at its statements."""

import random
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Portal
from crawler.verifying import verify as verify_archive
from records import Record
from records.identity import said_of
from storage import SqlStore, open_store, takedowns
from storage.content import record_id
from storage.fulltext import FulltextIndex
from storage.verifying import verify
from tests.crawler.harvesting import harvest, write_config
from tests.servers import Server
from tests.storage.invariants import check
from tests.storage.killing import Killer
from tests.storage.statements import said_anywhere, wait_for_the_server


def alone(store: SqlStore) -> Record:
    """A record with title and abstract that stands in no cluster."""
    for each in [*store.records()]:
        if each.title and each.abstract and store.cluster_of(each.key) is None:
            return each
    raise AssertionError("none")


def _gunzipped(data: bytes) -> bytes:
    plain = []
    while data:
        decoder = zlib.decompressobj(31)
        plain.append(decoder.decompress(data))
        data = decoder.unused_data
    return b"".join(plain)


def _plain(path: Path) -> bytes:
    """A file as whoever looks for a text in it has to read it."""
    data = path.read_bytes()
    return _gunzipped(data) if ".gz" in path.suffixes else data


def holding(folder: Path, each: Record) -> set[str]:
    """Names of the files that hold a record's title, or a part of its abstract."""
    assert each.title
    assert each.abstract
    middle = len(each.abstract) // 2
    words = [each.title, each.abstract[:20], each.abstract[middle : middle + 20]]
    coded = [word.encode(name, "ignore") for word in words for name in ("utf-8", "gb18030")]
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(word in _plain(path) for word in coded)
    }


def is_indexed(related: Path, each: Record) -> bool:
    """Whether the index of related literature has a record; words there are not whole texts."""
    view = FulltextIndex(related).view()
    return record_id(each.key) in view.contents([record_id(each.key)])


def others(store: SqlStore, taken: Record) -> dict[str, Any]:
    """What the other records say, by key."""
    return {each.key: said_of(each) for each in store.records() if each.key != taken.key}


class Harvested:
    """A harvested store, its archive, and its index of related literature."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.archive = folder / "archive"
        of = "glean.db" if url.startswith("sqlite") else "archive"
        self.related = folder / f"{of}-related"

    def open(self) -> SqlStore:
        wait_for_the_server(self.url)
        return open_store(self.url, related_folder=str(self.related))


@dataclass(frozen=True)
class Whole:
    """A harvest that copies are made of; nobody has it open."""

    folder: Path
    server: Server | None
    """Of its store. None: a file in the folder."""
    database: str = ""

    @contextmanager
    def copied(self) -> Iterator[Harvested]:
        folder = self.folder.with_name("copy")
        shutil.copytree(self.folder, folder)
        if self.server is None:
            yield Harvested(f"sqlite:///{folder / 'glean.db'}", folder)
        else:
            name = self.server.new_database(like=self.database)
            yield Harvested(self.server.url(name), folder)
            self.server.drop(name)
        shutil.rmtree(folder)


@contextmanager
def harvested(back_end: str, request: pytest.FixtureRequest, parent: Path) -> Iterator[Whole]:
    (folder := parent / "whole").mkdir()
    server: Server | None = None
    name, store = "", "sqlite:///glean.db"
    if back_end == "postgresql":
        server = request.getfixturevalue("postgresql")
        name = server.new_database()
        store = server.url(name)
    with Portal(records=40, seed=3) as portal:
        harvest(write_config(folder, portal, store=store, pages=5))
    wait_for_the_server(store)
    yield Whole(folder, server, name)
    if server is not None:
        server.drop(name)


def check_kills(
    whole: Whole, dice: random.Random, *, most: int | None = None, seconds: float = 1e9
) -> tuple[int, int]:
    """Kill a takedown, from the tables to the archive, at some of its statements or at as many as
    there is time for, in an order of chance, and go on with it; returns at how many, and of how
    many. Raises AssertionError where something of what was taken down is left, or anything else is
    not as it was."""
    until = time.monotonic() + seconds
    with Killer("takedown") as killer:
        with whole.copied() as copy:
            with copy.open() as store:
                taken = alone(store)
                left = others(store, taken)
            assert holding(copy.folder, taken)
            more = str(copy.related), str(copy.archive), taken.key
            count = killer(copy.url, 0, *more)
            assert count is not None
            _check_taken(copy, taken, left)
        places = dice.sample(range(1, count + 1), count)[:most]
        for done, at in enumerate(places):
            if time.monotonic() > until:
                return done, count
            with whole.copied() as copy:
                try:
                    assert killer(copy.url, at, *more) is None
                    killer(copy.url, 0, *more)
                    _check_taken(copy, taken, left)
                except AssertionError as error:
                    raise AssertionError(f"killed at statement {at} of {count}") from error
    return len(places), count


def _check_taken(copy: Harvested, taken: Record, left: dict[str, Any]) -> None:
    with copy.open() as store:
        assert holding(copy.folder, taken) == set()
        tables = said_anywhere(store)
        assert str(taken.title) not in tables
        assert str(taken.abstract)[:20] not in tables
        assert not is_indexed(copy.related, taken)
        assert others(store, taken) == left
        with store.database.read() as connection:
            assert takedowns.unfinished(connection) == []
            assert takedowns.pages_to_bar(connection) == []
            assert takedowns.moves(connection) == []
        assert len([*copy.archive.glob("*.warc.gz*")]) == 1
        assert [each.holds for each in verify(store) if each.faults] == []
        assert verify_archive(store, copy.archive).faults == 0
        check(store, settled=True)
