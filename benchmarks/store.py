"""The store: records a second with matching, and near-duplicates, beside datasketch's LSH and FTS5.

``python benchmarks/store.py CORPUS.jsonl [--records N] [--pages N] [--queries N]``: a store
filled with the first records of a corpus by what ``glean import`` does; then pages of twenty of the
next ones, each its own transaction, in turns with the same records put into datasketch's
``MinHashLSH`` of as many bands, and into a plain FTS5 table of SQLite's; then queries of all three,
in turns. One JSON object. Rates are by the clock, so a quiet machine is asked for; `datasketch` is
given signatures that are made already, and neither reads a text again nor compares one; `fts5`
ranks whatever shares a word, and compares nothing.
"""

import argparse
import gc
import json
import random
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from dedup import loading
from dedup.files.intake import Intake
from dedup.files.records import read_batches
from dedup.files.stored import record_of
from dedup.folded import fold_record
from dedup.kernels import signature
from dedup.scheme import Scheme
from records import Address, Query, Record, ResultPage, measures_of, page_hash
from storage import SqlStore, frontier, ledger, open_store
from storage.bringing import bring
from storage.pages import Deposit
from storage.signing import sign_all

ON_A_PAGE = 20
SELDOM = 20
"""Of so many questions one is asked of FTS5, which takes seconds over a million."""
NOW = 1_760_000_000_000_000


def every(corpus: Path) -> Iterator[Record]:
    for batch in read_batches([corpus], Intake(), lambda done, total: None):
        yield from map(record_of, batch.to_pylist())


def some(corpus: Path, records: int) -> Iterator[Any]:
    """Batches of the first records."""
    for batch in read_batches([corpus], Intake(), lambda done, total: None):
        yield batch.slice(0, records)
        records -= min(records, batch.num_rows)
        if not records:
            return


def deposits(store: SqlStore, run: int, records: Sequence[Record]) -> list[Deposit]:
    """Pages of a site that lists these records."""
    found = []
    for first in range(0, len(records), ON_A_PAGE):
        some = records[first : first + ON_A_PAGE]
        listed = tuple(replace(each, rank=rank) for rank, each in enumerate(some, 1))
        page = ResultPage(
            url=None,
            profile="bench",
            confidence=1.0,
            encoding="utf-8",
            replaced=0,
            query=Query(),
            records=listed,
        )
        address = Address(url=f"http://x.example/{first}", fingerprint=str(first), kind="article")
        found.append(
            Deposit(
                source="bench",
                run=run,
                address=frontier.address_id("bench", address),
                lease=None,
                url=address.url,
                status=200,
                fetched_at=NOW,
                digest=str(first),
                charset=None,
                place=None,
                reader="bench",
                page=page,
                signed=sign_all(listed, store.scheme),
                measures=measures_of(page),
                released=True,
                said=page_hash(page),
                enters=address,
            )
        )
    return found


class Peer:
    """datasketch's LSH over the same signatures."""

    def __init__(self, scheme: Scheme) -> None:
        from datasketch import MinHash, MinHashLSH

        self.scheme, self._hash = scheme, MinHash
        self.index = MinHashLSH(num_perm=scheme.permutations, params=(scheme.bands, scheme.rows))
        self._none = MinHash(num_perm=scheme.permutations, seed=scheme.seed, scheme="affine32")

    def signed(self, record: Record) -> Any:
        made = self._none.copy()
        made.hashvalues = signature(fold_record(record, self.scheme).shingles, self.scheme)
        return made


