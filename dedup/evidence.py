"""What two records say about each other, and what follows: the same work, or not.

Each kind of evidence is one function and one row of `KINDS`: it reads the two records, and says
how much it weighs for (above 0) or against (below 0) one work. The weights add up; some
conflicts decide alone. Nothing but the two records and the scheme is read.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dedup.folded import Folded, fold_record
from dedup.names import agreement
from dedup.scheme import DEFAULT, Scheme
from dedup.titles import likeness
from records import Clue, Evidence, Relation

__all__ = ["Folded", "borderline", "compare", "fold_record"]

_ENOUGH = 4.0
"""Sum of weights from which two records are the same work."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A clue and what it adds to the sum."""

    clue: Clue
    weight: float


def compare(a: Folded, b: Folded, scheme: Scheme = DEFAULT) -> Evidence:
    """The relation of two records, with reasons. Symmetric; what two say as `same`, each says
    of itself."""
    shared = np.intersect1d(a.shingles, b.shingles, assume_unique=True).size
    union = a.shingles.size + b.shingles.size - shared
    similarity = shared / union if a.shingles.size and b.shingles.size else None
    weighed = [found for kind in KINDS if (found := kind(a, b, scheme)) is not None]
    total = sum(item.weight for item in weighed)
    relation = _relation(a, b, weighed, total)
    strength = 1 / (1 + math.exp(-(total - _ENOUGH) / 2))
    clues = sorted((item.clue for item in weighed), key=lambda clue: (clue.kind, clue.words))
    return Evidence(
        relation=relation, similarity=similarity, clues=tuple(clues), strength=round(strength, 6)
    )


def borderline(evidence: Evidence, scheme: Scheme = DEFAULT) -> bool:
    """Whether a pair that is not `same` is worth a person's look."""
    return evidence.relation == "related" and evidence.strength >= scheme.borderline


def _relation(a: Folded, b: Folded, weighed: list[Weighed], total: float) -> Relation:
    of = {item.clue.kind: item.weight for item in weighed}
    near = total >= 0 or of.get("title", 0) > 0 or of.get("jaccard", 0) > 2
    if of.get("notice", 0) < 0 or of.get("part", 0) < 0:
        return "version" if near else "different"
    if of.get("title", 0) <= -3 and of.get("authors", 0) <= -2 and of.get("doi", 0) <= 0:
        return "different"
    if total >= _ENOUGH:
        return "same"
    return "related" if total >= 0 else "different"


def _jaccard(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if not a.shingles.size or not b.shingles.size:
        return None
    shared = np.intersect1d(a.shingles, b.shingles, assume_unique=True).size
    value = shared / (a.shingles.size + b.shingles.size - shared)
    least = min(a.shingles.size, b.shingles.size)
    trust = min(1.0, least / 20)
    words = f"abstracts share {value:.0%} of their shingles"
    inside = shared / least
    if value >= scheme.threshold:
        weight = (4.5 + 2 * value) * trust
    elif inside >= 0.85 and least >= 20:
        weight = 4.5
        words = f"{inside:.0%} of the shorter abstract stands in the longer"
    elif value >= 0.3:
        weight = 5 * value * trust
    else:
        weight = -2.0 * trust * (1 - value / 0.3)
    return Weighed(Clue(kind="jaccard", supports=weight > 0, value=value, words=words), weight)


def _title(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    value = likeness(a.title, b.title)
    if value is None:
        return None
    trust = min(a.title.weight, b.title.weight)
    if value >= 0.9:
        weight = 3.5 * trust * value
    elif value >= 0.6:
        weight = (value - 0.6) * 8 * trust
    else:
        weight = -4.0 * (1 - value / 0.6)
    words = "titles are equal" if value == 1 else f"titles are {value:.0%} alike"
    return Weighed(Clue(kind="title", supports=weight > 0, value=value, words=words), weight)


def _notice(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if a.title.notice == b.title.notice:
        return None
    words = "one is a notice about a work: erratum, reply or comment"
    return Weighed(Clue(kind="notice", supports=False, words=words), -2.0)


def _part(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    first, second = a.title.part, b.title.part
    if first == second or not a.title.tokens or not b.title.tokens:
        return None
    if not first or not second or a.title.numbers == b.title.numbers:
        return None
    words = f"parts {min(first, second)} and {max(first, second)}"
    return Weighed(Clue(kind="part", supports=False, value=words, words=words), -3.0)


def _authors(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    value = agreement(a.authors, b.authors)
    if value is None:
        return None
    weight = 2.5 * value if value >= 0.5 else -3.0 * (1 - value)
    words = f"{value:.0%} of the authors agree"
    return Weighed(Clue(kind="authors", supports=weight > 0, value=value, words=words), weight)


def _year(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if a.year is None or b.year is None:
        return None
    apart = abs(a.year - b.year)
    words = "same year" if not apart else f"{apart} years apart"
    weight = (0.5, -0.5)[apart] if apart < 2 else -2.0
    return Weighed(Clue(kind="year", supports=not apart, value=float(apart), words=words), weight)


def _place(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    if not a.pages[0] or not b.pages[0]:
        return None
    same_page = a.pages[0] == b.pages[0]
    same_volume = bool(a.volume) and a.volume == b.volume
    if same_page:
        weight = 2.0 if same_volume else 1.0
        return Weighed(
            Clue(kind="pages", supports=True, value=a.pages[0], words="same first page"), weight
        )
    return Weighed(Clue(kind="pages", supports=False, words="pages differ"), -1.0)


def _doi(a: Folded, b: Folded, scheme: Scheme) -> Weighed | None:
    first, second = dict(a.identifiers).get("doi"), dict(b.identifiers).get("doi")
    if first is None or second is None:
        return None
    if first == second:
        return Weighed(Clue(kind="doi", supports=True, value=first, words="same DOI"), 3.0)
    return Weighed(Clue(kind="doi", supports=False, words="DOIs differ"), -1.5)


KINDS: tuple[Callable[[Folded, Folded, Scheme], Weighed | None], ...] = (
    _jaccard,
    _title,
    _notice,
    _part,
    _authors,
    _year,
    _place,
    _doi,
)
