"""Text groups of several records: whether any two of them are one work, and what says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dedup.columns import Columns
from dedup.evidence import ENOUGH, compare, is_itself
from dedup.overlapping import Flags, Floats, Rows
from dedup.titling import TITLE_NOTICE
from dedup.weighing import MOST_OF_TEXT, MOST_OF_TITLE
from dedup.wording import Clues, clues_json, evidence_json

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Stars:
    """The groups that are one work each, a place a group."""

    groups: Rows
    """Their numbers."""
    similarity: Floats
    """Of any two of their records; NaN: they have no abstract."""
    evidence: pa.Array
    """Likewise; JSON, as in `matches.jsonl`."""


def find_stars(columns: Columns, numbers: Rows, rows: Rows) -> Stars:
    """Those of the groups of some numbers that are one work; `rows`: one of each group."""
    import pyarrow as pa

    signed = columns.signed
    same = surely_itself(columns, rows)
    plain = (signed.has[rows] == 0) & (signed.title_flags[rows] & TITLE_NOTICE == 0)
    said = []
    asked = np.flatnonzero(~(same & plain))
    for at, folded in zip(asked.tolist(), columns.folded(rows[asked]), strict=True):
        same[at] = same[at] or is_itself(folded, columns.scheme)
        if same[at] and not plain[at]:
            said.append(evidence_json(compare(folded, folded, columns.scheme)))
    plain, others = plain & same, ~plain & same
    evidence = [_of_itself(columns, rows[plain]), pa.array(said, pa.string())]
    return Stars(
        np.concatenate([numbers[plain], numbers[others]]),
        np.where(signed.sizes[np.concatenate([rows[plain], rows[others]])] > 0, 1.0, np.nan),
        pa.concat_arrays([each.cast(pa.large_string()) for each in evidence]),
    )


def surely_itself(columns: Columns, rows: Rows) -> Flags:
    """Whether the abstract and the title of a record alone say that two which fold to it are one
    work: what `dedup.evidence.is_itself` says of it then."""
    signed = columns.signed
    text = MOST_OF_TEXT * np.minimum(1.0, signed.sizes[rows] / 40)
    silent = signed.title_flags[rows] & TITLE_NOTICE != 0
    sure: Flags = np.where(silent, 0.0, text) + MOST_OF_TITLE * signed.weights[rows] >= ENOUGH
    return sure


def _of_itself(columns: Columns, rows: Rows) -> pa.Array:
    """Evidence of records that have an abstract, a title and a year at most, with themselves."""
    signed = columns.signed
    trust, years = signed.weights[rows], signed.years[rows].astype(np.int64)
    return clues_json(
        Clues(
            jaccard=np.where(signed.sizes[rows] > 0, 1.0, np.nan),
            text=np.ones(rows.size),
            inside=np.full(rows.size, np.nan),
            scattered=np.zeros(rows.size, np.bool_),
            half=np.zeros(rows.size, np.bool_),
            likeness=np.where(signed.title_chains[rows] != 0, 1.0, -1.0),
            title=trust,
            trust=trust,
            years=(years, years),
            series=np.full(rows.size, -1),
            reasons=(),
        )
    )
