"""Which decisions of people stand behind the clusters and pairs of a deduplicated corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dedup.samples import ClusterSample, PairSample
from records import Decision

if TYPE_CHECKING:
    import pyarrow as pa


class Decided:
    """Decisions by the clusters that hold the records they name."""

    def __init__(
        self, decisions: Iterable[Decision], clusters: pa.Table, pairs: Iterable[PairSample]
    ) -> None:
        """`clusters`: those of `dedup.corpus.Deduplicated`; `pairs`: those that may be asked for
        with `across`."""
        self._decisions = list(decisions)
        ends = {end for one in self._decisions for end in (one.a, one.b) if end is not None}
        ids = ends | {end for pair in pairs for end in (pair.a, pair.b)} if ends else set()
        self._cluster = _clusters_of(sorted(ids), clusters)

    def of_cluster(self, sample: ClusterSample) -> list[Decision]:
        """Those that name one of its records."""
        return [
            one
            for one in self._decisions
            if sample.cluster in (self._place(one.a), self._place(one.b or one.a))
        ]

    def of_pair(self, pair: PairSample) -> list[Decision]:
        """Those that name both records."""
        return [one for one in self._decisions if {one.a, one.b} == {pair.a, pair.b}]

    def across(self, pair: PairSample) -> list[Decision]:
        """Those that name a record of the one's cluster and one of the other's."""
        sides = {self._place(pair.a), self._place(pair.b)}
        return [
            one
            for one in self._decisions
            if one.b is not None and {self._place(one.a), self._place(one.b)} == sides
        ]

    def _place(self, each: str) -> str:
        """The cluster in which a record stands; where it stands alone, a name that none has."""
        return self._cluster.get(each, f"alone: {each}")


def _clusters_of(ids: list[str], clusters: pa.Table) -> Mapping[str, str]:
    """The clusters of those of some records that stand in one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not ids or not clusters.num_rows:
        return {}
    column = clusters["ids"].combine_chunks()
    members = column.flatten()
    rows = pc.indices_nonzero(pc.is_in(members, value_set=pa.array(ids, members.type)))
    names = clusters["cluster"].take(pc.list_parent_indices(column).take(rows))
    return dict(zip(members.take(rows).to_pylist(), names.to_pylist(), strict=True))
