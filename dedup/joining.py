"""Verdicts and decisions to clusters and matches of a whole corpus, as columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedup.cases import Verdicts
from dedup.clusters import Clustering, Group, GroupMatch, Refused, cluster
from dedup.columns import Columns
from dedup.grouping import Groups
from dedup.overlapping import Flags, Floats, Rows
from dedup.ranks import Clusters, Ranked, match_table
from dedup.scheme import Scheme
from dedup.stars import find_stars
from records import Cluster, Decision

if TYPE_CHECKING:
    import pyarrow as pa

_ALONE = 3
"""Groups of a part that joins whatever the order: one of two clusters in it is a single group."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What stands together."""

    clusters: pa.Table
    """See `dedup.corpus.Deduplicated`."""
    matches: pa.Table
    """Likewise."""
    repeats: Rows
    """Rows of records that stand in a cluster and are not its canonical one."""
    refused: tuple[Refused, ...]


def join(
    columns: Columns, groups: Groups, verdicts: Verdicts, decisions: Sequence[Decision]
) -> Joined:
    """Clusters as `dedup.clusters.cluster` makes them, and every pair that is kept, in words.

    A part that cannot refuse a join is one cluster; only the others are taken match by match.
    """
    from dedup.compiled.pairs import connected

    several = np.flatnonzero(groups.sizes > 1)
    stars = find_stars(columns, several, groups.rows[several])
    decided = _decided_groups(columns, groups, decisions)
    ranked = Ranked(
        columns, groups, _marked(groups.count, several, verdicts.a, verdicts.b, decided)
    )
    same = verdicts.same
    links = _Links(verdicts.a[same], verdicts.b[same], verdicts.strength[same])
    parts = connected(groups.count, links.a.astype(np.int64), links.b.astype(np.int64))
    hard = _hard_parts(columns.scheme.bridge, parts, links)
    hard[parts[decided]] = True
    one_work = _marked(groups.count, stars.groups)
    linked = _marked(groups.count, links.a, links.b)
    clusters = _plain_clusters(ranked, parts, (one_work | linked) & ~hard[parts])
    clustering, rank_of = _by_match(ranked, hard[parts], one_work, links, decisions, columns.scheme)
    clusters = clusters.and_others(_ranked_clusters(clustering.clusters, rank_of))
    refused = [(rank_of[one.a], rank_of[one.b]) for one in clustering.refused]
    others = np.setdiff1d(clusters.members, clusters.canonical, assume_unique=True)
    return Joined(
        clusters=clusters.table(ranked.ids),
        matches=match_table(ranked, verdicts, stars, refused, columns.scheme),
        repeats=ranked.rows[others],
        refused=clustering.refused,
    )


def _marked(count: int, *numbers: NDArray[Any]) -> Flags:
    found = np.zeros(count, np.bool_)
    for some in numbers:
        found[some] = True
    return found


def _decided_groups(columns: Columns, groups: Groups, decisions: Sequence[Decision]) -> Rows:
    """Groups of the records that decisions name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    named = {key for one in decisions for key in (one.a, one.b) if key is not None}
    if not named:
        return np.empty(0, np.int64)
    ids = columns.table.column("id").chunk(0)
    places = pc.index_in(pa.array(sorted(named), ids.type), value_set=ids)
    found: Rows = groups.of[places.drop_null().to_numpy()]
    return found


@dataclass(frozen=True, slots=True)
class _Links:
    """Groups whose evidence says `same`, a place a pair."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    strength: Floats


def _hard_parts(bridge: float, parts: Rows, links: _Links) -> Flags:
    """Parts in which a match may be refused, by their numbers: of weak ones and many groups."""
    weak = _marked(parts.size, parts[links.a[links.strength < bridge]])
    linked = _marked(parts.size, links.a, links.b)
    hard: Flags = weak & (np.bincount(parts[linked], minlength=parts.size) > _ALONE)
    return hard


def _plain_clusters(ranked: Ranked, parts: Rows, chosen: Flags) -> Clusters:
    """Of the groups chosen, all of a part in one."""
    members = ranked.of_groups(chosen)
    of = parts[ranked.groups[members]]
    order = np.argsort(of, kind="stable")
    members, of = members[order], of[order]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    if not members.size:
        return Clusters(members, starts, members)
    canonical = np.minimum.reduceat(ranked.preferences()[members], starts) & 0xFFFFFFFF
    return Clusters(members, starts, canonical)


def _by_match(
    ranked: Ranked,
    chosen: Flags,
    one_work: Flags,
    links: _Links,
    decisions: Sequence[Decision],
    scheme: Scheme,
) -> tuple[Clustering, dict[str, int]]:
    """Of the groups chosen, and the ranks of their records."""
    ranks = ranked.of_groups(chosen)
    members = ranked.members(ranks)
    held = defaultdict(list)
    for number, member in zip(ranked.groups[ranks].tolist(), members, strict=True):
        held[number].append(member)
    within = chosen[links.a]
    ends = links.a[within], links.b[within], links.strength[within]
    clustering = cluster(
        {number: Group(tuple(some), bool(one_work[number])) for number, some in held.items()},
        [GroupMatch(*each) for each in zip(*(column.tolist() for column in ends), strict=True)],
        decisions,
        scheme,
    )
    rank_of = {member.key: rank for member, rank in zip(members, ranks.tolist(), strict=True)}
    return clustering, rank_of


def _ranked_clusters(clusters: Sequence[Cluster], rank_of: Mapping[str, int]) -> Clusters:
    sizes = np.array([len(one.keys) for one in clusters], np.int64)
    members = np.array([rank_of[key] for one in clusters for key in one.keys], np.int64)
    canonical = np.array([rank_of[one.canonical] for one in clusters], np.int64)
    return Clusters(members, np.cumsum(sizes) - sizes, canonical)
