"""Clusters by datasketch, as its documentation shows: MinHash, MinHashLSH, a query a record.

``python with_datasketch.py RECORDS.jsonl CLUSTERS.jsonl``
"""

import sys
from pathlib import Path

from datasketch import MinHash, MinHashLSH
from joining import joined, pairs_of, read, shingles, write_numbered


def main() -> None:
    records = read(Path(sys.argv[1]))
    index = MinHashLSH(threshold=0.7, num_perm=128)
    encoded = ([one.encode("utf-8") for one in shingles(each["abstract"])] for each in records)
    signatures = list(MinHash.generator(encoded, num_perm=128))
    with index.insertion_session() as session:
        for number, signature in enumerate(signatures):
            session.insert(number, signature)
    queries = ((number, index.query(each)) for number, each in enumerate(signatures))
    write_numbered(joined(pairs_of(queries)), records, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
