"""How fast a harvest into SQLite is, beside a bare Scrapy spider that stores nothing.

``python benchmarks/harvest.py [--pages N] [--rounds N] [--concurrency N]``: the two in turn against
one sample portal, the median of the ratios; one JSON object. The bare spider extracts the same
fields by XPath made for the one mark-up; ours reads by landmarks, archives, signs, matches, and
commits.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crawler.sample import Portal

HERE = Path(__file__).parent
OURS = """
import json, sys, time
from pathlib import Path
from crawler.config import load_config
from crawler.run import harvest
config = load_config(Path(sys.argv[1]), {})
begun = time.perf_counter()
run = harvest(config, config.sources["portal"], store_url=config.store.url)
seconds = time.perf_counter() - begun
print(json.dumps({"pages": run.pages, "records": run.readings, "seconds": round(seconds, 3)}))
"""


def config_text(start: str, pages: int, concurrency: int) -> str:
    host = start.split("/")[2]
    return (
        '[store]\nurl = "sqlite:///glean.db"\n[network]\ndelay = 0.0\n'
        f'concurrency = {concurrency}\nallow = ["{host}"]\n[[source]]\nname = "portal"\n'
        f"start = [{json.dumps(start)}]\ndepth = 1000\npages = {pages}\n"
    )


def run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def once(start: str, pages: int, concurrency: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """One round: ours, then the bare spider."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "glean.toml"
        config.write_text(config_text(start, pages, concurrency), "utf-8")
        ours = run([sys.executable, "-c", OURS, str(config)])
    bare = [
        sys.executable,
        str(HERE / "peers" / "bare_spider.py"),
        start,
        str(pages),
        str(concurrency),
    ]
    return ours, run(bare)


def rate(figures: dict[str, Any], what: str) -> float:
    return float(figures[what]) / float(figures["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=8)
    asked = parser.parse_args()
    with Portal(
        records=asked.records, seed=7, markup="table", print_ahead=asked.pages * 2
    ) as portal:
        rounds = [
            once(portal.start[0], asked.pages, asked.concurrency) for _ in range(asked.rounds)
        ]
    said: dict[str, Any] = {"benchmark": "harvest", "pages": asked.pages, "rounds": asked.rounds}
    for what in ("pages", "records"):
        for place, who in enumerate(("ours", "bare")):
            rates = [rate(each[place], what) for each in rounds]
            said[f"{who}_{what}_per_second"] = round(statistics.median(rates), 1)
    ratios = [rate(ours, "pages") / rate(bare, "pages") for ours, bare in rounds]
    said["ratio"] = round(statistics.median(ratios), 3)
    said["at_least"] = 0.25
    print(json.dumps(said))


if __name__ == "__main__":
    main()
