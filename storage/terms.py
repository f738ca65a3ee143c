"""The terms by which related literature is found: of texts, and the few that a query asks for."""

import math
from collections import Counter
from collections.abc import Callable, Mapping

from dedup.hashing import stands_alone
from dedup.scheme import Scheme
from dedup.text import plain, words_and_pairs
from records import Record

VERSION = 2
"""Of the rules here and of what an index holds of a record: raised when any of it changes, and
indexes are made again."""
LONGEST = 40
"""Letters of a word that count: what is longer is an address or a formula."""
MOST = 32
"""Terms a query."""
FEWEST = 4
"""Where fewer terms than this are rare enough, common ones are asked for as well."""
CEILING = 0.02
"""Share of the records beyond which a term tells nothing: found by ``benchmarks/related.py``."""
CEILING_FROM = 100
"""Records that any term may stand in."""

Frequency = Callable[[str], int]
"""In how many records a term stands."""


def recipe(scheme: Scheme) -> str:
    """What makes terms of texts: an index made by another recipe is made again."""
    return f"terms{VERSION}-f{scheme.folding}"


def terms_of(text: str) -> list[str]:
    """The terms of a text, in order, none with white space in it.

    >>> terms_of("Ｎａïve CD4+ T-cells 肝癌")
    ['naive', 'cd4', 't', 'cells', '肝癌', '癌']
    """
    found = words_and_pairs(plain(text))
    return (
        [term[:LONGEST] for term in found] if max(map(len, found), default=0) > LONGEST else found
    )


def record_terms(record: Record) -> list[str]:
    """Of title and abstract; where a page gave neither, of the whole block."""
    return terms_of(searched_text(record.title, record.abstract, record.text))


def searched_text(title: str | None, abstract: str | None, text: str | None) -> str:
    return "\n".join(filter(None, (title, abstract))) or text or ""


def chosen(
    terms: Counter[str], frequency: Frequency, records: int, *, stored: bool = False
) -> list[str]:
    """At most `MOST` of a text's terms, by tf-idf: those that stand in some of the `records`, and
    in no more than the ceiling lets through. Equal ones in the order of the alphabet.

    `stored`: the text is of one of the records, which alone is found by what it alone holds.
    """
    known = {term: often for term in terms if (often := frequency(term)) > stored}
    ceiling = max(CEILING_FROM, int(CEILING * records))
    weights = {
        term: terms[term] * math.log(1 + records / often)
        for term, often in known.items()
        if often <= ceiling
    }
    ranked = sorted(weights, key=lambda term: (-weights[term], term))[:MOST]
    if len(ranked) < FEWEST:
        ranked += _rarest(known, frozenset(ranked))[: FEWEST - len(ranked)]
    return ranked


def _rarest(known: Mapping[str, int], without: frozenset[str]) -> list[str]:
    return sorted(known.keys() - without, key=lambda term: (known[term], term))


def lone_characters(terms: Counter[str]) -> list[str]:
    """Terms of one character of a script that writes no spaces: each begins pairs."""
    return sorted(term for term in terms if len(term) == 1 and stands_alone(term))
