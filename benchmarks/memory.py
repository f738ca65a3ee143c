"""Resident memory of all processes of a long harvest: flat after warm-up, or not.

``python benchmarks/memory.py [--pages 5000] [--records 100000]``: one harvest of the sample portal
(which is not counted), sampled twice a second; one JSON object. ``growth_mb_per_1000_pages`` is the
slope of a straight line through the second half of the samples.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from crawler.sample import Portal

LIMIT_MB = 450


def resident_mb(process: psutil.Process) -> float:
    """Of a process and its children, shared pages counted in each."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def sampled(command: list[str], database: Path) -> list[tuple[int, float]]:
    """(pages stored, MB) while a harvest runs."""
    samples: list[tuple[int, float]] = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            with suppress(psutil.NoSuchProcess, sqlite3.OperationalError):
                samples.append((pages(database), resident_mb(process)))
            time.sleep(0.5)
    if child.returncode:
        sys.exit(f"the harvest ended with status {child.returncode}")
    return samples


def pages(database: Path) -> int:
    driver = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(driver.execute("SELECT count(*) FROM page").fetchone()[0])
    finally:
        driver.close()


def slope(samples: list[tuple[int, float]]) -> float:
    """MB a page, by least squares."""
    count = len(samples)
    mean_x = sum(x for x, _ in samples) / count
    mean_y = sum(y for _, y in samples) / count
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Portal(records=asked.records, seed=7, markup="table") as portal,
    ):
        folder = Path(name)
        config = folder / "glean.toml"
        config.write_text(
            '[store]\nurl = "sqlite:///glean.db"\narchive = "archive"\n[network]\ndelay = 0.0\n'
            f'allow = ["{portal.start[0].split("/")[2]}"]\n[[source]]\nname = "portal"\n'
            f"start = [{json.dumps(portal.start[0])}]\ndepth = 1000\npages = {asked.pages}\n",
            "utf-8",
        )
        command = [sys.executable, "-m", "cli", "harvest", "portal", "--config", str(config)]
        begun = time.monotonic()
        samples = sampled(command, folder / "glean.db")
        seconds = time.monotonic() - begun
        driver = sqlite3.connect(folder / "glean.db")
        records = driver.execute("SELECT count(*) FROM record").fetchone()[0]
        driver.close()
    half = samples[len(samples) // 2 :]
    said: dict[str, Any] = {
        "benchmark": "memory",
        "pages": samples[-1][0],
        "records": records,
        "seconds": round(seconds, 1),
        "peak_mb": round(max(mb for _, mb in samples)),
        "at_most_mb": LIMIT_MB,
        "mb_by_tenth": [round(samples[len(samples) * n // 10][1]) for n in range(1, 10)],
        "growth_mb_per_1000_pages": round(slope(half) * 1000, 2),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
