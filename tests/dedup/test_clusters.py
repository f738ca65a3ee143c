from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dedup.clusters import Group, GroupMatch, Member, cluster, cluster_id, contradiction
from dedup.scheme import DEFAULT
from records import Decision


def group(*keys: str, same: bool = True) -> Group:
    return Group(tuple(Member(key) for key in keys), same)


def singles(*keys: str) -> dict[int, Group]:
    return {number: group(key) for number, key in enumerate(keys)}


def decided(decision: str, a: str, b: str | None = None, when: int = 0) -> Decision:
    return Decision(decision=decision, a=a, b=b, who="me", when=when, why="")  # type: ignore[arg-type]


def keys_of(found) -> set[tuple[str, ...]]:
    return {one.keys for one in found.clusters}


STRONG, WEAK = 0.95, 0.6


def test_matches_make_a_cluster_named_by_its_least_key():
    found = cluster(singles("c", "a", "b"), [GroupMatch(0, 1, WEAK), GroupMatch(0, 2, WEAK)])
    assert keys_of(found) == {("a", "b", "c")}
    assert found.clusters[0].id == cluster_id("a")
    assert found.refused == ()


def test_a_text_group_is_joined_where_its_evidence_says_same():
    groups = {1: group("a", "b", "c"), 2: group("d", "e", same=False)}
    assert keys_of(cluster(groups, [])) == {("a", "b", "c")}


def test_a_weak_match_does_not_bridge_two_clusters():
    inner = [GroupMatch(0, 1, STRONG), GroupMatch(2, 3, STRONG)]
    found = cluster(singles("a", "b", "c", "d"), [*inner, GroupMatch(1, 2, WEAK)])
    assert keys_of(found) == {("a", "b"), ("c", "d")}
    assert [(one.a, one.b, one.by) for one in found.refused] == [("b", "c", "bridge")]


def test_a_strong_match_bridges_two_clusters():
    inner = [GroupMatch(0, 1, 0.99), GroupMatch(2, 3, 0.99)]
    found = cluster(singles("a", "b", "c", "d"), [*inner, GroupMatch(1, 2, DEFAULT.bridge)])
    assert keys_of(found) == {("a", "b", "c", "d")}


def test_two_weak_matches_bridge_only_if_they_share_no_record():
    inner = [GroupMatch(0, 1, STRONG), GroupMatch(2, 3, STRONG)]
    apart = [GroupMatch(0, 2, WEAK), GroupMatch(1, 3, WEAK)]
    fan = [GroupMatch(0, 2, WEAK), GroupMatch(0, 3, WEAK)]
    groups = singles("a", "b", "c", "d")
    assert keys_of(cluster(groups, [*inner, *apart])) == {("a", "b", "c", "d")}
    assert keys_of(cluster(groups, [*inner, *fan])) == {("a", "b"), ("c", "d")}


def test_equal_records_count_once_for_the_bridge():
    groups = {1: group("a", "b", "c"), 2: group("d", "e")}
    assert keys_of(cluster(groups, [GroupMatch(1, 2, WEAK)])) == {("a", "b", "c", "d", "e")}


def test_a_split_keeps_two_records_apart_whatever_lies_between():
    chain = [GroupMatch(0, 1, STRONG), GroupMatch(1, 2, 0.9)]
    found = cluster(singles("a", "b", "c"), chain, [decided("split", "c", "a")])
    assert keys_of(found) == {("a", "b")}
    assert [(one.a, one.b, one.by) for one in found.refused] == [("b", "c", "split")]


def test_a_split_reaches_into_a_text_group():
    found = cluster({1: group("a", "b", "c")}, [], [decided("split", "a", "b")])
    assert keys_of(found) == {("a", "c")}
    both = [decided("split", "a", "b"), decided("split", "a", "c")]
    assert keys_of(cluster({1: group("a", "b", "c")}, [], both)) == {("b", "c")}


def test_who_is_split_from_a_text_group_leaves_its_match_behind():
    groups = {1: group("a", "b"), 2: group("x")}
    both = [decided("split", "a", "b"), decided("split", "a", "x")]
    assert keys_of(cluster(groups, [GroupMatch(1, 2, STRONG)], both)) == {("b", "x")}


def test_a_merge_joins_what_no_match_does_and_goes_before_matches():
    found = cluster(singles("a", "b", "c"), [], [decided("merge", "a", "c")])
    assert keys_of(found) == {("a", "c")}
    decisions = [decided("merge", "a", "c"), decided("split", "b", "c")]
    found = cluster(singles("a", "b", "c"), [GroupMatch(0, 1, 1.0)], decisions)
    assert keys_of(found) == {("a", "c")}


