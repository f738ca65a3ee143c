"""A decision taken or taken back, and the clusters it concerns settled, in one transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection

from dedup.scheme import Scheme
from records import Cluster, UsageError
from storage import asking, decisions
from storage.decisions import Made, Word
from storage.settling import settle_around


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody's word changed."""

    made: Made
    new: bool
    """False: it was in effect already, nothing was changed."""
    before: tuple[Cluster | None, ...]
    """Where each of its records stood; None: alone, or gone."""
    after: tuple[Cluster | None, ...]
    settled_to: int
    """The change number that the clusters are those of."""


def decide(connection: Connection, word: Word, scheme: Scheme, *, now: int) -> Decided:
    """See `storage.decisions.make`."""
    before = _standing(connection, word)
    made, new = decisions.make(connection, word, now=now)
    return _settled(connection, word, made, before, scheme, new=new)


def take_back(connection: Connection, word: Word, scheme: Scheme, *, now: int) -> Decided:
    """See `storage.decisions.take_back`."""
    before = _standing(connection, word)
    made = decisions.take_back(connection, word, now=now)
    return _settled(connection, word, made, before, scheme, new=True)


def _settled(
    connection: Connection,
    word: Word,
    made: Made,
    before: tuple[Cluster | None, ...],
    scheme: Scheme,
    *,
    new: bool,
) -> Decided:
    touched = decisions.groups_of(connection, word.keys) if new else set()
    settled_to = settle_around(connection, touched, scheme)
    after = _standing(connection, word)
    return Decided(made=made, new=new, before=before, after=after, settled_to=settled_to)


def _standing(connection: Connection, word: Word) -> tuple[Cluster | None, ...]:
    found = []
    for key in word.keys:
        try:
            found.append(asking.cluster_of(connection, key))
        except UsageError:  # a decision may outlive its record
            found.append(None)
    return tuple(found)
