"""Candidate keys: under which buckets a record looks for its like, and what that finds.

A key is a signed 64-bit integer whose last three bits name its kind, so that a store needs no
other column for it. A pair is a candidate where it shares a bucket of at most
`Scheme.saturation` groups.

What bands find of pairs that are as similar as stated, before the exact check:

    similarity      0.3   0.4   0.5   0.6   0.7    0.8     0.9
    20 x 4          0.15  0.41  0.72  0.94  0.996  1.000   1.000
    22 x 5          0.05  0.20  0.50  0.83  0.983  1.000   1.000
    14 x 9          0.00  0.00  0.03  0.13  0.44   0.87    0.999
    25 x 10         0.00  0.00  0.02  0.14  0.51   0.94    1.000

Four rows let through one pair in 10,000 of similarity 0.05, five one in 150,000. Unrelated
abstracts share less, but among a million of them four rows gave each record eight to read and
refuse, and five give three. What is less alike than 0.7 and one work all the same is found over its
title, authors and identifiers: no labelled set loses by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dedup.catalogue import TITLED, Card, card_of, entries
from dedup.digests import spread
from dedup.folded import Folded
from dedup.hashing import Hashes
from dedup.kernels import signature
from dedup.scheme import DEFAULT, Scheme
from dedup.words import chain


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
    Kind.AUTHOR_YEAR: "an author, a year and a word of the title",
    Kind.OPENING: "words near the beginning of the abstract",
    Kind.PLACE: "year, volume and first page",
}

_HASHES = [blake2b(digest_size=8, person=bytes([kind])) for kind in Kind]
"""Of nothing yet, by kind."""
_LISTED = Kind.IDENTIFIER, Kind.TITLE, Kind.AUTHOR_YEAR, Kind.PLACE
"""Of `dedup.catalogue.Entries`, in its order."""

OPENING = slice(16, 32)
"""Tokens of an abstract: late enough that papers of one habit ("this study aims to") have parted,
early enough to stand before the cut of most that are cut."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(30)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Why a record stands in a bucket."""

    key: int
    kind: Kind
    words: str


def s_curve(scheme: Scheme, similarity: float) -> float:
    """Probability that two texts of a Jaccard similarity share a band.

    >>> round(s_curve(DEFAULT, 0.7), 3), s_curve(DEFAULT, 0.0)
    (0.983, 0.0)
    """
    return float(1 - (1 - similarity**scheme.rows) ** scheme.bands)


def band_keys(signed: Hashes, scheme: Scheme = DEFAULT) -> tuple[int, ...]:
    """One signed 64-bit key a band of a signature, in band order."""
    return tuple(_band_keys(signed, scheme).tolist())


def _band_keys(signed: Hashes, scheme: Scheme) -> NDArray[np.int64]:
    """A band's number and values, mixed by SplitMix64's finalizer one after the other."""
    values = signed.reshape(scheme.bands, scheme.rows).T.astype(np.uint64)
    mixed = np.arange(1, scheme.bands + 1, dtype=np.uint64) * _GOLDEN
    for row in values:
        mixed ^= row
        mixed ^= mixed >> _HALF
        mixed *= _FIRST
        mixed ^= mixed >> _HALF
        mixed *= _SECOND
        mixed ^= mixed >> _HALF
    mixed &= ~np.uint64(7)
    return (mixed | np.uint64(Kind.BAND)).view(np.int64)


def bucket_keys(folded: Folded, scheme: Scheme = DEFAULT) -> tuple[int, ...]:
    """All buckets a record stands in: signed 64-bit keys, sorted, each once.

    None for a record that shows nothing to go by.
    """
    keys = listed_keys(folded)
    if folded.shingles.size >= scheme.shortest:
        keys.update(band_keys(signature(folded.shingles, scheme), scheme))
    if folded.tokens.size >= OPENING.stop:
        keys.add(_opening_key(folded))
    return tuple(sorted(keys))


def listed_keys(folded: Folded) -> set[int]:
    """The keys of `bucket_keys` that are made of words."""
    return {source.key for source in _listed(folded)}


def catalogue_keys(cards: Iterable[Card]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The keys of `bucket_keys` that are made of words, but for those of whole titles: how many
    each card has, and all of them one after the other."""
    counts: list[int] = []
    kinds: list[Kind] = []
    digests: list[bytes] = []
    for card in cards:
        before = len(digests)
        for kind, listed in zip(_LISTED, entries(card), strict=True):
            for words in listed:
                hashed = _HASHES[kind].copy()  # as `_digest` has it
                hashed.update(words.encode("utf-8", "surrogatepass"))
                digests.append(hashed.digest())
                kinds.append(kind)
        counts.append(len(digests) - before)
    hashes = np.array(digests, "S8").view(">i8").astype(np.int64)
    return np.array(counts, np.int64), hashes & ~np.int64(7) | np.array(kinds, np.int64)


def kind_of(key: int) -> Kind:
    """What the records of a bucket share.

    >>> kind_of(_key(Kind.TITLE, b"on ants"))
    <Kind.TITLE: 2>
    """
    return Kind(key & 7)


def key_sources(folded: Folded, scheme: Scheme = DEFAULT) -> tuple[Source, ...]:
    """The keys of `bucket_keys` with what each stands for."""
    found = _listed(folded)
    if folded.shingles.size >= scheme.shortest:
        keys = band_keys(signature(folded.shingles, scheme), scheme)
        found += [Source(key, Kind.BAND, f"band {n}") for n, key in enumerate(keys, 1)]
    if folded.tokens.size >= OPENING.stop:
        key = _opening_key(folded)
        words = f"tokens {OPENING.start + 1} to {OPENING.stop}"
        found.append(Source(key, Kind.OPENING, words))
    return tuple(found)


def _listed(folded: Folded) -> list[Source]:
    """The keys that are made of words."""
    whole, found = folded.title.compact, []
    if folded.title.weight >= TITLED:
        found.append(Source(_chained(Kind.TITLE, chain(map(ord, whole))), Kind.TITLE, whole))
    for kind, listed in zip(_LISTED, entries(card_of(folded)), strict=True):
        found += [
            Source(_key(kind, words.encode("utf-8", "surrogatepass")), kind, words)
            for words in listed
        ]
    return found


def _opening_key(folded: Folded) -> int:
    return _chained(Kind.OPENING, chain(folded.tokens[OPENING].tolist()) >> 1 | 1)


def _chained(kind: Kind, hashed: int) -> int:
    return int(hashed_keys(np.array([hashed], np.uint64), kind)[0])


def hashed_keys(hashes: NDArray[np.uint64], kind: Kind) -> NDArray[np.int64]:
    """Keys of a kind. Mixed first: a chain's last bits are those of its last link."""
    return spread(hashes).view(np.int64) & ~np.int64(7) | np.int64(kind)


def _key(kind: Kind, said: bytes) -> int:
    hashed = _HASHES[kind].copy()
    hashed.update(said)
    return (int.from_bytes(hashed.digest(), "big", signed=True) & ~7) | kind
