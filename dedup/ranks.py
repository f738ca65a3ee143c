"""Records by their ranks, the order of their ids: clusters and matches of them, and as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dedup.cases import JOINED, REFUSED, RELATIONS, STATES, Verdicts
from dedup.clusters import Member, cluster_id
from dedup.columns import Columns
from dedup.grouping import Groups
from dedup.overlapping import Flags, Rows
from dedup.particulars import IDENTIFIERS
from dedup.scheme import Scheme
from dedup.stars import Stars

if TYPE_CHECKING:
    import pyarrow as pa

_TAKEN = 1 << 16
"""Texts that are put in order at a time: all of them may be more than one array can hold."""


class Ranked:
    """The records of some groups, sorted by id: the rank of a record is its place among them."""

    def __init__(self, columns: Columns, groups: Groups, met: Flags) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = np.flatnonzero(met[groups.of])
        ids = columns.table.column("id").chunk(0).take(pa.array(rows))
        order = pc.array_sort_indices(ids)
        self.ids: pa.Array = ids.take(order)
        self.rows: Rows = rows[order.to_numpy()]
        self.groups: Rows = groups.of[self.rows]
        self.least = np.full(groups.count, -1)
        """The least rank of each group."""
        self.least[self.groups[::-1]] = np.arange(rows.size)[::-1]
        signed = columns.signed
        self.completeness = signed.completeness[self.rows]
        self.identified: Flags = signed.has[self.rows] & IDENTIFIERS != 0
        old = columns.table.column("old").chunk(0).take(pa.array(self.rows)).fill_null(False)
        self.old: Flags = old.to_numpy(zero_copy_only=False)

    def of_groups(self, chosen: Flags) -> Rows:
        """Ranks of the records of some groups."""
        return np.flatnonzero(chosen[self.groups])

    def members(self, ranks: Rows) -> list[Member]:
        said = (self.completeness[ranks], self.identified[ranks], self.old[ranks])
        keys = self.ids.take(ranks).to_pylist()
        return [Member(*each) for each in zip(keys, *(a.tolist() for a in said), strict=True)]

    def preferences(self) -> Rows:
        """Of all records; ordered as by `Member.preference`, and the last 32 bits are the rank."""
        fullest = 3 - self.completeness.astype(np.int64)
        least = (~self.old * 4 + fullest) * 2 + ~self.identified
        preferences: Rows = least << 32 | np.arange(self.rows.size)
        return preferences


@dataclass(frozen=True, slots=True)
class Clusters:
    """Ranks of records, one cluster after the other."""

    members: Rows
    """Those of one cluster sorted."""
    starts: Rows
    """Where each cluster begins."""
    canonical: Rows

    def and_others(self, others: Clusters) -> Clusters:
        """These, then others."""
        return Clusters(
            np.concatenate([self.members, others.members]),
            np.concatenate([self.starts, self.members.size + others.starts]),
            np.concatenate([self.canonical, others.canonical]),
        )

    def table(self, ids: pa.Array) -> pa.Table:
        """As `dedup.corpus.Deduplicated` has them; `ids` of all ranks."""
        import pyarrow as pa
        import pyarrow.compute as pc

        least = ids.take(pa.array(self.members[self.starts])).to_pylist()
        names = pa.array(map(cluster_id, least), pa.string())
        order = pc.array_sort_indices(names).to_numpy()
        sizes = np.diff(self.starts, append=self.members.size)[order]
        ends = np.cumsum(sizes)
        places = np.arange(self.members.size) + np.repeat(self.starts[order] - ends + sizes, sizes)
        members = _taken(ids, self.members[places]).combine_chunks()
        offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
        return pa.table(
            {
                "cluster": names.take(pa.array(order)),
                "canonical": _taken(ids, self.canonical[order]),
                "ids": pa.ListArray.from_arrays(offsets, members),
            }
        )


def match_table(
    ranked: Ranked,
    verdicts: Verdicts,
    stars: Stars,
    refused: Iterable[tuple[int, int]],
    scheme: Scheme,
) -> pa.Table:
    """As `dedup.corpus.Deduplicated` has them: verdicts by the least ids of their groups, and each
    star's least id with the others. `refused`: ranks, the lesser first, of what is not joined."""
    import pyarrow as pa

    star_of = np.full(ranked.least.size, -1)
    star_of[stars.groups] = np.arange(stars.groups.size)
    others = ranked.of_groups(star_of >= 0)
    others = others[ranked.least[ranked.groups[others]] != others]
    star = star_of[ranked.groups[others]]
    ends = ranked.least[verdicts.a], ranked.least[verdicts.b]
    first = np.concatenate([np.minimum(*ends), ranked.least[ranked.groups[others]]])
    second = np.concatenate([np.maximum(*ends), others])
    pairs = first * np.int64(ranked.rows.size) + second
    order = np.argsort(pairs)
    same = np.uint8(RELATIONS.index("same"))
    relation = np.concatenate([verdicts.relation, np.full(star.size, same)])
    state = np.concatenate([verdicts.states(scheme), np.full(star.size, np.uint8(JOINED))])
    apart = [a * ranked.rows.size + b for a, b in refused]
    state[(state == JOINED) & np.isin(pairs, np.array(apart, np.int64))] = REFUSED
    similarity = np.concatenate([verdicts.similarity, stars.similarity[star]])[order]
    evidence = pa.concat_arrays([verdicts.evidence, stars.evidence])
    said = np.concatenate([np.arange(len(verdicts)), len(verdicts) + star])
    return pa.table(
        {
            "a": _taken(ranked.ids, first[order]),
            "b": _taken(ranked.ids, second[order]),
            "relation": _taken(pa.array(RELATIONS), relation[order]),
            "state": _taken(pa.array(STATES), state[order]),
            "similarity": pa.array(similarity, mask=np.isnan(similarity)),
            "evidence": _taken(evidence, said[order]),
        }
    )


def _taken(texts: pa.Array, places: Rows) -> pa.ChunkedArray:
    import pyarrow as pa

    pieces = [
        texts.take(pa.array(places[first : first + _TAKEN])).cast(pa.string())
        for first in range(0, places.size, _TAKEN)
    ]
    return pa.chunked_array(pieces, pa.string())
