"""Slices of a large export formed by two processes, in order: the one that writes them, and a child
that reads the same view of the same file, so that two cores work.

The child is told slices by number and answers with pieces, pickled, behind their lengths. It reads
nothing else but the store, and ends with its input.
"""

import gc
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO, Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL

from records import GleaningsError, StoreError
from storage.database import Database
from storage.exports.formats import FORMATS
from storage.exports.rows import Slices
from storage.exports.selection import Selection
from storage.exports.tally import Tally
from storage.framing import tell, told
from storage.schema import state
from storage.sqlite import SqliteDatabase

FROM = 20_000
"""Records of a store from which a child is begun: fewer are written before it would be there."""
_AHEAD = 2
"""Slices that the child is told of at once, so that it never waits for the next."""
_WINDOW = 16
"""Slices that are formed ahead of the one to be written: some 20 MB."""


class Piece(NamedTuple):
    """A slice as it is written."""

    data: bytes
    records: int
    tally: Tally | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forming:
    """What makes pieces of slices; a child is told it."""

    form: str
    options: Mapping[str, Any]
    selection: Selection
    counts: int
    """Slices that the records of the store are cut into."""

    def pieces(self, connection: Connection) -> Callable[[int], Piece]:
        form = FORMATS[self.form]
        slices = Slices(connection, self.selection, self.counts)
        encode = form.encoder(**self.options)

        def piece(number: int) -> Piece:
            rows = slices.read(number)
            tally = Tally.of(rows) if form.has_card else None
            return Piece(encode(rows), len(rows), tally)

        return piece


@contextmanager
def helper(database: Database, forming: Forming, connection: Connection) -> "Iterator[Helper|None]":
    """A child that forms slices of what `connection`, which has read nothing yet, sees. None: the
    store cannot be read by another process at the same moment, and one does it all."""
    if not isinstance(database, SqliteDatabase) or not database.is_written():
        yield None
        return
    child = Helper(database.url, forming)
    try:
        try:
            child.wait()
            with database.write():  # nobody else writes while both begin to read
                child.begin()
                connection.execute(select(state)).one()
        except StoreError:  # it may only be read: then nobody else's view is known to be the same
            yield None
            return
        yield child
    finally:
        child.end()


class Helper:
    """The parent's end."""

    def __init__(self, url: URL, forming: Forming) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "storage.exports.aside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # a group of its own: Ctrl-C is for the export, which ends the child
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._of = self._process.stdin, self._process.stdout
        self._formed: SimpleQueue[tuple[int, Piece] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.asked = 0
        """Slices that it was told of, and has not formed yet."""
        self._say((url, forming))

    def wait(self) -> None:
        """Until it has the store open, which takes locks of its own."""
        if told(self._of) is None:
            raise self._gone()

    def begin(self) -> None:
        """When it returns the child's view is taken."""
        self._say(None)
        self.wait()
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def ask(self, number: int) -> None:
        self._say(number)
        self.asked += 1

    def formed(self, *, wait: bool) -> tuple[int, Piece] | None:
        """The next slice that it has formed, with its number. None: it is still at it."""
        if not wait and self._formed.empty():
            return None
        said = self._formed.get()
        if said is None:
            raise self._gone()
        self.asked -= 1
        return said

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._thread is not None:
            self._thread.join()
        for pipe in (self._to, self._of):
            with suppress(BrokenPipeError):
                pipe.close()

    def _say(self, said: object) -> None:
        try:
            tell(self._to, pickle.dumps(said))
        except BrokenPipeError:
            raise self._gone() from None

    def _hear(self) -> None:
        while (said := told(self._of)) is not None:
            self._formed.put(pickle.loads(said))  # noqa: S301 - by our own child
        self._formed.put(None)

    def _gone(self) -> GleaningsError:
        return GleaningsError(
            f"the process that reads records for an export ended ({self._process.wait()}): see "
            "what it says above, and whether there is memory for it; run the same command again"
        )


def in_order(here: Callable[[int], Piece], counts: int, child: Helper | None) -> Iterator[Piece]:
    """Every piece, formed by whoever is free."""
    if child is None:
        yield from map(here, range(counts))
        return
    begun, ready = 0, dict[int, Piece]()
    for number in range(counts):
        while True:
            while child.asked < _AHEAD and begun < counts:
                child.ask(begun)
                begun += 1
            is_full = begun == counts or begun >= number + _WINDOW
            said = child.formed(wait=is_full and number not in ready) if child.asked else None
            if said is not None:
                ready[said[0]] = said[1]
            elif number in ready:
                break
            else:
                ready[begun] = here(begun)
                begun += 1
        yield ready.pop(number)


def _form(of: IO[bytes], to: IO[bytes]) -> None:
    """The child's part."""
    said = told(of)
    if said is None:
        return
    url, forming = pickle.loads(said)  # noqa: S301 - by who started us
    database = SqliteDatabase(url)
    with database.read() as connection:  # whose view is that of the first statement
        tell(to, b"open")
        if told(of) is None:
            return
        connection.execute(select(state)).one()
        tell(to, b"begun")
        piece = forming.pieces(connection)
        while (said := told(of)) is not None:
            number = pickle.loads(said)  # noqa: S301 - by who started us
            tell(to, pickle.dumps((number, piece(number)), pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    gc.disable()  # rows hold nothing that holds them
    with suppress(BrokenPipeError):  # nobody asks for more
        _form(sys.stdin.buffer, sys.stdout.buffer)
