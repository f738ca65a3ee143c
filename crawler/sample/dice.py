"""Seeded choices: the same parts of a seed give the same throws, in every process and version."""

import random
from collections.abc import Iterable, MutableSequence, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def seeded(*parts: object) -> int:
    """64 bits that depend on all parts.

    >>> seeded(7, "kin", 3) == seeded(7, "kin", 3) != seeded(7, "kin", 4)
    True
    """
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def share_of(*parts: object) -> float:
    """A number from 0 to 1 (excluded) that depends on all parts."""
    return seeded(*parts) / 2**64


class Dice:
    """Throws that rest on `random.Random.random` alone: Python promises that one never changes."""

    __slots__ = ("random",)

    def __init__(self, *seed: object) -> None:
        self.random = random.Random(seeded(*seed)).random

    def chance(self, share: float) -> bool:
        return self.random() < share

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of (choice, weight)."""
        at = self.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            at -= weight
            if at < 0:
                return choice
        return choices[-1][0]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = int(self.random() * (last + 1))
            deck[last], deck[other] = deck[other], deck[last]
        return deck

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """That many different items, in the order thrown."""
        if count * 3 > len(items):
            return self.shuffled(items)[:count]
        taken: dict[int, None] = {}
        while len(taken) < count:
            taken[int(self.random() * len(items))] = None
        return [items[at] for at in taken]

    def draw(self, items: MutableSequence[T]) -> T:
        """Take one out; the order of the rest changes."""
        at = int(self.random() * len(items))
        items[at], items[-1] = items[-1], items[at]
        return items.pop()
