"""What a scheme notices and what it misses: its numbers, and the S-curve of its bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedup.bands import s_curve
from dedup.scheme import Scheme

if TYPE_CHECKING:
    import pyarrow as pa

_MISSED = tuple(number / 100 for number in range(50, 100, 5))
"""Similarities at which a reader asks what is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the S-curve."""

    similarity: float
    found: float
    """Share of pairs as similar as this that become candidates by their bands, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What the bands alone are expected to miss of pairs as similar as this."""

    similarity: float
    found: float
    missed: float
    """Shares, 0 to 1; they add up to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The numbers behind every decision: those of `dedup.scheme.Scheme`, field by field."""

    name: str
    folding: int
    shingle: int
    permutations: int
    bands: int
    rows: int
    seed: int
    threshold: float
    found: float
    """Share of pairs at the threshold that become candidates by their bands."""
    borderline: float
    bridge: float
    saturation: int
    shortest: int


def setting(scheme: Scheme) -> Setting:
    return Setting(
        name=scheme.name,
        folding=scheme.folding,
        shingle=scheme.shingle,
        permutations=scheme.permutations,
        bands=scheme.bands,
        rows=scheme.rows,
        seed=scheme.seed,
        threshold=scheme.threshold,
        found=_share(scheme, scheme.threshold),
        borderline=scheme.borderline,
        bridge=scheme.bridge,
        saturation=scheme.saturation,
        shortest=scheme.shortest,
    )


def curve(scheme: Scheme) -> tuple[Point, ...]:
    """The S-curve of a scheme's bands, at every hundredth of similarity."""
    steps = [number / 100 for number in range(101)]
    return tuple(Point(similarity=s, found=_share(scheme, s)) for s in steps)


def missed(scheme: Scheme) -> tuple[Missed, ...]:
    """What the bands of a scheme miss of pairs at 0.5, 0.55 … 0.95."""
    found = ((similarity, _share(scheme, similarity)) for similarity in _MISSED)
    return tuple(Missed(similarity=s, found=f, missed=round(1 - f, 9)) for s, f in found)


def _share(scheme: Scheme, similarity: float) -> float:
    return round(s_curve(scheme, similarity), 9)


def expected_missed(similarities: pa.Array, scheme: Scheme) -> float:
    """Each pair that bands notice with a probability of p stands for (1 - p) / p they do not."""
    import pyarrow.compute as pc

    kept = similarities.filter(pc.greater_equal(similarities, scheme.threshold))
    missed = 0.0
    counted = pc.value_counts(pc.round(kept, ndigits=3)).to_pylist()
    for each in sorted(counted, key=lambda each: float(each["values"])):
        noticed = s_curve(scheme, each["values"])
        missed += each["counts"] * (1 - noticed) / noticed
    return round(missed, 1)
