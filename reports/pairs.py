"""Clusters and pairs as a report shows them: the records side by side, and the reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from dedup.evidence import compare
from dedup.folded import fold_record
from dedup.scheme import Scheme
from records import Clue, Cluster, Evidence, Record
from reports.difference import Segment, differences

Find = Callable[[str], Record]
"""The record of a key."""

_CLUSTERS = 8
_MEMBERS = 6
_SHOWN = 1_200
"""Characters of an abstract that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """What a reader needs to judge a record by."""

    key: str
    title: str | None
    authors: tuple[str, ...]
    venue: str | None
    year: int | None
    language: str | None
    url: str | None
    abstract: str | None
    """Its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShown:
    """A member of a cluster, against the cluster's canonical record."""

    record: RecordShown
    relation: str
    similarity: float | None
    clues: tuple[Clue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterShown:
    id: str
    size: int
    canonical: RecordShown
    members: tuple[MemberShown, ...]
    """Not all of a large cluster; the canonical record is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairShown:
    """Two records between which a person should decide."""

    a: RecordShown
    b: RecordShown
    relation: str
    similarity: float | None
    clues: tuple[Clue, ...]

    def marked(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """The two abstracts in pieces, those marked that the other does not have."""
        return differences(self.a.abstract or "", self.b.abstract or "")


def largest_clusters(
    clusters: Iterable[Cluster], find: Find, scheme: Scheme
) -> tuple[ClusterShown, ...]:
    """The first clusters, with what ties their members to the canonical record."""
    found = []
    for cluster in islice(clusters, _CLUSTERS):
        canonical = find(cluster.canonical)
        others = [key for key in cluster.keys if key != cluster.canonical][:_MEMBERS]
        members = []
        for key in others:
            member = find(key)
            evidence = _evidence(canonical, member, scheme)
            members.append(
                MemberShown(
                    record=_shown(member),
                    relation=evidence.relation,
                    similarity=evidence.similarity,
                    clues=evidence.clues,
                )
            )
        found.append(
            ClusterShown(
                id=cluster.id,
                size=len(cluster.keys),
                canonical=_shown(canonical),
                members=tuple(members),
            )
        )
    return tuple(found)


def pairs_shown(
    pairs: Iterable[tuple[str, str]], find: Find, scheme: Scheme
) -> tuple[PairShown, ...]:
    """Pairs of keys, side by side."""
    found = []
    for first, second in pairs:
        a, b = find(first), find(second)
        evidence = _evidence(a, b, scheme)
        found.append(
            PairShown(
                a=_shown(a),
                b=_shown(b),
                relation=evidence.relation,
                similarity=evidence.similarity,
                clues=evidence.clues,
            )
        )
    return tuple(found)


def _evidence(a: Record, b: Record, scheme: Scheme) -> Evidence:
    return compare(fold_record(a, scheme), fold_record(b, scheme), scheme)


def _shown(record: Record) -> RecordShown:
    abstract = record.abstract or record.text or None
    if abstract is not None and len(abstract) > _SHOWN:
        abstract = abstract[:_SHOWN].rstrip() + " …"
    return RecordShown(
        key=record.key,
        title=record.title,
        authors=record.authors,
        venue=record.venue,
        year=record.year,
        language=record.language,
        url=record.url,
        abstract=abstract,
    )
