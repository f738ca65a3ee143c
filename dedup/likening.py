"""How alike the titles of many pairs are: `dedup.titles.align` by columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.columns import Columns
from dedup.overlapping import Flags, Floats, Rows
from dedup.titling import TITLE_LATIN


@dataclass(frozen=True, slots=True)
class Liked:
    """A place a pair."""

    likeness: Floats
    """-1: one is absent, or they are in different scripts; -2: not known; -3: below what was
    asked for."""
    of_one_form: Flags
    """See `dedup.titles.Alignment.names_different_things`."""

    def at(self, places: Rows) -> Liked:
        """Some of the pairs."""
        return Liked(self.likeness[places], self.of_one_form[places])


def like(columns: Columns, a: Rows, b: Rows, least: Floats) -> Liked:
    """Likeness of all pairs of titles; -2 where they are too long for the kernel. Where it is below
    `least` it may be given as -3, which takes less to say."""
    from dedup.compiled.aligning import Titles, align_titles

    signed = columns.signed
    titles = Titles(
        signed.title_spans,
        signed.title_tokens,
        signed.title_places,
        signed.title_letters,
        signed.title_flags,
        signed.weights,
    )
    found = Liked(np.empty(a.size), np.empty(a.size, np.bool_))
    align_titles(titles, TITLE_LATIN, a, b, least, found.likeness, found.of_one_form)
    return found
