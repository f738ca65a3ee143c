"""Which clusters and pairs of a deduplicated corpus a person is shown: the largest, the most alike,
ties by their ids. Ids and reasons; the records themselves are looked up elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

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

    def shown(mask: pa.Array, most: int, by: _By | None = None) -> tuple[PairSample, ...]:
        return _pairs(matches, pc.indices_nonzero(mask), most, by)

    buckets = sorted(said["saturated"], key=lambda each: (-each["groups"], each["key"]))
    return Samples(
        largest=tuple(_largest(found)),
        borderline=shown(pc.equal(state, "borderline"), _SIDE_BY_SIDE),
        versions=shown(pc.and_(apart, pc.equal(relation, "version")), _LISTED),
        related=shown(pc.and_(apart, pc.equal(relation, "related")), _LISTED),
        refused=shown(pc.equal(state, "refused"), _LISTED, by),
        saturated=tuple(
            BucketSample(
                kind=WORDS[kind_of(each["key"])],
                groups=each["groups"],
                example=each.get("example"),
            )
            for each in buckets[:_LISTED]
        ),
    )


_By: TypeAlias = "Mapping[tuple[str, str], Any]"
"""What refused the join of each pair."""
_MOST_ALIKE = [("similarity", "descending"), ("a", "ascending"), ("b", "ascending")]
"""A pair without a similarity comes after all that have one."""


def _pairs(
    matches: pa.Table, rows: pa.Array, most: int, by: _By | None = None
) -> tuple[PairSample, ...]:
    """The most alike of some rows.

    Only what they are sorted by is copied: the evidence of a million pairs is a gigabyte.
    """
    import pyarrow.compute as pc

    order = pc.sort_indices(
        matches.select([name for name, _ in _MOST_ALIKE]).take(rows), _MOST_ALIKE
    )
    columns = {name: matches[name] for name in ("a", "b", "relation", "similarity", "evidence")}
    found = []
    for row in rows.take(order[:most]).to_pylist():
        said = {name: column[row].as_py() for name, column in columns.items()}
        clues = _clues(said.pop("evidence"))
        why = (by or {}).get((said["a"], said["b"]))
        found.append(PairSample(**said, clues=clues, by=why))
    return tuple(found)


def _clues(evidence: str) -> tuple[Clue, ...]:
    return tuple(
        Clue(kind=each["kind"], supports=each["for"], value=each["value"], words=each["words"])
        for each in json.loads(evidence)
    )


def _largest(found: Deduplicated) -> Iterator[ClusterSample]:
    import pyarrow as pa
    import pyarrow.compute as pc

    clusters = found.clusters
    sizes = pc.list_value_length(clusters["ids"])
    order = pc.sort_indices(
        pa.table({"size": sizes, "cluster": clusters["cluster"]}),
        [("size", "descending"), ("cluster", "ascending")],
    )
    shown = []
    for row in order[:_CLUSTERS].to_pylist():
        canonical, ids = clusters["canonical"][row].as_py(), clusters["ids"][row].values
        others = [each for each in ids[: _MEMBERS + 1].to_pylist() if each != canonical]
        shown.append((clusters["cluster"][row].as_py(), canonical, len(ids), others[:_MEMBERS]))
    ties = _Ties(found.matches, [member for _, _, _, others in shown for member in others])
    for cluster, canonical, size, others in shown:
        members = tuple(MemberSample(id=each, tie=ties.of(each, canonical)) for each in others)
        yield ClusterSample(cluster=cluster, canonical=canonical, size=size, members=members)


class _Ties:
    """What ties some members of clusters: see `MemberSample`."""

    def __init__(self, matches: pa.Table, members: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        within = pa.array(members, pa.string())
        asked = (pc.is_in(matches[name], value_set=within) for name in ("a", "b"))
        self.matches = matches
        self.rows = pc.indices_nonzero(
            pc.and_(pc.equal(matches["state"], "joined"), pc.or_(*asked))
        )
        self.a, self.b = (matches[name].take(self.rows) for name in ("a", "b"))

    def of(self, member: str, canonical: str) -> PairSample | None:
        import pyarrow as pa
        import pyarrow.compute as pc

        first, second, own = (
            pa.scalar(key, pa.string()) for key in (*sorted((member, canonical)), member)
        )
        direct = pc.and_(pc.equal(self.a, first), pc.equal(self.b, second))
        either = pc.or_(pc.equal(self.a, own), pc.equal(self.b, own))
        for mask in (direct, either):
            found = _pairs(self.matches, self.rows.filter(mask), 1)
            if found:
                return found[0]
        return None
