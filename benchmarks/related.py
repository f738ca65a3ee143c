"""Related literature: how fast it is found, beside plain BM25 over all terms and SQLite's FTS5.

``python benchmarks/related.py [--records 50000] [--queries 300] [--corpus FILE.jsonl] [--fts5]
[--keep FOLDER]`` prints one JSON object. Half of the generated records are Chinese; the figures
that are asked for are stated on 1,000,000 records. A store is filled with rows as a harvest leaves
them, `glean refresh` indexes it, and one process then asks for the kin of stored records. The three
ways take turns query by query; FTS5 (with --fts5, as its table takes minutes to fill) is asked for
the same terms as ours. `--keep`: a folder whose store is kept, and used where it is there.
"""

import argparse
import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

ASKED = {"p50_ms": 8.0, "p99_ms": 25.0, "cold_seconds": 1.5, "resident_mb": 300.0}
"""At most, on 1,000,000 records."""
LIMIT = 20
Report = dict[str, Any]


def records(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from benchmarks.corpora.scale import abstracts

    if asked.corpus is None:
        made = abstracts(asked.records, seed=11, share_zh=0.5)
        yield from (record for record, _ in made)
        return
    with asked.corpus.open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, itertools.islice(lines, asked.records))


def fill(folder: Path, asked: argparse.Namespace) -> int:
    """A store of records that one page lists; returns how many."""
    from sqlalchemy import insert, update

    from records import Record
    from storage import open_store
    from storage.content import content_row, reading_row, record_id
    from storage.schema import content, reading, record, state

    count = 0
    with open_store(f"sqlite:///{folder / 'glean.db'}", create=True) as store:
        with store.database.write() as connection:
            _begin(connection)
        for batch in _batches(records(asked)):
            said = [
                Record(rank=count + n, key=f"text:{one['id']}", title=one["title"] or None,
                       abstract=one["abstract"] or None)
                for n, one in enumerate(batch, 1)
            ]  # fmt: skip
            count += len(said)
            contents = [content_row(each) for each in said]
            rows = [
                reading_row(each, page=1, run=1, content=row["id"])
                for each, row in zip(said, contents, strict=True)
            ]
            pointers = [
                {"id": record_id(each.key), "key": each.key, "page": 1, "rank": each.rank,
                 "content": row["content"], "completeness": row["completeness"], "identified": 0,
                 "text_group": row["content"], "first_run": 1, "change_no": 1}
                for each, row in zip(said, rows, strict=True)
            ]  # fmt: skip
            with store.database.write() as connection:
                connection.execute(insert(content), contents)
                connection.execute(insert(record), pointers)
                connection.execute(insert(reading), rows)
        with store.database.write() as connection:
            connection.execute(update(state).values(change_no=1, settled_to=1))
    return count


def _batches(found: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(found, 5000)):
        yield batch


def _begin(connection: Any) -> None:
    from sqlalchemy import insert

    from storage.schema import address, host, page, run

    row = {"id": 1, "source": "bench", "started_at": 1, "seconds": 0.0, "reason": "nothing due"}
    connection.execute(insert(run), row | {"finished": 1, "depth": 0, "failed": 0})
    connection.execute(insert(host), {"name": "bench.example.org", "delay": 0, "next_at": 0})
    where = {"id": 1, "source": "bench", "fingerprint": "similar:1", "url": "http://h/", "run": 1}
    where |= {"kind": "similar", "host": "bench.example.org", "depth": 0, "state": "done"}
    connection.execute(insert(address), where | {"not_before": 0, "attempts": 1, "token": 1})
    said = {"id": 1, "address": 1, "run": 1, "source": "bench", "url": "http://h/", "said": ""}
    said |= {"fetched_at": 1, "status": 200, "digest": "", "reader": "bench", "state": "read"}
    said |= {"profile": "bench", "confidence": 1.0, "encoding": "utf-8", "replaced": 0}
    connection.execute(insert(page), said | {"change_no": 1})


def child(what: str, folder: Path, asked: argparse.Namespace) -> Report:
    """One stage in a process of its own: its JSON, with seconds and peak memory."""
    command = [sys.executable, __file__, "--stage", what, "--keep", str(folder)]
    command += ["--queries", str(asked.queries), *(["--fts5"] if asked.fts5 else [])]
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    said: Report = json.loads(done.stdout)
    return {"seconds": round(time.perf_counter() - begun, 2), **said}


def built(folder: Path) -> Report:
    """The index made anew, by `glean refresh` without its command line."""
    from storage import open_store

    with open_store(f"sqlite:///{folder / 'glean.db'}") as store:
        told = store.refresh(rebuild=True)
    return {"records": told.records, "peak_mb": _peak_mb()}


def cold(folder: Path) -> Report:
    """The first answer of a process, its start and imports counted by who started it."""
    from storage import open_store

    key = _keys(folder, 1)[0]
    with open_store(f"sqlite:///{folder / 'glean.db'}") as store:
        found = store.related(key=key, limit=LIMIT)
    return {"found": len(found), "peak_mb": _peak_mb()}


