"""What peers leave to their users: shingles, clusters out of pairs, and the files around."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

SHINGLE = 5


def read(file: Path) -> list[dict[str, Any]]:
    with file.open("rb") as lines:
        return [orjson.loads(line) for line in lines]


def unspaced(text: str) -> bool:
    """Whether a text is written without spaces between words."""
    return text.count(" ") < len(text) / 15


def shingles(text: str) -> set[str]:
    """Runs of five words; of characters, in a text that writes no spaces."""
    if unspaced(text):
        text = text.lower()
        return {text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1))}
    words = text.lower().split()
    return set(map(" ".join, zip(*(words[start:] for start in range(SHINGLE)), strict=False)))


def joined(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components of two or more."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = parent.setdefault(above, above)
            node = above
        return node

    for a, b in pairs:
        one, other = root(a), root(b)
        if one != other:
            parent[max(one, other)] = min(one, other)
    held = defaultdict(list)
    for node in parent:
        held[root(node)].append(node)
    return [nodes for nodes in held.values() if len(nodes) > 1]


def pairs_of(queries: Iterable[tuple[int, Iterable[int]]]) -> Iterator[tuple[int, int]]:
    """A record and each that an index named for it."""
    return ((number, int(other)) for number, found in queries for other in found if other != number)


def write(clusters: Iterable[list[str]], file: Path) -> None:
    with file.open("wb") as out:
        for names in clusters:
            out.write(orjson.dumps({"ids": sorted(names)}) + b"\n")


def write_numbered(
    clusters: Iterable[list[int]], records: list[dict[str, Any]], file: Path
) -> None:
    """Clusters of places in a list of records."""
    write(([records[number]["id"] for number in numbers] for numbers in clusters), file)


def batches(count: int, size: int) -> Iterator[range]:
    starts = range(0, count, size)
    return (range(start, min(start + size, count)) for start in starts)


def chained(nodes: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    """The pairs that hold each list together."""
    return itertools.chain.from_iterable(itertools.pairwise(each) for each in nodes)
