"""Share of the pairs in clusters that nothing shows to be right: neither text nor title agrees.

``python -m benchmarks.timing.pairs RECORDS.jsonl CLUSTERS.jsonl``: of all pairs of records that
stand in one cluster, those whose abstracts have an exact Jaccard under 0.7 over runs of three
tokens and whose titles differ. Folding and tokens are this benchmark's own: NFKC, case folded,
words, single characters where no spaces are written. Of more than `MOST` pairs a sample is counted.
"""

import json
import random
import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from math import comb
from pathlib import Path

MOST = 500_000
_TOKEN = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0eff\u3040-\u9fff]+")
_LENGTH = 3


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(text: str) -> set[tuple[str, ...]]:
    found = tokens(text)
    runs = zip(*(found[start:] for start in range(_LENGTH)), strict=False)
    return set(runs) or {tuple(found)}


def jaccard(a: set[tuple[str, ...]], b: set[tuple[str, ...]]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def sampled(clusters: list[list[str]], rng: random.Random) -> Iterator[tuple[str, str]]:
    """All pairs, or `MOST` drawn with the same chance each."""
    counts = [comb(len(ids), 2) for ids in clusters]
    if sum(counts) <= MOST:
        for ids in clusters:
            yield from combinations(ids, 2)
        return
    for ids in rng.choices(clusters, counts, k=MOST):
        a, b = rng.sample(ids, 2)
        yield a, b


def main() -> None:
    with Path(sys.argv[2]).open(encoding="utf-8", newline="\n") as lines:
        clusters = [json.loads(line)["ids"] for line in lines]
    pairs = list(sampled(clusters, random.Random(7)))
    needed = {name for pair in pairs for name in pair}
    known: dict[str, tuple[list[str], str]] = {}
    with Path(sys.argv[1]).open(encoding="utf-8", newline="\n") as lines:
        for record in map(json.loads, lines):
            if record["id"] in needed:
                known[record["id"]] = tokens(record["title"] or ""), record["abstract"] or ""
    unfounded = 0
    for a, b in pairs:
        (title, text), (other_title, other_text) = known[a], known[b]
        if title != other_title:
            unfounded += jaccard(shingles(text), shingles(other_text)) < 0.7
    said = {
        "pairs": sum(comb(len(ids), 2) for ids in clusters),
        "counted": len(pairs),
        "unfounded": unfounded,
        "share": round(unfounded / max(len(pairs), 1), 6),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
