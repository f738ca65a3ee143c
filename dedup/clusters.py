"""From matches and decisions to clusters: a pure function of both, whatever their order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from dedup.scheme import DEFAULT, Scheme
from records import Cluster, Decision


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A record, as far as the choice of the canonical one needs it."""

    key: str
    completeness: int = 0
    """Of the abstract: see `records.Completeness`."""
    identified: bool = False
    """Whether it carries a publisher's identifier."""
    old: bool = False
    """Whether it is one of a corpus that is compared against."""

    def preference(self) -> tuple[bool, int, bool, str]:
        """The least is the canonical record of a cluster that no decision names one of."""
        return not self.old, -self.completeness, not self.identified, self.key


@dataclass(frozen=True, slots=True)
class Group:
    """A text group: records equal after folding."""

    members: tuple[Member, ...]
    same: bool
    """Whether evidence says `same` of any two of them; otherwise they are not joined."""


@dataclass(frozen=True, slots=True)
class GroupMatch:
    """Two text groups whose evidence says `same`."""

    a: int
    b: int
    strength: float


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """A match whose ends stand in two clusters all the same. Keys are the groups' least."""

    a: str
    b: str
    by: Literal["split", "bridge"]


@dataclass(frozen=True, slots=True)
class Clustering:
    clusters: tuple[Cluster, ...]
    """Of two or more records, sorted by id."""
    refused: tuple[Refused, ...]
    """Sorted; a < b."""


def cluster_id(least: str) -> str:
    """A cluster's id, from its least key.

    >>> cluster_id("aid:1")
    'cffe3bae692edc76b'
    """
    digest = blake2b(least.encode("utf-8", "surrogatepass"), digest_size=8)
    return f"c{digest.hexdigest()}"


def cluster(
    groups: Mapping[int, Group],
    matches: Iterable[GroupMatch],
    decisions: Iterable[Decision] = (),
    scheme: Scheme = DEFAULT,
) -> Clustering:
    """Clusters of the records of `groups`.

    Merge decisions come first, then text groups, then matches, strongest first, ties by keys. A
    join across a split decision, or against the bridge rule, is refused: two clusters of two or
    more groups each join only over a match of `scheme.bridge`, or over two matches that share
    no group; a match refused is tried again when others have joined. Decisions about unknown
    records have no effect.
    """
    members = {member.key: member for group in groups.values() for member in group.members}
    group_of = {member.key: number for number, group in groups.items() for member in group.members}
    kept = [
        decision
        for decision in decisions
        if decision.a in members and (decision.b is None or decision.b in members)
    ]
    parts = _Parts(group_of, kept)
    for decision in sorted(kept, key=_place_in_time):
        if decision.decision == "merge" and decision.b is not None:
            parts.join(decision.a, decision.b)
    keys = {number: sorted(m.key for m in group.members) for number, group in groups.items()}
    for number in sorted(groups, key=keys.__getitem__):
        parts.add_group(number, keys[number], groups[number].same)
    links = _ordered(groups, matches)
    _join_all(parts, links, scheme)
    return Clustering(_clusters(parts, members, kept), _refused(parts, groups, links))


def _place_in_time(decision: Decision) -> tuple[int, str, str, str]:
    return decision.when, decision.decision, decision.a, decision.b or ""


@dataclass(frozen=True, slots=True, order=True)
class _Link:
    """A match in the order in which clusters take it."""

    weakness: float
    a: str
    b: str
    group_a: int
    group_b: int


def _ordered(groups: Mapping[int, Group], matches: Iterable[GroupMatch]) -> list[_Link]:
    least = {
        number: min(member.key for member in group.members) for number, group in groups.items()
    }
    links = set()
    for match in matches:
        first, second = sorted((match.a, match.b), key=lambda number: least[number])
        if first != second:
            links.add(_Link(-match.strength, least[first], least[second], first, second))
    return sorted(links)


class _Parts:
    """Disjoint sets of record keys that know their groups and whom they are split from."""

    def __init__(self, group_of: Mapping[str, int], decisions: Sequence[Decision]) -> None:
        self.root = {key: key for key in group_of}
        self.keys = {key: {key} for key in group_of}
        self.groups = {key: {number} for key, number in group_of.items()}
        self.strangers: dict[str, set[str]] = defaultdict(set)
        for decision in decisions:
            if decision.decision == "split" and decision.b is not None:
                self.strangers[decision.a].add(decision.b)
                self.strangers[decision.b].add(decision.a)
        self.heads: dict[int, list[str]] = {}

    def split(self, a: str, b: str) -> bool:
        """Whether a decision keeps the sets of two keys apart."""
        first, second = self.root[a], self.root[b]
        return not self.strangers[first].isdisjoint(self.keys[second])

    def join(self, a: str, b: str) -> bool:
        """One set of two, unless they are one already or a decision keeps them apart."""
        first, second = self.root[a], self.root[b]
        if first == second or self.split(first, second):
            return False
        if len(self.keys[first]) < len(self.keys[second]):
            first, second = second, first
        for key in self.keys[second]:
            self.root[key] = first
        self.keys[first] |= self.keys.pop(second)
        self.groups[first] |= self.groups.pop(second)
        self.strangers[first] |= self.strangers.pop(second, set())
        return True

    def add_group(self, number: int, keys: Sequence[str], same: bool) -> None:
        """A star on the least key, where its records are the same; who is split from that one
        joins the next it may."""
        heads = self.heads[number] = []
        for key in keys:
            met = any(self.root[key] == self.root[head] for head in heads)
            if not met and not (same and any(self.join(head, key) for head in heads)):
                heads.append(key)


