"""What many pairs say besides abstract and title, and what it weighs: `dedup.weighing` by
columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.columns import Columns
from dedup.described import ALIKE, DIFFERENT, SAME, VENUE
from dedup.overlapping import Flags, Floats, Rows
from dedup.particulars import LOST
from dedup.places import YEARS, Place, fold_place, venues_agree
from dedup.weighing import (
    OTHER_IDENTIFIER,
    OTHER_VENUE,
    PUBLISHED_APART,
    SAME_IDENTIFIER,
    SAME_VENUE,
)

if TYPE_CHECKING:
    from dedup.compiled.agreeing import Agreements, Described

States = NDArray[np.int8]

_REMEMBERED = 1 << 16
"""Pairs of venues."""


@dataclass(frozen=True, slots=True)
class Besides:
    """A place a pair."""

    people: Floats
    """Share of the shorter list of authors that agree; -1: one names nobody, or a letter of a name
    is lost."""
    authors: Floats
    year: Floats
    venue: Floats
    pages: Floats
    published: Floats
    identifier: Floats
    """What each weighs; 0: there is nothing to compare."""
    states: Agreements
    """Of venues, neither is `ALIKE`."""

    @property
    def weights(self) -> tuple[Floats, ...]:
        """All of them, in the order in which they are added up."""
        return self.authors, self.year, self.venue, self.pages, self.published, self.identifier

    @property
    def apart(self) -> Flags:
        """Whether they are of two publications."""
        return self.published < 0


class Agreeing:
    """Compares pairs, and remembers which venues are one."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._known: dict[tuple[int, int], bool] = {}

    def compare(self, a: Rows, b: Rows) -> Besides:
        """All pairs."""
        from dedup.compiled.agreeing import Agreements, compare

        counts, numbers = np.empty((2, a.size), np.int64), np.empty((4, a.size))
        states = np.empty((5, a.size), np.int8)
        found = Agreements(
            *(counts[0], counts[1]),
            *(numbers[0], numbers[1], numbers[2], numbers[3]),
            *(states[0], states[1], states[2], states[3], states[4]),
        )
        compare(_described(self.columns), LOST, a, b, found)
        unsure = np.flatnonzero(found.venue == ALIKE)
        if unsure.size:
            found.venue[unsure] = self._venues(a[unsure], b[unsure])
        return Besides(
            people=found.people,
            authors=found.authors,
            year=found.year,
            venue=_weights(found.venue, SAME_VENUE, OTHER_VENUE),
            pages=found.pages,
            published=np.where(_published_apart(found), PUBLISHED_APART, 0.0),
            identifier=_weights(found.identifier, SAME_IDENTIFIER, OTHER_IDENTIFIER),
            states=found,
        )

    def _venues(self, a: Rows, b: Rows) -> list[int]:
        """Whether venues of unlike names are one, as states."""
        signed = self.columns.signed
        said = signed.descriptions
        names = said[signed.described[a] + VENUE], said[signed.described[b] + VENUE]
        asked = list(zip(np.minimum(*names).tolist(), np.maximum(*names).tolist(), strict=True))
        known = self._known
        if len(known) > _REMEMBERED:
            self._known = known = {}
        missing = {pair: at for at, pair in enumerate(asked) if pair not in known}
        if missing:
            at = np.fromiter(missing.values(), np.int64)
            places = zip(self._places(a[at]), self._places(b[at]), strict=True)
            for pair, (one, other) in zip(missing, places, strict=True):
                known[pair] = bool(venues_agree(one, other))
        return [SAME if known[pair] else DIFFERENT for pair in asked]

    def _places(self, rows: Rows) -> list[Place]:
        """Venues alone."""
        import pyarrow as pa

        venues = self.columns.table.column("venue").take(pa.array(rows)).to_pylist()
        return [fold_place(None, venue, None, None, None) for venue in venues]


def at_most(columns: Columns, a: Rows, b: Rows) -> Floats:
    """What evidence besides abstract and title can weigh at most."""
    from dedup.compiled.agreeing import at_most

    most = np.empty(a.size)
    at_most(_described(columns), LOST, a, b, most)
    return most


def _described(columns: Columns) -> Described:
    from dedup.compiled.agreeing import Described

    signed = columns.signed
    return Described(signed.has, signed.years, signed.names, signed.described, signed.descriptions)


def _weights(states: States, same: float, different: float) -> Floats:
    return np.where(states == SAME, same, np.where(states == DIFFERENT, different, 0.0))


def _published_apart(found: Agreements) -> Flags:
    """See `dedup.places.published_apart`."""
    differ = [found.volume == DIFFERENT, found.first == DIFFERENT, found.apart > 0]
    said = np.sum(differ, axis=0)
    said += found.identifier == DIFFERENT
    said += (said > 0) & (found.venue == DIFFERENT)
    apart: Flags = (found.first != SAME) & ((said > 1) | (found.apart > YEARS))
    return apart
