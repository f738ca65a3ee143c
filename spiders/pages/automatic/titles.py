"""Which text of each block is its title, and which its abstract: what stands where in most."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from spiders.pages.automatic.units import Unit

_WORDLESS = re.compile(r"[\W\d_]*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+(?:/.*)?", re.IGNORECASE)
_TITLE_BYTES = (4, 24, 240)
"""Shorter than the first a text is hardly a title; from the second to the third it may well be."""
_ABSTRACT_BYTES = 60
"""A text of less, on average, is no abstract."""
_APART = 8
"""So many units at one place are told apart by their order."""
_PARAGRAPH = 0.35
"""Share of the longest text's score that a further paragraph has."""
_LEAST = 0.12
"""Share of the best place's score that a title's place has."""


@dataclass(slots=True)
class _Place:
    """What the blocks have at one place."""

    blocks: set[int] = field(default_factory=set)
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
    count = len(blocks)
    titles = {at: _title_score(one, count) for at, one in _places(blocks, each=True).items()}
    best = max(titles.values(), default=0.0)
    lengths = {at: _abstract_score(one, count) for at, one in _places(blocks, each=True).items()}
    found = []
    for units in blocks:
        ats = _ats(units, each=True)
        score, index = max(((titles[at], -index) for index, at in enumerate(ats)), default=(0.0, 0))
        title = units[-index] if units and score and score >= _LEAST * best else None
        rest = [(unit, lengths[at]) for unit, at in zip(units, ats, strict=True)]
        abstract = _abstract([each for each in rest if each[0] is not title])
        others = tuple(
            unit for unit in units if unit is not title and not any(unit is a for a in abstract)
        )
        found.append(Headed(title, abstract, others))
    return found


_At = tuple[tuple[int, int, int], int]
"""A place, and the how-manieth unit of the block at it."""


def _ats(units: list[Unit], *, each: bool) -> list[_At]:
    seen: Counter[tuple[int, int, int]] = Counter()
    ats = []
    for unit in units:
        ats.append((unit.place, min(seen[unit.place], _APART) if each else 0))
        seen[unit.place] += 1
    return ats


def _places(blocks: Sequence[list[Unit]], *, each: bool = False) -> dict[_At, _Place]:
    places: dict[_At, _Place] = defaultdict(_Place)
    for number, units in enumerate(blocks):
        links = Counter(unit.link for unit in units)
        for index, (unit, at) in enumerate(zip(units, _ats(units, each=each), strict=True)):
            place = places[at]
            if number not in place.blocks:
                place.blocks.add(number)
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
    wordless = (
        sum(bool(_WORDLESS.fullmatch(text) or _ADDRESS.fullmatch(text)) for text in texts) / there
    )
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


def _abstract(units: list[tuple[Unit, float]]) -> tuple[Unit, ...]:
    """The unit whose place has the longest texts, and those at its place that are long as well:
    paragraphs, but not the line with the authors above them."""
    best, most = max(units, key=lambda each: each[1], default=(None, 0.0))
    if best is None or not most:
        return ()
    return tuple(
        unit
        for unit, score in units
        if unit.place == best.place and (unit is best or score >= _PARAGRAPH * most)
    )