def _join_all(parts: _Parts, links: Sequence[_Link], scheme: Scheme) -> None:
    """Take the links in order, again and again while any of those refused has become possible."""
    between: dict[int, list[_Link]] = defaultdict(list)
    for link in links:
        between[link.group_a].append(link)
        between[link.group_b].append(link)
    waiting = list(links)
    grown = True
    while grown:
        grown, left = False, []
        for link in waiting:
            if _apply(parts, link, between, scheme):
                grown = True
            else:
                left.append(link)
        waiting = left


def _apply(parts: _Parts, link: _Link, between: Mapping[int, list[_Link]], scheme: Scheme) -> bool:
    """Join what a link allows to be joined; whether anything was."""
    joined = False
    for a in _heads(parts, link.group_a):
        for b in _heads(parts, link.group_b):
            if parts.root[a] == parts.root[b] or parts.split(a, b):
                continue
            if -link.weakness >= scheme.bridge or _bridged(parts, a, b, link, between):
                joined |= parts.join(a, b)
    return joined


def _heads(parts: _Parts, group: int) -> list[str]:
    """The least key of each set that holds records of a group: one, unless it is split."""
    least: dict[str, str] = {}
    for key in parts.heads[group]:
        least.setdefault(parts.root[key], key)
    return list(least.values())


def _bridged(
    parts: _Parts, a: str, b: str, link: _Link, between: Mapping[int, list[_Link]]
) -> bool:
    """Whether one of two sets is a single group, or a second match joins them."""
    ours, theirs = parts.groups[parts.root[a]], parts.groups[parts.root[b]]
    if len(ours) < 2 or len(theirs) < 2:
        return True
    taken = {link.group_a, link.group_b}
    return any(
        {other.group_a, other.group_b}.isdisjoint(taken)
        and len({other.group_a, other.group_b} & theirs) == 1
        for number in ours
        for other in between[number]
    )


def _clusters(
    parts: _Parts, members: Mapping[str, Member], decisions: Sequence[Decision]
) -> tuple[Cluster, ...]:
    named = {
        decision.a: decision
        for decision in sorted(decisions, key=_place_in_time)
        if decision.decision == "canonical"
    }
    found = []
    for keys in parts.keys.values():
        if len(keys) > 1:
            ordered = tuple(sorted(keys))
            choices = [named[key] for key in ordered if key in named]
            if choices:
                canonical = max(choices, key=_place_in_time).a
            else:
                canonical = min((members[key] for key in keys), key=Member.preference).key
            found.append(Cluster(id=cluster_id(ordered[0]), canonical=canonical, keys=ordered))
    return tuple(sorted(found, key=lambda one: one.id))


def _refused(
    parts: _Parts, groups: Mapping[int, Group], links: Sequence[_Link]
) -> tuple[Refused, ...]:
    found = set()
    for link in links:
        if parts.root[link.a] != parts.root[link.b]:
            by: Literal["split", "bridge"] = "split" if parts.split(link.a, link.b) else "bridge"
            found.add(Refused(link.a, link.b, by))
    for group in groups.values():
        if group.same:
            least, *others = sorted(member.key for member in group.members)
            found.update(
                Refused(least, key, "split")
                for key in others
                if parts.root[key] != parts.root[least]
            )
    return tuple(sorted(found))


def contradiction(decisions: Iterable[Decision], new: Decision) -> tuple[Decision, ...]:
    """The earlier decisions that a new one contradicts, oldest first; empty: none.

    A split contradicts the merges that make the two one; a merge contradicts the splits that
    keep apart two records it would make one.
    """
    if new.b is None or new.decision == "canonical":
        return ()
    earlier = sorted(decisions, key=_place_in_time)
    merges = [one for one in earlier if one.decision == "merge"]
    if new.decision == "split":
        return tuple(_path(merges, new.a, new.b))
    ours, theirs = _reach(merges, new.a), _reach(merges, new.b)
    return tuple(
        one
        for one in earlier
        if one.decision == "split"
        and one.b is not None
        and ((one.a in ours and one.b in theirs) or (one.a in theirs and one.b in ours))
    )


def _reach(merges: Sequence[Decision], start: str) -> set[str]:
    """All records that merges make one with a record."""
    reached, fresh = {start}, {start}
    while fresh:
        fresh = {
            end
            for one in merges
            for end, other in ((one.a, one.b), (one.b, one.a))
            if end is not None and other in fresh and end not in reached
        }
        reached |= fresh
    return reached


def _path(merges: Sequence[Decision], start: str, end: str) -> list[Decision]:
    """The merges that make two records one, those alone without which they would not be."""
    if end not in _reach(merges, start):
        return []
    needed = list(merges)
    for one in reversed(merges):
        others = [other for other in needed if other is not one]
        if end in _reach(others, start):
            needed = others
    return needed
