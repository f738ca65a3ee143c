from importlib.resources import files

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels import datasketch_permutations, permutations, permutations_name, signature
from dedup.scheme import BANDS, DEFAULT, ROWS, Scheme

HASHES = st.lists(st.integers(0, 2**32 - 1), max_size=300)


def engine(hashes, scheme):
    """What datasketch itself makes of the same hashes."""
    made = MinHash(num_perm=scheme.permutations, seed=scheme.seed, hashfunc=int, scheme="affine32")
    made.update_batch(hashes)
    return made


@given(HASHES)
def test_a_signature_is_datasketch_s_bit_for_bit(hashes):
    ours = signature(np.array(hashes, np.uint32), DEFAULT)
    assert ours.dtype == np.uint32
    assert ours.tobytes() == engine(hashes, DEFAULT).hashvalues.tobytes()


@pytest.mark.parametrize("scheme", [Scheme(bands=7, rows=3, seed=5), Scheme(bands=40, rows=6)])
def test_other_schemes_have_datasketch_s_permutations_too(scheme):
    hashes = list(range(0, 90_000, 7))
    ours = signature(np.array(hashes, np.uint32), scheme)
    assert (ours == engine(hashes, scheme).hashvalues).all()


def test_signatures_estimate_jaccard_as_datasketch_says():
    scheme = Scheme(bands=32, rows=4)
    a, b = np.arange(0, 1000, dtype=np.uint32), np.arange(250, 1250, dtype=np.uint32)
    ours = float((signature(a, scheme) == signature(b, scheme)).mean())
    assert ours == engine(a.tolist(), scheme).jaccard(engine(b.tolist(), scheme))
    assert ours == pytest.approx(0.6, abs=0.17)


def test_permutations_are_made_once_and_cannot_be_changed():
    factors, _ = permutations(DEFAULT.permutations, DEFAULT.seed)
    assert permutations(DEFAULT.permutations, DEFAULT.seed)[0] is factors
    with pytest.raises(ValueError, match="read-only"):
        factors[0] = 1


@pytest.mark.parametrize("rows", ROWS)
def test_permutations_shipped_are_those_of_a_live_datasketch(rows):
    live = datasketch_permutations(BANDS * rows, DEFAULT.seed)
    with files("dedup").joinpath("permutations.npz").open("rb") as file:
        shipped = np.load(file)[permutations_name(BANDS * rows, DEFAULT.seed)]
    assert shipped.dtype == np.uint32
    assert shipped.tobytes() == live.tobytes()


def test_a_scheme_that_nothing_is_shipped_for_asks_datasketch():
    factors, summands = permutations(BANDS, 99)
    live = datasketch_permutations(BANDS, 99)
    assert np.array_equal(np.hstack([factors, summands]).T, live)
