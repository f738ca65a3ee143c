"""The store over SQL: one object that opens transactions and hands them to the rooms' functions."""

import gc
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError

from dedup.scheme import Scheme
from records import (
    Cluster,
    Evidence,
    Match,
    PageRefused,
    Reading,
    Record,
    Related,
    Run,
    SchemeMismatch,
    reading_hash,
)
from storage import (
    asking,
    deciding,
    decisions,
    generations,
    ledger,
    nearest,
    refreshing,
    related,
    searching,
    settling,
    takedowns,
    tidying,
)
from storage.database import Database, said
from storage.deciding import Decided
from storage.decisions import Made, Word
from storage.engine import open_database
from storage.fulltext import FulltextIndex, View
from storage.gathering import Gathered, Origin, store_sheets
from storage.generations import Generation
from storage.history import History
from storage.matching import Matcher
from storage.pages import Deposit, Outcome, store_page
from storage.portable import insert_new
from storage.refreshing import Refreshed, Staleness
from storage.schema import state
from storage.searching import Found, Search
from storage.sheets import Sheet
from storage.signing import sign_all

_REFUSALS = (
    UnicodeError,
    OverflowError,
    IntegrityError,
    DataError,
    InterfaceError,
    OperationalError,  # of a limit: others arrive here as StoreError
)
"""What a driver says of values that it does not take."""


