"""Deduplication beside its peers: speed, memory, recall, growth, and the corpora that hurt.

``python benchmarks/dedup.py [--only start speed growth citations bucket] [--records 50000] …``
prints one JSON object. Every run is a process of its own, from a file of JSON lines to a file of
clusters; engine and peers take turns, medians of `--rounds`. The figures that are asked for are
stated on 200,000 and 1,000,000 records: ``--records 200000 --growth 100000 1000000
--citations 100000 --bucket 200000``.

Peers live in an environment of their own (``make .venv/installed-peers``), as one of them asks for
an older pyarrow than ours; what is not there is skipped by name.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PEERS = {
    "datasketch": "datasketch",
    "rensa": "rensa",
    "gaoya": "gaoya",
    "daft": "daft",
    "bib_dedupe": "bib-dedupe",
}
"""By the name they are imported by; as their package is called."""
ASKED = {"datasketch": 25.0, "daft": 2.5, "gaoya": 3.0}
"""Times a peer's records a second."""
Report = dict[str, Any]


class Failed(Exception):
    """A run that ended in an error; its last words."""


def timed(command: Sequence[str]) -> tuple[float, float, str]:
    """Seconds, peak memory in MB and stdout of a process of its own. Raises Failed."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begun = time.perf_counter()
        child = subprocess.Popen(list(command), stdout=out, stderr=err, cwd=ROOT)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            last = err.read().strip().splitlines()[-1:] or ["it said nothing"]
            raise Failed(f"ended with {child.returncode}: {last[0]}")
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return seconds, used.ru_maxrss / scale, out.read()


def module(name: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", name, *map(str, arguments)]


def corpus(kind: str, count: int, folder: Path, truth: Path | None = None) -> Path:
    file = folder / f"{kind}-{count}.jsonl"
    if not file.exists():
        told = ("--truth", str(truth)) if truth else ()
        timed(module("benchmarks.corpora", kind, count, file, *told))
    return file


def engine(file: Path, out: Path) -> list[str]:
    return module("cli", "dedup", file, "--out", out, "--overwrite")


def interpreter(peer: str) -> str | None:
    """The Python that has a peer: of the peers' environment, else our own. None: neither has."""
    own = ROOT / ".venv" / "peers" / "bin" / "python"
    for python in (str(own), sys.executable):
        found = [python, "-c", f"import {peer}"]
        if Path(python).exists() and not subprocess.run(found, capture_output=True).returncode:
            return python
    return None


def peer_command(peer: str, python: str, file: Path, out: Path) -> list[str]:
    script = ROOT / "benchmarks" / "peers" / f"with_{peer}.py"
    return [python, str(script), str(file), str(out)]


def skipped(peer: str) -> str:
    return f"not installed: make .venv/installed-peers, or pip install {PEERS[peer]}"


def recall(truth: Path, clusters: Path) -> Report:
    """Share of the planted duplicates that stand in one cluster with their base."""
    place: dict[str, int] = {}
    with clusters.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            place.update(dict.fromkeys(json.loads(line)["ids"], number))
    planted: dict[str, list[bool]] = {}
    for line in truth.read_text("utf-8").split("\n"):
        if line:
            double, base, done = line.split("\t")
            met = double in place and place[double] == place.get(base)
            planted.setdefault(done, []).append(met)
    everything = [met for found in planted.values() for met in found]
    return {
        "planted": len(everything),
        "recall": round(statistics.fmean(everything or [0]), 4),
        "by": {done: round(statistics.fmean(met), 4) for done, met in sorted(planted.items())},
    }


