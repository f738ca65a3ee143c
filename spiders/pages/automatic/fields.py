"""From a block with its title and abstract to a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from records import Citations, Record
from spiders.pages.abstract import without_heading
from spiders.pages.automatic.details import DATE, Details
from spiders.pages.automatic.identifiers import citations, counted, identifiers
from spiders.pages.automatic.numbering import unnumbered
from spiders.pages.automatic.titles import Headed
from spiders.pages.automatic.units import Unit
from spiders.pages.identified import identified
from spiders.pages.names import people


@dataclass(frozen=True, slots=True)
class Printed:
    """A record as its page prints it."""

    parts: Headed
    text: str
    """All of its text, in one line."""
    rank: int
    """Its own number, else its place."""
    url: str | None = None
    """Where its title leads."""
    links: Sequence[str] = ()
    """What all its links lead to."""
    named: Mapping[str, Sequence[Unit]] = field(default_factory=dict)
    """What stands under the words ``authors``, ``venue`` and ``cited``, of a table with a head."""


def records_of(blocks: Sequence[Printed]) -> tuple[Record, ...]:
    """The records of a page, in its order."""
    details = Details([block.parts for block in blocks])
    return tuple(_record(block, details) for block in blocks)


def _record(block: Printed, details: Details) -> Record:
    parts = block.parts
    title, abstract = _title(parts, block.rank), _abstract(parts)
    date = details.date(parts)
    appearance = details.appearance(parts, date)
    texts = [unit.words for unit in parts.others]
    return identified(
        rank=block.rank,
        text=block.text,
        title=title,
        abstract=abstract,
        url=block.url,
        authors=_authors(block) or details.authors(parts),
        appearance=appearance._replace(venue=_venue(block) or appearance.venue),
        identifiers=identifiers(texts, block.links),
        cited_by=_citations(block) or citations(texts),
        date=date,
    )


def _authors(block: Printed) -> tuple[str, ...]:
    """The people in the column that its head says they are in."""
    names = [name for unit in block.named.get("authors", ()) for name in people(unit.words)]
    return tuple(dict.fromkeys(names))


def _venue(block: Printed) -> str | None:
    return " ".join([unit.words for unit in block.named.get("venue", ())]) or None


def _citations(block: Printed) -> Citations | None:
    """The number in the column that its head says is of citations."""
    return next(
        (found for unit in block.named.get("cited", ()) if (found := counted(unit.words))), None
    )


def _title(parts: Headed, rank: int) -> str | None:
    """The title without the record's number and the date behind it."""
    if parts.title is None:
        return None
    words = unnumbered(parts.title.words, rank)
    for date in DATE.finditer(words):
        if date.end() == len(words) and date.start() > _SHORTEST:
            words = words[: date.start()].rstrip(" ,，-–—|·(（")
            break
    return words or None


_SHORTEST = 8
"""Letters of a title before a date; a shorter one has the date in it."""


def _abstract(parts: Headed) -> str | None:
    lines = [line for unit in parts.abstract for line in _lines(unit)]
    return without_heading("\n".join(lines)) or None


def _lines(unit: Unit) -> list[str]:
    return [line for line in unit.text.split("\n") if line]
