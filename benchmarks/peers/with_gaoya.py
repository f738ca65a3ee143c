"""Clusters by gaoya: its own shingles, inserts and queries in bulk on all cores.

``python with_gaoya.py RECORDS.jsonl CLUSTERS.jsonl``. Texts that write no spaces have an index of
their own, of characters: as words, they would all be one empty signature.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from gaoya.minhash import MinHashStringIndex
from joining import SHINGLE, joined, pairs_of, read, unspaced, write_numbered


def queries(analyzer: str, texts: dict[int, str]) -> Iterator[tuple[int, list[int]]]:
    if not texts:
        return
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.7,
        num_bands=None,
        band_size=None,
        num_hashes=128,
        analyzer=analyzer,
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
        id_container="smallvec",
    )
    index.par_bulk_insert_docs(list(texts), list(texts.values()))
    yield from zip(texts, index.par_bulk_query(list(texts.values())), strict=True)


def main() -> None:
    records = read(Path(sys.argv[1]))
    texts: dict[str, dict[int, str]] = {"word": {}, "char": {}}
    for number, record in enumerate(records):
        text = record["abstract"]
        texts["char" if unspaced(text) else "word"][number] = text
    found = joined(pair for each in texts for pair in pairs_of(queries(each, texts[each])))
    write_numbered(found, records, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
