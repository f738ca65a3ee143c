"""Archived pages read again: pages a second of processor time, beside the bare reader, and memory.

``python benchmarks/reparse.py [--pages 20000] [--changed 300]``: an archive and a store of list
pages (those of ``benchmarks/read.py``) of which nothing has changed, read again by one process and
by two; then as many pages as `--changed` whose reading has, which are stored again. One JSON
object. Rates are by processor time, of all processes together; ``mb_by_tenth`` is the resident
memory of all of them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import insert, update

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.memory import resident_mb
from benchmarks.read import page as page_text
from records import page_hash
from spiders.pages import READER, read
from storage import open_store
from storage.archive import Archive, Exchange, body_digest
from storage.pages import page_id_of
from storage.schema import address, host, page, run

AT_LEAST = 300
DISTINCT = 100
HOST = "lake.example.org"
FETCHED = 1_760_000_000_000_000


def url_of(number: int) -> str:
    return f"http://{HOST}/journals/relate_search.aspx?aid={number:032x}&pcid=5B3AB970"


def fill(folder: Path, pages: int) -> None:
    """An archive of so many pages, and a store that knows them: no records, since nothing that
    reads as before looks at them."""
    bodies = [page_text(seed).encode("utf-8") for seed in range(DISTINCT)]
    archive = Archive(folder / "archive", "bench")
    url = f"sqlite:///{folder / 'glean.db'}"
    said = [page_hash(read(body, url=url_of(n), charset="utf-8")) for n, body in enumerate(bodies)]
    with open_store(url, create=True) as store:
        with store.database.write() as connection:
            _begin(connection)
        for start in range(0, pages, 1000):
            numbers = range(start, min(start + 1000, pages))
            rows = [_row(n, bodies[n % DISTINCT], said[n % DISTINCT], archive) for n in numbers]
            with store.database.write() as connection:
                connection.execute(insert(address), [row[0] for row in rows])
                connection.execute(insert(page), [row[1] for row in rows])
    archive.close()


def _begin(connection: Any) -> None:
    row = {"id": 1, "source": "bench", "started_at": 0, "seconds": 0.0, "reason": "nothing due"}
    connection.execute(insert(run), row | {"finished": 1, "depth": 0, "failed": 0})
    connection.execute(insert(host), {"name": HOST, "delay": 0, "next_at": 0})


def _row(
    number: int, body: bytes, said: str, archive: Archive
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rows of `address` and `page`. A page's reading holds its address: one in `DISTINCT`."""
    url = url_of(number % DISTINCT)
    fetched_at = FETCHED + number
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    place = archive.append(
        Exchange(
            url=url, status=200, reason="OK", headers=headers, body=body, fetched_at=fetched_at
        )
    )
    where = {"id": number, "source": "bench", "fingerprint": f"similar:{number:x}", "url": url}
    where |= {"kind": "similar", "host": HOST, "depth": 0, "state": "done", "not_before": 0}
    stored = {
        "id": page_id_of(number, 1),
        "address": number,
        "run": 1,
        "source": "bench",
        "url": url,
    }
    stored |= {"fetched_at": fetched_at, "status": 200, "archive": place.file, "said": said}
    stored |= {"position": place.position, "length": place.length, "digest": body_digest(body)}
    stored |= {"charset": "utf-8", "reader": READER, "state": "read", "profile": "similar"}
    stored |= {"confidence": 1.0, "encoding": "utf-8"}
    stored |= {"replaced": 0, "change_no": 0}
    return where | {"attempts": 1, "token": 1, "run": 1}, stored


def reparsed(folder: Path, jobs: int) -> tuple[dict[str, Any], list[float]]:
    """What ``glean reparse`` says of itself, and its memory while it ran, MB."""
    command = [sys.executable, "-m", "cli", "reparse", "--json", "--jobs", str(jobs)]
    store = ["--store", f"sqlite:///{folder / 'glean.db'}", "--config", str(folder / "glean.toml")]
    samples: list[float] = []
    with subprocess.Popen([*command, *store], stdout=subprocess.PIPE) as child:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            with suppress(psutil.NoSuchProcess):
                samples.append(resident_mb(process))
            time.sleep(0.1)
        assert child.stdout is not None
        out = child.stdout.read()
    if child.returncode:
        sys.exit(f"the reparse ended with status {child.returncode}: {out.decode()[:2000]}")
    said: dict[str, Any] = json.loads(out)
    return said, samples


def bare(seconds: float) -> float:
    """Pages a second of processor time that the reader alone reads, in this process."""
    bodies = [page_text(seed).encode("utf-8") for seed in range(DISTINCT)]
    read(bodies[0], url=url_of(0))
    begun, count = time.process_time(), 0
    while (passed := time.process_time() - begun) < seconds:
        read(bodies[count % DISTINCT], url=url_of(count % DISTINCT), charset="utf-8")
        count += 1
    return count / passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--changed", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each bare turn")
    asked = parser.parse_args()
    said: dict[str, Any] = {"benchmark": "reparse", "pages": asked.pages}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "glean.toml").write_text('[store]\narchive = "archive"\n', "utf-8")
        fill(folder, asked.pages)
        turns = [bare(asked.seconds)]
        for jobs in (1, 2):
            figures, samples = reparsed(folder, jobs)
            turns.append(bare(asked.seconds))
            if figures["unchanged"] != asked.pages:
                sys.exit(f"{asked.pages - figures['unchanged']} pages read otherwise than before")
            told = {name: figures["reading"][name] for name in ("pages_per_second", "seconds")}
            told["pages_per_cpu_second"] = figures["reading"]["pages_per_cpu_second"]
            told["peak_mb"] = round(max(samples))
            told["mb_by_tenth"] = [round(samples[len(samples) * n // 10]) for n in range(1, 10)]
            said[f"jobs_{jobs}"] = told
        with (
            open_store(f"sqlite:///{folder / 'glean.db'}") as store,
            store.database.write() as connection,
        ):
            changed = page.c.address < asked.changed
            connection.execute(update(page).where(changed).values(said="otherwise"))
        figures, _ = reparsed(folder, 2)
        said["storing"] = figures["storing"]
    said["bare_pages_per_cpu_second"] = round(statistics.median(turns), 1)
    for jobs in (1, 2):
        told = said[f"jobs_{jobs}"]
        told["ratio"] = round(told["pages_per_cpu_second"] / statistics.median(turns), 3)
    said["at_least"] = AT_LEAST
    print(json.dumps(said))


if __name__ == "__main__":
    main()
