"""Matches by bib-dedupe, as its documentation shows: prepare, block, match, cluster.

``python with_bib_dedupe.py RECORDS.jsonl CLUSTERS.jsonl``; prints ``{"seconds": …}`` of the work
itself, without reading and imports.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
from joining import read

_FIELDS = {
    "id": "ID",
    "title": "title",
    "abstract": "abstract",
    "year": "year",
    "venue": "journal",
    "volume": "volume",
    "issue": "number",
    "pages": "pages",
    "doi": "doi",
}


def main() -> None:
    records = read(Path(sys.argv[1]))
    rows = [
        {
            **{theirs: str(each.get(ours) or "") for ours, theirs in _FIELDS.items()},
            "author": " and ".join(each.get("authors") or ()),
            "ENTRYTYPE": "article",
            "search_set": "",
        }
        for each in records
    ]
    frame = pd.DataFrame(rows)
    begun = time.perf_counter()
    matched = match(block(prep(frame, verbosity_level=0)))
    found = cluster(matched)
    seconds = time.perf_counter() - begun
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        out.writelines(json.dumps({"ids": sorted(ids)}) + "\n" for ids in found)
    print(json.dumps({"seconds": round(seconds, 3)}))


if __name__ == "__main__":
    main()
