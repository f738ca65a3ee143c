"""Which candidates may be more than `different`, told by as little of them as will do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.cases import title_weights
from dedup.columns import Columns
from dedup.likening import Liked, like
from dedup.overlapping import Flags, Floats, Rows, count_shared, least_that_matters, most_below
from dedup.particulars import AUTHORS, FIRST_PAGE, IDENTIFIERS, VENUE
from dedup.titling import TITLE_NOTICE
from dedup.weighing import MOST_OF_TITLE, SAME_YEAR

_CLOSE = 1e-6
"""Far more than what sums of weights are rounded by."""
_WORST_TITLE = 5.0
"""What a title weighs against one work at most."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Pairs that are left, a place a pair."""

    places: Rows
    """Where they stood."""
    shared: NDArray[np.int32]
    """Different shingles that the abstracts have in common."""
    titles: Liked


def screen(columns: Columns, a: Rows, b: Rows) -> Screened:
    """The pairs whose weights may add up to more than 0.

    Most candidates share a bucket by accident, and neither their abstracts nor their titles are
    alike. So first it is asked whether enough of the abstracts is common to matter, of their
    sketches before all, then whether the titles are alike enough to make up for little; and what is
    asked is looked at no closer than it takes to tell.
    """
    named = columns.signed.has[a] & columns.signed.has[b] & AUTHORS != 0
    besides = at_most(columns, a, b) + most_below(columns.scheme, named)
    notices = columns.signed.title_flags[a] & columns.signed.title_flags[b] & TITLE_NOTICE != 0
    besides += np.where(notices, 4.0, 0.0)
    may_fail = besides < _WORST_TITLE
    needed = np.where(may_fail, least_that_matters(columns, a, b), 0)
    shared = count_shared(columns, a, b, needed.astype(np.int32))
    sizes = columns.signed.sizes
    apart = (shared < 0) | (np.minimum(sizes[a], sizes[b]) == 0)
    # A title of less than this weighs too much against one work.
    least = np.where(apart & may_fail, 0.8 - (np.maximum(besides, 0) + _CLOSE) / 10, 0.0)
    titles = like(columns, a, b, least)
    hopeless = apart & (besides + _most_of_title(columns, a, b, titles.likeness) <= 0)
    again = np.flatnonzero(apart & ~hopeless)
    shared[again] = count_shared(columns, a[again], b[again], np.zeros(again.size, np.int32))
    left = np.flatnonzero(~hopeless)
    return Screened(left, shared[left], titles.at(left))


def at_most(columns: Columns, a: Rows, b: Rows) -> Floats:
    """What evidence besides abstract and title can weigh at most."""
    signed = columns.signed
    both = signed.has[a] & signed.has[b]
    same_year = (signed.years[a] == signed.years[b]) & (signed.years[a] >= 0)
    most = np.where(same_year, SAME_YEAR, 0.0)
    authors = np.where(strangers(columns, a, b), -3.0, 3.0)
    most += np.where(both & AUTHORS, authors, 0.0)
    for kind, weight in ((VENUE, 0.5), (FIRST_PAGE, 2.5), (IDENTIFIERS, 3.5)):
        most += np.where(both & kind, weight, 0.0)
    return most


def strangers(columns: Columns, a: Rows, b: Rows) -> Flags:
    """Whether both records name authors, and surely none in common."""
    signed = columns.signed
    found: Flags = signed.has[a] & signed.has[b] & AUTHORS != 0
    named = np.flatnonzero(found)
    common = signed.names[a[named]] & signed.names[b[named]]
    found[named] = ~common.any(axis=1)
    return found


def _most_of_title(columns: Columns, a: Rows, b: Rows, likeness: Floats) -> Floats:
    """What titles can weigh at most; `likeness`: as `like` gives it."""
    trust = np.minimum(columns.signed.weights[a], columns.signed.weights[b])
    known = np.where(likeness >= 0, title_weights(likeness, trust), 0.0)
    unread = np.where(likeness == -2, MOST_OF_TITLE * trust, known)
    return np.where(likeness == -3, -np.inf, unread)
