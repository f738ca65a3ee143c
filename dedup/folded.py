"""A record as evidence reads it: every field folded, and the hash of them all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from dedup.hashing import Hashes, shingle_hashes, token_hashes
from dedup.names import Person, persons
from dedup.scheme import DEFAULT, Scheme
from dedup.text import fold, is_truncated, plain, tokens
from dedup.titles import Title, fold_title
from records import Record

_DOI = re.compile(r"10\.\d{3,9}/\S+")
_RESOLVER = re.compile(r"\A(?:https?://)?(?:[\w.-]+/)?(?:doi|pmid|pmcid|arxiv|isbn)?\s*[:/]?\s*")
_RANGE = re.compile(r"([a-z]{0,3})0*(\d+)[a-z]?(?:\s*[-–—~]+\s*[a-z]{0,3}0*(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folded:
    """All that evidence reads of a record. Equal records, after folding, have one `group`."""

    title: Title
    authors: tuple[Person, ...]
    year: int | None
    venue: tuple[str, ...]
    """Tokens; empty: absent, as for the next three."""
    volume: str
    issue: str
    pages: tuple[str, str]
    """First and last; the last in full (``221-8`` is 221 to 228)."""
    identifiers: tuple[tuple[str, str], ...]
    """Kind and value, sorted."""
    truncated: bool
    """Whether the abstract is cut."""
    opening: Hashes = field(repr=False)
    """Hashes of the abstract's tokens, in order: all of them."""
    shingles: Hashes = field(repr=False)
    """Of the abstract: uint32, sorted, each once."""
    group: int
    """63-bit hash of all the above: equal for records of one text group."""


def fold_record(record: Record, scheme: Scheme = DEFAULT) -> Folded:
    """A record, folded. Where neither title nor abstract was read, its block's text stands for
    the abstract."""
    abstract = record.abstract or ("" if record.title else record.text)
    hashes = token_hashes(fold(abstract))
    title = fold_title(record.title)
    authors = persons(record.authors)
    venue = tuple(tokens(plain(record.venue or "")))
    volume, issue = (_number(text) for text in (record.volume, record.issue))
    pages = _pages(record.pages)
    identifiers = _identifiers(record.identifiers)
    truncated = is_truncated(abstract)
    said = (title, authors, record.year, venue, volume, issue, pages, identifiers, truncated)
    digest = blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=8)
    digest.update(hashes.tobytes())
    return Folded(
        title=title,
        authors=authors,
        year=record.year,
        venue=venue,
        volume=volume,
        issue=issue,
        pages=pages,
        identifiers=identifiers,
        truncated=truncated,
        opening=hashes,
        shingles=shingle_hashes(hashes, scheme.shingle),
        group=int.from_bytes(digest.digest(), "big") >> 1,
    )


def _number(text: str | None) -> str:
    folded = "".join(tokens(plain(text or "")))
    return folded.lstrip("0") if folded.isdigit() else folded


def _pages(text: str | None) -> tuple[str, str]:
    """First and last page, without leading zeros; an article number is a first page.

    >>> _pages("221-8"), _pages("e12–e15"), _pages(None)
    (('221', '228'), ('e12', 'e15'), ('', ''))
    """
    found = _RANGE.search(plain(text or ""))
    if found is None:
        return "", ""
    prefix, first, last = found[1], found[2], found[3]
    if last is None or last == first:
        return prefix + first, ""
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return prefix + first, prefix + last


def _identifiers(identifiers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = ((kind.casefold(), _identifier(kind, value)) for kind, value in identifiers.items())
    return tuple(sorted((kind, value) for kind, value in found if value))


def _identifier(kind: str, value: str) -> str:
    """One spelling of an identifier; empty: it is none.

    >>> _identifier("doi", "https://doi.org/10.1000/ABC. "), _identifier("doi", "n/a")
    ('10.1000/abc', '')
    """
    text = plain(value).strip()
    if kind.casefold() == "doi":
        found = _DOI.search(text)
        return found[0].rstrip(".,;)]") if found else ""
    return _RESOLVER.sub("", text).strip()
