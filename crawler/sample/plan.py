"""Which record copies which, what its subject is, and which kin its page lists.

Records are numbered from 0. The links from page to page contain a tree: every record but the first
is listed by exactly one earlier record, its parent, in the order in which a breadth-first
harvest asks. So a harvest that starts at record 0 meets every record, and each of its first pages
lists records not seen before, until the portal is exhausted. The tree's leaves list neighbours of
their subject.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from crawler.sample.dice import Dice, seeded

PAGE = 20
"""Most kin a page lists."""
HUBS = 21
"""The first records have kin of every subject: the tree's root and its children. None of them is
copied: the copy, listed so early, would lead a harvest to the tree's leaves before their turn."""
DERIVED = 0.14
"""Share of records made from another: about 0.1 duplicates and 0.03 lookalikes."""
_PROMISED = (0.5, 0.1)
"""Share of records that promise a derived one, while few of their subject are open and later."""
_FEW = 3
_NEAR = 60
"""How far away in its subject the other kin of a record stand."""


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
            room = self._room(index)
            if promised[subject] and dice.chance(DERIVED):
                source = dice.draw(promised[subject])
                self.derivation[index] = Derivation(source, pick_kind(source, index))
                self.derived[source] = (*self.derived.get(source, ()), index)
                room -= 1
            elif (
                index >= HUBS
                and dice.chance(_PROMISED[len(promised[subject]) >= _FEW])
                and may_be_copied(index)
            ):
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
        """What its page lists, best first: planted ones, children, neighbours of its subject."""
        listed = dict.fromkeys(self.planted(index))
        listed |= dict.fromkeys(self.children(index))
        room = self._room(index)
        if len(listed) < room:
            for other in self._neighbours(index):
                if len(listed) == room:
                    break
                listed.setdefault(other)
        return list(listed)

    def _room(self, index: int) -> int:
        """How many records its page lists where there are as many."""
        chosen = seeded(self.seed, "room", index)
        return PAGE if chosen % 10 else 12 + chosen // 10 % (PAGE - 12)

    def _neighbours(self, index: int) -> list[int]:
        """Records of its subject that stand shortly before it (the first ones: near it), shuffled.

        A breadth-first harvest has mostly met them: they do not lead it away from the tree.
        """
        members = self.members[self.subject[index]]
        at = bisect_left(members, index)
        after = max(at, min(_NEAR + 1, len(members)))
        near = members[max(0, after - _NEAR - 1) : after]
        return Dice(self.seed, "kin", index).shuffled(other for other in near if other != index)

    def first_of(self, subject: int) -> int | None:
        """The record that stands first in a subject. None: the subject has none."""
        members = self.members[subject]
        return members[0] if members else None
