"""Signatures: the values of a datasketch MinHash, computed for a whole text at once."""

from functools import lru_cache
from importlib.resources import files

import numpy as np

from dedup.hashing import Hashes, mixed
from dedup.scheme import DEFAULT, Scheme

_CHUNK = 4096


@lru_cache(maxsize=8)
def permutations(count: int, seed: int) -> tuple[Hashes, Hashes]:
    """The factors and the summands of datasketch's `affine32` permutations, ``(count, 1)`` each.

    They are datasketch's to define. Those of the schemes that `Scheme.from_threshold` gives are
    shipped, as written by `datasketch_permutations`: importing datasketch, and scipy with it, takes
    longer than signing a thousand records. Others are taken from it, once a process.
    """
    with files("dedup").joinpath("permutations.npz").open("rb") as file, np.load(file) as shipped:
        name = permutations_name(count, seed)
        found = shipped[name] if name in shipped else datasketch_permutations(count, seed)
    found.flags.writeable = False
    factors, summands = found[:, :, np.newaxis]
    return factors, summands


def permutations_name(count: int, seed: int) -> str:
    """Of an array in ``permutations.npz``."""
    return f"{count} seed {seed}"


def datasketch_permutations(count: int, seed: int) -> Hashes:
    """Of a live object: uint32, ``(2, count)``."""
    from datasketch import MinHash

    return np.array(MinHash(num_perm=count, seed=seed, scheme="affine32").permutations, np.uint32)


def signature(shingles: Hashes, scheme: Scheme = DEFAULT) -> Hashes:
    """The least value of each permutation over the shingles: uint32, ``(scheme.permutations,)``.

    Equal, bit for bit, to ``datasketch.MinHash(scheme="affine32")`` updated with the same hashes,
    at two fifths of its time (22 against 56 microseconds for 180 shingles and 80 permutations,
    as `update_batch` takes Python integers one by one). No shingles: all values the greatest.
    """
    factors, summands = permutations(scheme.permutations, scheme.seed)
    least = np.full(scheme.permutations, 0xFFFFFFFF, np.uint32)
    for start in range(0, shingles.size, _CHUNK):
        values = factors * mixed(shingles[start : start + _CHUNK])
        values += summands
        np.minimum(least, values.min(axis=1), out=least)
    return least
