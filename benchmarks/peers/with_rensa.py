"""Clusters by rensa: token sets made in Python, as it asks, signatures and index in bulk.

``python with_rensa.py RECORDS.jsonl CLUSTERS.jsonl``
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from joining import batches, joined, pairs_of, read, shingles, write_numbered
from rensa import RMinHash, RMinHashLSH

_BATCH = 10_000
_BANDS = 16


def queries(records: list[dict[str, Any]]) -> Iterator[tuple[int, list[int]]]:
    index = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=_BANDS)
    signatures = []
    for batch in batches(len(records), _BATCH):
        texts = [list(shingles(records[number]["abstract"])) for number in batch]
        signatures += RMinHash.from_token_sets(texts, num_perm=128, seed=42)
    index.insert_many(signatures)
    for batch in batches(len(records), _BATCH):
        found = index.query_all(signatures[batch.start : batch.stop])
        yield from zip(batch, found, strict=True)


def main() -> None:
    records = read(Path(sys.argv[1]))
    found = joined(pairs_of(queries(records)))
    write_numbered(found, records, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
