"""Candidate keys: under which buckets a record looks for its like, and what that finds.

A key is a signed 64-bit integer whose last three bits name its kind, so that a store needs no
other column for it. A pair is a candidate where it shares a bucket of at most
`Scheme.saturation` groups.

What bands find of pairs that are as similar as stated, before the exact check:

    similarity      0.3   0.4   0.5   0.6   0.7    0.8     0.9
    20 x 4          0.15  0.41  0.72  0.94  0.996  1.000   1.000
    14 x 9          0.00  0.00  0.03  0.13  0.44   0.87    0.999
    25 x 10         0.00  0.00  0.02  0.14  0.51   0.94    1.000

Four rows let through one pair in 10,000 of similarity 0.05, which the exact check then refuses;
unrelated abstracts share far less. Twenty bands are twenty rows a record in a store.
"""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b

import numpy as np

from dedup.folded import Folded
from dedup.hashing import Hashes
from dedup.kernels import signature
from dedup.scheme import DEFAULT, Scheme


class Kind(IntEnum):
    """What a bucket's records share."""

    BAND = 0
    IDENTIFIER = 1
    TITLE = 2
    AUTHOR_YEAR = 3
    OPENING = 4
    PLACE = 5


WORDS = {
    Kind.BAND: "a band of the abstract's signature",
    Kind.IDENTIFIER: "an identifier",
    Kind.TITLE: "a title",
    Kind.AUTHOR_YEAR: "an author and a year",
    Kind.OPENING: "words that open the abstract",
    Kind.PLACE: "volume and first page",
}

_OPENINGS = ((0, 10), (10, 20))


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Why a record stands in a bucket."""

    key: int
    kind: Kind
    words: str


def s_curve(scheme: Scheme, similarity: float) -> float:
    """Probability that two texts of a Jaccard similarity share a band.

    >>> round(s_curve(DEFAULT, 0.7), 3), s_curve(DEFAULT, 0.0)
    (0.996, 0.0)
    """
    return float(1 - (1 - similarity**scheme.rows) ** scheme.bands)


def band_keys(signed: Hashes, scheme: Scheme = DEFAULT) -> tuple[int, ...]:
    """One signed 64-bit key a band of a signature, in band order."""
    values = np.ascontiguousarray(signed, "<u4").tobytes()
    width = 4 * scheme.rows
    return tuple(
        _key(Kind.BAND, bytes([band]) + values[band * width : (band + 1) * width])
        for band in range(scheme.bands)
    )


def bucket_keys(folded: Folded, scheme: Scheme = DEFAULT) -> tuple[int, ...]:
    """All buckets a record stands in: signed 64-bit keys, sorted, each once.

    None for a record that shows nothing to go by.
    """
    return tuple(sorted({source.key for source in key_sources(folded, scheme)}))


def kind_of(key: int) -> Kind:
    """What the records of a bucket share.

    >>> kind_of(_key(Kind.TITLE, b"on ants"))
    <Kind.TITLE: 2>
    """
    return Kind(key & 7)


def key_sources(folded: Folded, scheme: Scheme = DEFAULT) -> tuple[Source, ...]:
    """The keys of `bucket_keys` with what each stands for."""
    found = [
        *(_source(Kind.IDENTIFIER, f"{kind} {value}") for kind, value in folded.identifiers),
        *(_source(Kind.TITLE, words) for words in _title_words(folded)),
        *(_source(Kind.AUTHOR_YEAR, words) for words in _author_words(folded)),
        *(_source(Kind.PLACE, words) for words in _place_words(folded)),
    ]
    if folded.shingles.size >= scheme.shortest:
        keys = band_keys(signature(folded.shingles, scheme), scheme)
        found += [Source(key, Kind.BAND, f"band {n}") for n, key in enumerate(keys, 1)]
    for first, last in _OPENINGS:
        if folded.tokens.size >= last:
            key = _key(Kind.OPENING, bytes([first]) + folded.tokens[first:last].tobytes())
            found.append(Source(key, Kind.OPENING, f"tokens {first + 1} to {last}"))
    return tuple(found)


def _source(kind: Kind, words: str) -> Source:
    return Source(_key(kind, words.encode("utf-8", "surrogatepass")), kind, words)


def _key(kind: Kind, said: bytes) -> int:
    digest = blake2b(said, digest_size=8, person=bytes([kind])).digest()
    return (int.from_bytes(digest, "big", signed=True) & ~7) | kind


def _title_words(folded: Folded) -> list[str]:
    """The whole title, and how it begins."""
    title = folded.title
    if title.weight < 0.3:
        return []
    found = [title.compact]
    letters = 0
    for count, token in enumerate(title.tokens, 1):
        letters += len(token) if token.isascii() else 3 * len(token)
        if letters >= 24:
            found.append("begins " + "".join(title.tokens[:count]))
            break
    return found


def _author_words(folded: Folded) -> list[str]:
    """Family names with the year: of the two authors whom every order of the list gives."""
    if folded.place.year is None:
        return []
    families = sorted({person.family for person in folded.authors}, key=_shuffled)
    return [f"{family} {folded.place.year}" for family in families[:2]]


def _shuffled(name: str) -> bytes:
    """An order that no alphabet has: else every list would be known by its Abbotts."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _place_words(folded: Folded) -> list[str]:
    if not folded.place.volume or not folded.place.first:
        return []
    return [f"{folded.place.volume}:{folded.place.first}"]
