"""Under which words a catalogue would list a record: what finds its like where abstracts do not.

Each entry joins enough that unrelated records seldom share one: a family name and a year alone
are shared by hundreds where names are few. Of names and of words in titles two are taken, chosen
so that another order, a lost author, a slip of the pen or a word put in front leave one of them.
"""

from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from dedup.folded import Folded
from dedup.names import Person
from dedup.places import Place

_OPENING = 24
"""Letters by which the beginning of a title is known; an ideograph counts for three."""
TITLED = 0.3
"""`Title.weight` from which a record is listed by its title."""


class Card(NamedTuple):
    """What a catalogue reads of a record."""

    title: tuple[str, ...]
    """Tokens; none where it is listed by nothing that needs them."""
    titled: bool
    """Whether its title says enough to be listed by it."""
    has_abstract: bool
    authors: tuple[Person, ...]
    place: Place
    identifiers: tuple[tuple[str, str], ...]


class Entries(NamedTuple):
    """Under which words a record is listed, each once."""

    identifiers: list[str]
    """Kind and value."""
    titles: list[str]
    """How the title begins, with an author; and where no abstract could be found by, two of its
    words, with an author, or with the year where nobody is named."""
    authors: list[str]
    """Family name, year and a word of the title: two of each, but for the second with the
    second."""
    places: list[str]
    """Year, volume and first page."""


def card_of(folded: Folded) -> Card:
    """The card of a whole record."""
    title = folded.title
    return Card(
        title.tokens,
        title.weight >= TITLED,
        bool(folded.shingles.size),
        folded.authors,
        folded.place,
        folded.identifiers,
    )


def entries(card: Card) -> Entries:
    """All of a record's, but that of its whole title."""
    place = card.place
    families = _families(card.authors) if card.title else []
    by_author = bool(families) and place.year is not None
    by_words = card.titled and not card.has_abstract
    words = _telling(card.title) if by_author or by_words else []
    titles = []
    if card.titled and families and (opening := _opening(card.title)):
        titles.append(f"{families[0]} begins {opening}")
    if by_words and len(words) > 1:
        besides = families[0] if families else place.year
        titles.append(f"{besides} on {' '.join(sorted(words))}")
    authors = []
    if by_author:
        authors = [f"{families[0]} {place.year} {word}" for word in words]
        if words and len(families) > 1:
            authors.append(f"{families[1]} {place.year} {words[0]}")
    listed = place.volume and place.first
    return Entries(
        [f"{kind} {value}" for kind, value in dict.fromkeys(card.identifiers)],
        titles,
        authors,
        [f"{place.year or ''} {place.volume}:{place.first}"] if listed else [],
    )


def _families(authors: tuple[Person, ...]) -> list[str]:
    """Two family names that every order of the list gives."""
    return sorted({person.family for person in authors}, key=_shuffled)[:2]


def _telling(title: tuple[str, ...]) -> list[str]:
    """Two words of a title that tell it from others: the longest, or, of characters written
    without spaces, two runs of three. Empty for a title of short words alone."""
    characters = ""
    if not "".join(title).isascii():
        characters = "".join([word for word in title if len(word) == 1 and not word.isascii()])
    if len(characters) > 3:
        runs = {characters[start : start + 3] for start in range(len(characters) - 2)}
        return sorted(runs, key=_shuffled)[:2]
    # Sorted by the alphabet first: the longest, and of equally long ones the first of it.
    words = sorted({word for word in title if len(word) > 3})
    words.sort(key=len, reverse=True)
    return words[:2]


def _opening(title: tuple[str, ...]) -> str:
    letters = 0
    for count, token in enumerate(title, 1):
        letters += len(token) if token.isascii() else 3 * len(token)
        if letters >= _OPENING:
            return "".join(title[:count])
    return ""


@lru_cache(maxsize=1 << 14)
def _shuffled(word: str) -> tuple[int, str]:
    """An order that no alphabet has: else every list would be known by its Abbotts."""
    return crc32(word.encode("utf-8", "surrogatepass")), word
