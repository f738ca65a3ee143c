"""What two records say besides abstract and title, side by side: what `dedup.names.agreement`,
`dedup.places` and `dedup.pairs.common_identifier` say of it, but for venues of unlike names."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled
from dedup.described import (
    ABSENT,
    ALIKE,
    DIFFERENT,
    FIRST_PAGE,
    IDENTIFIER,
    IDENTIFYING,
    MASK,
    OTHERS,
    PEOPLE,
    SAME,
    VENUE,
    VOLUME,
    WORDS,
)
from dedup.places import YEARS
from dedup.weighing import (
    NOBODY,
    OTHER_IDENTIFIER,
    PUBLISHED_APART,
    SAME_IDENTIFIER,
    SAME_VENUE,
    authors_weight,
    page_weight,
    year_weight,
)

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
States = NDArray[np.int8]

_KINDS = len(IDENTIFYING)
_AHEAD = 128
"""Records that are brought to the processor at once."""
_authors_weight = compiled(authors_weight)
_year_weight = compiled(year_weight)
_page_weight = compiled(page_weight)


class Described(NamedTuple):
    """See `dedup.signing.Signed`."""

    has: NDArray[np.uint8]
    years: NDArray[np.int32]
    names: NDArray[np.uint64]
    places: Numbers
    said: Numbers


class Agreements(NamedTuple):
    """A place a pair."""

    met: Numbers
    """How many authors they have in common, or `NOBODY`."""
    apart: Numbers
    """Years between them; -1: one is not known."""
    people: Floats
    """Share of the shorter list that they are; -1: one names nobody."""
    authors: Floats
    year: Floats
    pages: Floats
    """What each weighs; 0: there is nothing to compare."""
    volume: States
    first: States
    venue: States
    identifier: States
    """`ABSENT` and so on."""
    kind: States
    """Place of the identifiers' kind in `IDENTIFYING`."""


@compiled
def mark_names(
    places: Numbers,
    said: Numbers,
    has: NDArray[np.uint8],
    lost: int,
    names: NDArray[np.uint64],
) -> None:
    """A bit for every word of the names of each record into `names`; all, and `lost` into `has`,
    where a letter of one is lost."""
    bits = np.uint64(64 * names.shape[1])
    for row in range(has.size):
        if has[row] == 0:
            continue
        place = places[row] + PEOPLE + 1
        for _ in range(said[place - 1]):
            for word in range(place + 1, place + 1 + _words(said, place)):
                bit = np.uint64(said[word]) % bits
                names[row, bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))
                if said[word] == 0:
                    has[row] |= lost
            place = _next(said, place)
        if has[row] & lost:
            names[row] = ~np.uint64(0)


@compiled
def compare(
    described: Described, lost: int, rows_a: Numbers, rows_b: Numbers, out: Agreements
) -> None:
    """All pairs into `out`. Of one that has a flag of `lost`, people are left at `NOBODY`."""
    has, said = described.has, described.said
    for row in range(rows_a.size):
        a, b = rows_a[row], rows_b[row]
        out.people[row], out.met[row], out.authors[row] = -1.0, NOBODY, 0.0
        out.pages[row] = 0.0
        out.volume[row] = out.first[row] = out.venue[row] = out.identifier[row] = ABSENT
        out.kind[row] = 0
        if has[a] and has[b]:
            at, other = described.places[a], described.places[b]
            if said[at + PEOPLE] and said[other + PEOPLE] and not (has[a] | has[b]) & lost:
                people, met = _agreement(described, a, b)
                out.people[row], out.met[row] = people, met
                out.authors[row] = _authors_weight(people, met)
            out.volume[row] = _state(said, at + VOLUME, other + VOLUME)
            out.first[row] = _state(said, at + FIRST_PAGE, other + FIRST_PAGE)
            out.venue[row] = _state(said, at + VENUE, other + VENUE)
            if out.venue[row] == DIFFERENT:
                out.venue[row] = ALIKE
            if out.first[row] != ABSENT:
                out.pages[row] = _page_weight(out.first[row] == SAME, out.volume[row] == SAME)
            out.identifier[row], out.kind[row] = _identifier(said, at, other)
        apart = _years_apart(described.years, a, b)
        out.apart[row] = apart
        out.year[row] = _year_weight(apart, out.met[row]) if apart >= 0 else 0.0


