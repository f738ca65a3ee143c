"""Which text of each block is its title, and which its abstract: what stands where in most."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from spiders.pages.automatic.units import At, Unit

_WORDLESS = re.compile(r"[\W\d_]*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+(?:/.*)?", re.IGNORECASE)
_TITLE_BYTES = (4, 24, 240)
"""Shorter than the first a text is hardly a title; from the second to the third it may well be."""
_ABSTRACT_BYTES = 60
"""A text of less, on average, is no abstract."""
_PARAGRAPH = 0.35
"""Share of the longest text's score that a further paragraph has."""
_LEAST = 0.12
"""Share of the best place's score that a title's place has."""


@dataclass(slots=True)
class _Place:
    """What the blocks have at one place."""

    units: list[Unit] = field(default_factory=list)
    linked: int = 0
    """Units that are a link alone; a link around the whole record is none of these."""
    first: int = 0
    """Sum of the places in their blocks, of the first unit in each."""


@dataclass(frozen=True, slots=True)
class Headed:
    """A block with its title and abstract found."""

    title: Unit | None
    abstract: tuple[Unit, ...]
    others: tuple[Unit, ...]
    """The other units, in page order."""


def headed(blocks: Sequence[list[Unit]]) -> list[Headed]:
    """Title and abstract of each block, found by what stands at the same place in the others."""
    places = _places(blocks)
    titles = {at: _title_score(one, len(blocks)) for at, one in places.items()}
    lengths = {at: _abstract_score(one, len(blocks)) for at, one in places.items()}
    best = max(titles.values(), default=0.0)
    found = []
    for units in blocks:
        title = max(units, key=lambda unit: titles[unit.at], default=None)
        if title is None or not titles[title.at] or titles[title.at] < _LEAST * best:
            title = None
        rest = [unit for unit in units if unit is not title]
        abstract = _abstract(rest, lengths)
        others = tuple(unit for unit in rest if all(unit is not one for one in abstract))
        found.append(Headed(title, abstract, others))
    return found


def _places(blocks: Sequence[list[Unit]]) -> dict[At, _Place]:
    places: dict[At, _Place] = defaultdict(_Place)
    for units in blocks:
        links = Counter(unit.link for unit in units)
        for index, unit in enumerate(units):
            place = places[unit.at]
            place.units.append(unit)
            place.linked += unit.link >= 0 and links[unit.link] == 1
            place.first += index
    return places


def _title_score(place: _Place, count: int) -> float:
    """How likely the texts of a place are titles: in most blocks, each another, linked or headings,
    early, and as long as titles are."""
    texts = [unit.words for unit in place.units]
    there = len(texts)
    distinct = len(set(texts)) / there
    linked = sum(unit.link >= 0 for unit in place.units) / there
    headings = sum(unit.heading for unit in place.units) / there
    wordless = sum(map(_is_wordless, texts)) / there
    length = sum(_like_title(text) for text in texts) / there
    letters = sum(_letters(text) for text in texts) / there
    early = 1 / (1 + 0.06 * place.first / there)
    share = sqrt(there / count)
    return (
        share
        * distinct
        * length
        * early
        * (0.3 + 0.7 * letters)
        * (1 - 0.9 * wordless)
        * (1 + 0.9 * linked + 0.9 * headings)
    )


def title_likeness(texts: Sequence[str]) -> float:
    """From 0 to about 1: whether texts of one place, one a record, are titles."""
    count = len(texts)
    if not count:
        return 0.0
    likely = [
        _like_title(text) * (0.3 + 0.7 * _letters(text)) * (1 - 0.9 * _is_wordless(text))
        for text in texts
    ]
    return sum(likely) / count * len(set(texts)) / count


def _is_wordless(text: str) -> bool:
    return bool(_WORDLESS.fullmatch(text) or _ADDRESS.fullmatch(text))


def _like_title(text: str) -> float:
    size = len(text.encode("utf-8", "replace"))
    least, usual, most = _TITLE_BYTES
    if size < usual:
        return max(size - least, 1) / (usual - least) * 0.9
    return 1.0 if size <= most else most / size


def _letters(text: str) -> float:
    """Share of letters in what is printed."""
    printed = "".join(text[:200].split())
    return sum(map(str.isalpha, printed)) / max(len(printed), 1)


def _abstract_score(place: _Place, count: int) -> float:
    """The bytes of a place's texts, on average over those that have it; 0: no abstracts."""
    sizes = [len(unit.text.encode("utf-8", "replace")) for unit in place.units]
    mean = sum(sizes) / len(sizes)
    if mean < _ABSTRACT_BYTES or place.linked * 2 > len(sizes):
        return 0.0
    return mean * sqrt(len(sizes) / count)


def _abstract(units: list[Unit], lengths: dict[At, float]) -> tuple[Unit, ...]:
    """The unit whose place has the longest texts, and those at its place that are long as well:
    paragraphs, but not the line with the authors above them."""
    best = max(units, key=lambda unit: lengths[unit.at], default=None)
    if best is None or not lengths[best.at]:
        return ()
    least = _PARAGRAPH * lengths[best.at]
    return tuple(unit for unit in units if unit.place == best.place and lengths[unit.at] >= least)
