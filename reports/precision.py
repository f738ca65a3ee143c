"""How right the joined pairs are, as a person's answers about a random sample of them say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from records import iso_time

if TYPE_CHECKING:
    from storage.sampling import Sampled

CONFIDENCE = 0.95
_DEVIATE = 1.959963984540054
"""Of the standard normal distribution, for a two-sided interval of `CONFIDENCE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What share of the pairs that clusters rest on are one work, as far as it was looked at."""

    precision: float | None
    """`right` of those answered, 0 to 1; None: nobody has answered yet."""
    low: float | None
    """The interval that holds the true share with a confidence of 0.95."""
    high: float | None
    confidence: float
    right: int
    wrong: int
    left: int
    """Pairs of the sample that nobody has answered."""
    population: int
    """Pairs that the sample was drawn from, when it was drawn last."""
    settled_to: int
    """Change number of the store then."""
    seed: int
    answered: str | None
    """When the last answer was given, ISO 8601 UTC."""
    who: tuple[str, ...]
    """Who answered, by name."""


def precision(pairs: Sequence[Sampled]) -> Precision | None:
    """Of a sample; None: there is none."""
    if not pairs:
        return None
    right = sum(each.same is True for each in pairs)
    wrong = sum(each.same is False for each in pairs)
    low, high = wilson(right, right + wrong) if right + wrong else (None, None)
    last = max((each.answered_at for each in pairs if each.answered_at is not None), default=None)
    return Precision(
        precision=round(right / (right + wrong), 6) if right + wrong else None,
        low=low,
        high=high,
        confidence=CONFIDENCE,
        right=right,
        wrong=wrong,
        left=len(pairs) - right - wrong,
        population=pairs[-1].population,
        settled_to=pairs[-1].change_no,
        seed=pairs[0].seed,
        answered=None if last is None else iso_time(last),
        who=tuple(sorted({each.who for each in pairs if each.who is not None})),
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The score interval of a proportion at `CONFIDENCE`: E. B. Wilson, Probable inference, the law
    of succession, and statistical inference, JASA 22 (1927) 209-212; recommended for small samples
    by Brown, Cai and DasGupta, Statistical Science 16 (2001) 101-133.

    >>> wilson(48, 50), wilson(50, 50), wilson(0, 10)
    ((0.865399, 0.988961), (0.928652, 1.0), (0.0, 0.277533))
    """
    share, square = hits / of, _DEVIATE**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _DEVIATE * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else round(low, 6)), (1.0 if hits == of else round(high, 6))
