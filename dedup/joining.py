"""Verdicts and decisions to clusters and matches of a whole corpus, as columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.clusters import Group, GroupMatch, Member, Refused, cluster, cluster_id
from dedup.columns import Columns
from dedup.evidence import Folded, compare, is_itself
from dedup.grouping import Groups
from dedup.particulars import IDENTIFIERS
from dedup.verdicts import Verdict, evidence_of_itself, surely_itself
from records import Cluster, Decision, MatchState, as_json

if TYPE_CHECKING:
    import pyarrow as pa

_ALONE = 3
"""Groups of a part that joins whatever the order: one of two clusters in it is a single group."""


@dataclass(slots=True)
class Row:
    """A row of `matches`."""

    a: str
    b: str
    relation: str
    state: MatchState
    similarity: float | None
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    clusters: list[Cluster]
    """Sorted by id."""
    rows: list[Row]
    """Sorted by a, then b."""
    refused: tuple[Refused, ...]


class _Corpus:
    """Groups with the ids of their members, looked up as they are asked for."""

    def __init__(self, columns: Columns, groups: Groups) -> None:
        self.columns, self.groups = columns, groups
        self.order, self.first = groups.members()
        self.ids = columns.table.column("id").combine_chunks()
        self._named: dict[int, tuple[Member, ...]] = {}
        self._folded: tuple[int, Folded] | None = None
        self._sure = surely_itself(columns, groups.rows)

    def name(self, numbers: Iterable[int]) -> None:
        """Look up the members of groups, all at once."""
        import pyarrow as pa

        asked = sorted(set(numbers) - self._named.keys())
        if not asked:
            return
        spans = [(int(self.first[number]), int(self.first[number + 1])) for number in asked]
        rows = np.concatenate([self.order[begin:end] for begin, end in spans])
        signed = self.columns.signed
        ids = self.ids.take(pa.array(rows)).to_pylist()
        levels = signed.completeness[rows].tolist()
        known = (signed.has[rows] & IDENTIFIERS != 0).tolist()
        old = self.columns.table.column("old").take(pa.array(rows)).to_pylist()
        at = 0
        for number, (begin, end) in zip(asked, spans, strict=True):
            size = end - begin
            self._named[number] = tuple(
                sorted(
                    Member(ids[place], levels[place], known[place], bool(old[place]))
                    for place in range(at, at + size)
                )
            )
            at += size

    def members(self, number: int) -> tuple[Member, ...]:
        """Of a group that was named: sorted by key."""
        return self._named[number]

    def least(self, number: int) -> str:
        return self._named[number][0].key

    def is_itself(self, number: int) -> bool:
        """Whether evidence says `same` of any two members of a group."""
        return bool(self._sure[number]) or is_itself(self.folded(number), self.columns.scheme)

    def folded(self, number: int) -> Folded:
        """The last one asked for is remembered."""
        if self._folded is None or self._folded[0] != number:
            self._folded = number, self.columns.folded(int(self.groups.rows[number]))
        return self._folded[1]

    def alone(self, number: int) -> tuple[float | None, bytes]:
        """Similarity and clues of any two members of a group that is one work."""
        import orjson

        row = int(self.groups.rows[number])
        said = evidence_of_itself(self.columns, row)
        if said is None:
            folded = self.folded(number)
            alone = compare(folded, folded, self.columns.scheme)
            said = orjson.dumps(as_json(alone)["evidence"])
        similarity = 1.0 if self.columns.signed.sizes[row] else None
        return similarity, said


def join(
    columns: Columns,
    groups: Groups,
    verdicts: Sequence[Verdict],
    decisions: Sequence[Decision],
) -> Joined:
    """Clusters as `dedup.clusters.cluster` makes them, and every pair that is kept, in words.

    A part that cannot refuse a join is one cluster; only the others are taken match by match.
    """
    from dedup.compiled.pairs import connected

    corpus = _Corpus(columns, groups)
    several = np.flatnonzero(groups.sizes > 1)
    decided = _decided_groups(corpus, decisions)
    corpus.name([*several.tolist(), *(n for one in verdicts for n in (one.a, one.b)), *decided])
    joined = [one for one in verdicts if one.relation == "same"]
    ends = np.array([(one.a, one.b) for one in joined], np.int64).reshape(-1, 2)
    parts = connected(groups.count, ends[:, 0].copy(), ends[:, 1].copy())
    hard = _hard_parts(columns.scheme.bridge, parts, joined, decided)
    inside: dict[int, list[int]] = defaultdict(list)
    involved = set(ends.ravel().tolist()) | set(several.tolist()) | decided
    for number in sorted(involved):
        inside[int(parts[number])].append(number)
    clusters = []
    for part, numbers in inside.items():
        if part not in hard:
            clusters += _plain_clusters(corpus, numbers)
    slow = {number for part in hard for number in inside[part]}
    clustering = cluster(
        {number: Group(corpus.members(number), corpus.is_itself(number)) for number in slow},
        [GroupMatch(one.a, one.b, one.strength) for one in joined if one.a in slow],
        decisions,
        columns.scheme,
    )
    clusters += clustering.clusters
    rows = _rows(corpus, verdicts, several, clustering.refused)
    clusters.sort(key=lambda one: one.id)
    return Joined(clusters, rows, clustering.refused)


def _decided_groups(corpus: _Corpus, decisions: Sequence[Decision]) -> set[int]:
    """Groups of the records that decisions name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    named = {key for one in decisions for key in (one.a, one.b) if key is not None}
    if not named:
        return set()
    places = pc.index_in(pa.array(sorted(named), pa.string()), value_set=corpus.ids)
    return {int(corpus.groups.of[row]) for row in places.drop_null().to_pylist()}


