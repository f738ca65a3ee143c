"""What bands find of pairs of known similarity, and that each similarity said is exact."""

import math
import random
from collections import Counter, defaultdict
from itertools import combinations

import pyarrow as pa
import pytest

from dedup import deduplicate
from dedup.bands import Kind, s_curve
from dedup.candidates import bucketed, sources
from dedup.columns import KEPT, Columns, gather
from dedup.corpus import conform
from dedup.grouping import group
from dedup.heap import Heap
from dedup.scheme import DEFAULT, Scheme
from dedup.signing import sign
from dedup.text import fold, tokens

PAIRS, WORDS = 1250, 200
"""2,500 texts."""
DEVIATIONS = 4
_WORDS = [
    f"{a}{b}{c}" for a in "bdfgklmnprstvz" for b in ("a", "en", "or", "ist") for c in range(99)
]


def planted(seed: int) -> list[str]:
    """Texts side by side of which a passage is another: 0.3 to 0.95 of their shingles agree.

    Some pairs share passages with other pairs, as texts of one habit do.
    """
    dice = random.Random(seed)
    texts = []
    habits = [dice.choices(_WORDS, k=60) for _ in range(20)]
    for number in range(PAIRS):
        words = dice.choices(_WORDS, k=WORDS)
        if number % 10 == 0:
            words[-60:] = dice.choice(habits)
        runs = WORDS - DEFAULT.shingle + 1
        similarity = 0.3 + 0.65 * number / PAIRS
        changed = round(runs * (1 - similarity) / (1 + similarity)) - DEFAULT.shingle + 1
        other = list(words)
        other[14 : 14 + changed] = dice.choices(_WORDS, k=changed)
        texts += [" ".join(words), " ".join(other)]
    return texts


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Shingles as they are, without any hash."""
    words = tokens(fold(text))
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def exact_similarities(texts: list[str], length: int) -> dict[tuple[int, int], float]:
    """Of all pairs that share a shingle."""
    sets = [runs(text, length) for text in texts]
    holders = defaultdict(list)
    for number, held in enumerate(sets):
        for run in held:
            holders[run].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        shared.update(combinations(numbers, 2))
    return {
        (a, b): common / (len(sets[a]) + len(sets[b]) - common) for (a, b), common in shared.items()
    }


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return planted(7)


@pytest.fixture(scope="module")
def exact(texts) -> dict[tuple[int, int], float]:
    return exact_similarities(texts, DEFAULT.shingle)


def as_table(texts: list[str]) -> pa.Table:
    ids = [f"{number:05}" for number in range(len(texts))]
    return pa.table({"id": ids, "abstract": texts})


def pairs_of_bands(texts: list[str], scheme: Scheme) -> set[tuple[int, int]]:
    """Rows that share a band."""
    batch = conform(as_table(texts).to_batches()[0])
    heap = Heap()
    signed = sign(batch, scheme, heap)
    corpus: Columns = gather([(batch.select(KEPT), signed)], heap.values(), scheme)
    groups = group(corpus)
    assert groups.count == len(texts)
    found = set()
    for source in sources(corpus, groups):
        if source.kind is Kind.BAND:
            pairs, saturated = bucketed(source, scheme.saturation)
            assert not saturated
            rows = groups.rows.tolist()
            for pair in pairs.tolist():
                a, b = rows[pair >> 33], rows[pair >> 3 & (1 << 30) - 1]
                found.add((min(a, b), max(a, b)))
    return found


SCHEMES = [DEFAULT, Scheme(bands=14, rows=9), Scheme(bands=25, rows=10, seed=4)]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: f"{scheme.bands}x{scheme.rows}")
def test_bands_find_what_the_curve_says_they_find(texts, exact, scheme):
    found = pairs_of_bands(texts, scheme)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for pair, similarity in exact.items():
        bins[int(similarity * 20)].append((s_curve(scheme, similarity), pair in found))
    assert sum(len(pairs) for step, pairs in bins.items() if 6 <= step < 19) >= PAIRS * 0.95
    for step, pairs in bins.items():
        expected = sum(chance for chance, _ in pairs)
        spread = math.sqrt(sum(chance * (1 - chance) for chance, _ in pairs))
        met = sum(noticed for _, noticed in pairs)
        assert abs(met - expected) <= DEVIATIONS * spread + 1, f"{step / 20} to {(step + 1) / 20}"


def test_every_similarity_that_is_said_is_exact(texts, exact):
    with_titles = as_table(texts).append_column(
        "title", pa.array([f"Notes on {text[:40]}" for text in texts])
    )
    for table in (as_table(texts), with_titles):
        said = deduplicate(table).matches.to_pylist()
        assert len(said) > PAIRS / 3
        for row in said:
            assert row["similarity"] == exact.get((int(row["a"]), int(row["b"])), 0.0)


def test_pairs_at_the_threshold_and_above_are_joined_as_the_curve_promises(texts, exact):
    said = {
        (int(row["a"]), int(row["b"])): row
        for row in deduplicate(as_table(texts)).matches.to_pylist()
    }
    near = [pair for pair, similarity in exact.items() if similarity >= DEFAULT.threshold]
    joined = [pair for pair in near if pair in said and said[pair]["state"] == "joined"]
    assert len(joined) >= sum(s_curve(DEFAULT, exact[pair]) for pair in near) - 4