def asking(folder: Path, queries: int, fts5: bool) -> Report:
    """Milliseconds a query, the ways taking turns."""
    from storage import open_store
    from storage.terms import record_terms

    with open_store(f"sqlite:///{folder / 'glean.db'}") as store:
        view = store._related_index.view()
        terms = [Counter(record_terms(store.record(key))) for key in _keys(folder, queries)]
        keys = _keys(folder, queries)
        table = sqlite3.connect(folder / "fts5.db") if fts5 else None
        ways: dict[str, Callable[[int], object]] = {
            "ours": lambda n: store.related(key=keys[n], limit=LIMIT),
            "search_alone": lambda n: view.search(view.asked(terms[n], stored=True), LIMIT * 3 + 1),
            "all_terms": lambda n: view.search(list(terms[n]), LIMIT * 3 + 1),
        }
        if table is not None:
            ways["fts5"] = lambda n: _fts5(table, view.asked(terms[n], stored=True))
        for n in range(min(50, queries)):
            ways["ours"](n)
        took: dict[str, list[float]] = {way: [] for way in ways}
        for n in range(queries):
            for way, ask in ways.items():
                if way in ("all_terms", "fts5") and n % 10:
                    continue
                begun = time.perf_counter()
                ask(n)
                took[way].append((time.perf_counter() - begun) * 1000)
    return {way: _percentiles(each) for way, each in took.items()}


def _keys(folder: Path, count: int) -> list[str]:
    """Of records spread over the store."""
    with sqlite3.connect(folder / "glean.db") as driver:
        (records,) = driver.execute("SELECT max(rank) FROM reading").fetchone()
        ranks = [1 + place * records // count for place in range(count)]
        query = "SELECT key FROM record JOIN reading ON reading.record = record.id WHERE " \
            "reading.page = 1 AND reading.rank = ?"  # fmt: skip
        found = [driver.execute(query, (rank,)).fetchone()[0] for rank in ranks]
    driver.close()
    return found


def _fts5(table: sqlite3.Connection, terms: list[str]) -> list[Any]:
    asked = " OR ".join(f'"{term}"' for term in terms)
    query = "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT ?"
    return table.execute(query, (asked, LIMIT * 3 + 1)).fetchall()


def fill_fts5(folder: Path) -> Report:
    """A table of the same terms, without the texts."""
    from storage.terms import searched_text, terms_of

    source = sqlite3.connect(folder / "glean.db")
    (folder / "fts5.db").unlink(missing_ok=True)
    table = sqlite3.connect(folder / "fts5.db")
    table.execute("CREATE VIRTUAL TABLE said USING fts5(terms, content='', detail=none)")
    rows = source.execute("SELECT rowid, title, abstract, text FROM content")
    said = ((row[0], " ".join(terms_of(searched_text(*row[1:])))) for row in rows)
    table.executemany("INSERT INTO said (rowid, terms) VALUES (?, ?)", said)
    table.commit()
    return {"bytes": (folder / "fts5.db").stat().st_size, "peak_mb": _peak_mb()}


def _percentiles(took: list[float]) -> Report:
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 3), "p99_ms": round(cuts[98], 3), "queries": len(took)}


def _peak_mb() -> float | None:
    """Of this process alone: what `resource` tells holds its parent's too. None: not Linux."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)


def resident(folder: Path, queries: int) -> Report:
    """Memory after so many queries, in MB; `mapped`: of files, the system's to take back."""
    import psutil

    from storage import open_store

    with open_store(f"sqlite:///{folder / 'glean.db'}") as store:
        for key in _keys(folder, queries):
            store.related(key=key, limit=LIMIT)
        memory = psutil.Process().memory_info()
    of_files = getattr(memory, "shared", 0)
    return {"resident_mb": round(memory.rss / 2**20), "mapped_mb": round(of_files / 2**20)}


def measured(folder: Path, asked: argparse.Namespace) -> Report:
    said: Report = {"benchmark": "related", "corpus": str(asked.corpus or "generated")}
    if not (folder / "glean.db").exists():
        fill(folder, asked)
    said["build"] = child("build", folder, asked)
    count = said["build"]["records"]
    index = [each for each in (folder / "glean.db-related").rglob("*") if each.is_file()]
    said["build"]["records_a_second"] = round(count / said["build"]["seconds"])
    said["bytes_a_record"] = round(sum(each.stat().st_size for each in index) / count)
    if asked.fts5:
        said["fts5_build"] = child("fts5", folder, asked)
        said["fts5_bytes_a_record"] = round(said["fts5_build"].pop("bytes") / count)
    said["cold"] = child("cold", folder, asked)
    said["warm"] = child("warm", folder, asked)
    said["memory"] = child("memory", folder, asked)
    said["asked_of_1000000"] = ASKED
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--fts5", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stage", choices=("build", "fts5", "cold", "warm", "memory"))
    asked = parser.parse_args()
    if asked.stage:
        stages: dict[str, Callable[[], Report]] = {
            "build": lambda: built(asked.keep),
            "fts5": lambda: fill_fts5(asked.keep),
            "cold": lambda: cold(asked.keep),
            "warm": lambda: asking(asked.keep, asked.queries, asked.fts5),
            "memory": lambda: resident(asked.keep, asked.queries),
        }
        print(json.dumps(stages[asked.stage]()))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = asked.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        print(json.dumps(measured(folder, asked)))


if __name__ == "__main__":
    main()
