"""Clusters and pairs as a report shows them: the records side by side, and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from dedup.evidence import compare
from dedup.folded import fold_record
from dedup.scheme import Scheme
from records import Clue, Cluster, Decision, Evidence, Record, iso_time
from reports.difference import Segment, differences, whole

if TYPE_CHECKING:
    from storage.kept import Said

Find = Callable[[str], Record]
"""The record of a key."""


_CLUSTERS = 8
_MEMBERS = 6
_SHOWN = 1_200
"""Characters of an abstract that are shown."""
_LONGEST = 300
"""Characters that are shown of a title, a name or a venue."""
_AUTHORS = 12
_DECISIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """What a reader needs to judge a record by."""

    key: str
    title: str | None
    authors: tuple[str, ...]
    """The first of many, then how many more there are."""
    venue: str | None
    year: int | None
    language: str | None
    url: str | None
    abstract: str | None
    """Its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionShown:
    """A person's word, as a line of a file of decisions has it."""

    decision: str
    """``merge``, ``split`` or ``canonical``."""
    a: str
    b: str | None
    """None for ``canonical``."""
    who: str
    when: str | None
    """ISO 8601 UTC; None: not said."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketShown:
    """A saturated bucket: too many text groups share it for it to mean anything."""

    kind: str
    groups: int
    example: RecordShown | None


def decisions_shown(made: Iterable[Decision]) -> tuple[DecisionShown, ...]:
    """At most 20, oldest first, whatever their order."""
    ordered = sorted(made, key=lambda one: (one.when, one.decision, one.a, one.b or ""))
    return tuple(
        DecisionShown(
            decision=one.decision,
            a=one.a,
            b=one.b,
            who=one.who,
            when=iso_time(one.when) if one.when else None,
            why=one.why,
        )
        for one in ordered[:_DECISIONS]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShown:
    """A member of a cluster, and what ties it."""

    record: RecordShown
    relation: str | None
    """None: no evidence ties it to the cluster, a decision does."""
    similarity: float | None
    clues: tuple[Clue, ...]
    through: str | None = None
    """Key of the member that this says its relation to; None: the canonical record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterShown:
    id: str
    size: int
    canonical: RecordShown
    members: tuple[MemberShown, ...]
    """Not all of a large cluster; the canonical record is not among them."""
    decisions: tuple[DecisionShown, ...] = ()
    """What people said of its records, oldest first, at most 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairShown:
    """Two records between which a person should decide."""

    a: RecordShown
    b: RecordShown
    relation: str
    similarity: float | None
    clues: tuple[Clue, ...]
    refused_by: str | None = None
    """What refused the join, ``split`` or ``bridge``; None: nothing did, or it is not said."""
    decisions: tuple[DecisionShown, ...] = ()
    """What people said of these two; of a refused join, what keeps their clusters apart."""

    def marked(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """The two abstracts in pieces, those marked that the other does not have."""
        return differences(self.a.abstract or "", self.b.abstract or "")

    def titles(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """The two titles likewise; nothing is marked where one has none."""
        a, b = self.a.title or "", self.b.title or ""
        return differences(a, b) if a and b else (whole(a), whole(b))


def largest_clusters(
    clusters: Iterable[Cluster],
    find: Find,
    scheme: Scheme,
    decided: Callable[[Cluster], Iterable[Decision]] = lambda cluster: (),
) -> tuple[ClusterShown, ...]:
    """The first clusters, with what ties their members to the canonical record, and what people
    `decided` of their records."""
    return tuple(
        _cluster_shown(cluster, find, scheme, decided(cluster))
        for cluster in islice(clusters, _CLUSTERS)
    )


def _cluster_shown(
    cluster: Cluster, find: Find, scheme: Scheme, decided: Iterable[Decision]
) -> ClusterShown:
    canonical = find(cluster.canonical)
    others = [key for key in cluster.keys if key != cluster.canonical][:_MEMBERS]
    members = []
    for member in map(find, others):
        evidence = _evidence(canonical, member, scheme)
        members.append(
            MemberShown(
                record=shown(member),
                relation=evidence.relation,
                similarity=evidence.similarity,
                clues=evidence.clues,
            )
        )
    return ClusterShown(
        id=cluster.id,
        size=len(cluster.keys),
        canonical=shown(canonical),
        members=tuple(members),
        decisions=decisions_shown(decided),
    )


def pairs_shown(
    pairs: Iterable[tuple[str, str]],
    find: Find,
    scheme: Scheme,
    said: Sequence[Said] | None = None,
) -> tuple[PairShown, ...]:
    """Pairs of keys, side by side; `said`: of each, what people decided of it."""
    found = []
    for place, (first, second) in enumerate(pairs):
        a, b = find(first), find(second)
        of_pair = said[place] if said else None
        evidence = _evidence(a, b, scheme)
        found.append(
            PairShown(
                a=shown(a),
                b=shown(b),
                relation=evidence.relation,
                similarity=evidence.similarity,
                clues=evidence.clues,
                refused_by=of_pair.refused_by if of_pair else None,
                decisions=decisions_shown(of_pair.decisions if of_pair else ()),
            )
        )
    return tuple(found)


def _evidence(a: Record, b: Record, scheme: Scheme) -> Evidence:
    return compare(fold_record(a, scheme), fold_record(b, scheme), scheme)


def shown(record: Record) -> RecordShown:
    """A record as it is shown: nothing of it is longer than a reader reads."""
    abstract = record.abstract or record.text or None
    authors = tuple(_clipped(name, _LONGEST) for name in record.authors[:_AUTHORS])
    if len(record.authors) > _AUTHORS:
        authors += (f"and {len(record.authors) - _AUTHORS} more",)
    return RecordShown(
        key=record.key,
        title=record.title and _clipped(record.title, _LONGEST),
        authors=authors,
        venue=record.venue and _clipped(record.venue, _LONGEST),
        year=record.year,
        language=record.language,
        url=record.url,
        abstract=abstract and _clipped(abstract, _SHOWN),
    )


def _clipped(text: str, most: int) -> str:
    """
    >>> _clipped("a long title", 6), _clipped("short", 6)
    ('a long …', 'short')
    """
    return text if len(text) <= most else text[:most].rstrip() + " …"
