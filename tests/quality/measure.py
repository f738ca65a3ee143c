"""Every labelled set in a folder, one table: figures beside their floors. Sets of records go
through `glean dedup`, sets of saved pages through `glean read --profile auto`, the sample portal's
records into a store that is asked for related literature.

``python -m tests.quality.measure FOLDER``; ends with 1 where a figure is under its floor.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.quality.floors import Floors, Row, beside, read_floors, rows_of
from tests.quality.pages import Page, figures, page_folders
from tests.quality.related import figures as figures_of_related
from tests.quality.scoring import Clusters
from tests.quality.sets import folders, read_clusters, read_truth

_WIDTHS = (18, 34, 12, 8)
_PORTAL = 2000
"""Records of the sample portal that are related to one another."""


def clusters_of(records: Path) -> Clusters:
    """What `glean dedup` makes of a file; its words stand on stderr if it fails."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        command = [sys.executable, "-m", "cli", "dedup", str(records), "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"glean dedup ended with {done.returncode} on {records}\n{done.stderr}")
        return read_clusters(out / "clusters.jsonl")


def shown(row: Row, name: str, everything: bool) -> str | None:
    """A row of the table; None for a recall of a kind that is whole, and of no floor."""
    if row.name.startswith("recall_by_kind") and not (everything or row.floor or row.value < 0.98):
        return None
    if row.floor is None:
        asked = ""
    else:
        asked = f"{'<=' if row.name.startswith('merged') else '>='} {row.floor:g}"
    cells = (name, row.name, row.shown, asked)
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return line + ("" if row.met else "  NOT MET")


def pages_of(folder: Path, *options: str) -> dict[str, Page]:
    """What `glean read` says of a folder's pages, by the name of their file."""
    paths = [str(path) for path in sorted(folder.glob("*.html"))]
    command = [sys.executable, "-m", "cli", "read", *options, "--jsonl", *paths]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    lines = done.stdout.split("\n")
    return {Path(page["path"]).name: page for line in lines if line for page in [json.loads(line)]}


def of_records(folder: Path, floors: Floors) -> list[Row]:
    """The figures of a set of records."""
    truth = read_truth(folder)
    begun = time.perf_counter()
    found = clusters_of(folder / "records.jsonl")
    seconds = time.perf_counter() - begun
    print(f"{folder.name}: {len(truth.order)} records in {seconds:.1f} s, from a cold start")
    return beside(truth, found, floors)


def of_pages(folder: Path, floors: Floors) -> list[Row]:
    """The figures of a set of saved pages, read automatically; and where their truth was written
    by hand, by the profiles that recognise them too."""
    begun = time.perf_counter()
    read = pages_of(folder, "--profile", "auto")
    seconds = time.perf_counter() - begun
    print(f"{folder.name}: {len(read)} pages in {seconds:.1f} s, from a cold start")
    said = figures(folder, read)
    if any(folder.glob("*.truth.json")):
        known = figures(folder, pages_of(folder))
        said |= {f"profiles.{name}": value for name, value in known.items()}
    return rows_of(said, floors)


def of_related(floors: Floors) -> list[Row]:
    """The figures of related literature on the sample portal's records."""
    begun = time.perf_counter()
    said = figures_of_related(_PORTAL, seed=7)
    print(f"related: {_PORTAL} records of the sample portal in {time.perf_counter() - begun:.1f} s")
    return rows_of(said, floors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder of sets, one folder each")
    parser.add_argument("--kinds", action="store_true", help="also kinds that are found whole")
    asked = parser.parse_args()
    sets = [(folder, of_records) for folder in folders(asked.data)]
    sets += [(folder, of_pages) for folder in page_folders(asked.data)]
    if not sets:
        sys.exit(
            f"{asked.data} holds no set: make quality DATA=FOLDER, with FOLDER/<set>/records.jsonl"
            " and FOLDER/<set>/clusters.jsonl, or FOLDER/<set>/<page>.html and its truth"
        )
    floors, failed = read_floors(), 0
    head = ("set", "figure", "reached", "floor")
    print("  ".join(cell.ljust(width) for cell, width in zip(head, _WIDTHS, strict=True)))
    measured = [(folder.name, partial(rows_in, folder)) for folder, rows_in in sets]
    for name, rows_with in [*measured, ("related", of_related)]:
        rows = rows_with(floors.get(name, {}))
        failed += sum(not row.met for row in rows)
        print("\n".join(filter(None, (shown(row, name, asked.kinds) for row in rows))))
    if failed:
        sys.exit(f"{failed} figures are under their floors")


if __name__ == "__main__":
    main()
