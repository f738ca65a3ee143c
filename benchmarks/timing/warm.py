"""Seconds of `dedup.deduplicate` in one warm process, from a table to clusters.

``python -m benchmarks.timing.warm RECORDS.jsonl CLUSTERS.jsonl [ROUNDS]``: the first thousand
records warm it up; prints ``{"seconds": [a round each]}``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from dedup import deduplicate
from dedup.corpus import schema


def table_of(file: Path) -> pa.Table:
    with file.open("rb") as lines:
        return pa.Table.from_pylist([_row(orjson.loads(line)) for line in lines], schema=schema())


def _row(record: dict[str, Any]) -> dict[str, Any]:
    doi = record.pop("doi", None)
    return {**record, "identifiers": [("doi", doi)] if doi else None}


def main() -> None:
    table, out = table_of(Path(sys.argv[1])), Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    deduplicate(table.slice(0, 1000))
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = deduplicate(table)
        seconds.append(round(time.perf_counter() - begun, 4))
    with out.open("w", encoding="utf-8") as lines:
        for ids in found.clusters["ids"].to_pylist():
            lines.write(json.dumps({"ids": ids}) + "\n")
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
