"""One check: what is to hold, how one finds where it does not, and how that is mended.

Checks run beside harvests. What a function of a check yields was so at one moment, seen in one
transaction; nothing is held open between two of them, however large the store.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from storage.matching import Matcher
from storage.spill import Spill

if TYPE_CHECKING:
    from storage.sql import SqlStore

NAMED = 5
"""Faults of a check that are named."""
AT_ONCE = 200
"""Faults that are mended in one transaction, and records or groups that are looked at again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be."""

    what: str
    """A key, an address, an id."""
    reason: str
    id: int = 0
    """By which it is mended: of a row."""
    others: tuple[int, ...] = ()
    """What else that needs: the other end of a match."""


@dataclass(slots=True)
class Checked:
    """What one check found."""

    area: str
    holds: str
    """What is to hold, in words."""
    looked_at: int = 0
    faults: int = 0
    mended: int = 0
    left_out: int = 0
    """Not judged: it waits to be settled or for a refresh, or changed meanwhile."""
    named: list[Fault] = field(default_factory=list)
    """The first of the faults."""
    remedy: str | None = None
    """What mends the faults that are left. None: there are none."""

    @property
    def left(self) -> int:
        """Faults that stand."""
        return self.faults - self.mended


class Bench:
    """What the checks of one run share."""

    def __init__(self, store: "SqlStore", progress: Callable[[Checked], None]) -> None:
        self.store = store
        self.database = store.database
        self.scheme = store.scheme
        self.matcher = Matcher(store.scheme)
        self.torn = False
        """Blocks of the bucket index cannot be read: what rests on it cannot be looked at."""
        self.touched = False
        """Something is to be settled that was not before."""
        self.told = Checked("", "")
        self._progress = progress
        self._folder = TemporaryDirectory(prefix="glean-verify-")
        self.entries = Spill(self._folder.name, "entries")
        """Of the bucket index as they should be: filled by the check of wordings."""

    @property
    def folder(self) -> str:
        """For what does not fit into memory."""
        return self._folder.name

    def looked_at(self, count: int) -> None:
        """So many rows more. Called where no transaction is open."""
        self.told.looked_at += count
        self._progress(self.told)

    def leave_out(self, count: int = 1) -> None:
        """So many were not judged."""
        self.told.left_out += count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folder.cleanup()


Finds = Callable[[Bench], Iterator[Fault]]
Mends = Callable[[Bench, Sequence[Fault]], int]
"""Looks again at faults that were found, in a writing transaction, and mends those that still are;
returns how many it saw to."""


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table of checks."""

    area: str
    """Which part of the store, in a word."""
    holds: str
    finds: Finds
    mends: Mends | None = None
    """None: it is derived from nothing else that the store has."""
    remedy: str = "glean verify --repair mends it"
    """For who finds faults of it, repaired or not."""
    needs_index: bool = False
    """Rests on a bucket index that can be read."""
