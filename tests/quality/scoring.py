"""How well clusters fit what is known: figures by the definitions of the bibliographic tools.

*Pairs*: of all pairs of records that stand in one cluster. *Removal*: of each true cluster all
records but one are to go; going through the records in order, one that meets its like in its found
cluster goes rightly, one that meets only strangers goes wrongly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Variant:
    """Another printing of a record."""

    id: str
    base: str
    tier: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Pairs of one kind that look alike and are not the same."""

    kind: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a set."""

    order: tuple[str, ...]
    """Ids of all records, in the order of the file."""
    clusters: tuple[tuple[str, ...], ...]
    variants: tuple[Variant, ...] = ()
    lookalikes: tuple[Lookalikes, ...] = ()
    aside: frozenset[str] = frozenset()
    """Ids that the figures of the core leave out: generated series."""


Clusters = Sequence[Sequence[str]]


def figures(truth: Truth, found: Clusters) -> dict[str, float]:
    """All figures of a set, by name: ``pair_f1``, ``removal.sensitivity``,
    ``recall_by_tier.light``, ``merged.erratum`` (share of the pairs of a kind that were merged)."""
    said = {f"pair_{name}": value for name, value in _pair_figures(truth.clusters, found).items()}
    said |= {f"removal.{name}": value for name, value in removal(truth, found).items()}
    if truth.variants:
        core = _pair_figures(_without(truth.clusters, truth.aside), _without(found, truth.aside))
        said |= {f"core.pair_{name}": value for name, value in core.items()}
        said |= {f"recall_by_tier.{name}": value for name, value in recall(truth, found, "tier")}
        said |= {f"recall_by_kind.{name}": value for name, value in recall(truth, found, "kind")}
    place = _places(found)
    for each in truth.lookalikes:
        said[f"merged.{each.kind}"] = _share(_merged(each, place), len(each.pairs))
    return said


def _places(found: Clusters) -> Mapping[str, int]:
    return {name: number for number, names in enumerate(found) for name in names}


def _together(place: Mapping[str, int], a: str, b: str) -> bool:
    return a in place and place[a] == place.get(b)


def _merged(kind: Lookalikes, place: Mapping[str, int]) -> int:
    return sum(_together(place, a, b) for a, b in kind.pairs)


def merged_pairs(truth: Truth, found: Clusters) -> Mapping[str, tuple[int, int]]:
    """How many lookalikes of each kind stand in one cluster, and of how many."""
    place = _places(found)
    return {each.kind: (_merged(each, place), len(each.pairs)) for each in truth.lookalikes}


def _pairs(clusters: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    return {pair for names in clusters for pair in combinations(sorted(set(names)), 2)}


def _pair_figures(truth: Clusters, found: Clusters) -> dict[str, float]:
    true, said = _pairs(truth), _pairs(found)
    return _rates(len(true & said), len(said), len(true))


def _rates(hits: int, found: int, true: int) -> dict[str, float]:
    return {
        "precision": _share(hits, found),
        "recall": _share(hits, true),
        "f1": _share(2 * hits, found + true),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _without(clusters: Clusters, aside: AbstractSet[str]) -> list[list[str]]:
    return [[name for name in names if name not in aside] for names in clusters]


def removal(truth: Truth, found: Clusters) -> dict[str, float]:
    """Sensitivity, specificity, precision and F1 of what is removed."""
    of = _places(truth.clusters)
    place = _places(found)
    met: dict[int, set[int | str]] = defaultdict(set)
    rightly = wrongly = 0
    for name in truth.order:
        if name not in place:
            continue
        seen, mine = met[place[name]], of.get(name, name)
        if mine in seen:
            rightly += 1
        elif seen:
            wrongly += 1
        seen.add(mine)
    due = sum(len(set(names)) - 1 for names in truth.clusters)
    missed = max(due - rightly, 0)
    kept = len(truth.order) - rightly - wrongly - missed
    return {
        "sensitivity": _share(rightly, rightly + missed),
        "specificity": _share(kept, kept + wrongly),
        "precision": _share(rightly, rightly + wrongly),
        "f1": _share(2 * rightly, 2 * rightly + wrongly + missed),
    }


def recall(truth: Truth, found: Clusters, by: str) -> Iterator[tuple[str, float]]:
    """Share of the variants of each tier or kind that stand with their base."""
    place = _places(found)
    planted, met = Counter[str](), Counter[str]()
    for variant in truth.variants:
        name = variant.tier if by == "tier" else variant.kind
        planted[name] += 1
        met[name] += _together(place, variant.id, variant.base)
    for name, count in sorted(planted.items()):
        yield name, met[name] / count
