"""Blocks of lines that were read before: read again, and some of their lines copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dedup.files.opening import changed

BOM = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")


def blocks_again(stream: Any, name: str, lengths: Sequence[int]) -> Iterator[memoryview]:
    """Blocks of these lengths in bytes, in one place: each until the next is asked for.

    Raises InputError where the file is not as long as they are.
    """
    room = memoryview(bytearray(max(lengths, default=0)))
    head = stream.read(len(BOM))
    if head == BOM:
        head = b""
    for length in lengths:
        begun = min(len(head), length)
        room[:begun], head = head[:begun], head[begun:]
        if begun + stream.readinto(room[begun:length]) < length:
            raise changed(name)
        yield room[:length]
    if head or stream.read(1):
        raise changed(name)


def sums(data: bytes | memoryview) -> tuple[int, ...]:
    """Enough to notice that bytes have changed, at the speed of memory."""
    whole = len(data) // 8
    words = np.frombuffer(data, np.uint64, whole)
    last = int.from_bytes(data[8 * whole :], "little")
    return len(data), int(words.sum()), int(np.bitwise_xor.reduce(words)), last


def line_ends(data: memoryview) -> np.ndarray:
    """Where each line of a block ends; the last one may lack its newline."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE) + 1
    return ends if data[-1] == _NEWLINE else np.append(ends, len(data))


def chosen_lines(data: memoryview, ends: np.ndarray, chosen: np.ndarray) -> bytes:
    """The chosen of the lines of a block, each with its newline; neighbours are copied at once."""
    around = np.concatenate([[False], chosen, [False]])
    edges = np.flatnonzero(around[1:] != around[:-1])
    places = np.concatenate([[0], ends])[edges].tolist()
    copied = b"".join(
        [data[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]
    )
    return copied if not copied or copied.endswith(b"\n") else copied + b"\n"
