"""Stores under everything that happens to them, decisions of people too, beside the plain answer.

Settled, a store equals deduplicating at once the records that it holds, with the decisions in
effect. `Deciding` does anything in any order; `tally` counts how many runs met what is rare, since
a run that meets none of it shows little.
"""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from dedup.batch import deduplicate_records
from dedup.clusters import contradiction
from dedup.scheme import DEFAULT, Scheme
from records import Cluster, Decision, DecisionRefused, Record, UsageError
from storage import SqlStore, decisions, open_store
from storage.decisions import Word
from storage.schema import match, saturated
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check
from tests.storage.settled import reword

SCHEMES = (replace(DEFAULT, saturation=2), DEFAULT)
"""Buckets of the first fill at once."""
WORDINGS, NUMBERS, PAGES = 8, 14, 4
RARE = ("bridge", "saturated bucket", "deleted canonical record", "contradictory decision")
"""What a share of the runs has to meet."""

tally: Counter[str] = Counter()
"""Runs, and those that met each of `RARE`."""


def _drifting(work: int) -> list[str]:
    """Wordings of a work, each near the one before it; every third step is a longer one, which two
    clusters of near ones are joined over or not."""
    dice = random.Random(work)
    texts = [abstract(1000 + work)]
    while len(texts) < WORDINGS:
        texts.append(reword(texts[-1], 0.12 if len(texts) % 3 == 0 else 0.02, dice))
    return texts


TEXTS = [_drifting(work) for work in (0, 6)]


def worded(number: int, wording: int) -> Record:
    """A record in one of its wordings; others have the same."""
    work, place = number % len(TEXTS), number // len(TEXTS)
    text = TEXTS[work][(place + wording) % WORDINGS]
    return record(number, text=text, title=None, year=None)


def key(number: int) -> str:
    return record(number).key


numbers = st.integers(0, NUMBERS - 1)
pages = st.integers(100, 100 + PAGES - 1)
lines = st.tuples(numbers, st.integers(0, 2))
listed = st.lists(lines, unique_by=lambda one: one[0], min_size=1, max_size=8)
many = st.lists(lines, unique_by=lambda one: one[0], min_size=7, max_size=10)
unjoined = st.sampled_from([(0, 2, 3, 4), (1, 2, 3, 5), (0, 2, 4, 5)]).map(
    lambda places: [(number, 0) for number in (1, 3, 5, 7, *(place * 2 for place in places))]
)
"""The last four are two clusters of the first work that no bridge joins."""
PAIR: dict[str, Any] = {"min_size": 2, "max_size": 2, "unique": True}
kinds = st.sampled_from(["merge", "split", "canonical"])
words = st.tuples(kinds, st.lists(st.integers(0, 3), **PAIR))


