"""What two records say about each other, and what follows: the same work, or not."""

import math

from dedup.folded import Folded, fold_record
from dedup.scheme import DEFAULT, Scheme
from dedup.weighing import KINDS, Weighed, overlap
from records import Evidence, Relation

__all__ = ["Folded", "borderline", "compare", "fold_record"]

_ENOUGH = 4.0
"""Sum of weights from which two records are the same work."""


def compare(a: Folded, b: Folded, scheme: Scheme = DEFAULT) -> Evidence:
    """The relation of two records, with its reasons.

    Symmetric, and a function of the two records and the scheme alone. What is `same` as another
    is `same` as itself; a record that shows nothing to go by is `same` as none.
    """
    weighed = [found for kind in KINDS if (found := kind(a, b, scheme)) is not None]
    total = sum(item.weight for item in weighed)
    shared = overlap(a, b)
    clues = sorted((item.clue for item in weighed), key=lambda clue: (clue.kind, clue.words))
    return Evidence(
        relation=_relation(weighed, total),
        similarity=shared.jaccard if shared else None,
        clues=tuple(clues),
        strength=round(1 / (1 + math.exp((_ENOUGH - total) / 2)), 6),
    )


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
    if total >= _ENOUGH:
        return "same"
    return "related" if total >= 1 else "different"
