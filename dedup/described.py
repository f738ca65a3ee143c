"""What evidence reads of a record besides abstract and title, as numbers that kernels compare.

A record takes `PEOPLE` places and one more: hashes, 0 for what it does not say, and how many people
it names. Behind them stand those, one after the other: a number that says which letters of a to z
are initials, and how many words and how many other initials follow; a hash of each word, 0 for one
of which a letter is lost; the other initials.
"""

from functools import lru_cache

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

_UNKNOWN = [0] * len(IDENTIFYING)


def describe(
    people: tuple[Person, ...], place: Place, identifiers: tuple[tuple[str, str], ...]
) -> list[int]:
    """The numbers of a record. Hashes are good in one process alone."""
    if identifiers:
        known = dict(identifiers)
        kinds = [_hash(known.get(kind)) for kind in IDENTIFYING]
    else:
        kinds = _UNKNOWN
    found = [_hash(place.volume), _hash(place.first), _hash(place.names), *kinds, len(people)]
    for words, initials, _ in people:
        letters, others = _initials(initials)
        found.append(letters | len(words) << WORDS)
        found += [0 if "?" in word else hash(word) for word in words]
        found += others
    return found


def _hash(said: object) -> int:
    return hash(said) | 1 if said else 0


@lru_cache(maxsize=1 << 12)
def _initials(initials: str) -> tuple[int, tuple[int, ...]]:
    """What a person's first number says of them, and those beyond a to z."""
    letters, others = 0, []
    for initial in initials:
        if "a" <= initial <= "z":
            letters |= 1 << ord(initial) - ord("a")
        else:
            others.append(ord(initial))
    return letters | len(others) << OTHERS, tuple(others)
