"""What a record says besides title and abstract: folded, hashed, and listed as in a catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from dedup.bands import catalogue_keys
from dedup.folded import Folded, fold_identifiers
from dedup.names import persons
from dedup.places import Place, fold_place
from dedup.titles import Title, fold_title

AUTHORS, VENUE, VOLUME, FIRST_PAGE, IDENTIFIERS = 1, 2, 4, 8, 16
"""What evidence compares where both of two records have it."""

_NO_HASHES = np.empty(0, np.uint32)
_ONE_HASH = np.zeros(1, np.uint32)


@dataclass(frozen=True, slots=True)
class Particulars:
    """Of one record."""

    digest: int
    """63 bits, equal for equal ones, the year apart; 0 for a record without any."""
    has: int
    """Which there are: `AUTHORS` and so on, added up."""
    keys: tuple[int, ...]
    """Its buckets, the one of its whole title apart."""


def particulars(
    title: str | None,
    authors: Sequence[str],
    year: int | None,
    venue: str | None,
    volume: str | None,
    issue: str | None,
    pages: str | None,
    identifiers: Mapping[str, str],
    has_abstract: bool,
) -> Particulars:
    """See `Particulars`. A record without an abstract is listed by words of its title too."""
    people = _persons(tuple(authors))
    place = _place(year, venue, volume, issue, pages)
    known = fold_identifiers(identifiers)
    said = (
        [(person.words, person.initials, person.family) for person in people],
        (place.names, place.volume, place.issue, place.first, place.last),
        known,
    )
    has = (
        (AUTHORS if people else 0)
        | (VENUE if place.names else 0)
        | (VOLUME if place.volume else 0)
        | (FIRST_PAGE if place.first else 0)
        | (IDENTIFIERS if known else 0)
    )
    digest = 0
    if has or place.issue:
        written = repr(said).encode("utf-8", "surrogatepass")
        digest = int.from_bytes(blake2b(written, digest_size=8).digest(), "big") >> 1 | 1
    listed = Folded(
        title=_title(title) if people or not has_abstract else Title(),
        authors=people,
        place=place,
        identifiers=known,
        truncated=False,
        tokens=_NO_HASHES,
        shingles=_ONE_HASH if has_abstract else _NO_HASHES,
        group=0,
    )
    return Particulars(digest, has, catalogue_keys(listed))


_persons = lru_cache(maxsize=1 << 14)(persons)
_title = lru_cache(maxsize=64)(fold_title)


@lru_cache(maxsize=1 << 12)
def _venue(venue: str | None) -> tuple[tuple[str, ...], ...]:
    return fold_place(year=None, venue=venue, volume=None, issue=None, pages=None).names


def _place(
    year: int | None, venue: str | None, volume: str | None, issue: str | None, pages: str | None
) -> Place:
    bare = fold_place(year=year, venue=None, volume=volume, issue=issue, pages=pages)
    return Place(
        year=bare.year,
        names=_venue(venue),
        volume=bare.volume,
        issue=bare.issue,
        first=bare.first,
        last=bare.last,
    )
