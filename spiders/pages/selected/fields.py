"""From the elements of a record to the record, by the tries of its layout."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from records import Citations, Record
from spiders.pages.abstract import without_heading
from spiders.pages.addresses import absolute
from spiders.pages.citation import Appearance, narrow
from spiders.pages.identified import identified
from spiders.pages.selected.layout import Fields
from spiders.pages.selected.shown import Part
from spiders.pages.selected.tries import Try, all_of, first_of
from spiders.pages.spacing import one_line

_NUMBER = re.compile(r"\d{1,3}(?:[,.'’ \xa0\u202f\u2009]\d{3})+(?!\d)|\d{1,18}")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_MOST_VALUES = 2_000
"""Of one list in one record."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the records of a site are known by."""

    site: str
    """The name of its profile."""
    namespace: str | None = None
    """Makes a native id the key on every host."""
    lasting: bool = True
    """Whether addresses of records are theirs for good."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A record's fields as found, before its text is known."""

    rank: int | None
    native_id: str | None
    title: str | None
    url: str | None
    similar_url: str | None
    abstract: str | None
    authors: tuple[str, ...]
    appearance: Appearance
    date: str | None
    keywords: tuple[str, ...]
    cited_by: Citations | None
    free_pdf: bool
    identifiers: dict[str, str]

    def record(self, place: int, text: str, identity: Identity) -> Record:
        """The record; ``place`` is its rank where the page gives it none."""
        return identified(
            rank=place if self.rank is None else self.rank,
            text=text,
            title=self.title,
            abstract=self.abstract,
            url=self.url,
            similar_url=self.similar_url,
            native_id=self.native_id,
            namespace=identity.namespace,
            lasting=identity.lasting,
            authors=self.authors,
            appearance=self.appearance,
            keywords=self.keywords,
            identifiers=self.identifiers,
            cited_by=self.cited_by,
            free_pdf=self.free_pdf,
            date=self.date,
        )


def raw_of(fields: Fields, part: Part, base: str | None) -> Raw:
    """What the tries find in one record."""

    def line(tries: Sequence[Try]) -> str | None:
        found = first_of(tries, part) if tries else None
        return one_line(found) if found else None

    return Raw(
        rank=number_in(line(fields.rank)),
        native_id=line(fields.native_id),
        title=line(fields.title),
        url=address_in(fields.url, part, base),
        similar_url=address_in(fields.similar_url, part, base),
        abstract=_abstract(fields.abstract, part),
        authors=all_of(fields.authors, part),
        appearance=Appearance(
            venue=line(fields.venue),
            year=_year(line(fields.year)),
            volume=narrow(line(fields.volume)),
            issue=narrow(line(fields.issue)),
            pages=narrow(line(fields.pages)),
        ),
        date=line(fields.date),
        keywords=all_of(fields.keywords, part),
        cited_by=_citations(line(fields.cited_by)),
        free_pdf=line(fields.free_pdf) is not None,
        identifiers={
            name: found
            for name, tries in fields.identifiers.items()
            if (found := line(tries)) is not None
        },
    )


def number_in(text: str | None) -> int | None:
    """The first number of a text, its thousands set apart or not.

    >>> number_in("about 1,234,000 of them"), number_in("3.600.000 résultats"), number_in("none")
    (1234000, 3600000, None)
    """
    match = _NUMBER.search(text or "")
    return int(re.sub(r"\D", "", match[0])) if match else None


def _year(text: str | None) -> int | None:
    if text and not text.isascii():
        text = normalize("NFKC", text)
    match = _YEAR.search(text or "")
    return int(match[0]) if match else None


def _citations(text: str | None) -> Citations | None:
    total = number_in(text)
    return Citations(total=total, own=0, others=total) if total is not None else None


def address_in(tries: Sequence[Try], part: Part, base: str | None) -> str | None:
    """The first value that is an address."""
    for one in tries:
        for value in one.values(part):
            if url := absolute(value, base):
                return url
    return None


def _abstract(tries: Sequence[Try], part: Part) -> str | None:
    """Everything that the first try finds which finds anything, as paragraphs."""
    for one in tries:
        if found := list(_some(one.values(part))):
            return without_heading("\n".join(found)) or None
    return None


def _some(values: Iterator[str]) -> Iterator[str]:
    return (value for value, _ in zip(values, range(_MOST_VALUES), strict=False))
