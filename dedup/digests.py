"""Ids of text groups: from what evidence reads, the same in every process and on every machine."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dedup.names import Person
from dedup.places import Place

_MASK = 0xFFFFFFFFFFFFFFFF
_63_BITS = _MASK >> 1


def spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's step."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def spread_one(value: int) -> int:
    """`spread` of one."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


def chained(digest: int, values: Iterable[int]) -> int:
    """A digest and some numbers, one after the other."""
    for value in values:
        digest = spread_one(digest ^ value & _MASK)
    return digest


def of_particulars(
    people: tuple[Person, ...], place: Place, identifiers: tuple[tuple[str, str], ...]
) -> int:
    """Of what a record says besides title, abstract and year: 63 bits, not 0."""
    said = repr((people, place[1:], identifiers)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big") & _63_BITS | 1


def of_notice(notice: bool, part: str) -> int:
    """Of what only the text of a title tells; 0: nothing."""
    if not notice and not part:
        return 0
    said = f"{notice:d} {part}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")


def group_of(digest: int, noticed: int) -> int:
    """The id of a text group, 63 bits; `noticed`: see `of_notice`."""
    return spread_one(digest ^ noticed) >> 1
