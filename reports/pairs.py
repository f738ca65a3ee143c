"""Clusters and pairs as a report shows them: the records side by side, and the reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from dedup.evidence import compare
from dedup.folded import fold_record
from dedup.scheme import Scheme
from records import Clue, Cluster, Evidence, Record
from reports.difference import Segment, differences, whole

Find = Callable[[str], Record]
"""The record of a key."""

_CLUSTERS = 8
_MEMBERS = 6
_SHOWN = 1_200
"""Characters of an abstract that are shown."""
_LONGEST = 300
"""Characters that are shown of a title, a name or a venue."""
_AUTHORS = 12


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

    def marked(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """The two abstracts in pieces, those marked that the other does not have."""
        return differences(self.a.abstract or "", self.b.abstract or "")

    def titles(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """The two titles likewise; nothing is marked where one has none."""
        a, b = self.a.title or "", self.b.title or ""
        return differences(a, b) if a and b else (whole(a), whole(b))


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
                    record=shown(member),
                    relation=evidence.relation,
                    similarity=evidence.similarity,
                    clues=evidence.clues,
                )
            )
        found.append(
            ClusterShown(
                id=cluster.id,
                size=len(cluster.keys),
                canonical=shown(canonical),
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
                a=shown(a),
                b=shown(b),
                relation=evidence.relation,
                similarity=evidence.similarity,
                clues=evidence.clues,
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
