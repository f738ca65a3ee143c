"""A store brought to a scheme: its buckets, text groups, matches and clusters.

The buckets are made beside those in use and swapped in; the rest, which is derived from them, is
brought up behind the swap, and the clusters are settled. Whoever harvests, imports, takes down or
asks goes on, by the former buckets until the swap and by the new ones after it. Only where the
folding is another, and with it the text groups, nothing is matched until each is in its own.

Killed before the swap, it leaves what was; killed after it, the new buckets and a note of what is
behind, with which the next rebuild goes on.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from dedup.scheme import Scheme
from records import LockHeld, StoreError
from storage import generations, settling
from storage.building import build
from storage.checks import pointers
from storage.checks.check import AT_ONCE, Bench
from storage.database import Database
from storage.generations import Behind, Generation
from storage.locks import StoreLock
from storage.matching import Matcher
from storage.portable import gave_up
from storage.regrouping import regroup
from storage.rematching import Rematched, mark_tied, rematch
from storage.schema import cluster, match, record, text_group

if TYPE_CHECKING:
    from storage.sql import SqlStore

_AGAIN_SECONDS = 0.25
_MOST_SECONDS = 600
"""How long it is tried to swap between those who read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far it is."""

    at: str
    """What is being done, in words."""
    done: int
    of: int
    """As many as `done` where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did."""

    scheme: str
    former_scheme: str
    records: int
    groups: int
    """Text groups."""
    buckets: int
    matches_before: int
    """Pairs of text groups that are one work, versions of one, related or borderline."""
    matches: int
    matches_changed: int
    """Matches that came, went, or say something else than before."""
    clusters_before: int
    clusters: int
    clusters_changed: int
    """Clusters that came, went, or have other records than before."""
    settled_to: int
    """The change number that the clusters are those of."""
    seconds: float


class _Counts:
    """Of a store, at one moment."""

    def __init__(self, connection: Connection) -> None:
        self.records, self.groups, self.matches, self.clusters = (
            int(connection.execute(select(func.count()).select_from(each)).scalar_one())
            for each in (record, text_group, match, cluster)
        )


def rebuild(
    store: "SqlStore", scheme: Scheme, progress: Callable[[Told], None] = lambda _: None
) -> Rebuilt:
    """Bring a store, which may have been opened as it is, to a scheme.

    Raises LockHeld where another process is at it, StoreError.
    """
    begun = time.monotonic()
    work = _Work(store, scheme, progress)
    database = store.database
    with database.lock("rebuild") as lock:
        with database.read() as connection:
            now = generations.of(connection)
            before = _Counts(connection)
        behind = now.behind if now.scheme == scheme.name else None
        strange = None
        if behind not in ("groups", "matches"):
            strange = work.make_beside()
        with _alone(database):
            if strange is not None:
                lock.keep()
                behind = "groups" if strange else "matches"
                work.swap(behind)
            same = now == Generation(scheme.name, None, None) and not strange
            rematched, settled = work.bring_up(behind, everything=not same)
        generations.clear(database)
    with database.read() as connection:
        after = _Counts(connection)
    return Rebuilt(
        scheme=scheme.name,
        former_scheme=now.scheme,
        records=after.records,
        groups=after.groups,
        buckets=rematched.buckets,
        matches_before=before.matches,
        matches=after.matches,
        matches_changed=rematched.changed,
        clusters_before=before.clusters,
        clusters=after.clusters,
        clusters_changed=settled.changed,
        settled_to=settled.settled_to,
        seconds=round(time.monotonic() - begun, 3),
    )


@contextmanager
def _alone(database: Database) -> Iterator[StoreLock]:
    """The lock of settling, once whoever settles is through: matches that are brought up and
    clusters that are made of them at once would be neither's."""
    while True:
        try:
            held = database.lock("settle").__enter__()
        except LockHeld:
            time.sleep(_AGAIN_SECONDS)
        else:
            break
    try:
        yield held
    finally:
        held.__exit__(None, None, None)


class _Work:
    """The steps of one rebuild."""

    def __init__(self, store: "SqlStore", scheme: Scheme, progress: Callable[[Told], None]) -> None:
        self._store = store
        self._database = store.database
        self._scheme = scheme
        self._progress = progress

    def _at(self, words: str) -> Callable[[int, int], None]:
        return lambda done, of: self._progress(Told(at=words, done=done, of=of))

    def make_beside(self) -> int:
        """Make the new buckets; returns how many records are in other text groups than theirs."""
        try:
            generations.begin(self._database, self._scheme)
            placing, writing = self._at("records placed"), self._at("parts of the index written")
            return build(self._database, self._scheme, placing, writing)
        except BaseException:
            generations.clear(self._database)
            raise

    def swap(self, behind: Behind) -> None:
        until = time.monotonic() + _MOST_SECONDS
        while True:
            try:
                return generations.swap(self._database, self._scheme, behind)
            except StoreError as error:
                if not gave_up(error) or time.monotonic() > until:
                    raise
            time.sleep(_AGAIN_SECONDS)

    def bring_up(
        self, behind: Behind | None, *, everything: bool
    ) -> tuple[Rematched, settling.Settled]:
        """What the swap left behind. `everything`: also what rests on the same matches as before
        may be decided otherwise."""
        database = self._database
        if behind == "groups":
            regroup(database, self._scheme, self._at("records put into text groups"))
            with database.write() as connection:
                generations.advance(connection, "matches")
        reading, judging = self._at("parts of the index read"), self._at("pairs judged")
        rematched = rematch(database, Matcher(self._scheme), reading, judging)
        if everything:
            self._note_conflicts()
            mark_tied(database, self._at("text groups to settle"))
        with database.write() as connection:
            generations.advance(connection, None)
        at = self._at("text groups left to settle")
        settled = settling.settle_alone(
            database, self._store.matcher_of, lambda left: at(left, left)
        )
        return rematched, settled

    def _note_conflicts(self) -> None:
        """Of records whose readings contradict each other: another scheme may see it otherwise."""
        with self._database.read() as connection:
            self._store.matcher_of(connection)
        with Bench(self._store, lambda _: None) as bench:
            faults = [*pointers.finds_conflicts(bench)]
            for start in range(0, len(faults), AT_ONCE):
                pointers.mends_conflicts(bench, faults[start : start + AT_ONCE])
