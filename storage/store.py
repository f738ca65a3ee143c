"""What a store can do, whatever keeps it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from records import Cluster, Evidence, Match, Reading, Record, Related, Run

if TYPE_CHECKING:
    from storage.deciding import Decided
    from storage.decisions import Made, Word
    from storage.pages import Deposit, Outcome
    from storage.refreshing import Refreshed, Staleness
    from storage.settling import Settled


class Store(Protocol):
    """Records with their readings, near-duplicates and clusters. A context manager.

    Whatever takes a key raises UsageError where no record has it.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def record(self, key: str) -> Record: ...

    def records(self, *, unique: bool = False) -> Iterator[Record]:
        """All records, in an order that depends on their keys alone; `unique`: of each cluster only
        the canonical one."""
        ...

    def readings(self, key: str) -> list[Reading]:
        """In the order they were taken."""
        ...

    def is_conflict(self, key: str) -> bool:
        """Whether readings of a record name different works, by title and authors."""
        ...

    def near_duplicates(
        self, *, text: str | None = None, key: str | None = None, limit: int = 20
    ) -> list[Match]:
        """Stored records that may be the same work as a text, or as a stored record; best first."""
        ...

    def related(
        self, *, text: str | None = None, key: str | None = None, limit: int = 20
    ) -> list[Related]:
        """Stored records that speak of what a text, or a stored record, speaks of; best first, and
        near-duplicates one entry. Raises IndexUnusable where no `refresh` made an index."""
        ...

    def related_state(self) -> "Staleness":
        """How far the index of related literature is behind the store."""
        ...

    def explain(self, a: str, b: str) -> Evidence:
        """What two stored records say about each other."""
        ...

    def cluster_of(self, key: str) -> Cluster | None:
        """None: the record stands alone."""
        ...

    def clusters(self) -> Iterator[Cluster]:
        """Largest first."""
        ...

    def cluster(self, cluster_id: str) -> Cluster | None:
        """Of an id, or of one that it had; None: its records stand alone, or are gone. Raises
        UsageError where no cluster ever had it."""
        ...

    def decisions(self, keys: Collection[str]) -> "list[Made]":
        """What people decided of these keys, what was taken back too; oldest first."""
        ...

    def runs(self, *, source: str | None = None, limit: int = 20) -> Sequence[Run]:
        """Newest first."""
        ...

    def settled_to(self) -> int:
        """The change number that the clusters are those of."""
        ...

    def store_page(self, deposit: "Deposit", *, now: int) -> "Outcome":
        """The page transaction. Raises LateAcknowledgement, PageRefused; then nothing is stored."""
        ...

    def decide(self, word: "Word", *, now: int) -> "Decided":
        """Put a person's decision into effect, clusters at once. Raises DecisionRefused."""
        ...

    def take_back(self, word: "Word", *, now: int) -> "Decided":
        """End a decision, clusters at once. Raises UsageError where there is none in effect."""
        ...

    def settle(self, progress: Callable[[int], None] = lambda left: None) -> "Settled":
        """Bring clusters up to date with every change so far. Raises LockHeld."""
        ...

    def refresh(
        self, *, rebuild: bool = False, progress: Callable[[int], None] = lambda left: None
    ) -> "Refreshed":
        """Bring the index of related literature up to date, or make it anew. Raises LockHeld."""
        ...
