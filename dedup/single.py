"""One record by the kernels, without a batch: what `dedup.folded` and `dedup.bands` say of it.

A batch is made, signed and looked through for a good millisecond before the first of its records
costs anything; a record by itself takes a tenth of that.
"""

import numpy as np

from dedup.alphabet import alphabet
from dedup.bands import Kind, hashed_keys, listed_keys
from dedup.folded import Folded, fold_record, grouped_with, read_abstract
from dedup.hashing import NO_HASHES, Hashes
from dedup.scheme import DEFAULT, Scheme
from dedup.signing import signatures
from dedup.words import words
from records import Record


def fold_single(record: Record, scheme: Scheme = DEFAULT) -> Folded:
    """What `dedup.folded.fold_record` says, without a group."""
    return fold_record(record, scheme, _read, grouped=False)


def place_single(record: Record, scheme: Scheme = DEFAULT) -> tuple[Folded, set[int]]:
    """What `fold_record` and `dedup.bands.bucket_keys` say; keys in no order."""
    folded = fold_single(record, scheme)
    keys = listed_keys(folded)
    start, end = np.zeros(1, np.int64), np.array((folded.tokens.size,), np.int64)
    bands, opening, size, chains, _ = signatures(folded.tokens, start, end, scheme)
    if size[0] >= scheme.shortest:
        keys.update(bands[0].tolist())
    if opening[0]:
        keys.update(hashed_keys(opening.view(np.uint64), Kind.OPENING).tolist())
    return grouped_with(folded, int(chains[0])), keys


def _read(written: str) -> tuple[Hashes, bool]:
    """What `read_abstract` says."""
    from dedup.compiled.intake import read_abstracts

    if not written:
        return NO_HASHES, False
    try:
        # that may be written, as that of a batch: what is compiled for one is for the other
        data = np.frombuffer(bytearray(written, "utf-8"), np.uint8)
    except UnicodeEncodeError:  # a lone surrogate, which no batch holds
        return read_abstract(written)
    tokens = np.empty(2 * data.size + 8, np.uint32)
    ends, truncated = np.empty(1, np.int64), np.zeros(1, np.bool_)
    edges = np.array((0, data.size), np.int64)
    read_abstracts(data, edges, alphabet(), words(), tokens, ends, truncated)
    if ends[0] < 0:
        return read_abstract(written)
    return tokens[: ends[0]].copy(), bool(truncated[0])