def lines_of(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


def speed(asked: argparse.Namespace, folder: Path) -> Report:
    """Engine and peers on one corpus, by turns."""
    truth = asked.truth or folder / "truth.tsv"
    file = asked.corpus or corpus("abstracts", asked.records, folder, truth)
    outs = {"engine": folder / "engine" / "clusters.jsonl"}
    commands = {"engine": engine(file, folder / "engine")}
    report: Report = {"corpus": str(asked.corpus or "generated"), "records": lines_of(file)}
    report["skipped"] = {}
    for peer in asked.peers:
        if python := interpreter(peer):
            outs[peer] = folder / f"{peer}.jsonl"
            commands[peer] = peer_command(peer, python, file, outs[peer])
        else:
            report["skipped"][peer] = skipped(peer)
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for name in list(commands) * asked.rounds:
        try:
            seconds, peak, _ = timed(commands[name])
            runs[name].append((seconds, peak))
        except Failed as error:
            if name == "engine":
                raise
            report["skipped"][name] = str(error)
    for name, measured in runs.items():
        if measured:
            told = recall(truth, outs[name]) if truth.exists() else {}
            report[name] = {**_median(measured, report["records"]), **told}
    ours = report.get("engine")
    for peer in commands:
        if ours and peer in report and peer != "engine":
            ratio = ours["records_a_second"] / report[peer]["records_a_second"]
            report[peer]["engine_is_faster_by"] = round(ratio, 2)
            report[peer]["at_least"] = ASKED.get(peer)
    if ours:
        report["unfounded_pairs"] = {**unfounded(file, outs["engine"]), "at_most": 0.005}
    return report


def _median(measured: list[tuple[float, float]], records: int) -> Report:
    seconds = statistics.median(each for each, _ in measured)
    return {
        "seconds": round(seconds, 3),
        "records_a_second": round(records / seconds),
        "peak_mb": round(statistics.median(peak for _, peak in measured)),
        "rounds": len(measured),
    }


def unfounded(file: Path, clusters: Path) -> Report:
    _, _, said = timed(module("benchmarks.timing.pairs", file, clusters))
    found: Report = json.loads(said)
    return found


def growth(asked: argparse.Namespace, folder: Path) -> Report:
    """Time a record of a corpus and of a larger one, by turns."""
    sizes = sorted(asked.growth)
    truths = {size: folder / f"growth-{size}.tsv" for size in sizes}
    files = {size: corpus("abstracts", size, folder / "growth", truths[size]) for size in sizes}
    runs: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    for size in sizes * asked.rounds:
        seconds, peak, _ = timed(engine(files[size], folder / f"growth-{size}"))
        runs[size].append((seconds, peak))
    report: Report = {}
    for size, measured in runs.items():
        clusters = folder / f"growth-{size}" / "clusters.jsonl"
        report[str(size)] = {**_median(measured, size), **recall(truths[size], clusters)}
    small, large = (report[str(size)]["seconds"] / size for size in (sizes[0], sizes[-1]))
    report["time_a_record_grows_by"] = round(large / small, 3)
    report["at_most"] = 1.15
    report["unfounded_pairs"] = unfounded(
        files[sizes[-1]], folder / f"growth-{sizes[-1]}" / "clusters.jsonl"
    )
    return report


def citations(asked: argparse.Namespace, folder: Path) -> Report:
    """Records without abstracts in one warm process, beside bib-dedupe on a part of them."""
    truth, out = folder / "citations.tsv", folder / "citations-clusters.jsonl"
    file = corpus("citations", asked.citations, folder, truth)
    _, _, said = timed(module("benchmarks.timing.warm", file, out, asked.rounds))
    seconds = statistics.median(json.loads(said)["seconds"])
    report: Report = {
        "records": asked.citations,
        "engine": {
            "seconds": seconds,
            "records_a_second": round(asked.citations / seconds),
            **recall(truth, out),
        },
    }
    python = interpreter("bib_dedupe")
    if python is None:
        return {**report, "skipped": {"bib_dedupe": skipped("bib_dedupe")}}
    count = min(asked.citations_of_peer, asked.citations)
    part_truth, part_out = folder / "part.tsv", folder / "part-clusters.jsonl"
    part = corpus("citations", count, folder / "part", part_truth)
    _, _, said = timed(peer_command("bib_dedupe", python, part, part_out))
    theirs = json.loads(said.splitlines()[-1])["seconds"]
    rate = count / theirs
    report["bib_dedupe"] = {
        "records": count,
        "seconds": theirs,
        "records_a_second": round(rate),
        **recall(part_truth, part_out),
        "engine_is_faster_by": round(asked.citations / seconds / rate, 1),
        "at_least": 50,
    }
    return report


def bucket(asked: argparse.Namespace, folder: Path) -> Report:
    """Records that share a bucket, beside as many that share none."""
    forms = ("apart", "identical", "shared", "templated")
    files = {form: corpus(form, asked.bucket, folder) for form in forms}
    runs: dict[str, list[tuple[float, float]]] = {form: [] for form in forms}
    for form in list(forms) * asked.rounds:
        seconds, peak, _ = timed(engine(files[form], folder / form))
        runs[form].append((seconds, peak))
    report: Report = {form: _median(runs[form], asked.bucket) for form in forms}
    for form in forms[1:]:
        ratio = report[form]["seconds"] / report["apart"]["seconds"]
        report[form]["times_the_cost_of_others"] = round(ratio, 3)
        report[form]["at_most"] = 1.0
    return {"records": asked.bucket, **report}


def start(asked: argparse.Namespace, folder: Path) -> Report:
    """A thousand records from a cold start, kernels compiled before."""
    file = corpus("abstracts", 1000, folder)
    command = engine(file, folder / "start")
    timed(command)
    measured = [timed(command)[:2] for _ in range(asked.rounds)]
    return {**_median(measured, 1000), "at_most": 2.0}


QUESTIONS: dict[str, Callable[[argparse.Namespace, Path], Report]] = {
    "start": start,
    "speed": speed,
    "growth": growth,
    "citations": citations,
    "bucket": bucket,
}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=50_000, help="of speed")
    parser.add_argument("--corpus", type=Path, help="in place of a generated one, of speed")
    parser.add_argument("--truth", type=Path, help="duplicate, base, what was done: of --corpus")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS)[:4])
    parser.add_argument("--growth", nargs=2, type=int, default=[20_000, 200_000])
    parser.add_argument("--citations", type=int, default=20_000)
    parser.add_argument("--citations-of-peer", type=int, default=5_000)
    parser.add_argument("--bucket", type=int, default=20_000)
    asked = parser.parse_args()
    for given in (asked.corpus, asked.truth):
        if given is not None and not given.exists():
            parser.error(f"{given} does not exist")
    if asked.corpus is not None and asked.truth is None:
        asked.truth = asked.corpus.with_suffix(".truth.tsv")
    if asked.corpus is not None:
        asked.corpus, asked.truth = asked.corpus.resolve(), asked.truth.resolve()
    return asked


def main() -> None:
    asked = options()
    report: Report = {"benchmark": "dedup", "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name:
        for part in ("", "growth", "part"):
            (Path(name) / part).mkdir(exist_ok=True)
        for question in asked.only:
            try:
                report[question] = QUESTIONS[question](asked, Path(name))
            except Failed as error:
                sys.exit(f"{question}: {error}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
