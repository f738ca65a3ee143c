"""What comes into the bucket index together, and whom it meets there.

By arrays: a page has six hundred keys and a part of a file a hundred thousand, of which hardly any
stands under another group too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from storage import buckets
from storage.buckets import Buckets, Entries, spans
from storage.signing import Signed

Numbers = NDArray[np.int64]
_ALL = 4096
"""Keys from which it is sooner to read all saturated buckets than to ask for these."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Text groups, each once."""

    groups: Numbers
    """Ids."""
    self_same: NDArray[np.bool_]
    entries: Entries
    """Their places in the bucket index, sorted by key and group."""

    @classmethod
    def of(cls, signed: Mapping[int, Signed]) -> Self:
        """`signed`: by group."""
        keys = [np.array(each.keys, np.int64) for each in signed.values()]
        groups = np.array([*signed], np.int64)
        said = groups.repeat([len(each) for each in keys])
        return cls(
            groups,
            np.array([each.self_same for each in signed.values()], np.bool_),
            in_order(np.concatenate([np.empty(0, np.int64), *keys]), said),
        )

    def without(self, known: Collection[int]) -> Self:
        """All but some of them."""
        if not known:
            return self
        gone = np.array([*known], np.int64)
        left, under = (~np.isin(each, gone) for each in (self.groups, self.entries[:, 1]))
        return type(self)(self.groups[left], self.self_same[left], self.entries[under])


def in_order(keys: Numbers, groups: Numbers) -> Entries:
    """Entries sorted by key and group, each once."""
    order = np.lexsort((groups, keys))
    entries = np.stack((keys[order], groups[order]), axis=1)
    first = np.ones(len(entries), np.bool_)
    first[1:] = (entries[1:] != entries[:-1]).any(axis=1)
    return entries[first]


def candidates(
    connection: Connection, index: Buckets, entries: Entries, most: int
) -> tuple[NDArray[np.int64], list[int]]:
    """Pairs of groups that share a bucket, one of them new: ``(n, 2)``, a < b, each once, sorted.
    Also the buckets that these entries fill beyond `most` groups, which make none.
    """
    keys, first, came = np.unique(entries[:, 0], return_index=True, return_counts=True)
    held = index.held(connection, keys)
    begin, end = (np.searchsorted(held[:, 0], keys, side) for side in ("left", "right"))
    asked = (came + end - begin) > 1
    asked[asked] = ~_are_saturated(connection, keys[asked])
    stood = np.where(asked, end - begin, 0)
    crossed = asked & (came + stood > most)
    full = keys[crossed].tolist()
    asked &= ~crossed
    first, came, begin, stood = (each[asked] for each in (first, came, begin, stood))
    of_new = entries[spans(first, came), 1]
    place = spans(np.zeros_like(came), came)
    beside = came.repeat(came) - place - 1
    after = first.repeat(came) + place + 1
    met = stood.repeat(came)
    one = np.concatenate((of_new.repeat(met), of_new.repeat(beside)))
    other = np.concatenate(
        (held[spans(begin.repeat(came), met), 1], entries[spans(after, beside), 1])
    )
    return _each_once(one, other), full


def _each_once(one: Numbers, other: Numbers) -> NDArray[np.int64]:
    a, b = np.minimum(one, other), np.maximum(one, other)
    return in_order(a[a != b], b[a != b])


def _are_saturated(connection: Connection, keys: Numbers) -> NDArray[np.bool_]:
    full = buckets.saturated_among(connection, keys.tolist() if len(keys) < _ALL else None)
    found: NDArray[np.bool_] = np.isin(keys, np.array([*full], np.int64))
    return found