@compiled
def at_most(
    described: Described, lost: int, rows_a: Numbers, rows_b: Numbers, most: Floats
) -> None:
    """What all that weighs at most, into `most`."""
    has, said = described.has, described.said
    for row in range(rows_a.size):
        if row % _AHEAD == 0:
            most[row] = _touched(described, rows_b[row : row + _AHEAD])
        a, b = rows_a[row], rows_b[row]
        apart = _years_apart(described.years, a, b)
        met, found, differ = NOBODY, 0.0, 0
        same_page = False
        if has[a] and has[b]:
            at, other = described.places[a], described.places[b]
            if said[at + PEOPLE] and said[other + PEOPLE]:
                people, met = 1.0, 3
                if not (has[a] | has[b]) & lost:
                    people, met = _agreement(described, a, b)
                found += _authors_weight(people, met)
            volume = _state(said, at + VOLUME, other + VOLUME)
            first = _state(said, at + FIRST_PAGE, other + FIRST_PAGE)
            if first != ABSENT:
                found += _page_weight(first == SAME, volume == SAME)
            if said[at + VENUE] and said[other + VENUE]:
                found += SAME_VENUE
            identifier, _ = _identifier(said, at, other)
            if identifier != ABSENT:
                found += SAME_IDENTIFIER if identifier == SAME else OTHER_IDENTIFIER
            same_page = first == SAME
            differ = (volume == DIFFERENT) + (first == DIFFERENT) + (identifier == DIFFERENT)
        if apart >= 0:
            found += _year_weight(apart, met)
        if not same_page and (differ + (apart > 0) > 1 or apart > YEARS):
            found += PUBLISHED_APART
        most[row] = found


@compiled
def _touched(described: Described, rows: Numbers) -> int:
    """Have some records brought to the processor, all at once: one after the other, each would be
    waited for. What is returned is of no meaning."""
    found = np.int64(0)
    for row in rows:
        place = described.places[row]
        found += np.int64(described.names[row, 0])
        if described.has[row]:
            found += described.said[place] + described.said[place + PEOPLE]
    return found


@compiled
def _years_apart(years: NDArray[np.int32], a: int, b: int) -> int:
    """-1: one is not known."""
    if years[a] < 0 or years[b] < 0:
        return -1
    return abs(np.int64(years[a]) - np.int64(years[b]))


@compiled
def _state(said: Numbers, place: int, other: int) -> int:
    if said[place] == 0 or said[other] == 0:
        return ABSENT
    return SAME if said[place] == said[other] else DIFFERENT


@compiled
def _identifier(said: Numbers, at: int, other: int) -> tuple[int, int]:
    """Of a kind that both have, one of equal values first, and its place."""
    found, kind = ABSENT, 0
    for place in range(_KINDS):
        state = _state(said, at + IDENTIFIER + place, other + IDENTIFIER + place)
        if state == SAME:
            return SAME, place
        if state == DIFFERENT and found == ABSENT:
            found, kind = DIFFERENT, place
    return found, kind


@compiled
def _agreement(described: Described, a: int, b: int) -> tuple[float, int]:
    """Of two lists that name somebody each, and no letter of whose names is lost."""
    said = described.said
    for word in range(described.names.shape[1]):
        if described.names[a, word] & described.names[b, word]:
            break
    else:
        return 0.0, 0
    first, other_first = described.places[a] + PEOPLE, described.places[b] + PEOPLE
    count, others = said[first], said[other_first]
    met = np.int64(0)
    met_others = np.uint64(0)
    whole = count == others
    place = first + 1
    for person in range(count):
        found = False
        other_place = other_first + 1
        for other in range(others):
            if _one_person(said, place, other_place):
                found = True
                met_others |= np.uint64(1) << np.uint64(other)
                whole = whole or (person == 0 and other == 0)
            other_place = _next(said, other_place)
        met += found
        place = _next(said, place)
    back = np.int64(0)
    while met_others:
        met_others &= met_others - np.uint64(1)
        back += 1
    met = min(met, back)
    return met / min(count, others) * (1.0 if whole else 0.6), met


@compiled
def _next(said: Numbers, place: int) -> int:
    """Where the person behind the one at a place begins."""
    return place + 1 + _words(said, place) + (said[place] >> OTHERS)


@compiled
def _one_person(said: Numbers, place: int, other: int) -> bool:
    """See `dedup.names.same_person`."""
    letters = (np.int64(1) << WORDS) - 1
    mine, theirs = said[place] & letters, said[other] & letters
    within, around = not mine & ~theirs, not theirs & ~mine
    if not within and not around:
        return False
    begin, other_begin = place + 1 + _words(said, place), other + 1 + _words(said, other)
    if not _some_among(said, place + 1, begin, other + 1, other_begin):
        return False
    end, other_end = _next(said, place), _next(said, other)
    return (within and _all_among(said, begin, end, other_begin, other_end)) or (
        around and _all_among(said, other_begin, other_end, begin, end)
    )


@compiled
def _words(said: Numbers, place: int) -> int:
    return (said[place] >> WORDS) & MASK


@compiled
def _some_among(said: Numbers, begin: int, end: int, other_begin: int, other_end: int) -> bool:
    for place in range(begin, end):
        for other in range(other_begin, other_end):
            if said[place] == said[other]:
                return True
    return False


@compiled
def _all_among(said: Numbers, begin: int, end: int, other_begin: int, other_end: int) -> bool:
    for place in range(begin, end):
        among = False
        for other in range(other_begin, other_end):
            among = among or said[place] == said[other]
        if not among:
            return False
    return True
