"""Exports: records a second and memory, by format.

``python benchmarks/export.py [--corpus FILE] [--store FILE] [--records N] [--formats NAMES]``: a
store of the first records of a corpus (of one that is made up), by ``glean import`` (``--store``:
kept there, and taken again), then exports of half of them and of all of them, each by a process of
its own. One JSON object. Seconds are of the processor, user and system; `seconds_by_clock` say more
on a quiet machine. Memory that does not grow with the records is about the same for both.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FORMATS = ("jsonl", "parquet", "csv", "ris", "bibtex")
HALF, WHOLE = "first", "all"


def glean(*words: str) -> dict[str, Any]:
    """What a command takes: seconds, and its largest size in megabytes."""
    began = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    assert started.stderr is not None
    said = started.stderr.read().decode("utf-8")
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode != 0:
        sys.exit(said)
    return {
        "seconds": round(used.ru_utime + used.ru_stime, 2),
        "seconds_by_clock": round(time.perf_counter() - began, 2),
        "megabytes": round(used.ru_maxrss / 1024),
    }


def fill(corpus: Path, store: Path, records: int) -> None:
    """In two runs, so that one half can be asked for."""
    with tempfile.TemporaryDirectory() as folder, corpus.open("rb") as lines:
        for name, count in ((HALF, records // 2), (WHOLE, records - records // 2)):
            part = Path(folder) / f"{name}.jsonl"
            with part.open("wb") as file:
                file.writelines(line for _, line in zip(range(count), lines, strict=False))
            glean("import", str(part), "--source", name, "--store", f"sqlite:///{store}")


def measured(store: Path, name: str, out: Path, *words: str) -> dict[str, Any]:
    used = glean("export", name, "--out", str(out), "--store", f"sqlite:///{store}", *words)
    said = json.loads(Path(f"{out}.manifest.json").read_text("utf-8"))
    rate = round(said["records"] / used["seconds"])
    return {"records": said["records"], "bytes": said["bytes"], "a_second": rate, **used}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--corpus", type=Path)
    asked.add_argument("--store", type=Path)
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--formats", default=",".join(FORMATS))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = (given.store or Path(folder) / "glean.db").resolve()
        if not store.exists():
            corpus = given.corpus or Path(folder) / "corpus.jsonl"
            if given.corpus is None:
                from benchmarks.corpora.scale import abstracts, write

                write(abstracts(given.records, seed=11), corpus)
            fill(corpus, store, given.records)
        found = {}
        for name in given.formats.split(","):
            out = Path(folder) / f"records.{name}"
            found[name] = {
                "half": measured(store, name, out, "--source", HALF),
                "all": measured(store, name, out),
            }
        print(json.dumps({"store_bytes": store.stat().st_size, "formats": found}))


if __name__ == "__main__":
    main()
