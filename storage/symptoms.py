"""What may be odd about a page, next to other pages of its source: each a count over its records.

A symptom is looked for where the source's pages have a habit: a field that nearly every record has,
sizes and languages that nearly all texts are of, a number of records that pages have.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Protocol, TypeVar

from records import Measures
from records.measures import LEGIBLE, OWN_TITLE

Name = TypeVar("Name", str, int)

HABIT = 0.8
"""Share of the records that nearly all of them are, at the least."""
COMMON = 0.5
"""Share of the records from which a field is looked for."""
SPOKEN = 0.2
"""Share of the records from which a language is looked for."""
RARE = 0.02
"""Share of the texts up to which a size, or a language, is rare."""
_FEWEST = 4
"""Records that pages must have as a rule, for fewer than half of them to mean anything."""


class Symptom(Protocol):
    """Something that nearly no record, or page, of a source has had."""

    @property
    def enough(self) -> float:
        """Share of a page's records that must have it, for the page to show it."""
        ...

    def hits(self, page: Measures) -> tuple[int, int]:
        """How many have it, of how many of whom it can be said."""
        ...

    def words(self, page: Measures) -> str:
        """What is odd about a page that shows it."""
        ...

    @property
    def usual(self) -> str:
        """Of whom, and what, so many per cent can be said that have it not."""
        ...


def shows(page: Measures, symptom: Symptom) -> bool:
    """Whether so many of a page's records have a symptom that it speaks for the page."""
    hit, of = symptom.hits(page)
    return of > 0 and hit >= symptom.enough * of


@dataclass(frozen=True, slots=True)
class Lost:
    """A field that nearly every record had."""

    field: str
    enough: float = 0.9

    def hits(self, page: Measures) -> tuple[int, int]:
        return page.records - page.filled.get(self.field, 0), page.records

    def words(self, page: Measures) -> str:
        count = page.filled.get(self.field, 0)
        if self.field == LEGIBLE:
            return _so_many(page.records - count, page.records, "is", "are") + " wrongly decoded"
        name = _NAMES.get(self.field, f"a {self.field}")
        return _so_many(count, page.records, f"has {name}", f"have {name}")

    @property
    def usual(self) -> str:
        return "of the records were not" if self.field == LEGIBLE else "of the records did"


@dataclass(frozen=True, slots=True)
class Unspoken:
    """The language that nearly every record was in."""

    language: str
    enough: float = 0.9

    def hits(self, page: Measures) -> tuple[int, int]:
        told = sum(page.languages.values())
        return told - page.languages.get(self.language, 0), told

    def words(self, page: Measures) -> str:
        count, of = page.languages.get(self.language, 0), sum(page.languages.values())
        return _so_many(count, of, "is", "are") + f" in the language {self.language}"

    @property
    def usual(self) -> str:
        return "of the records were"


@dataclass(frozen=True, slots=True)
class Foreign:
    """Languages that nearly no record was in."""

    known: frozenset[str]
    enough: float = 0.9

    def hits(self, page: Measures) -> tuple[int, int]:
        told = sum(page.languages.values())
        return told - sum(page.languages.get(each, 0) for each in self.known), told

    def words(self, page: Measures) -> str:
        strange = sorted(page.languages.keys() - self.known)
        hit, of = self.hits(page)
        return f"{hit} of {of} records are in the language {' or '.join(strange)}"

    @property
    def usual(self) -> str:
        return f"of the records were in {' or '.join(sorted(self.known))}"


@dataclass(frozen=True, slots=True)
class Size:
    """Texts of sizes that nearly no text had: all below `least`, or all above `most`."""

    of: str
    least: int = 0
    most: int = 64
    enough: float = 0.9

    def hits(self, page: Measures) -> tuple[int, int]:
        sizes = page.lengths.get(self.of, {})
        odd = sum(count for size, count in sizes.items() if not self.least <= size <= self.most)
        return odd, sum(sizes.values())

    def words(self, page: Measures) -> str:
        hit, of = self.hits(page)
        return f"{hit} of {of} {_TEXTS[self.of]} have {self._sizes()}"

    def _sizes(self) -> str:
        if self.least:
            return f"fewer than {2 ** (self.least - 1)} characters"
        return f"{2**self.most} characters or more"

    @property
    def usual(self) -> str:
        return f"of the {_TEXTS[self.of]} did not"


