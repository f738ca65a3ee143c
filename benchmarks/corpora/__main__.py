"""``python -m benchmarks.corpora KIND COUNT FILE.jsonl [--truth FILE.tsv] [--seed N]``."""

import argparse
from pathlib import Path

from benchmarks.corpora.scale import FORMS, abstracts, citations, one_bucket, write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("abstracts", "citations", *FORMS))
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--truth", type=Path, help="lines of duplicate, base, what was done")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    if asked.kind in FORMS:
        records = one_bucket(asked.count, asked.seed, asked.kind)
    else:
        make = abstracts if asked.kind == "abstracts" else citations
        records = make(asked.count, asked.seed)
    write(records, asked.file, asked.truth)


if __name__ == "__main__":
    main()
