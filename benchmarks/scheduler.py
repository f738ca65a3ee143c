"""The scheduler at rest, and how late it begins: ``python benchmarks/scheduler.py [--seconds N]``.

``glean schedule run`` over a store of its own with schedules that do not fire meanwhile: processor
time as a share of one core, and resident memory. Then with a job every second: from the fire time
to the moment at which a keeper has taken it, and how long the job takes, a whole ``glean`` command.
One JSON object. Asked: idle under 0.5 % of a core and 120 MB.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
IDLE = "".join(
    f'[[schedule]]\nname = "s{number}"\njob = "settle"\ncron = "0 3 1 1 *"\n'
    for number in range(20)
)
BUSY = '[[schedule]]\nname = "s"\njob = "settle"\nevery = 1.0\noverlap = "wait"\n'


@contextmanager
def scheduler(folder: Path, schedules: str) -> Iterator["subprocess.Popen[str]"]:
    (folder / "glean.toml").write_text(schedules, "utf-8")
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "schedule", "run"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        while "leads" not in running.stderr.readline():
            pass
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def idle(folder: Path, seconds: float) -> dict[str, float]:
    with scheduler(folder, IDLE) as running:
        time.sleep(3)
        before, began = processor_seconds(running.pid), time.monotonic()
        time.sleep(seconds)
        used = processor_seconds(running.pid) - before
        return {
            "share_of_a_core": round(used / (time.monotonic() - began), 5),
            "resident_mb": round(resident_mb(running.pid), 1),
        }


def busy(folder: Path, runs: int) -> dict[str, float]:
    lines: list[dict[str, Any]] = []
    with scheduler(folder, BUSY) as running:
        assert running.stdout is not None
        while len(lines) < runs:
            line = json.loads(running.stdout.readline())
            lines += [line] if line["state"] == "done" else []
    begun = [moment(each["started"]) - moment(each["fire_time"]) for each in lines]
    took = [each["seconds"] for each in lines]
    return {
        "begun_after_s": round(statistics.median(begun), 3),
        "begun_after_s_at_most": round(max(begun), 3),
        "job_s": round(statistics.median(took), 3),
    }


def moment(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said = {
            "idle": idle(Path(folder), options.seconds),
            "runs": busy(Path(folder), options.runs),
        }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
