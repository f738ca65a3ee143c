"""Under which words a catalogue would list a record: what finds its like where abstracts do not.

Each entry joins enough that unrelated records seldom share one: a family name and a year alone
are shared by hundreds where names are few. Of names and of words in titles two are taken, chosen
so that another order, a lost author, a slip of the pen or a word put in front leave one of them.
"""

from zlib import crc32

from dedup.folded import Folded
from dedup.titles import Title

_OPENING = 24
"""Letters by which the beginning of a title is known; an ideograph counts for three."""


def title_entries(folded: Folded) -> list[str]:
    """The whole title; how it begins, with an author; and where no abstract could be found by,
    two of its words, with an author, or with the year where nobody is named."""
    title = folded.title
    if title.weight < 0.3:
        return []
    found = [title.compact]
    families = _families(folded)
    opening = _opening(title)
    if families and opening:
        found.append(f"{families[0]} begins {opening}")
    if not folded.shingles.size:
        words = _telling(title)
        if len(words) > 1:
            besides = families[0] if families else folded.place.year
            found.append(f"{besides} on {' '.join(sorted(words))}")
    return found


def author_entries(folded: Folded) -> list[str]:
    """Family name, year and a word of the title: two of each, but for the second with the
    second."""
    if folded.place.year is None:
        return []
    words = _telling(folded.title)
    return [
        f"{family} {folded.place.year} {word}"
        for place, family in enumerate(_families(folded))
        for word in words[: 2 - place]
    ]


def place_entries(folded: Folded) -> list[str]:
    """Year, volume and first page."""
    place = folded.place
    if not place.volume or not place.first:
        return []
    return [f"{place.year or ''} {place.volume}:{place.first}"]


def _families(folded: Folded) -> list[str]:
    """Two family names that every order of the list gives."""
    return sorted({person.family for person in folded.authors}, key=_shuffled)[:2]


def _telling(title: Title) -> list[str]:
    """Two words of a title that tell it from others: the longest, or, of characters written
    without spaces, two runs of three. Empty for a title of short words alone."""
    characters = "".join(
        [token for token in title.tokens if len(token) == 1 and not token.isascii()]
    )
    if len(characters) > 3:
        runs = {characters[start : start + 3] for start in range(len(characters) - 2)}
        return sorted(runs, key=_shuffled)[:2]
    words = {token for token in title.tokens if len(token) > 3}
    return sorted(words, key=lambda word: (-len(word), word))[:2]


def _opening(title: Title) -> str:
    letters = 0
    for count, token in enumerate(title.tokens, 1):
        letters += len(token) if token.isascii() else 3 * len(token)
        if letters >= _OPENING:
            return "".join(title.tokens[:count])
    return ""


def _shuffled(word: str) -> tuple[int, str]:
    """An order that no alphabet has: else every list would be known by its Abbotts."""
    return crc32(word.encode("utf-8", "surrogatepass")), word