class SqlStore:
    """Implements `storage.Store`. One process may use it from several threads, one write at a
    time."""

    def __init__(
        self, database: Database, scheme: Scheme, url: str, *, related_folder: str | None = None
    ) -> None:
        self.database = database
        self.scheme = scheme
        self._has_moved = False
        """Whether the store was rebuilt with another scheme since it was opened here."""
        self.url = url
        self._related_folder = related_folder
        self._own = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()
        if "_related_index" in self.__dict__:
            self._related_index.close()

    @cached_property
    def _related_index(self) -> FulltextIndex:
        return related.index_of(self.database.url, self._related_folder)

    @property
    def _matcher(self) -> Matcher:
        """One a thread: what it remembers is not to change under another's hands."""
        matcher: Matcher | None = getattr(self._own, "matcher", None)
        if matcher is None or matcher.scheme != self.scheme:
            matcher = self._own.matcher = Matcher(self.scheme)
        return matcher

    def matcher_of(self, connection: Connection) -> Matcher:
        """What matches by the scheme that the store has in this transaction: it may have been
        rebuilt meanwhile. Raises SchemeMismatch where nothing is matched until it is rebuilt."""
        now = generations.of(connection)
        scheme = generations.scheme_of(now, self.database.name)
        if scheme != self.scheme:
            self.scheme, self._has_moved = scheme, True
        matcher = self._matcher
        matcher.beside = generations.beside(now, self.database.name)
        return matcher

    @property
    def _history(self) -> History:
        """One a thread, as `_matcher`."""
        if not hasattr(self._own, "history"):
            self._own.history = History()
        history: History = self._own.history
        return history

    # asking

    def record(self, key: str) -> Record:
        """Raises UsageError where there is none, as everything here that takes a key."""
        with self.database.read() as connection:
            return asking.find(connection, key)

    def records(self, *, unique: bool = False) -> Iterator[Record]:
        """All records, in an order that depends on their keys alone; `unique`: of each cluster only
        the canonical one."""
        with self.database.read() as connection:
            yield from asking.every(connection, unique=unique)

    def readings(self, key: str) -> list[Reading]:
        with self.database.read() as connection:
            asking.find(connection, key)
            return asking.readings_of(connection, key)

    def is_conflict(self, key: str) -> bool:
        """Whether readings of a record name different works, by title and authors."""
        with self.database.read() as connection:
            return asking.is_in_conflict(connection, key)

    def near_duplicates(
        self, *, text: str | None = None, key: str | None = None, limit: int = 20
    ) -> list[Match]:
        """Stored records that may be the same work as a text, or as a stored record; best first."""
        with self.database.read() as connection:
            stored = key is not None
            asked = nearest.asked_text(text or "") if key is None else asking.find(connection, key)
            return nearest.near_duplicates(
                connection, asked, self.matcher_of(connection), stored=stored, limit=limit
            )

    def related(
        self, *, text: str | None = None, key: str | None = None, limit: int = 20
    ) -> list[Related]:
        """Stored records that speak of what a text, or a stored record, speaks of; best first.

        Near-duplicates are one entry. As of the last `refresh`. Raises IndexUnusable where there
        was none, or what it made cannot be read.
        """
        with self.database.read() as connection:
            return related.related(
                connection, self._related_index, self.scheme, text=text, key=key, limit=limit
            )

    def search(self, asked: Search, *, limit: int = 20, offset: int = 0) -> Found:
        """Stored records that a search finds, best first, as of the last `refresh`. Raises
        UsageError for a place too far behind, IndexUnusable as `related`."""
        with self.database.read() as connection:
            return searching.search(
                connection, self._related_index, self.scheme, asked, limit=limit, offset=offset
            )

    def searched_languages(self) -> list[str]:
        """Languages that a search can be narrowed to. Raises IndexUnusable as `related`."""
        with self.database.read() as connection:
            return searching.languages_of(connection, self._related_index, self.scheme)

    def related_state(self) -> Staleness:
        """How far the index of related literature is behind the store."""
        with self.database.read() as connection:
            return refreshing.staleness(connection, self._related_index, self.scheme)

    def related_view(self) -> View:
        """The index of related literature as it is. Raises IndexUnusable."""
        return self._related_index.view()

    def explain(self, a: str, b: str) -> Evidence:
        """What two stored records say about each other."""
        with self.database.read() as connection:
            return asking.explain(connection, a, b, self.matcher_of(connection).scheme)

    def cluster_of(self, key: str) -> Cluster | None:
        with self.database.read() as connection:
            return asking.cluster_of(connection, key)

    def clusters(self) -> Iterator[Cluster]:
        """Largest first."""
        with self.database.read() as connection:
            yield from asking.clusters(connection)

    def cluster(self, cluster_id: str) -> Cluster | None:
        """The cluster of an id, or of one that it had; None: its records stand alone, or are gone.
        Raises UsageError where no cluster ever had it."""
        with self.database.read() as connection:
            return asking.cluster_named(connection, cluster_id)

    def decisions(self, keys: Collection[str]) -> list[Made]:
        """What people decided of these keys, what was taken back too; oldest first."""
        with self.database.read() as connection:
            return decisions.naming(connection, keys)

    def runs(self, *, source: str | None = None, limit: int = 20) -> Sequence[Run]:
        """Newest first."""
        with self.database.read() as connection:
            return ledger.recent_runs(connection, source=source, limit=limit)

    def settled_to(self) -> int:
        """The change number that the clusters are those of."""
        with self.database.read() as connection:
            return int(connection.execute(select(state.c.settled_to)).scalar_one())

    # changing

    def store_page(self, deposit: Deposit, *, now: int) -> Outcome:
        """The page transaction. Raises LateAcknowledgement, or PageRefused where the page says what
        no database takes; then nothing was stored."""
        self._warm()
        if self._has_moved:  # who signed it may know the former scheme alone
            deposit = _signed_by(self.scheme, deposit)
        signed_for = self.scheme
        try:
            with self.database.write() as connection:
                matcher = self.matcher_of(connection)
                if matcher.scheme != signed_for:
                    deposit = _signed_by(matcher.scheme, deposit)
                outcome = store_page(connection, deposit, matcher, self._history, now=now)
                matcher.tidy(connection)
        except _REFUSALS as error:
            raise PageRefused(f"{deposit.url}: cannot be stored: {said(error)}") from error
        self._history.committed()
        return outcome

    def store_sheets(self, sheets: Sequence[Sheet], origin: Origin) -> Gathered:
        """Pages of records of files in one transaction. Raises PageRefused, as `store_page`."""
        self._warm()
        if self._has_moved:  # as of pages
            sheets = [each.placed_by(self.scheme) for each in sheets]
        placed_for = self.scheme
        if self._matcher.buckets.wants_sieve:
            with self.database.read() as connection:
                self._matcher.buckets.make_sieve(connection)
        try:
            with self.database.write() as connection:
                matcher = self.matcher_of(connection)
                if matcher.scheme != placed_for:
                    sheets = [each.placed_by(matcher.scheme) for each in sheets]
                gathered = store_sheets(connection, sheets, origin, matcher, self._history)
        except _REFUSALS as error:
            raise PageRefused(f"{origin.source}: cannot be stored: {said(error)}") from error
        self._history.committed()
        return gathered

    def _warm(self) -> None:
        if not self._matcher.is_warm:
            with self.database.read() as connection:
                self.matcher_of(connection).warm(connection)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """While `store_sheets` is called again and again."""
        gc.freeze()  # what is there is not to be looked through for every few hundred records
        try:
            with self.database.much(), self._matcher.remembering():
                yield
        finally:
            gc.unfreeze()

    def shelve(self, *, last: bool = False) -> None:
        """Sort what came with `store_sheets` into the shelf, where it is time; `last`: nothing more
        comes."""
        (tidying.finish if last else tidying.tidy)(self.database, self._matcher.buckets)

    def decide(self, word: Word, *, now: int) -> Decided:
        """Put a person's decision into effect, clusters at once. Raises UsageError for an unknown
        key, DecisionRefused where it contradicts others."""
        with self.database.write() as connection:
            scheme = self.matcher_of(connection).scheme
            return deciding.decide(connection, word, scheme, now=now)

    def take_back(self, word: Word, *, now: int) -> Decided:
        """End a decision, clusters at once. Raises UsageError where there is no such in effect."""
        with self.database.write() as connection:
            scheme = self.matcher_of(connection).scheme
            return deciding.take_back(connection, word, scheme, now=now)

    def take_down(self, keys: Sequence[str], *, who: str, reason: str, now: int) -> int:
        """Take records out and keep them from coming back; the takedown's id. What is left to be
        done of it stands in `storage.takedowns`. Raises UsageError; then nothing was done."""
        with self.database.write() as connection:
            wordings: dict[str, list[Record]] = {}
            for key in keys:
                readings = asking.readings_of(connection, asking.find(connection, key).key)
                said = {reading_hash(each.record): each.record for each in readings}
                wordings[key] = [*said.values()]
            matcher = self.matcher_of(connection)
            return takedowns.take_out(
                connection, wordings, matcher, who=who, reason=reason, now=now
            )

    def settle(self, progress: Callable[[int], None] = lambda left: None) -> settling.Settled:
        """Bring clusters up to date with every change so far; only what was touched is looked at.

        `progress` is told how many text groups are left. Raises LockHeld: another process settles.
        """
        return settling.settle(self.database, self.matcher_of, progress)

    def refresh(
        self, *, rebuild: bool = False, progress: Callable[[int], None] = lambda left: None
    ) -> Refreshed:
        """Bring the index of related literature up to date with every change so far; where it is
        missing, torn or strange, or with `rebuild`, make it anew.

        `progress` is told how many records are left. Raises LockHeld: another process refreshes.
        """
        return refreshing.refresh(
            self.database, self._related_index, self.scheme, rebuild=rebuild, progress=progress
        )


