"""What every view of the local page rests on: the store, and figures that are counted beside."""

import gc
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from dedup import loading
from records import GleaningsError, IndexUnusable, Run
from storage import SqlStore, overview, reviewing, standing
from storage.captures import Captured
from storage.decisions import Word
from storage.overview import GivenUp, Waiting
from storage.refreshing import Staleness
from storage.reviewing import Undecided
from storage.searching import sources_of
from web.beside import Beside

Status = Callable[[SqlStore], Mapping[str, Any]]
"""The object that ``glean status --json`` prints."""
Bodies = Callable[[Captured], bytes]
"""The body of a stored page as it was archived, content encodings undone. Raises GleaningsError."""

RUNS = 100
"""Newest harvests whose figures are counted: of older ones by ``glean runs``."""
WAITING = 1_000
"""Pages in quarantine that are listed."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is in quarantine, and what was given up."""

    waiting: list[Waiting]
    given_up: list[GivenUp]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a search may be narrowed by."""

    languages: list[str]
    sources: list[str]


@dataclass(slots=True)
class Shown:
    """What a view answers."""

    said: Mapping[str, Any]
    """Its JSON."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What its page shows besides."""
    status: int = 200


class Site:
    """The store behind the page. Threads may share it."""

    def __init__(self, store: SqlStore, *, status: Status | None, bodies: Bodies | None) -> None:
        self.store = store
        self.bodies = bodies
        self.status: Beside[Mapping[str, Any]] = Beside(lambda: (status or _status)(store))
        self.runs: Beside[list[Run]] = Beside(
            lambda: list(store.runs(limit=RUNS)), of=self._change_of_runs
        )
        self.undecided: Beside[list[Undecided]] = Beside(self._undecided, of=self._change)
        self.held: Beside[Held] = Beside(self._held)
        self.choices: Beside[Choices] = Beside(self._choices, of=self._change)
        self._warm: Beside[None] = Beside(self._ask_first)
        self.answers: list[tuple[Undecided, Word | None]] = []
        """What was answered here, in order; without a word: it was skipped."""
        self.taken_back: list[Undecided] = []
        """Of what was answered here, what waits again; the last one first."""

    def begin(self) -> None:
        """Count what will be asked for."""
        for each in self._counted():
            with suppress(GleaningsError):  # said to whoever asks
                each.get()

    def end(self) -> None:
        for each in self._counted():
            each.end()
        self.store.close()

    def _counted(self) -> tuple[Beside[Any], ...]:
        return self.status, self.runs, self.undecided, self.held, self.choices, self._warm

    def _ask_first(self) -> None:
        """What is made once, by whoever asks first: kernels, and what the index has of itself."""
        loading.load(self.store.scheme)
        self.store.near_duplicates(text="warm", limit=1)
        with suppress(IndexUnusable):
            self.store.related(text="warm", limit=1)
        gc.freeze()  # what is there for good is not looked through while somebody waits

    def _change(self) -> tuple[int, int]:
        """Moves with every page and decision, and when the store is settled."""
        with self.store.database.read() as connection:
            return standing.change_of(connection)

    def _change_of_runs(self) -> object:
        """Moves with every page, and when a harvest begins or ends."""
        with self.store.database.read() as connection:
            return standing.change_of(connection), standing.sittings_of(connection, RUNS)

    def _undecided(self) -> list[Undecided]:
        with self.store.database.read() as connection:
            return reviewing.undecided(connection)

    def _held(self) -> Held:
        with self.store.database.read() as connection:
            return Held(
                overview.quarantine(connection, limit=WAITING),
                overview.failures(connection, limit=WAITING),
            )

    def _choices(self) -> Choices:
        with self.store.database.read() as connection:
            sources = sources_of(connection)
        try:
            return Choices(self.store.searched_languages(), sources)
        except IndexUnusable:
            return Choices([], sources)


def _status(store: SqlStore) -> Mapping[str, Any]:
    """Of a store alone: no archive is known, and no schedules."""
    with store.database.read() as connection:
        said = standing.standing(connection, now=time.time_ns() // 1000)
        related: Staleness = store.related_state()
        return standing.standing_json(
            said,
            store=store.database.name,
            sizes=standing.sizes_json(store, connection, ""),
            related=related,
            harvests={},
            scheduler=standing.NO_SCHEDULER,
        )
