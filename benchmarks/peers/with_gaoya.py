"""Clusters by gaoya: its own word shingles, inserts and queries in bulk on all cores.

``python with_gaoya.py RECORDS.jsonl CLUSTERS.jsonl``
"""

import sys
from pathlib import Path

from gaoya.minhash import MinHashStringIndex
from joining import SHINGLE, joined, pairs_of, read, write_numbered


def main() -> None:
    records = read(Path(sys.argv[1]))
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.7,
        num_bands=None,
        band_size=None,
        num_hashes=128,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
        id_container="smallvec",
    )
    texts = [each["abstract"] for each in records]
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    queries = enumerate(index.par_bulk_query(texts))
    write_numbered(joined(pairs_of(queries)), records, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