def test_decisions_about_unknown_records_have_no_effect():
    decisions = [decided("merge", "a", "z"), decided("split", "z", "b"), decided("canonical", "z")]
    found = cluster(singles("a", "b"), [GroupMatch(0, 1, STRONG)], decisions)
    assert keys_of(found) == {("a", "b")}


def test_the_canonical_record_is_decided_else_fullest_else_identified_else_least():
    members = [Member("a"), Member("b", 2), Member("c", 2, True), Member("d", 1, True)]
    groups = {number: Group((member,), True) for number, member in enumerate(members)}
    matches = [GroupMatch(0, number, STRONG) for number in (1, 2, 3)]
    assert cluster(groups, matches).clusters[0].canonical == "c"
    named = [decided("canonical", "d", when=1), decided("canonical", "a", when=2)]
    assert cluster(groups, matches, named).clusters[0].canonical == "a"
    assert cluster(groups, matches, reversed(named)).clusters[0].canonical == "a"
    del groups[2]
    assert cluster(groups, [matches[0], matches[2]]).clusters[0].canonical == "b"


def test_a_split_contradicts_the_merges_that_make_the_two_one():
    merges = [decided("merge", "a", "b", 1), decided("merge", "b", "c", 2)]
    beside = decided("merge", "x", "y", 3)
    assert contradiction([*merges, beside], decided("split", "a", "c")) == tuple(merges)
    assert contradiction([*merges, beside], decided("split", "a", "x")) == ()


def test_a_merge_contradicts_the_splits_it_would_cross():
    split = decided("split", "a", "d", 1)
    earlier = [split, decided("merge", "a", "b", 2), decided("merge", "c", "d", 3)]
    assert contradiction(earlier, decided("merge", "b", "c")) == (split,)
    assert contradiction(earlier, decided("merge", "b", "e")) == ()
    assert contradiction(earlier, decided("canonical", "a")) == ()


@dataclass
class Case:
    groups: dict[int, Group]
    matches: list[GroupMatch]
    decisions: list[Decision] = field(default_factory=list)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Small corpora with groups, ties of strength, and decisions that may contradict."""
    sizes = draw(st.lists(st.sampled_from([1, 1, 1, 2, 3]), min_size=1, max_size=10))
    names = draw(st.permutations([f"k{number:02}" for number in range(sum(sizes))]))
    groups, at = {}, 0
    for number, size in enumerate(sizes):
        members = tuple(
            Member(name, draw(st.integers(0, 2)), draw(st.booleans()))
            for name in names[at : at + size]
        )
        groups[number * 7 + 3] = Group(members, draw(st.integers(0, 9)) > 0)
        at += size
    strengths = st.sampled_from([0.5, 0.6, 0.6, 0.75, 0.79, 0.8])
    able = [number for number, one in groups.items() if one.same]
    pairs = list(combinations(able, 2))
    least = min(len(pairs), draw(st.integers(0, 10)))
    picked = (
        draw(st.lists(st.sampled_from(pairs), unique=True, min_size=least, max_size=14))
        if pairs
        else []
    )
    matches = [GroupMatch(*pair, draw(strengths)) for pair in picked]
    decisions = []
    if len(names) > 1:
        for when in range(draw(st.integers(0, 4))):
            kind = draw(st.sampled_from(["merge", "split", "split", "canonical"]))
            a, b = draw(st.permutations(names))[:2]
            decisions.append(decided(kind, a, None if kind == "canonical" else b, when))
    return Case(groups, matches, decisions)


class Oracle:
    """The rules said again, as plainly as they can be: a partition is a list of sets."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.keys = {
            number: sorted(m.key for m in one.members) for number, one in case.groups.items()
        }
        self.group_of = {key: number for number, keys in self.keys.items() for key in keys}
        self.parts = [{key} for key in self.group_of]
        self.splits = [{d.a, d.b} for d in case.decisions if d.decision == "split"]
        self.links = sorted(
            (-match.strength, *sorted((self.keys[match.a][0], self.keys[match.b][0])))
            for match in case.matches
        )

    def part(self, key: str) -> set[str]:
        return next(one for one in self.parts if key in one)

    def crosses(self, a: str, b: str) -> bool:
        one, other = self.part(a), self.part(b)
        return any(len(pair & one) == 1 and len(pair & other) == 1 for pair in self.splits)

    def join(self, a: str, b: str) -> bool:
        if self.part(a) is self.part(b) or self.crosses(a, b):
            return False
        taken = self.part(b)
        self.parts.remove(taken)
        self.part(a).update(taken)
        return True

    def may(self, link: tuple[float, str, str], a: str, b: str) -> bool:
        """The bridge rule."""
        one, other = ({self.group_of[key] for key in self.part(end)} for end in (a, b))
        if -link[0] >= DEFAULT.bridge or len(one) < 2 or len(other) < 2:
            return True
        taken = {self.group_of[link[1]], self.group_of[link[2]]}
        ends = [(self.group_of[x], self.group_of[y]) for _, x, y in self.links]
        return any(
            taken.isdisjoint({x, y})
            and ((x in one and y in other) or (x in other and y in one))
            and not {x, y} <= one
            and not {x, y} <= other
            for x, y in ends
        )

    def settle(self) -> None:
        merges = [one for one in self.case.decisions if one.decision == "merge"]
        for decision in sorted(merges, key=lambda one: (one.when, one.a, one.b)):
            self.join(decision.a, decision.b or "")
        for number, keys in sorted(self.keys.items(), key=lambda item: item[1]):
            if self.case.groups[number].same:
                for place, key in enumerate(keys):
                    any(
                        self.part(key) is self.part(head) or self.join(head, key)
                        for head in keys[:place]
                    )
        grown = True
        while grown:
            grown = sum(self.take(link) for link in self.links) > 0

    def take(self, link: tuple[float, str, str]) -> bool:
        joined = False
        for a in self.keys[self.group_of[link[1]]]:
            for b in self.keys[self.group_of[link[2]]]:
                if self.part(a) is not self.part(b) and self.may(link, a, b):
                    joined |= self.join(a, b)
        return joined

    def refused(self) -> set[tuple[str, str]]:
        stars = [
            (keys[0], key)
            for number, keys in self.keys.items()
            for key in keys[1:]
            if self.case.groups[number].same
        ]
        ends = [(a, b) for _, a, b in self.links]
        return {(a, b) for a, b in ends + stars if self.part(a) is not self.part(b)}