class Plain:
    """A file with a table of SQLite's FTS5, as it comes."""

    def __init__(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        self._table = sqlite3.connect(file)
        self._table.execute("CREATE VIRTUAL TABLE said USING fts5(title, abstract)")

    def insert(self, records: Iterable[Record]) -> None:
        rows = (_plain(each) for each in records)
        self._table.executemany("INSERT INTO said (title, abstract) VALUES (?, ?)", rows)
        self._table.commit()

    def query(self, record: Record) -> list[Any]:
        """The 20 best by BM25 over the words of a record."""
        words = dict.fromkeys(re.findall(r"\w+", " ".join(_plain(record))))
        asked = " OR ".join(f'"{word}"' for word in words)
        query = "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT 20"
        return self._table.execute(query, (asked,)).fetchall()


def _plain(record: Record) -> tuple[str, str]:
    return record.title or "", record.abstract or record.text


def milliseconds(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    return {
        name: round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 3)
        for name, share in at.items()
    }


def ingest(store: SqlStore, peer: Peer, plain: Plain, records: Sequence[Record]) -> dict[str, Any]:
    """The store and its peers in turns, a page each."""
    with store.database.write() as connection:
        run = ledger.begin_run(
            connection, "bench", depth=0, budget=None, fresh=False, now=NOW, again=()
        )
    ours, theirs, plainly = [], [], []
    pages = deposits(store, run, records)
    signatures = [[(each.key, peer.signed(each)) for each in one.page.records] for one in pages]
    for deposit, signed in zip(pages, signatures, strict=True):
        begun = time.perf_counter()
        store.store_page(deposit, now=NOW)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for key, made in signed:
            peer.index.insert(key, made, check_duplication=False)
        theirs.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        plain.insert(deposit.page.records)
        plainly.append(time.perf_counter() - begun)
    return {
        "store": {
            "records_a_second": round(len(records) / sum(ours)),
            "transaction_ms": milliseconds(ours),
            "longest_ms": round(1000 * max(ours), 1),
        },
        "datasketch": {"records_a_second": round(len(records) / sum(theirs))},
        "fts5": {"records_a_second": round(len(records) / sum(plainly))},
    }


def queries(store: SqlStore, peer: Peer, plain: Plain, keys: Sequence[str]) -> dict[str, Any]:
    loading.load(store.scheme)  # a warm process; `cold` is another
    asked = [store.record(key) for key in keys]
    times: dict[str, list[float]] = {"key": [], "text": [], "datasketch": [], "fts5": []}
    for number, record in enumerate(asked):
        made = peer.signed(record)
        for name in times:
            if name == "fts5" and number % SELDOM:
                continue
            begun = time.perf_counter()
            if name == "key":
                store.near_duplicates(key=record.key)
            elif name == "text":
                store.near_duplicates(text=record.abstract or record.text)
            elif name == "datasketch":
                peer.index.query(made)
            else:
                plain.query(record)
            times[name].append(time.perf_counter() - begun)
    return {name: milliseconds(some) for name, some in times.items()}


COLD = """
import json, sys, time
begun = time.perf_counter()
from storage import open_store
with open_store(sys.argv[1]) as store:
    store.near_duplicates(key=sys.argv[2])
took = time.perf_counter() - begun
import psutil  # whose peak, unlike getrusage's, is not that of the process it was made by
most = psutil.Process().memory_info().rss / 2**20
print(json.dumps({"seconds": round(took, 3), "mb": round(most)}))
"""


def cold(url: str, key: str) -> Any:
    """The first answer of a process, of several the one in the middle."""
    root = Path(__file__).parents[1]
    said = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", COLD, url, key], cwd=root, capture_output=True, check=True
        )
        said.append(json.loads(done.stdout))
    return {name: statistics.median(each[name] for each in said) for name in said[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--keep", type=Path, help="a folder for the store; taken if it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        file = (given.keep or Path(spare)) / f"store-{given.records}.db"
        print(json.dumps(measure(given, file), indent=1))


def measure(given: argparse.Namespace, file: Path) -> dict[str, Any]:
    url = f"sqlite:///{file}"
    found = every(given.corpus)
    first = [*islice(found, given.records)]
    said: dict[str, Any] = {"records": len(first)}
    there = file.exists()
    with open_store(url, create=True) as store:
        begun = time.perf_counter()
        if not there:
            bring(store, "import", some(given.corpus, given.records), now=lambda: NOW)
            said["import_seconds"] = round(time.perf_counter() - begun, 1)
            begun = time.perf_counter()
            store.settle()
            said["settle_seconds"] = round(time.perf_counter() - begun, 1)
        peer = Peer(store.scheme)
        for each in first:
            peer.index.insert(each.key, peer.signed(each), check_duplication=False)
        plain = Plain(file.with_suffix(".fts5"))
        plain.insert(first)
        gc.freeze()  # what the peer holds is not to be looked through between two pages
        said["bands"] = store.scheme.bands
        said["mb_a_million"] = round(file.stat().st_size / len(first))
        said["text_mb_a_million"] = round(sum(map(_size, first)) / len(first))
        said["ingest"] = ingest(store, peer, plain, [*islice(found, given.pages * ON_A_PAGE)])
        dice = random.Random(1)
        keys = [dice.choice(first).key for _ in range(given.queries)]
        said["near_duplicates"] = queries(store, peer, plain, keys)
    said["cold"] = cold(url, keys[0])
    said["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return said


def _size(record: Record) -> int:
    said = (record.title, record.abstract, record.text, *record.authors, record.venue)
    return sum(len(each.encode("utf-8", "surrogatepass")) for each in said if each)


if __name__ == "__main__":
    main()
