"""Which clusters and pairs of a deduplicated corpus a person is shown: the largest, the most alike,
ties by their ids. Ids and reasons; the records themselves are looked up elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from dedup.bands import WORDS, kind_of
from dedup.corpus import Deduplicated
from records import Clue

if TYPE_CHECKING:
    import pyarrow as pa

_CLUSTERS = 8
_MEMBERS = 6
_SIDE_BY_SIDE = 25
"""Pairs shown with their texts."""
_LISTED = 50
"""Rows of any other list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSample:
    """A row of `matches`."""

    a: str
    b: str
    relation: str
    similarity: float | None
    clues: tuple[Clue, ...]
    by: Literal["split", "bridge"] | None = None
    """What refused the join; None: nothing did, or it is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSample:
    """A member of a cluster, and the match that it is tied by."""

    id: str
    tie: PairSample | None
    """With the canonical record where there is such a match, else the most alike; None: no match
    ties it, so a decision does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSample:
    cluster: str
    canonical: str
    size: int
    members: tuple[MemberSample, ...]
    """The first by id; the canonical record is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSample:
    """A saturated bucket."""

    kind: str
    """What its records share, in words."""
    groups: int
    example: str | None
    """The id of one of its records; None: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What is shown of each list."""

    largest: tuple[ClusterSample, ...]
    borderline: tuple[PairSample, ...]
    versions: tuple[PairSample, ...]
    related: tuple[PairSample, ...]
    refused: tuple[PairSample, ...]
    saturated: tuple[BucketSample, ...]

    def ids(self) -> list[str]:
        """Every id that is named, sorted."""
        found = {bucket.example for bucket in self.saturated if bucket.example is not None}
        for cluster in self.largest:
            found.add(cluster.canonical)
            for member in cluster.members:
                found.add(member.id)
                found |= {member.tie.a, member.tie.b} if member.tie else set()
        for pair in (*self.borderline, *self.versions, *self.related, *self.refused):
            found |= {pair.a, pair.b}
        return sorted(found)


def samples(found: Deduplicated) -> Samples:
    """What to show of `found`.

    Of the engine's figures, ``saturated`` is read (``key``, ``groups`` and, where it is there,
    ``example``) and, where it is there, ``refused``: a list of ``{"a", "b", "by"}``.
    """
    import pyarrow.compute as pc

    said = cast("Mapping[str, Any]", found.figures)
    matches = found.matches
    state, relation = matches["state"], matches["relation"]
    apart = pc.equal(state, "apart")
    by = {(each["a"], each["b"]): each["by"] for each in said.get("refused", ())}
    buckets = sorted(said["saturated"], key=lambda each: (-each["groups"], each["key"]))
    return Samples(
        largest=tuple(_largest(found)),
        borderline=_pairs(matches, pc.equal(state, "borderline"), _SIDE_BY_SIDE),
        versions=_pairs(matches, pc.and_(apart, pc.equal(relation, "version")), _LISTED),
        related=_pairs(matches, pc.and_(apart, pc.equal(relation, "related")), _LISTED),
        refused=_pairs(matches, pc.equal(state, "refused"), _LISTED, by),
        saturated=tuple(
            BucketSample(
                kind=WORDS[kind_of(each["key"])],
                groups=each["groups"],
                example=each.get("example"),
            )
            for each in buckets[:_LISTED]
        ),
    )


_MOST_ALIKE = [("similarity", "descending"), ("a", "ascending"), ("b", "ascending")]
"""A pair without a similarity comes after all that have one."""


def _pairs(
    matches: pa.Table, mask: pa.Array, most: int, by: Mapping[tuple[str, str], Any] | None = None
) -> tuple[PairSample, ...]:
    """The most alike of the rows of a mask.

    Only what they are sorted by is copied: the evidence of a million pairs is a gigabyte.
    """
    import pyarrow.compute as pc

    rows = pc.indices_nonzero(mask)
    order = pc.sort_indices(
        matches.select([name for name, _ in _MOST_ALIKE]).take(rows), _MOST_ALIKE
    )
    found = []
    for row in rows.take(order[:most]).to_pylist():
        (said,) = matches.slice(row, 1).to_pylist()
        found.append(
            PairSample(
                a=said["a"],
                b=said["b"],
                relation=said["relation"],
                similarity=said["similarity"],
                clues=_clues(said["evidence"]),
                by=(by or {}).get((said["a"], said["b"])),
            )
        )
    return tuple(found)


def _clues(evidence: str) -> tuple[Clue, ...]:
    return tuple(
        Clue(kind=each["kind"], supports=each["for"], value=each["value"], words=each["words"])
        for each in json.loads(evidence)
    )


def _largest(found: Deduplicated) -> Iterator[ClusterSample]:
    import pyarrow as pa
    import pyarrow.compute as pc

    sizes = pa.table(
        {
            "size": pc.list_value_length(found.clusters["ids"]),
            "cluster": found.clusters["cluster"],
        }
    )
    order = pc.sort_indices(sizes, [("size", "descending"), ("cluster", "ascending")])
    for row in order[:_CLUSTERS].to_pylist():
        canonical = found.clusters["canonical"][row].as_py()
        ids = found.clusters["ids"][row].values
        others = [each for each in ids[: _MEMBERS + 1].to_pylist() if each != canonical][:_MEMBERS]
        ties = _ties(found.matches, others, canonical)
        yield ClusterSample(
            cluster=found.clusters["cluster"][row].as_py(),
            canonical=canonical,
            size=len(ids),
            members=tuple(MemberSample(id=each, tie=ties[each]) for each in others),
        )


def _ties(
    matches: pa.Table, members: Sequence[str], canonical: str
) -> Mapping[str, PairSample | None]:
    """What ties each of some members of a cluster: see `MemberSample`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    within = pa.array(members, pa.string())
    a, b = matches["a"], matches["b"]
    joined = pc.and_(
        pc.equal(matches["state"], "joined"),
        pc.or_(pc.is_in(a, value_set=within), pc.is_in(b, value_set=within)),
    )
    ties: dict[str, PairSample | None] = {}
    for member in members:
        first, second = sorted((member, canonical))
        direct = pc.and_(joined, pc.and_(pc.equal(a, first), pc.equal(b, second)))
        found = _pairs(matches, direct, 1)
        if not found:
            any_other = pc.and_(joined, pc.or_(pc.equal(a, member), pc.equal(b, member)))
            found = _pairs(matches, any_other, 1)
        ties[member] = found[0] if found else None
    return ties
