"""A whole corpus at once: records in, clusters and matches out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dedup.bands import Kind, bucket_keys, kind_of
from dedup.clusters import Clustering, Group, GroupMatch, Member, Refused, cluster
from dedup.evidence import borderline, compare, decide, is_itself
from dedup.folded import Folded, fold_identifiers, fold_record
from dedup.scheme import DEFAULT, Scheme
from records import Cluster, Decision, Evidence, InputError, Match, MatchState, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many were left after each step."""

    records: int
    groups: int
    """Text groups: records equal after folding."""
    candidates: int
    """Pairs of groups that share a bucket that is not saturated."""
    by_kind: Mapping[Kind, int]
    """Of those, how many share a bucket of each kind."""
    relations: Mapping[str, int]
    """Of those, how many were found `same`, `version`, `related`, `different`."""
    saturated: Mapping[int, int]
    """Groups of each saturated bucket, by key."""
    clusters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplication:
    """What became of a corpus."""

    clusters: tuple[Cluster, ...]
    matches: tuple[Match, ...]
    """a < b, sorted: what clusters rest on (a text group as a star), refused joins, and pairs
    that are borderline, versions or related."""
    refused: tuple[Refused, ...]
    funnel: Funnel


def deduplicate_records(
    records: Iterable[Record], decisions: Iterable[Decision] = (), scheme: Scheme = DEFAULT
) -> Deduplication:
    """Clusters of a corpus; the order of records and decisions changes nothing.

    Raises InputError where two records have one key.
    """
    by_key: dict[str, Record] = {}
    for record in records:
        if by_key.setdefault(record.key, record) is not record:
            raise InputError(f"two records have the key {record.key!r}: give each its own")
    folded: dict[int, Folded] = {}
    members: dict[int, list[Member]] = defaultdict(list)
    for key in sorted(by_key):
        found = fold_record(by_key[key], scheme)
        folded.setdefault(found.group, found)
        members[found.group].append(member_of(by_key[key]))
    buckets = _buckets(folded, scheme)
    saturated = {key: len(held) for key, held in buckets.items() if len(held) > scheme.saturation}
    candidates = _candidates(buckets, saturated)
    decided = ((pair, decide(folded[pair[0]], folded[pair[1]], scheme)) for pair in candidates)
    evidence = {pair: found for pair, found in decided if found is not None}
    groups = {
        number: Group(tuple(held), is_itself(folded[number], scheme))
        for number, held in members.items()
    }
    same = [
        GroupMatch(*pair, found.strength)
        for pair, found in evidence.items()
        if found.relation == "same"
    ]
    clustering = cluster(groups, same, decisions, scheme)
    return Deduplication(
        clusters=clustering.clusters,
        matches=tuple(_matches(groups, folded, evidence, clustering, scheme)),
        refused=clustering.refused,
        funnel=Funnel(
            records=len(by_key),
            groups=len(groups),
            candidates=len(candidates),
            by_kind=Counter(kind for kinds in candidates.values() for kind in kinds),
            relations=_relations(evidence, len(candidates)),
            saturated=saturated,
            clusters=len(clustering.clusters),
        ),
    )


def _relations(evidence: Mapping[tuple[int, int], Evidence], candidates: int) -> Mapping[str, int]:
    found = Counter[str](said.relation for said in evidence.values())
    found["different"] = candidates - len(evidence)
    return +found


def member_of(record: Record) -> Member:
    """A record as the choice of the canonical one sees it."""
    identified = bool(fold_identifiers(record.identifiers))
    return Member(record.key, int(record.completeness), identified)


def _buckets(folded: Mapping[int, Folded], scheme: Scheme) -> dict[int, list[int]]:
    buckets: dict[int, list[int]] = defaultdict(list)
    for number, one in folded.items():
        for key in bucket_keys(one, scheme):
            buckets[key].append(number)
    return buckets


def _candidates(
    buckets: Mapping[int, Sequence[int]], saturated: Mapping[int, int]
) -> dict[tuple[int, int], set[Kind]]:
    """Pairs of groups that share a bucket, saturated ones apart, with the kinds they share."""
    pairs: dict[tuple[int, int], set[Kind]] = defaultdict(set)
    for key, held in buckets.items():
        if key not in saturated:
            for pair in combinations(sorted(held), 2):
                pairs[pair].add(kind_of(key))
    return pairs


def _matches(
    groups: Mapping[int, Group],
    folded: Mapping[int, Folded],
    evidence: Mapping[tuple[int, int], Evidence],
    clustering: Clustering,
    scheme: Scheme,
) -> list[Match]:
    refused = {(one.a, one.b) for one in clustering.refused}
    found: list[Match] = []

    def add(a: str, b: str, said: Evidence, state: MatchState) -> None:
        found.append(Match(a=min(a, b), b=max(a, b), evidence=said, state=state))

    least = {number: min(group.members).key for number, group in groups.items()}
    for number, others in _stars(groups):
        alone = compare(folded[number], folded[number], scheme)
        for other in others:
            state: MatchState = "refused" if (least[number], other) in refused else "joined"
            add(least[number], other, alone, state)
    for (first, second), said in evidence.items():
        a, b = sorted((least[first], least[second]))
        if said.relation == "same":
            add(a, b, said, "refused" if (a, b) in refused else "joined")
        else:
            add(a, b, said, "borderline" if borderline(said, scheme) else "apart")
    return sorted(found, key=lambda match: (match.a or "", match.b))


def _stars(groups: Mapping[int, Group]) -> Iterator[tuple[int, list[str]]]:
    """Each group of several records that is joined, with its keys but the least."""
    for number, group in groups.items():
        if group.same and len(group.members) > 1:
            yield number, [member.key for member in sorted(group.members)[1:]]
