"""Evidence of many pairs as JSON, continued: authors, venues, pages, publications, identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from dedup.agreeing import Besides
from dedup.columns import Columns
from dedup.described import ABSENT, DIFFERENT, IDENTIFYING, SAME
from dedup.folded import fold_identifiers
from dedup.overlapping import Rows
from dedup.particulars import Said, written
from dedup.phrases import (
    PAGES_DIFFER,
    authors_words,
    identifier_words,
    page_words,
    venue_words,
)
from dedup.places import Place, fold_place, published_apart
from dedup.wording import against, chosen, clue, few, percent, spread

if TYPE_CHECKING:
    import pyarrow as pa

_NAMES = tuple(kind.upper() for kind in IDENTIFYING)


def citation_clues(
    columns: Columns, a: Rows, b: Rows, found: Besides, places: Rows
) -> Mapping[str, pa.Array]:
    """By kind, a clue or null for each pair of rows, `found` being of more: theirs stands at
    `places`. Nothing where none of them is of records that say such things."""
    if not (columns.signed.has[a] & columns.signed.has[b]).any():
        return {}
    return _Citations(columns, a, b, found, places).clues()


class _Citations:
    """Pairs of rows, and what they agree in."""

    def __init__(self, columns: Columns, a: Rows, b: Rows, found: Besides, at: Rows) -> None:
        self.columns, self.a, self.b = columns, a, b
        self.people, self.authors = found.people[at], found.authors[at]
        states = found.states
        self.venue, self.volume, self.first = states.venue[at], states.volume[at], states.first[at]
        self.identifier, self.kind = states.identifier[at], states.kind[at]
        self.apart = found.apart[at]

    def clues(self) -> Mapping[str, pa.Array]:
        return {
            "authors": self._authors(),
            "identifier": self._identifier(),
            "pages": self._pages(),
            "publication": self._publication(),
            "venue": self._venue(),
        }

    def _authors(self) -> pa.Array:
        where = self.people >= 0
        value = self.people[where]
        words = [authors_words(share / 100) for share in range(101)]
        said = clue("authors", self.authors[where] > 0, value, chosen(words, percent(value)))
        return spread(said, where)

    def _venue(self) -> pa.Array:
        def said(same: int) -> dict[str, object]:
            words = venue_words(bool(same))
            return {"kind": "venue", "for": bool(same), "value": None, "words": words}

        where = self.venue != ABSENT
        return spread(few((self.venue[where] == SAME).astype(np.int64), said), where)

    def _pages(self) -> pa.Array:
        import pyarrow.compute as pc

        where = np.flatnonzero(self.first == SAME)
        rows, places = np.unique(self.a[where], return_inverse=True)
        cited = self._places(rows)
        same_volume = self.volume[where] == SAME
        said = [
            {
                "kind": "pages",
                "for": True,
                "value": one.first,
                "words": page_words(one.first, one.volume if volume else ""),
            }
            for one, volume in zip(
                map(cited.__getitem__, places.tolist()), same_volume.tolist(), strict=True
            )
        ]
        same = spread(_json(said), self.first == SAME)
        differ = _json([against("pages", PAGES_DIFFER)])[0]
        return pc.if_else(self.first == DIFFERENT, differ, same)

    def _publication(self) -> pa.Array:
        where = np.flatnonzero(self.apart)
        ends = self._places(self.a[where]), self._places(self.b[where])
        besides = [
            identifier_words(_NAMES[kind], same=False) if state == DIFFERENT else None
            for kind, state in zip(
                self.kind[where].tolist(), self.identifier[where].tolist(), strict=True
            )
        ]
        words = map(published_apart, *ends, besides)
        said = [against("publication", said or "") for said in words]
        return spread(_json(said), self.apart)

    def _identifier(self) -> pa.Array:
        import pyarrow.compute as pc

        same = self.identifier == SAME
        where = np.flatnonzero(same)
        said = [
            {
                "kind": "identifier",
                "for": True,
                "value": dict(fold_identifiers(one.identifiers))[IDENTIFYING[kind]],
                "words": identifier_words(_NAMES[kind], same=True),
            }
            for one, kind in zip(
                self._written(self.a[where]), self.kind[where].tolist(), strict=True
            )
        ]
        differ = self.identifier == DIFFERENT
        kinds = self.kind[differ].astype(np.int64)
        other = few(
            kinds, lambda kind: against("identifier", identifier_words(_NAMES[kind], same=False))
        )
        return pc.coalesce(spread(_json(said), same), spread(other, differ))

    def _places(self, rows: Rows) -> list[Place]:
        return [
            fold_place(said.year, said.venue, said.volume, said.issue, said.pages)
            for said in self._written(rows)
        ]

    def _written(self, rows: Rows) -> list[Said]:
        return list(written(self.columns.table, rows))


def _json(clues: list[dict[str, object]]) -> pa.Array:
    import orjson
    import pyarrow as pa

    return pa.array(map(orjson.dumps, clues), pa.string())
