"""The local page: how long each view takes to its first byte.

``python benchmarks/serve.py [--store URL] [--requests 200]`` prints one JSON object. Without
a store the sample portal is harvested into one of a few hundred records; the figure that is asked
for is stated on 1,000,000. The page is served by a process of its own; records, clusters and words
to ask for are drawn from the store, so that no two requests of a view are alike. ``cpu_ms`` is
processor time of the server, a request: on a machine that others use, the clock tells of them too.
"""

import argparse
import http.client
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

ASKED_P99_MS = 50.0
"""At most, of every view, on 1,000,000 records."""
COMMON = ("the", "of and", "a", "in the")
_SAMPLE = 300
_COUNTED = ("/sources.json", "/runs.json", "/review.json", "/quarantine.json")
_PATIENCE = 600.0


def make_store(folder: Path) -> str:
    subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--dir", str(folder)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return f"sqlite:///{folder / 'glean.db'}"


def drawn(url: str, dice: random.Random) -> dict[str, list[Any]]:
    """Keys, titles and clusters of a store, by chance."""
    from sqlalchemy import func, select

    from storage import open_store
    from storage.schema import cluster, content, record

    with open_store(url, as_is=True) as store, store.database.read() as connection:
        ends = connection.execute(select(func.min(record.c.id), func.max(record.c.id))).one()
        keys, titles = [], []
        for _ in range(_SAMPLE):
            begin = dice.randint(ends[0], ends[1])
            row = connection.execute(
                select(record.c.key, content.c.title)
                .join(content, content.c.id == record.c.content)
                .where(record.c.id >= begin)
                .order_by(record.c.id)
                .limit(1)
            ).first()
            if row is not None:
                keys.append(row.key)
                titles.append(row.title or "")
        rows = connection.execute(
            select(cluster.c.id, cluster.c.size, cluster.c.least)
            .order_by(cluster.c.size.desc(), cluster.c.least.desc())
            .limit(20_000)
        ).all()
    return {"keys": keys, "titles": titles, "clusters": dice.sample(rows, min(_SAMPLE, len(rows)))}


def views(found: dict[str, list[Any]], dice: random.Random) -> dict[str, Callable[[], str]]:
    """By name what makes the address of one request."""

    def key() -> str:
        return str(dice.choice(found["keys"]))

    def words(most: int) -> str:
        said = re.findall(r"\w+", dice.choice(found["titles"])) or ["the"]
        begin = dice.randrange(len(said))
        return " ".join(said[begin : begin + dice.randint(1, most)])

    def cluster() -> Any:
        return dice.choice(found["clusters"] or [("none", 2, 1)])

    def after() -> str:
        _, size, least = cluster()
        return f"{size}.{least}"

    pages = itertools.count()
    return {
        "empty search": lambda: f"/?{next(pages)}",
        "search": lambda: f"/?{urlencode({'q': words(6)})}",
        "search, json": lambda: f"/search.json?{urlencode({'q': words(6)})}",
        "search, common words": lambda: f"/?{urlencode({'q': dice.choice(COMMON)})}",
        "search, deep": lambda: f"/?{urlencode({'q': words(1), 'p': dice.randint(1, 50)})}",
        "search, pasted": lambda: f"/?{urlencode({'q': words(40)})}",
        "advanced": lambda: f"/advanced?{urlencode({'title': words(2), 'language': 'en'})}",
        "advanced, years": lambda: f"/advanced?{urlencode({'q': words(2), 'from': 1990})}",
        "similar": lambda: f"/similar?{urlencode({'id': key()})}",
        "record": lambda: f"/record?{urlencode({'id': key()})}",
        "why": lambda: f"/why?{urlencode({'a': key(), 'b': key()})}",
        "clusters": lambda: f"/clusters?{urlencode({'after': after()})}",
        "cluster": lambda: f"/cluster?{urlencode({'id': cluster()[0]})}",
        "review": lambda: f"/review?{urlencode({'skip': dice.randrange(200)})}",
        "runs": lambda: f"/runs?{urlencode({'limit': dice.randint(1, 100)})}",
        "sources": lambda: "/sources",
        "quarantine": lambda: "/quarantine",
    }


def first_byte(connection: http.client.HTTPConnection, address: str) -> tuple[float, int, bytes]:
    """Milliseconds from asking to the first byte of the answer, its status, and its body."""
    began = time.perf_counter()
    connection.request("GET", address)
    answer = connection.getresponse()
    took = (time.perf_counter() - began) * 1000
    return took, answer.status, answer.read()


def processor_seconds(pid: int) -> float:
    """Of a process so far. 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100


def wait_until_counted(connection: http.client.HTTPConnection) -> float:
    """Seconds until every figure that is counted beside is there."""
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        page = b"".join(first_byte(connection, each.replace(".json", ""))[2] for each in _COUNTED)
        if b"being counted" not in page:
            break
        time.sleep(0.2)
    return round(time.monotonic() - began, 1)


def measure(url: str, requests: int) -> dict[str, Any]:
    dice = random.Random(5)
    found = drawn(url, dice)
    served = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", "0", "--store", url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        address = urlsplit(served.stdout.readline().split()[-1])
        assert address.hostname is not None
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        report: dict[str, Any] = {"counted_seconds": wait_until_counted(connection), "views": {}}
        for name, ask in views(found, dice).items():
            first_byte(connection, ask())
            before = processor_seconds(served.pid)
            said = [first_byte(connection, ask()) for _ in range(requests)]
            times = sorted(took for took, _, _ in said)
            report["views"][name] = {
                "p50_ms": round(times[len(times) // 2], 2),
                "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 2),
                "cpu_ms": round((processor_seconds(served.pid) - before) * 1000 / requests, 2),
                "failed": sum(status != 200 for _, status, _ in said),
            }
    finally:
        served.terminate()
        served.wait()
    worst = max(each["p99_ms"] for each in report["views"].values())
    return report | {"worst_p99_ms": worst, "asked_p99_ms": ASKED_P99_MS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store")
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.store or make_store(Path(folder) / "demo")
        print(json.dumps(measure(url, asked.requests), indent=1))


if __name__ == "__main__":
    main()
