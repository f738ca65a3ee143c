"""Kernels that read numbers: signatures, bands, overlaps, pairs, parts."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from dedup.bands import Kind, band_keys, kind_of
from dedup.candidates import Source, bucketed
from dedup.columns import KEPT, gather
from dedup.compiled import grouping, overlaps, pairs, signing
from dedup.corpus import conform
from dedup.evidence import fold_record
from dedup.hashing import run_hashes, shingle_hashes, token_hashes
from dedup.heap import Heap
from dedup.kernels import permutations, signature
from dedup.overlapping import count_shared, measure
from dedup.pairs import overlap
from dedup.scheme import DEFAULT, Scheme
from dedup.signing import sign
from dedup.weighing import _longest_gap
from dedup.words import chain
from records import Record

HASHES = st.integers(0, 2**32 - 1)
SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "abstract")])
TOKENS = st.lists(st.one_of(st.integers(0, 6), HASHES), max_size=120)
SCHEMES = st.sampled_from(
    [
        DEFAULT,
        Scheme(bands=7, rows=3, seed=5, shingle=1),
        Scheme(bands=1, rows=1, seed=99, shortest=1),
        Scheme(bands=40, rows=6, shingle=5, shortest=3),
    ]
)


def array(values, kind=np.uint32):
    return np.array(values, kind)


@given(st.lists(HASHES, max_size=200), SCHEMES)
def test_a_signature_is_that_of_a_live_datasketch_object(hashes, scheme):
    theirs = MinHash(
        num_perm=scheme.permutations, seed=scheme.seed, hashfunc=int, scheme="affine32"
    )
    theirs.update_batch(hashes)
    factors, summands = permutations(scheme.permutations, scheme.seed)
    least = np.empty(scheme.permutations, np.uint32)
    signing.sign(array(hashes), factors.ravel(), summands.ravel(), least)
    assert least.tobytes() == theirs.hashvalues.tobytes()
    keys = np.zeros(scheme.bands + 2, np.int64)
    signing.band(least, scheme.bands, scheme.rows, keys, 1)
    assert keys.tolist() == [0, *band_keys(theirs.hashvalues, scheme), 0]


def test_factors_and_summands_are_those_of_a_live_datasketch_object():
    theirs = MinHash(
        num_perm=DEFAULT.permutations, seed=1, hashfunc=int, scheme="affine32"
    ).permutations
    ours = permutations(DEFAULT.permutations, DEFAULT.seed)
    assert [each.ravel().tolist() for each in ours] == [list(each) for each in theirs]


@given(TOKENS, st.integers(1, 7))
def test_shingles_are_the_runs_of_tokens_each_counted_once(tokens, length):
    around = array([1, 2, *tokens, 3])
    out = np.empty(len(tokens) + 1, np.uint32)
    size = signing.shingles_of(around, 2, 2 + len(tokens), length, out)
    assert out[:size].tolist() == run_hashes(array(tokens), length).tolist()
    width = 64
    while width < 2 * size:
        width *= 2
    places, stamps = np.zeros(width, np.uint32), np.zeros(width, np.uint32)
    sketch = np.full(8, 7, np.uint64)
    for stamp in (1, 2):  # the second finds the table as the first left it
        found = signing.distinct(out[:size], places, stamps, np.uint32(stamp), sketch)
        assert found == len(set(out[:size].tolist()))
        bits = {value >> 7 & 511 for value in out[:size].tolist()}
        assert sum(int(word) << 64 * at for at, word in enumerate(sketch)) == sum(
            1 << bit for bit in bits
        )


@given(TOKENS)
def test_a_chain_is_that_of_one_token_after_the_other(tokens):
    assert signing.chain_of(array(tokens)) == chain(tokens)


def written(texts, scheme):
    """A corpus of these tokens, each as a word."""
    said = [" ".join(f"w{token}" for token in text) for text in texts]
    ids = [str(number) for number in range(len(texts))]
    batch = conform(pa.RecordBatch.from_pydict({"id": ids, "abstract": said}, SCHEMA))
    heap = Heap()
    return gather([(batch.select(KEPT), sign(batch, scheme, heap))], heap.values(), scheme)


@given(st.lists(TOKENS, max_size=8), SCHEMES)
def test_texts_of_a_batch_are_signed_each_as_if_alone(texts, scheme):
    texts = [*texts, [], texts[0] + [5] if texts else [5], list(range(40)), list(range(40))]
    columns = written(texts, scheme)
    signed = columns.signed
    opened = {}
    for row, text in enumerate(texts):
        tokens = columns.tokens[signed.starts[row] : signed.ends[row]]
        assert tokens.tolist() == token_hashes(" ".join(f"w{token}" for token in text)).tolist()
        shingles = shingle_hashes(tokens, scheme.shingle)
        assert signed.sizes[row] == shingles.size
        banded = shingles.size >= scheme.shortest
        expected = band_keys(signature(shingles, scheme), scheme) if banded else ()
        assert tuple(signed.bands[row].tolist()) == (expected or (0,) * scheme.bands)
        key = int(signed.openings[row])
        assert bool(key) is (len(text) >= 32)
        if key:
            assert kind_of(key) is Kind.OPENING
            assert opened.setdefault(tuple(text[16:32]), key) == key
    assert len(set(opened.values())) == len(opened)


def columns(texts):
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    starts = ends - array([len(text) for text in texts], np.int64)
    return array([token for text in texts for token in text]), starts, ends


def folded(tokens, scheme):
    from dataclasses import replace

    hashes = array(tokens)
    empty = fold_record(Record(rank=1, key="a"), scheme)
    return replace(empty, tokens=hashes, shingles=shingle_hashes(hashes, scheme.shingle))


@st.composite
def related_texts(draw):
    """Texts that share passages, repeat themselves, or are empty."""
    stems = [draw(TOKENS) for _ in range(2)]
    texts = []
    for _ in range(draw(st.integers(2, 6))):
        stem = list(draw(st.sampled_from(stems)))
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(stem)))
            stem[at : at + draw(st.integers(0, 5))] = draw(st.lists(HASHES, max_size=3))
        texts.append(stem)
    return texts


@given(related_texts(), SCHEMES, st.booleans(), st.sampled_from([0, 2, 6, 15]))
def test_gaps_and_openings_are_what_plain_code_finds(texts, scheme, by_first, most):
    tokens, starts, ends = columns(texts)
    rows = list(combinations(range(len(texts)), 2))
    rows = rows if by_first else [(b, a) for a, b in reversed(rows)]
    a, b = (array(side, np.int32) for side in zip(*rows, strict=True))
    by_words = np.zeros(a.size, np.bool_)
    opening = np.zeros(a.size, np.bool_)
    overlaps.differ_by_words(tokens, starts, ends, scheme.shingle, most, a, b, by_words)
    overlaps.open_alike(tokens, starts, ends, 8, a, b, opening)
    for at, (first, second) in enumerate(rows):
        assert opening[at] == (texts[first][:8] == texts[second][:8])
        if texts[first] and texts[second]:
            one, other = folded(texts[first], scheme), folded(texts[second], scheme)
            assert by_words[at] == (_longest_gap(one, other, scheme) <= most)


@given(related_texts(), SCHEMES, st.booleans(), st.integers(0, 40))
def test_shingles_in_common_are_what_plain_code_counts(texts, scheme, by_first, needed):
    columns = written(texts, scheme)
    rows = list(combinations(range(len(texts)), 2))
    rows = rows if by_first else [(b, a) for a, b in reversed(rows)]
    a, b = (array(side, np.int64) for side in zip(*rows, strict=True))
    shared = count_shared(columns, a, b, np.zeros(a.size, np.int32))
    enough = count_shared(columns, a, b, np.full(a.size, needed, np.int32))
    assert enough.tolist() == np.where(shared < needed, -1, shared).tolist()
    measured = measure(columns, a, b, shared, np.ones(a.size, np.bool_))
    for at, (first, second) in enumerate(rows):
        plain = overlap(*columns.folded(np.array([first, second])))
        assert bool(measured.both[at]) is (plain is not None)
        if plain is not None:
            found = measured.jaccard[at], measured.inside[at], measured.least[at]
            assert found == (plain.jaccard, plain.inside, plain.least)


def source(keys, numbers):
    rows = np.arange(len(keys))
    return Source(
        Kind.PLACE, array(keys, np.int64).reshape(-1, 1), 0, rows, array(numbers, np.int32)
    )


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 40)), min_size=1, max_size=60),
    st.integers(1, 9),
    st.integers(0, 61),
)
def test_pairs_are_the_combinations_of_each_bucket(stands, most, shift):
    """Negative keys too, as a key is a signed number; and such as differ in their last bits alone,
    or in the first."""
    stands = sorted({(key << shift, group) for key, group in stands}, key=lambda one: one[1])
    found, saturated = bucketed(source(*zip(*stands, strict=True)), most)
    buckets = defaultdict(list)
    for key, group in stands:
        buckets[key].append(group)
    expected = [
        pair for held in buckets.values() if len(held) <= most for pair in combinations(held, 2)
    ]
    told = [(pair >> 33, pair >> 3 & (1 << 30) - 1) for pair in found.tolist()]
    assert sorted(told) == sorted(expected)
    assert {pair & 7 for pair in found.tolist()} <= {Kind.PLACE}
    assert {one.key: one.groups.tolist() for one in saturated} == {
        key: held for key, held in buckets.items() if len(held) > most
    }


def test_pairs_of_the_largest_numbers_are_told_apart():
    top = 2**30 - 1
    found, _ = bucketed(source([7, 7], [top, top - 1]), 64)
    a, b, kinds = np.empty(1, np.int32), np.empty(1, np.int32), np.zeros(8, np.int64)
    assert pairs.unpack_pairs(found, a, b, kinds) == 1
    assert (a[0], b[0], kinds.tolist()) == (top - 1, top, [0, 0, 0, 0, 0, 1, 0, 0])


def test_a_pair_of_two_kinds_is_one_pair_and_counts_for_each():
    a, b, kinds = np.empty(5, np.int32), np.empty(5, np.int32), np.zeros(8, np.int64)
    found = [1 << 33 | 2 << 3 | kind for kind in (0, 0, 4)] + [1 << 33 | 3 << 3, 2 << 33 | 3 << 3]
    assert pairs.unpack_pairs(array(found, np.int64), a, b, kinds) == 3
    assert (a[:3].tolist(), b[:3].tolist()) == ([1, 1, 2], [2, 3, 3])
    assert kinds.tolist() == [3, 0, 0, 0, 1, 0, 0, 0]


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=60))
def test_groups_are_numbered_as_they_come(values):
    of, rows = np.empty(len(values), np.int64), np.empty(len(values), np.int64)
    sizes = np.zeros(len(values), np.int64)
    count = grouping.number(array(values, np.uint64), of, rows, sizes)
    different = list(dict.fromkeys(values))
    assert of.tolist() == [different.index(value) for value in values]
    assert rows[:count].tolist() == [values.index(value) for value in different]
    assert sizes[:count].tolist() == [values.count(value) for value in different]


def parts_of(count, links):
    """Union-find, as a book would have it."""
    root = list(range(count))

    def find(one):
        return one if root[one] == one else find(root[one])

    for a, b in links:
        low, high = sorted((find(a), find(b)))
        root[high] = low
    return [find(one) for one in range(count)]


@given(st.integers(1, 40), st.data())
def test_connected_parts_are_those_of_a_union_find(count, data):
    links = data.draw(st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), max_size=60))
    ends = array(links, np.int64).reshape(-1, 2)
    found = pairs.connected(count, ends[:, 0].copy(), ends[:, 1].copy())
    assert found.tolist() == parts_of(count, links)


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_of_a_hundred_thousand_is_one_part(order):
    numbers = np.arange(99_999)[::order]
    assert not pairs.connected(100_000, numbers.copy(), numbers + 1).any()