@dataclass(frozen=True, slots=True)
class Few:
    """Fewer than half as many records as pages have as a rule. Said of a page, not of records."""

    median: int
    paged: bool
    """Pages lead to a next one as a rule: one that does not is the last of its list, and may be
    short."""
    enough: float = 1.0

    def hits(self, page: Measures) -> tuple[int, int]:
        if self.paged and not page.more:
            return 0, 0
        return int(page.records * 2 < self.median), 1

    def words(self, page: Measures) -> str:
        count = page.records
        return f"the page has {count or 'no'} record{'s' * (count != 1)}"

    @property
    def usual(self) -> str:
        return f"of the pages had {(self.median + 1) // 2} or more"


def symptoms(pages: "Tally") -> Iterator[Symptom]:
    """The symptoms that may be looked for beside some pages: what they have a habit of."""
    total = pages.records
    for name, count in pages.filled.items():
        if count >= COMMON * total:
            yield Lost(name, 0.1) if name == LEGIBLE else Lost(name)
    told = pages.languages.total()
    known = frozenset(name for name, count in pages.languages.items() if count > RARE * told)
    if known:
        yield Foreign(known)
    for name in known:
        if pages.languages[name] >= SPOKEN * told:
            yield Unspoken(name)
    for name, sizes in pages.lengths.items():
        usual = usual_sizes(+sizes)
        if usual is not None:
            yield Size(name, least=usual[0])
            yield Size(name, most=usual[1])
    middle = pages.median
    if middle >= _FEWEST:
        yield Few(middle, pages.more * 2 > pages.pages)


def usual_sizes(sizes: Mapping[int, int]) -> tuple[int, int] | None:
    """The least and the most that is not rare to either side; None: no text has a size."""
    if not sizes:
        return None
    return _edge(sizes, sorted(sizes)), _edge(sizes, sorted(sizes, reverse=True))


def _edge(sizes: Mapping[int, int], order: Sequence[int]) -> int:
    """The first size in an order that is not rare, together with those before it."""
    rare, passed = RARE * sum(sizes.values()), 0
    for size in order:
        passed += sizes[size]
        if passed > rare:
            return size
    raise ValueError("no text has a size")


class Tally:
    """The sum of the measures of some pages, to which pages are added and from which they go."""

    def __init__(self) -> None:
        self.pages = 0
        self.records = 0
        self.more = 0
        self.filled: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.lengths: dict[str, Counter[int]] = {}
        self.sizes: Counter[int] = Counter()
        """Pages by their number of records."""

    def add(self, page: Measures, sign: int = 1) -> None:
        """`sign` -1: take a page away that was added before."""
        self.pages += sign
        self.records += sign * page.records
        self.more += sign * page.more
        self.sizes[page.records] += sign
        _add(self.filled, page.filled, sign)
        _add(self.languages, page.languages, sign)
        for name, sizes in page.lengths.items():
            _add(self.lengths.setdefault(name, Counter()), sizes, sign)

    @property
    def median(self) -> int:
        """Records on a page in the middle; 0 where there is no page."""
        return median_low(self.sizes.elements()) if self.pages else 0


def _add(counts: Counter[Name], more: Mapping[Name, int], sign: int) -> None:
    for name, count in more.items():
        counts[name] += sign * count


def _so_many(count: int, of: int, one: str, several: str) -> str:
    """
    >>> _so_many(0, 9, "has it", "have it"), _so_many(1, 9, "has it", "have it")
    ('no record has it', '1 of 9 records has it')
    """
    if not count:
        return f"no record {one}"
    return f"{count} of {of} records {one if count == 1 else several}"


_NAMES = {
    OWN_TITLE: "a title of its own",
    "native_id": "an id",
    "url": "an address",
    "similar_url": "a link to its kin",
    "cited_by": "a number of citations",
    "language": "a language that can be told",
    "abstract": "an abstract",
    "issue": "an issue",
    "authors": "authors",
    "pages": "pages",
    "keywords": "keywords",
    "identifiers": "identifiers",
}
_TEXTS = {"title": "titles", "abstract": "abstracts", "text": "records"}