def _hard_parts(
    bridge: float, parts: NDArray[np.int64], joined: Sequence[Verdict], decided: set[int]
) -> set[int]:
    """Parts in which a join may be refused: where a person decided, all of them, as a merge may
    join two; and those of weak matches and many groups."""
    decided_parts = {int(parts[number]) for number in decided}
    members: dict[int, set[int]] = defaultdict(set)
    weak = set()
    for one in joined:
        part = int(parts[one.a])
        if one.strength < bridge:
            weak.add(part)
    for one in joined:
        part = int(parts[one.a])
        if part in weak:
            members[part] |= {one.a, one.b}
    return decided_parts | {part for part, held in members.items() if len(held) > _ALONE}


def _plain_clusters(corpus: _Corpus, numbers: Sequence[int]) -> list[Cluster]:
    """Of a part in which nothing can be refused."""
    if len(numbers) == 1 and not corpus.is_itself(numbers[0]):
        return []
    members = sorted(member for number in numbers for member in corpus.members(number))
    if len(members) < 2:
        return []
    keys = tuple(member.key for member in members)
    canonical = min(members, key=Member.preference).key
    return [Cluster(id=cluster_id(keys[0]), canonical=canonical, keys=keys)]


def _rows(
    corpus: _Corpus,
    verdicts: Sequence[Verdict],
    several: NDArray[np.int64],
    refused: Iterable[Refused],
) -> list[Row]:
    """Stars of text groups, and verdicts by the least ids of their groups."""
    apart = {(one.a, one.b) for one in refused}
    rows = []
    for number in several.tolist():
        if corpus.is_itself(number):
            rows += _star(corpus, number, apart)
    for one in verdicts:
        a, b = corpus.least(one.a), corpus.least(one.b)
        if a > b:
            a, b = b, a
        state = "refused" if one.state == "joined" and (a, b) in apart else one.state
        rows.append(Row(a, b, one.relation, state, one.similarity, one.evidence))
    rows.sort(key=lambda row: (row.a, row.b))
    return rows


def _star(corpus: _Corpus, number: int, refused: set[tuple[str, str]]) -> list[Row]:
    similarity, said = corpus.alone(number)
    least, *others = (member.key for member in corpus.members(number))
    return [
        Row(
            least,
            other,
            "same",
            "refused" if (least, other) in refused else "joined",
            similarity,
            said,
        )
        for other in others
    ]


def tables(joined: Joined) -> tuple[pa.Table, pa.Table]:
    """`clusters` and `matches` of `dedup.corpus.Deduplicated`."""
    import pyarrow as pa

    text = pa.string()
    clusters = pa.table(
        {
            "cluster": pa.array([one.id for one in joined.clusters], text),
            "canonical": pa.array([one.canonical for one in joined.clusters], text),
            "ids": pa.array([one.keys for one in joined.clusters], pa.list_(text)),
        }
    )
    matches = pa.table(
        {
            "a": pa.array([row.a for row in joined.rows], text),
            "b": pa.array([row.b for row in joined.rows], text),
            "relation": pa.array([row.relation for row in joined.rows], text),
            "state": pa.array([row.state for row in joined.rows], text),
            "similarity": pa.array([row.similarity for row in joined.rows], pa.float64()),
            "evidence": pa.array([row.evidence for row in joined.rows], pa.binary()).cast(text),
        }
    )
    return clusters, matches
