"""The kinds of evidence: what each says of two records, in words, and how much it weighs.

Each kind is one function and one row of `KINDS`. It reads the two records, what they share and the
scheme, and weighs for one work (above 0) or against it (below 0); weights add up. None: there is
nothing to compare. Of a record with itself no kind weighs less than of that record with any other.

`ceiling` and `own_weight` say the sum, or what it cannot exceed, without the words.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.folded import Folded
from dedup.hashing import run_hashes
from dedup.pairs import Overlap, Pair, common_identifier
from dedup.phrases import (
    FORM_WORDS,
    PAGES_DIFFER,
    SCATTERED_WORDS,
    authors_words,
    identifier_words,
    inside_words,
    jaccard_words,
    page_words,
    title_words,
    venue_words,
    year_words,
)
from dedup.places import published_apart
from dedup.scheme import Scheme
from dedup.titles import (
    WITHOUT_ITS_END,
    Alignment,
    Title,
    numbers_differ,
    parts_differ,
)
from records import Clue

SCATTERED = 15
"""Longest run of shingles by which two printings differ where single words were changed."""
INSIDE = 0.95
"""Share of the shorter abstract from which it stands in the longer."""
MOST_OF_TEXT, MOST_OF_TITLE = 7.5, 4.2
SAME_YEAR = SAME_VENUE = 0.5
OTHER_VENUE = -0.2
SAME_IDENTIFIER, OTHER_IDENTIFIER = 3.5, -1.5
PUBLISHED_APART = -1.0
NOBODY = -1
"""How many authors two records have in common of which one names nobody."""


class Weighed(NamedTuple):
    """A clue and what it adds to the sum."""

    clue: Clue
    weight: float
    decides: bool = False
    """A conflict that forbids `same` alone, unless an identifier agrees."""


def _abstract(pair: Pair) -> Weighed | None:
    a, b, shared, scheme = pair.a, pair.b, pair.overlap, pair.scheme
    if shared is None:
        return None
    value = shared.jaccard
    words = jaccard_words(value)
    if a.title.notice and b.title.notice and value > 0.15:
        return Weighed(Clue(kind="jaccard", supports=True, value=value, words=words), 0)
    if value < scheme.threshold and _stands_inside(a, b, shared, scheme):
        weight = 4.5
        words += inside_words(shared.inside)
    elif _is_scattered(a, b, shared, scheme):
        weight = 4.2
        words += SCATTERED_WORDS
    else:
        weight = _text_weight(shared, scheme, named=pair.people is not None)
    return Weighed(Clue(kind="jaccard", supports=weight > 0, value=value, words=words), weight)


UNLIKE, UNLIKE_UNNAMED = 0.15, 0.6
"""Likeness of abstracts below which they speak against one work. Where nobody is named on both
sides hardly more than a title is left that could speak for it, and works share titles."""
HALF_UNTITLED = 0.94
"""Share of the threshold: see `is_half`."""
HALF = Clue(
    kind="part",
    supports=False,
    words="one may hold the other: neither abstracts nor titles alone tell one work",
)


def _text_weight(shared: Overlap, scheme: Scheme, *, named: bool) -> float:
    """Of an overlap, whatever its places in the texts; `named`: both records name authors."""
    trust = min(1.0, shared.least / 40)
    if shared.jaccard >= scheme.threshold:
        return (MOST_OF_TEXT - 3.5 + 3.5 * shared.jaccard) * trust
    likeness = max(shared.jaccard, shared.inside / 2)
    unlike = UNLIKE if named else UNLIKE_UNNAMED
    if likeness >= unlike:
        return 4 * (likeness - unlike) * trust
    return -4 * (1 - likeness / unlike) * trust


def _stands_inside(a: Folded, b: Folded, shared: Overlap, scheme: Scheme) -> bool:
    """Whether one abstract is the other without some of it: cut at its end, or sentences short."""
    if shared.least < 25 or shared.inside < INSIDE:
        return False
    return shared.jaccard >= 0.8 * scheme.threshold or _is_cut(a, b)


def _is_cut(a: Folded, b: Folded) -> bool:
    """Whether the shorter abstract is said to be cut, and both begin alike."""
    cut = [one for one in (a, b) if one.tokens.size == min(a.tokens.size, b.tokens.size)]
    return any(one.truncated for one in cut) and np.array_equal(a.tokens[:8], b.tokens[:8])


def _is_scattered(a: Folded, b: Folded, shared: Overlap, scheme: Scheme) -> bool:
    """Whether two abstracts differ in single words here and there."""
    return (
        0.7 * scheme.threshold <= shared.jaccard < scheme.threshold
        and shared.least >= 40
        and _longest_gap(a, b, scheme) <= SCATTERED
    )


def _longest_gap(a: Folded, b: Folded, scheme: Scheme) -> int:
    """The longest run of shingles that one abstract has and the other has not: short where words
    were changed here and there, long where two texts share a passage."""
    return max(_gap(a, b, scheme), _gap(b, a, scheme))


def _gap(a: Folded, b: Folded, scheme: Scheme) -> int:
    runs = run_hashes(a.tokens, scheme.shingle)
    nearest = b.shingles.searchsorted(runs)
    nearest[nearest == b.shingles.size] = 0
    met = np.flatnonzero(b.shingles.take(nearest) == runs)
    edges = np.empty(met.size + 2, np.intp)
    edges[0], edges[1:-1], edges[-1] = -1, met, runs.size
    return int((edges[1:] - edges[:-1]).max()) - 1


def _title(pair: Pair) -> Weighed | None:
    if pair.title is None:
        return None
    value = pair.title.likeness
    trust = _trust(pair.a, pair.b)
    weight = title_weight(pair.title.likeness, trust)
    words = title_words(value, trust)
    return Weighed(Clue(kind="title", supports=weight > 0, value=value, words=words), weight)


def _trust(a: Folded, b: Folded) -> float:
    return min(a.title.weight, b.title.weight)


def title_weight(value: float, trust: float) -> float:
    """Of titles of a likeness, that say so much: see `Title.weight`."""
    if value >= 0.9:
        return MOST_OF_TITLE * trust * value
    if value >= 0.8:
        return (value - 0.8) * 25 * trust
    return max(-5.0, (value - 0.8) * 10)


def _notice(pair: Pair) -> Weighed | None:
    a, b = pair.a.title, pair.b.title
    if a.notice == b.notice or not a.tokens or not b.tokens:
        return None
    words = "one is a notice about a work: an erratum, a reply, a comment"
    return Weighed(Clue(kind="notice", supports=False, words=words), 0, decides=True)


def _series(pair: Pair) -> Weighed | None:
    of_one_form = (
        pair.people is None and pair.title is not None and pair.title.names_different_things
    )
    jaccard = pair.overlap.jaccard if pair.overlap else 0.0
    words = series_words(pair.a.title, pair.b.title, jaccard, pair.scheme, of_one_form)
    if words is None:
        return None
    return Weighed(Clue(kind="series", supports=False, words=words), 0, decides=True)


def series_words(
    a: Title, b: Title, jaccard: float, scheme: Scheme, of_one_form: bool
) -> str | None:
    """Why two titles are of two works of a series. None: they need not be."""
    if parts_differ(a, b):
        named_once = not (a.part and b.part)
        if named_once and jaccard >= scheme.threshold:
            return None
        parts = sorted((a.part or "the whole", b.part or "the whole"))
        return f"parts of a work: {parts[0]} and {parts[1]}"
    if numbers_differ(a, b):
        return "titles differ in a number: two of a series"
    return FORM_WORDS if of_one_form else None


def half_known(pair: Pair) -> Clue | None:
    """What forbids `same` where a sum of weights says it, but neither abstracts nor titles do by
    themselves, and there is little else to go by: a text that holds those of two works is as like
    each of them, and so is its title."""
    a, b, shared = pair.a, pair.b, pair.overlap
    if shared is None or pair.people is not None or pair.identifier[1]:
        return None
    if _pages_weight(a, b) > 1 or not is_half(shared.jaccard, pair.title, pair.scheme):
        return None
    if _stands_inside(a, b, shared, pair.scheme):
        return None if _is_cut(a, b) else HALF
    return None if _is_scattered(a, b, shared, pair.scheme) else HALF


def is_half(jaccard: float, title: Alignment | None, scheme: Scheme) -> bool:
    """Whether abstracts and titles as like as this may be of a work and of another that holds it.
    Without titles to compare, a lost sentence or two are forgiven."""
    if title is None:
        return jaccard < HALF_UNTITLED * scheme.threshold
    return jaccard < scheme.threshold and title.likeness <= WITHOUT_ITS_END


def _authors(pair: Pair) -> Weighed | None:
    if pair.people is None:
        return None
    value, _ = pair.people
    weight = authors_weight(*pair.people)
    words = authors_words(value)
    return Weighed(Clue(kind="authors", supports=weight > 0, value=value, words=words), weight)


def authors_weight(value: float, met: int) -> float:
    """Of the share of the shorter list of authors that agree, and how many they are."""
    if value < 0.5:
        return -3 * (1 - value)
    return (2.0 if met == 1 else 2.5 if met == 2 else 3.0) * value


def _year(pair: Pair) -> Weighed | None:
    a, b = pair.a.place.year, pair.b.place.year
    if a is None or b is None:
        return None
    apart = abs(a - b)
    words = year_words(apart)
    clue = Clue(kind="year", supports=not apart, value=float(apart), words=words)
    return Weighed(clue, year_weight(apart, _met(pair.people)))


def _met(people: tuple[float, int] | None) -> int:
    return NOBODY if people is None else people[1]


def year_weight(apart: int, met: int) -> float:
    """Two years weigh most where one author is shared at most: a column comes back every year
    under one title and one name. `met`: authors in common, or `NOBODY`."""
    if apart == 0:
        return SAME_YEAR
    if met > 1:
        return -0.5 * min(apart, 4)
    return -1.5 if met == NOBODY else -3.0


def _venue(pair: Pair) -> Weighed | None:
    if pair.same_venue is None:
        return None
    words = venue_words(pair.same_venue)
    clue = Clue(kind="venue", supports=pair.same_venue, words=words)
    return Weighed(clue, SAME_VENUE if pair.same_venue else OTHER_VENUE)


def _pages(pair: Pair) -> Weighed | None:
    a, b = pair.a.place, pair.b.place
    if not a.first or not b.first:
        return None
    weight = _pages_weight(pair.a, pair.b)
    if a.first != b.first:
        return Weighed(Clue(kind="pages", supports=False, words=PAGES_DIFFER), weight)
    words = page_words(a.first, a.volume if a.volume == b.volume else "")
    return Weighed(Clue(kind="pages", supports=True, value=a.first, words=words), weight)


def _pages_weight(a: Folded, b: Folded) -> float:
    first, second = a.place, b.place
    if not first.first or not second.first:
        return 0.0
    volume = bool(first.volume) and first.volume == second.volume
    return page_weight(first.first == second.first, volume)


def page_weight(same: bool, same_volume: bool) -> float:
    """Of two first pages; `same_volume`: both name it, and it is one."""
    if not same:
        return -1.0
    return 2.5 if same_volume else 1.0


def _apart(pair: Pair) -> Weighed | None:
    kind, value = pair.identifier
    besides = identifier_words(kind, same=False) if kind and not value else None
    words = published_apart(pair.a.place, pair.b.place, besides)
    if words is None:
        return None
    clue = Clue(kind="publication", supports=False, words=words)
    return Weighed(clue, PUBLISHED_APART, decides=True)


def _identifier(pair: Pair) -> Weighed | None:
    kind, value = pair.identifier
    if not kind:
        return None
    words = identifier_words(kind, same=bool(value))
    if value:
        clue = Clue(kind="identifier", supports=True, value=value, words=words)
        return Weighed(clue, SAME_IDENTIFIER)
    return Weighed(Clue(kind="identifier", supports=False, words=words), OTHER_IDENTIFIER)


KINDS: tuple[Callable[[Pair], Weighed | None], ...] = (
    _abstract,
    _title,
    _notice,
    _series,
    _authors,
    _year,
    _venue,
    _pages,
    _apart,
    _identifier,
)
"""One row a kind of evidence."""


def ceiling(
    a: Folded,
    b: Folded,
    scheme: Scheme,
    people: tuple[float, int] | None,
    shared: Overlap | None,
    title: Alignment | None = None,
) -> float:
    """What the weights of two records add up to at most, given what is known of them. A title of
    None is not known yet."""
    most = _pages_weight(a, b)
    if a.place.names and b.place.names:
        most += SAME_VENUE
    if common_identifier(a, b)[1]:
        most += SAME_IDENTIFIER
    if people is not None:
        most += authors_weight(*people)
    if a.place.year is not None and b.place.year is not None:
        most += year_weight(abs(a.place.year - b.place.year), _met(people))
    if shared is not None:
        told = shared.inside < INSIDE and shared.jaccard < 0.7 * scheme.threshold
        named = people is not None
        most += _text_weight(shared, scheme, named=named) if told else MOST_OF_TEXT
    trust = _trust(a, b)
    return most + (MOST_OF_TITLE * trust if title is None else title_weight(title.likeness, trust))


def own_weight(one: Folded, scheme: Scheme) -> float:
    """What the weights of a record with itself add up to."""
    size, place = one.shingles.size, one.place
    weights = (
        _own_text_weight(size, scheme) if not one.title.notice else 0,
        MOST_OF_TITLE * one.title.weight,
        authors_weight(1.0, len(one.authors)) if one.authors else 0,
        SAME_YEAR if place.year is not None else 0,
        SAME_VENUE if place.names else 0,
        _pages_weight(one, one),
        SAME_IDENTIFIER if common_identifier(one, one)[1] else 0,
    )
    return sum(weights)


def _own_text_weight(size: int, scheme: Scheme) -> float:
    return _text_weight(Overlap(1.0, 1.0, size), scheme, named=True) if size else 0
