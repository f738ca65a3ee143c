"""Which record copies which, what its subject is, and which kin its page lists.

Records are numbered from 0. The links from page to page contain a tree: every record but the first
is listed by exactly one earlier record, its parent, in the order in which a breadth-first
harvest asks. So a harvest that starts at record 0 meets every record, and each of its first pages
lists records not seen before, until the portal is exhausted. The tree's leaves list others of
their subject.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.sample.dice import Dice

PAGE = 20
"""Most kin a page lists."""
HUBS = 21
"""The first records have kin of every subject: the tree's root and its children."""
DERIVED = 0.13
"""Share of records made from another: about 0.1 duplicates, 0.03 lookalikes."""
_PROMISED = (0.5, 0.1)
"""Share of records that promise a derived one, while few of their subject are open and later."""
_FEW = 3


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a record is made from an earlier one."""

    source: int
    kind: str


KindPicker = Callable[[int, int], str]
"""(source, derived) -> kind."""


class Plan:
    """The shape of a portal: a function of seed and size; what it says of the first records does
    not depend on the size but for the kin and derived records that a smaller portal lacks.
    """

    def __init__(
        self,
        seed: int,
        size: int,
        subjects: int,
        may_be_copied: Callable[[int], bool],
        pick_kind: KindPicker,
    ) -> None:
        self.seed = seed
        self.size = size
        self.subject = array("B", bytes(size))
        self.members = [array("L") for _ in range(subjects)]
        self.derivation: dict[int, Derivation] = {}
        self.derived: dict[int, tuple[int, ...]] = {}
        """By source, in order."""
        self._children = array("L", [1])
        self._lay_out(may_be_copied, pick_kind)

    def _lay_out(self, may_be_copied: Callable[[int], bool], pick_kind: KindPicker) -> None:
        dice = Dice(self.seed, "plan")
        promised: list[list[int]] = [[] for _ in self.members]
        for index in range(self.size):
            subject = self.subject[index]
            self.members[subject].append(index)
            room = PAGE if dice.chance(0.9) else dice.between(12, PAGE - 1)
            if promised[subject] and dice.chance(DERIVED):
                source = dice.draw(promised[subject])
                self.derivation[index] = Derivation(source, pick_kind(source, index))
                self.derived[source] = (*self.derived.get(source, ()), index)
                room -= 1
            elif dice.chance(_PROMISED[len(promised[subject]) >= _FEW]) and may_be_copied(index):
                copies = 1 if dice.chance(0.85) else 2
                promised[subject] += [index] * copies
                room -= copies
            self._give_children(index, room)

    def _give_children(self, parent: int, count: int) -> None:
        first = self._children[parent]
        after = min(first + count, self.size)
        for child in range(first, after):
            self.subject[child] = (
                child % len(self.members) if parent < HUBS else self.subject[parent]
            )
        self._children.append(max(first, after))

    def children(self, index: int) -> range:
        return range(self._children[index], self._children[index + 1])

    def planted(self, index: int) -> tuple[int, ...]:
        """The records planted beside this one: made from it, or the one it is made from."""
        made_from = self.derivation.get(index)
        source = () if made_from is None else (made_from.source,)
        return self.derived.get(index, ()) + source

    def kin(self, index: int) -> list[int]:
        """What its page lists, best first: planted ones, children, others of its subject."""
        dice = Dice(self.seed, "kin", index)
        listed = dict.fromkeys(self.planted(index))
        listed |= dict.fromkeys(self.children(index))
        room = PAGE if dice.chance(0.9) else dice.between(12, PAGE - 1)
        others: Sequence[int] = self.members[self.subject[index]]
        if len(listed) < room:
            # One more than fits: the record itself may be among those thrown.
            for other in dice.some(others, min(len(others), room + 1 + len(listed))):
                if len(listed) == room:
                    break
                if other != index:
                    listed.setdefault(other)
        return list(listed)

    def first_of(self, subject: int) -> int | None:
        """The record that stands first in a subject. None: the subject has none."""
        members = self.members[subject]
        return members[0] if members else None
