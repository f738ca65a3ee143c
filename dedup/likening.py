"""How alike the titles of many pairs are: `dedup.titles.align` by columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.alphabet import alphabet
from dedup.columns import Columns
from dedup.overlapping import Flags, Floats, Rows
from dedup.titles import MISSPELT
from dedup.titling import TITLE_LATIN, TITLE_SLOW, buffers
from dedup.words import words


@dataclass(frozen=True, slots=True)
class Liked:
    """A place a pair."""

    likeness: Floats
    """-1: one is absent, or they are in different scripts; -2: not known."""
    of_one_form: Flags
    """See `dedup.titles.Alignment.names_different_things`."""

    def at(self, places: Rows) -> Liked:
        """Some of the pairs."""
        return Liked(self.likeness[places], self.of_one_form[places])


def quick(columns: Columns, a: Rows, b: Rows) -> Floats:
    """Likeness where equal words alone decide it; -1 where there is nothing to compare, -2 where
    the titles have to be aligned."""
    from dedup.compiled.aligning import quick_likeness

    signed = columns.signed
    likeness = np.empty(a.size)
    quick_likeness(
        signed.title_flags,
        TITLE_LATIN,
        signed.title_starts,
        signed.title_ends,
        signed.title_tokens,
        signed.title_places,
        signed.title_prefixes,
        a,
        b,
        likeness,
    )
    equal = (likeness != -1) & (signed.title_chains[a] == signed.title_chains[b])
    likeness[equal] = 1.0
    return likeness


def like(columns: Columns, a: Rows, b: Rows) -> Liked:
    """Likeness of all pairs of titles; -2 where the kernels cannot read them."""
    from dedup.compiled.aligning import align_titles

    signed = columns.signed
    likeness = quick(columns, a, b)
    found = Liked(likeness, np.zeros(a.size, np.bool_))
    # Titles as alike as this may be of one form, which equal words alone do not tell.
    unsure = (likeness < -1) | ((likeness >= 0.5) & (likeness < MISSPELT))
    slow = (signed.title_flags[a] | signed.title_flags[b]) & TITLE_SLOW != 0
    rows = np.flatnonzero(unsure & ~slow)
    if not rows.size:
        return found
    titles = columns.titles
    likenesses, forms = np.empty(rows.size), np.empty(rows.size, np.bool_)
    align_titles(
        *buffers(titles),
        a[rows],
        b[rows],
        signed.weights[a[rows]],
        signed.weights[b[rows]],
        alphabet(),
        words(),
        likenesses,
        forms,
    )
    found.likeness[rows], found.of_one_form[rows] = likenesses, forms
    return found