class Deciding(RuleBasedStateMachine):
    """One store and all that is said of it."""

    def new_store(self, scheme: Scheme) -> SqlStore:
        return open_store("sqlite://", scheme=scheme, create=True)

    @initialize(
        scheme=st.sampled_from(SCHEMES),
        first=many | unjoined,
        said=st.lists(words, min_size=4, max_size=8),
        lost=st.none() | st.integers(0, 3),
        back=st.booleans(),
    )
    def begin(
        self,
        scheme: Scheme,
        first: list[tuple[int, int]],
        said: list[tuple[str, list[int]]],
        lost: int | None,
        back: bool,
    ) -> None:
        """Some records and some decisions on few of them, one of which may go, and come back."""
        self.scheme = scheme
        self.store = self.new_store(scheme)
        self.filler = Filler(self.store)
        self.pages: dict[int, dict[int, int]] = {}
        self.words: list[Decision] = []
        self.ids: dict[str, Cluster] = {}
        self.met: set[str] = set()
        self.clock = 10**9  # runs backwards: decisions count in the order in which they are made
        self._list(100, dict(first))
        for kind, places in said:
            a, b = (key(first[place][0]) for place in places)
            self._decide(kind, a, None if kind == "canonical" else b)
        if lost is not None:
            self._delete(first[lost][0])
        if lost is not None and back:
            self._list(101, dict([first[lost]]))

    @rule(page=pages, said=listed)
    def harvest(self, page: int, said: list[tuple[int, int]]) -> None:
        """A page comes, or comes again: what it said before is gone."""
        self._list(page, dict(said))

    @precondition(lambda self: any(self.pages.values()))
    @rule(data=st.data())
    def reword(self, data: st.DataObject) -> None:
        """A record is read anew, in other words."""
        page = data.draw(st.sampled_from(sorted(p for p, lines in self.pages.items() if lines)))
        lines = self.pages[page]
        number = data.draw(st.sampled_from(sorted(lines)))
        self._list(page, lines | {number: (lines[number] + 1) % 3})

    @precondition(lambda self: any(self.pages.values()))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self._delete(data.draw(st.sampled_from(sorted(self._present()))))

    @precondition(lambda self: self._decided())
    @rule(data=st.data(), page=pages)
    def delete_or_bring_back_a_decided_one(self, data: st.DataObject, page: int) -> None:
        number = data.draw(st.sampled_from(sorted(self._decided())))
        if number in self._present():
            self._delete(number)
        else:
            self._list(page, self.pages.get(page, {}) | {number: 0})

    def _decided(self) -> set[int]:
        named = {end for word in self.words for end in (word.a, word.b)}
        return {number for number in range(NUMBERS) if key(number) in named}

    def _delete(self, number: int) -> None:
        """Every page is read again without this record."""
        if key(number) in {word.a for word in self.words if word.b is None}:
            self.met.add("deleted canonical record")
        for page, lines in list(self.pages.items()):
            if number in lines:
                self._list(page, {n: wording for n, wording in lines.items() if n != number})

    def _present(self) -> set[int]:
        return {number for lines in self.pages.values() for number in lines}

    def _list(self, page: int, lines: dict[int, int]) -> None:
        self.filler.add(page, [worded(number, wording) for number, wording in lines.items()])
        self.pages[page] = lines

    @precondition(lambda self: len(self._present()) > 1)
    @rule(kind=kinds, data=st.data())
    def decide(self, kind: str, data: st.DataObject) -> None:
        a, b = data.draw(st.lists(st.sampled_from(sorted(self._present())), **PAIR))
        self._decide(kind, key(a), None if kind == "canonical" else key(b))

    @rule(kind=kinds, ends=st.lists(numbers, **PAIR))
    def decide_of_whatever(self, kind: str, ends: list[int]) -> None:
        """Records that may be gone, or were never there."""
        self._decide(kind, key(ends[0]), None if kind == "canonical" else key(ends[1]))

    @precondition(lambda self: any(word.b for word in self.words))
    @rule(data=st.data())
    def decide_the_opposite(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from([word for word in self.words if word.b]))
        self._decide("split" if word.decision == "merge" else "merge", word.a, word.b)

    def _decide(self, kind: str, a: str, b: str | None) -> None:
        self.clock -= 1
        word = Word(kind=kind, a=a, b=b, who="me", why="so")  # type: ignore[arg-type]
        ends = sorted(word.keys)
        new = Decision(
            decision=word.kind,
            a=ends[0],
            b=None if b is None else ends[1],
            who="me",
            when=self.clock,
            why="so",
        )
        if not {key(number) for number in self._present()}.issuperset(ends):
            self._is_refused(word, UsageError)
        elif not self._stands(new) and contradiction(self.words, new):
            self.met.add("contradictory decision")
            self._is_refused(word, DecisionRefused)
        else:
            decided = self.store.decide(word, now=self.clock)
            assert decided.new or self._stands(new)
            if decided.new:
                self.words = [one for one in self.words if not _alike(one, new)]
                self.words.append(decided.made.decision)

    def _stands(self, new: Decision) -> bool:
        return any(_alike(one, new) for one in self.words)

    def _is_refused(self, word: Word, kind: type[Exception]) -> None:
        try:
            self.store.decide(word, now=self.clock)
        except kind:
            return
        raise AssertionError(f"{word.typed} was not refused")

    @precondition(lambda self: self.words)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(self.words))
        self.words.remove(word)
        back = Word(kind=word.decision, a=word.a, b=word.b, who="another", why="")
        self.store.take_back(back, now=self.filler.now)

    @rule()
    def settle(self) -> None:
        self.store.settle()
        self.compare()

    def compare(self) -> None:
        """Raises AssertionError where the settled store is not what deduplicating at once says."""
        check(self.store, at_rest=False, settled=True)
        with self.store.database.read() as connection:
            assert list(decisions.in_effect(connection)) == self.words
            kept = connection.execute(select(match)).all()
            full = connection.execute(select(saturated.c.key)).scalars().all()
        moments = [word.when for word in self.words]
        assert moments == sorted(set(moments))
        at_once = deduplicate_records(self.store.records(), self.words, self.scheme)
        clusters = sorted(self.store.clusters(), key=lambda one: one.id)
        assert clusters == list(at_once.clusters)
        assert sorted(full) == sorted(at_once.funnel.saturated)
        assert sum(row.relation == "same" for row in kept) == at_once.funnel.relations.get(
            "same", 0
        )
        self._check_ids({one.id: one for one in clusters})
        if any(one.by == "bridge" for one in at_once.refused):
            self.met.add("bridge")
        if at_once.funnel.saturated:
            self.met.add("saturated bucket")

    def _check_ids(self, now: dict[str, Cluster]) -> None:
        """An id is a cluster's own, or leads to one that is, or to none."""
        self.ids |= now
        for each in self.ids:
            found = self.store.cluster(each)
            assert found == now[found.id if each not in now else each] if found else each not in now

    def teardown(self) -> None:
        if hasattr(self, "store"):
            try:
                self.store.settle()
                self.compare()
                tally.update(["runs", *self.met])
            finally:
                self.store.close()


def _alike(one: Decision, other: Decision) -> bool:
    return (one.decision, one.a, one.b) == (other.decision, other.a, other.b)


def check_tally(least: float = 0.05) -> None:
    """Raises AssertionError where fewer runs than this share met something of `RARE`."""
    for each in RARE:
        share = tally[each] / tally["runs"]
        assert share >= least, f"only {share:.0%} of {tally['runs']} runs held a {each}"
