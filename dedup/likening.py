"""How alike the titles of many pairs are: `dedup.titles.align` by columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.columns import Columns
from dedup.overlapping import Flags, Floats, Rows
from dedup.titling import TITLE_LATIN

NOT_ALIGNED, NOT_READ, LESS, NOT_ASKED = -1.0, -2.0, -3.0, -4.0
"""In place of a likeness: one title is absent, or they are in different scripts; one has too many
words for the kernel; they are less alike than was asked for; nobody has compared them."""


@dataclass(frozen=True, slots=True)
class Liked:
    """A place a pair."""

    likeness: Floats
    """Below 0: see `NOT_ALIGNED` and the others."""
    of_one_form: Flags
    """See `dedup.titles.Alignment.names_different_things`."""

    def at(self, places: Rows) -> Liked:
        """Some of the pairs."""
        return Liked(self.likeness[places], self.of_one_form[places])

    def put(self, places: Rows | Flags, others: Liked) -> None:
        """Others in place of some."""
        self.likeness[places], self.of_one_form[places] = others.likeness, others.of_one_form


def like(columns: Columns, a: Rows, b: Rows, least: Floats) -> Liked:
    """Likeness of all pairs of titles. Where it is below `least` it may be given as `LESS`, which
    takes less to say."""
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
