"""A record as evidence reads it: every field folded, and the hash of them all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from dedup.digests import chained, group_of, of_notice, of_particulars
from dedup.hashing import Hashes, shingle_hashes, token_hashes
from dedup.names import Person, persons
from dedup.places import Place, fold_place
from dedup.scheme import DEFAULT, Scheme
from dedup.text import fold_abstract, plain
from dedup.titles import Title, fold_title
from dedup.words import chain
from records import Record

_DOI = re.compile(r"10\.\d{3,9}/\S+")
_RESOLVER = re.compile(r"\A(?:https?://)?(?:[\w.-]+/)?(?:doi|pmid|pmcid|arxiv|isbn)?\s*[:/]?\s*")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folded:
    """All that evidence reads of a record. Equal records, after folding, have one `group`."""

    title: Title
    authors: tuple[Person, ...]
    place: Place
    identifiers: tuple[tuple[str, str], ...]
    """Kind and value, sorted."""
    truncated: bool
    """Whether the abstract is cut."""
    tokens: Hashes = field(repr=False)
    """Hashes of the abstract's tokens, in order."""
    shingles: Hashes = field(repr=False)
    """Of the abstract: uint32, sorted, each once."""
    group: int = 0
    """63-bit hash of all the above: equal for records of one text group. 0: nobody asks."""


def read_abstract(written: str) -> tuple[Hashes, bool]:
    """Hashes of an abstract's tokens, in order, and whether it is cut."""
    text, truncated = fold_abstract(written)
    return token_hashes(text), truncated


def fold_record(
    record: Record,
    scheme: Scheme = DEFAULT,
    read: Callable[[str], tuple[Hashes, bool]] = read_abstract,
    *,
    grouped: bool = True,
) -> Folded:
    """A record, folded. Where neither title nor abstract was read, its block's text stands for
    the abstract. `read`: `read_abstract`, or what says the same sooner; `grouped`: whether its
    group is asked for, which takes a third of the time."""
    hashes, truncated = read(record.abstract or ("" if record.title else record.text))
    title = fold_title(record.title)
    authors = persons(record.authors)
    place = fold_place(
        year=record.year,
        venue=record.venue,
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
    )
    identifiers = fold_identifiers(record.identifiers)
    found = Folded(
        title=title,
        authors=authors,
        place=place,
        identifiers=identifiers,
        truncated=truncated,
        tokens=hashes,
        shingles=shingle_hashes(hashes, scheme.shingle),
    )
    return grouped_with(found, chain(hashes.tolist())) if grouped else found


def grouped_with(folded: Folded, chained_tokens: int) -> Folded:
    """A record with its group. `chained_tokens`: `chain` of its abstract's tokens."""
    authors, place, identifiers = folded.authors, folded.place, folded.identifiers
    said = authors or any(place[1:5]) or identifiers
    digest = chained(
        of_particulars(authors, place, identifiers) if said else 0,
        (
            chained_tokens,
            chain(token_hashes(" ".join(folded.title.tokens)).tolist()),
            folded.truncated,
            -1 if place.year is None else place.year,
            folded.tokens.size,
        ),
    )
    group = group_of(digest, of_notice(folded.title.notice, folded.title.part))
    return replace(folded, group=group)


def fold_identifiers(identifiers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Kind and value of each, in one spelling, sorted; those that are none are left out."""
    found = ((kind.casefold(), _identifier(kind, value)) for kind, value in identifiers.items())
    return tuple(sorted((kind, value) for kind, value in found if value))


def _identifier(kind: str, value: str) -> str:
    """One spelling of an identifier; empty: it is none.

    >>> _identifier("doi", "https://doi.org/10.1000/ABC. "), _identifier("doi", "n/a")
    ('10.1000/abc', '')
    """
    text = plain(value[:400]).strip()
    if kind.casefold() == "doi":
        found = _DOI.search(text)
        return found[0].rstrip(".,;)]") if found else ""
    return _RESOLVER.sub("", text).strip()