def _signed_by(scheme: Scheme, deposit: Deposit) -> Deposit:
    """A page whose records are signed anew."""
    return replace(deposit, signed=sign_all(deposit.page.records, scheme))


def open_store(
    url: str,
    *,
    scheme: Scheme | None = None,
    create: bool = False,
    related_folder: str | None = None,
    as_is: bool = False,
) -> SqlStore:
    """The store at an address such as ``sqlite:///glean.db``; with `create`, made where missing.

    `related_folder`: of the index of related literature; None: see `storage.related.index_of`.
    `as_is`: for what neither asks for near-duplicates nor changes any: whatever made it.

    Raises StoreError where it cannot be opened, SchemeMismatch where it was made with one other
    than `scheme` (None: whatever it was made with, or the default one for a new store), or is to be
    rebuilt.
    """
    database = open_database(url, create=create)
    try:
        stored = _generation(database, (scheme or Scheme()).name)
        if as_is:
            chosen = scheme or Scheme.named(stored.scheme) or _of_threshold(stored.scheme)
        else:
            chosen = generations.scheme_of(stored, database.name)
        if scheme is not None and not as_is and scheme != chosen:
            raise SchemeMismatch(
                f"{database.name}: was made with the scheme {stored.scheme}, asked for is "
                f"{scheme.name}; write threshold = {chosen.threshold!r} under [dedup], or "
                f"{scheme.threshold!r} and run glean rebuild"
            )
    except BaseException:
        database.close()
        raise
    return SqlStore(database, chosen, url, related_folder=related_folder)


def _generation(database: Database, name: str) -> Generation:
    """Of a store, which is given the scheme of a name where it has none yet."""
    row = {"id": 1, "scheme": name, "change_no": 0, "settled_to": 0}
    with database.read() as connection:
        if connection.execute(select(state.c.id)).first() is not None:
            return generations.of(connection)
    with database.write() as connection:
        insert_new(connection, state, row)
        return generations.of(connection)


def _of_threshold(name: str) -> Scheme:
    """This program's scheme of the threshold that another's name tells."""
    threshold = next((part[1:] for part in name.split("-") if part[:1] == "t"), "0.7")
    return Scheme.from_threshold(float(threshold))
