"""Which candidates may be more than `different`, told by as little of them as will do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.agreeing import at_most
from dedup.cases import title_weights
from dedup.columns import Columns
from dedup.likening import LESS, NOT_ASKED, NOT_READ, Liked, like
from dedup.overlapping import Floats, Rows, count_shared, least_that_matters, most_below
from dedup.particulars import AUTHORS
from dedup.titling import TITLE_NOTICE
from dedup.weighing import MOST_OF_TEXT, MOST_OF_TITLE

_CLOSE = 1e-6
"""Far more than what sums of weights are rounded by."""
_WORST_TITLE = 5.0
"""What a title weighs against one work at most."""
_NOTICES = 4.0
"""By how much more two notices may weigh than their abstracts say, which count for nothing."""


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

    Most candidates share a bucket by accident: neither their abstracts nor their titles are alike,
    or those of one template are, and nothing besides. So what is besides comes first, and the
    titles of those for whom it leaves little hope; then it is asked whether enough of the abstracts
    is common to matter, of their sketches before all, then whether the titles are alike enough to
    make up for little; and what is asked is looked at no closer than it takes to tell.
    """
    besides = at_most(columns, a, b) + more_of_notices(columns, a, b)
    places, titles = _by_titles(columns, a, b, besides + MOST_OF_TEXT)
    a, b, besides = a[places], b[places], besides[places]
    named = columns.signed.has[a] & columns.signed.has[b] & AUTHORS != 0
    besides += most_below(columns.scheme, named)
    may_fail = besides < _WORST_TITLE
    needed = np.where(may_fail, least_that_matters(columns, a, b), 0)
    shared = count_shared(columns, a, b, needed.astype(np.int32))
    sizes = columns.signed.sizes
    apart = (shared < 0) | (np.minimum(sizes[a], sizes[b]) == 0)
    asked = titles.likeness == NOT_ASKED
    least = np.where(apart & may_fail, _least(besides), 0.0)
    titles.put(asked, like(columns, a[asked], b[asked], least[asked]))
    hopeless = apart & (besides + _most_of_title(columns, a, b, titles.likeness) <= 0)
    again = np.flatnonzero(apart & ~hopeless)
    shared[again] = count_shared(columns, a[again], b[again], np.zeros(again.size, np.int32))
    left = np.flatnonzero(~hopeless)
    return Screened(places[left], shared[left], titles.at(left))


def more_of_notices(columns: Columns, a: Rows, b: Rows) -> Floats:
    """By how much more than columns say pairs may weigh that may be of two notices."""
    flags = columns.signed.title_flags
    return np.where(flags[a] & flags[b] & TITLE_NOTICE != 0, _NOTICES, 0.0)


def _by_titles(columns: Columns, a: Rows, b: Rows, most: Floats) -> tuple[Rows, Liked]:
    """The pairs of which more than their titles is not known to fail, and those titles that were
    asked for that. `most`: what all else can weigh."""
    asked = most < _WORST_TITLE
    titles = Liked(np.full(a.size, NOT_ASKED), np.zeros(a.size, np.bool_))
    few = np.flatnonzero(asked & (most + MOST_OF_TITLE > 0))
    titles.put(few, like(columns, a[few], b[few], _least(most[few])))
    hopeless = asked & (most + _most_of_title(columns, a, b, titles.likeness) <= 0)
    left = np.flatnonzero(~hopeless)
    return left, titles.at(left)


def _least(most: Floats) -> Floats:
    """Titles less alike than this weigh too much against one work, where all else weighs at most
    so much."""
    least: Floats = 0.8 - (np.maximum(most, 0) + _CLOSE) / 10
    return least


def _most_of_title(columns: Columns, a: Rows, b: Rows, likeness: Floats) -> Floats:
    """What titles can weigh at most; `likeness`: as `like` gives it, or not asked for."""
    trust = np.minimum(columns.signed.weights[a], columns.signed.weights[b])
    known = np.where(likeness >= 0, title_weights(likeness, trust), 0.0)
    unread = (likeness == NOT_READ) | (likeness == NOT_ASKED)
    return np.where(likeness == LESS, -np.inf, np.where(unread, MOST_OF_TITLE * trust, known))