@given(cases())
def test_clusters_are_those_of_the_rules_read_plainly(case):
    found = cluster(case.groups, case.matches, case.decisions)
    expected = Oracle(case)
    expected.settle()
    assert {frozenset(one.keys) for one in found.clusters} == {
        frozenset(one) for one in expected.parts if len(one) > 1
    }
    assert {(one.a, one.b) for one in found.refused} == expected.refused()


@given(cases(), st.randoms())
def test_the_order_of_anything_given_changes_nothing(case, random):
    groups = [
        (number, Group(tuple(random.sample(one.members, len(one.members))), one.same))
        for number, one in case.groups.items()
    ]
    random.shuffle(groups)
    matches = [
        random.choice([match, GroupMatch(match.b, match.a, match.strength)])
        for match in random.sample(case.matches, len(case.matches))
    ]
    decisions = random.sample(case.decisions, len(case.decisions))
    assert cluster(dict(groups), matches, decisions) == cluster(
        case.groups, case.matches, case.decisions
    )


@given(cases())
def test_each_component_alone_gives_the_clusters_of_all(case):
    component = {number: {number} for number in case.groups}
    group_of = {m.key: number for number, one in case.groups.items() for m in one.members}
    edges = [(match.a, match.b) for match in case.matches]
    edges += [
        (group_of[d.a], group_of[d.b]) for d in case.decisions if d.decision == "merge" and d.b
    ]
    for a, b in edges:
        joined = component[a] | component[b]
        for number in joined:
            component[number] = joined
    alone, refused = [], []
    for numbers in {frozenset(one) for one in component.values()}:
        found = cluster(
            {number: case.groups[number] for number in numbers},
            [match for match in case.matches if match.a in numbers],
            case.decisions,
        )
        alone += found.clusters
        refused += found.refused
    whole = cluster(case.groups, case.matches, case.decisions)
    assert sorted(alone, key=lambda one: one.id) == list(whole.clusters)
    assert sorted(refused) == list(whole.refused)


@given(cases())
def test_no_cluster_crosses_a_split_unless_a_merge_says_so(case):
    found = cluster(case.groups, case.matches, case.decisions)
    cluster_of = {key: one.id for one in found.clusters for key in one.keys}
    for decision in case.decisions:
        if decision.decision == "split" and decision.a in cluster_of:
            assert cluster_of[decision.a] != cluster_of.get(decision.b or "")
    assert len(cluster_of) == sum(len(one.keys) for one in found.clusters)


@given(cases())
def test_a_decision_that_contradicts_nothing_is_obeyed(case):
    kept: list[Decision] = []
    for decision in case.decisions:
        if not contradiction(kept, decision):
            kept.append(decision)
    found = cluster(case.groups, case.matches, kept)
    cluster_of = {key: one.id for one in found.clusters for key in one.keys}
    for decision in kept:
        if decision.b is not None and decision.a != decision.b:
            together = cluster_of.get(decision.a, 1) == cluster_of.get(decision.b, 2)
            assert together is (decision.decision == "merge")
