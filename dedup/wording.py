"""Evidence of many pairs as JSON: abstracts, titles and years, in the words of `dedup.phrases`.

Words that a few values give are made once a value; numbers are written many at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedup.overlapping import Flags, Floats, Rows
from dedup.phrases import (
    SCATTERED_WORDS,
    inside_words,
    jaccard_words,
    title_words,
    year_words,
)
from dedup.places import YEARS
from dedup.weighing import HALF
from records import Evidence

if TYPE_CHECKING:
    import pyarrow as pa

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What pairs show, a place a pair."""

    jaccard: Floats
    """NaN: one has no abstract."""
    text: Floats
    """What their abstracts weigh."""
    inside: Floats
    """Share of the shorter abstract that stands in the longer; NaN: it does not matter."""
    scattered: Flags
    """Whether abstracts differ in single words."""
    half: Flags
    """Whether either may hold the other, and nothing else says that they are one work."""
    likeness: Floats
    """Of titles; below 0: there is nothing to compare."""
    title: Floats
    """What their titles weigh."""
    trust: Floats
    """0: titles say nothing of the work."""
    years: tuple[Rows, Rows]
    """-1: not said."""
    series: Rows
    """Which of `reasons` makes them two works of a series; -1: none."""
    reasons: Sequence[str]


def evidence_json(said: Evidence) -> bytes:
    """The evidence of one pair, as `matches.jsonl` has it: a list of clues, sorted by kind."""
    import orjson

    return orjson.dumps(
        [
            {"kind": one.kind, "for": one.supports, "value": one.value, "words": one.words}
            for one in said.clues
        ]
    )


def clues_json(clues: Clues, others: Mapping[str, pa.Array] = _NONE) -> pa.Array:
    """What `evidence_json` gives, a string a pair. `others`: clues of more kinds, or in place of
    those of a kind, each as JSON; null: it has none."""
    import pyarrow.compute as pc

    said = {name: kind(clues) for name, kind in _KINDS.items() if name not in others}
    said.update(others)
    first, *others_said = (said[name] for name in sorted(said))
    silent = reduce(pc.and_, (each.is_null() for each in others_said))
    first = pc.if_else(silent, first.fill_null(""), first)  # Arrow leaves out a row of nulls
    listed = pc.binary_join_element_wise(first, *others_said, ",", null_handling="skip")
    return pc.binary_join_element_wise("[", listed, "]", "")


def _jaccard(clues: Clues) -> pa.Array:
    where = ~np.isnan(clues.jaccard)
    value, inside = clues.jaccard[where], clues.inside[where]
    shares = [share / 100 for share in range(101)]
    more = ["", SCATTERED_WORDS, *map(inside_words, shares)]
    besides = np.where(np.isnan(inside), clues.scattered[where], 2 + percent(inside))
    words = chosen([*map(jaccard_words, shares)], percent(value)), chosen(more, besides)
    return spread(clue("jaccard", clues.text[where] > 0, value, *words), where)


def _part(clues: Clues) -> pa.Array:
    said = against(HALF.kind, HALF.words)
    return spread(few(clues.half[clues.half].astype(np.int64), lambda _: said), clues.half)


def _publication(clues: Clues) -> pa.Array:
    first, second = np.minimum(*clues.years), np.maximum(*clues.years)
    where = (first >= 0) & (second - first > YEARS)
    span = np.int64(1) << 32

    def said(both: int) -> dict[str, Any]:
        return against("publication", "years {} and {}".format(*divmod(both, int(span))))

    return spread(few(first[where] * span + second[where], said), where)


def _series(clues: Clues) -> pa.Array:
    where = clues.series >= 0
    said = few(clues.series[where], lambda reason: against("series", clues.reasons[reason]))
    return spread(said, where)


def _title(clues: Clues) -> pa.Array:
    where = clues.likeness >= 0
    value = clues.likeness[where]
    # One that is hardly less than 1 is 100 % alike, and not equal.
    shares = [*(share / 100 for share in range(100)), 1 - 1e-9, 1.0]
    words = [title_words(share, trust) for trust in (0.0, 1.0) for share in shares]
    places = np.where(value == 1, len(shares) - 1, percent(value))
    places += np.where(clues.trust[where] > 0, len(shares), 0)
    return spread(clue("title", clues.title[where] > 0, value, chosen(words, places)), where)


def _year(clues: Clues) -> pa.Array:
    first, second = clues.years
    where = (first >= 0) & (second >= 0)

    def said(apart: int) -> dict[str, Any]:
        words = year_words(apart)
        return {"kind": "year", "for": not apart, "value": float(apart), "words": words}

    return spread(few(np.abs(first[where] - second[where]), said), where)


_KINDS: Mapping[str, Callable[[Clues], pa.Array]] = {
    "jaccard": _jaccard,
    "part": _part,
    "publication": _publication,
    "series": _series,
    "title": _title,
    "year": _year,
}


def against(kind: str, words: str) -> dict[str, Any]:
    """A conflict without a value."""
    return {"kind": kind, "for": False, "value": None, "words": words}


def percent(values: Floats) -> Rows:
    """As Python rounds shares it writes in per cent; of what is not known, 0."""
    return np.rint(np.nan_to_num(values) * 100).astype(np.int64)


def clue(kind: str, supports: Flags, values: Floats, *words: pa.Array) -> pa.Array:
    """Clues of one kind, whose words JSON has no other way to write."""
    import pyarrow.compute as pc

    openings = [f'{{"kind":"{kind}","for":{said},"value":' for said in ("false", "true")]
    return pc.binary_join_element_wise(
        chosen(openings, supports), numbers(values), ',"words":"', *words, '"}', ""
    )


def numbers(values: Floats) -> pa.Array:
    """Each as JSON has it; NaN is null."""
    import orjson
    import pyarrow as pa

    if not values.size:
        return pa.array([], pa.string())
    written = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    commas = np.flatnonzero(np.frombuffer(written, np.uint8) == ord(","))
    offsets = np.zeros(values.size + 1, np.int32)
    offsets[1:-1] = commas - np.arange(commas.size)
    offsets[-1] = len(written) - commas.size
    joined = pa.py_buffer(written.replace(b",", b""))
    return pa.StringArray.from_buffers(values.size, pa.py_buffer(offsets), joined)


def chosen(words: Sequence[str], places: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(words, pa.string()).take(pa.array(places.astype(np.int32)))


def few(values: Rows, clue: Callable[[int], dict[str, Any]]) -> pa.Array:
    """The clues of values of which few differ."""
    import orjson

    distinct, places = np.unique(values, return_inverse=True)
    said = [orjson.dumps(clue(value)).decode("utf-8") for value in distinct.tolist()]
    return chosen(said, places)


def spread(said: pa.Array, where: Flags) -> pa.Array:
    """What is said of some pairs, null for the others."""
    import pyarrow as pa

    if len(said) == len(where):
        return said
    return said.take(pa.array(np.cumsum(where) - 1, mask=~where))
