"""What evidence reads of a record besides abstract and title, as numbers that kernels compare.

A record takes `PEOPLE` places and one more: hashes, 0 for what it does not say, and how many people
it names. Behind them stand those, one after the other: a number that says which letters of a to z
are initials, and how many words and how many other initials follow; a hash of each word; the other
initials.
"""

from functools import lru_cache
from struct import Struct

from dedup.names import Person
from dedup.places import Place

IDENTIFYING = "arxiv", "doi", "pmcid", "pmid"
"""Kinds of identifiers that tell works apart, sorted: see `dedup.pairs.common_identifier`."""
VOLUME, FIRST_PAGE, VENUE, IDENTIFIER = 0, 1, 2, 3
"""Where their hashes stand; `IDENTIFIER`: that of the first kind, the others behind it."""
PEOPLE = IDENTIFIER + len(IDENTIFYING)
WORDS, OTHERS, MASK = 32, 48, (1 << 16) - 1
"""Of the number that begins a person: by how many bits the counts are shifted."""

ABSENT, DIFFERENT, SAME, ALIKE = -1, 0, 1, 2
"""Of two volumes and the like: one is not said; they differ; they are one. `ALIKE`: two venues of
unlike names, which may be one."""

_HEAD = Struct(f"<{PEOPLE + 1}q")


def describe(
    people: tuple[Person, ...], place: Place, identifiers: tuple[tuple[str, str], ...]
) -> bytes:
    """A record, 8 bytes a number. Hashes are good in one process alone."""
    known = dict(identifiers) if identifiers else {}
    return b"".join(
        [
            _HEAD.pack(
                _hash(place.volume),
                _hash(place.first),
                _hash(place.names),
                *[_hash(known.get(kind)) for kind in IDENTIFYING],
                len(people),
            ),
            *map(_spelt, people),
        ]
    )


def _hash(said: object) -> int:
    return hash(said) | 1 if said else 0


@lru_cache(maxsize=1 << 14)
def _spelt(person: Person) -> bytes:
    letters, others = 0, []
    for initial in person.initials:
        if "a" <= initial <= "z":
            letters |= 1 << ord(initial) - ord("a")
        else:
            others.append(ord(initial))
    first = letters | len(person.words) << WORDS | len(others) << OTHERS
    words = map(hash, person.words)
    return Struct(f"<{1 + len(person.words) + len(others)}q").pack(first, *words, *others)
