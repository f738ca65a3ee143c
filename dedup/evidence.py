"""What two records say about each other, and what follows: the same work, or not."""

import math
from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from dedup.folded import Folded, fold_record
from dedup.names import agreement
from dedup.pairs import Overlap, Pair, common_identifier, overlap, pair_of
from dedup.places import venues_agree
from dedup.scheme import DEFAULT, Scheme
from dedup.titles import align
from dedup.weighing import KINDS, Weighed, ceiling, half_known, own_weight
from records import Evidence, Relation

__all__ = ["Folded", "borderline", "compare", "decide", "fold_record", "is_itself"]

ENOUGH = 4.0
"""Sum of weights from which two records are the same work."""
NOTHING = -1e-9
"""A sum below it is below 0 in whatever order it is added up, and two records `different`."""


def compare(a: Folded, b: Folded, scheme: Scheme = DEFAULT) -> Evidence:
    """The relation of two records, with its reasons.

    Symmetric, and a function of the two records and the scheme alone. What is `same` as another
    is `same` as itself; a record that shows nothing to go by is `same` as none.
    """
    return _evidence(pair_of(a, b, scheme))


def decide(
    a: Folded, b: Folded, scheme: Scheme = DEFAULT, shared: Overlap | None = None
) -> Evidence | None:
    """What `compare` says, and sooner. None: the two are `different`, which nobody keeps.

    `shared`: what their abstracts share, where it is known; None: it is measured."""
    people = agreement(a.authors, b.authors)
    shared = shared or overlap(a, b)
    if ceiling(a, b, scheme, people, shared) < NOTHING:
        return None
    title = align(a.title, b.title)
    if title is not None and ceiling(a, b, scheme, people, shared, title) < NOTHING:
        return None
    venue = venues_agree(a.place, b.place)
    found = _evidence(Pair(a, b, scheme, shared, people, title, venue, common_identifier(a, b)))
    return None if found.relation == "different" else found


def is_itself(one: Folded, scheme: Scheme = DEFAULT) -> bool:
    """Whether two records that fold to this are one work: `compare` of it with itself says `same`.

    An empty record is not, nor is "Front Matter".
    """
    return own_weight(one, scheme) >= ENOUGH


def _evidence(pair: Pair) -> Evidence:
    weighed = [found for kind in KINDS if (found := kind(pair)) is not None]
    total = _total(item.weight for item in weighed)
    relation, clues = _relation(weighed, total), [item.clue for item in weighed]
    if relation == "same" and (forbids := half_known(pair)) is not None:
        relation = "related"
        clues.append(forbids)
    clues.sort(key=lambda clue: (clue.kind, clue.words))
    return Evidence(
        relation=relation,
        similarity=pair.overlap.jaccard if pair.overlap else None,
        clues=tuple(clues),
        strength=strength(total),
    )


def _total(weights: Iterable[float]) -> float:
    """One after the other, as columns are added up: `sum` rounds otherwise in newer Pythons."""
    return reduce(add, weights, 0.0)


def strength(total: float) -> float:
    """Of a sum of weights: 0 to 1, one half where it is just enough."""
    return round(1 / (1 + math.exp((ENOUGH - total) / 2)), 6)


def strengths(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """`strength` of each sum."""
    exact = 1_000_000 / (1 + np.exp((ENOUGH - totals) / 2))
    rounded = np.rint(exact)
    # Where the last digits of the exponential may decide, they are taken from one place.
    for at in np.flatnonzero(np.abs(exact - rounded) > 0.499999).tolist():
        rounded[at] = round(strength(float(totals[at])) * 1_000_000)
    found: NDArray[np.float64] = rounded / 1_000_000
    return found


def borderline(evidence: Evidence, scheme: Scheme = DEFAULT) -> bool:
    """Whether a pair that is not `same` is worth a person's look."""
    return evidence.relation == "related" and evidence.strength >= scheme.borderline


def _relation(weighed: list[Weighed], total: float) -> Relation:
    """`same` by the sum of the weights, unless a conflict that decides alone forbids it."""
    of = {item.clue.kind: item.weight for item in weighed}
    if of.get("identifier", 0) <= 0 and any(item.decides for item in weighed):
        return "version" if total > 0 else "different"
    if of.get("title", 0) <= -2 and of.get("authors", 0) <= -1.5:
        return "different"
    if total >= ENOUGH:
        return "same"
    return "related" if total >= 1 else "different"
