"""A scheduler in a process of its own that a test may have killed at any step of its work.

``python -m tests.scheduling.leading SPEC``: JSON with ``store``, ``schedules``, ``scheduler``,
``program``; and ``dies``, where: ``statement:12`` (before the twelfth statement it says to the
store while it leads), ``launch:1`` (decided, nothing started), ``started:1`` (a keeper was started
and not told anything), ``told:1``.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scheduler
from crawler.schedules import Schedule, SchedulerConfig
from scheduler import Scheduler, Settings
from scheduling.plans import plan_of
from storage.engine import open_database

APPENDS = (
    "import os, sys\n"
    "file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)\n"
    "os.write(file, (sys.argv[3] + '\\n').encode())\n"
    "print('{}')"
)
"""A job that leaves a line with its fire time, in a file that its first argument names."""


@dataclass
class Steps:
    """Counts one kind of step, and dies at one of them."""

    kind: str
    left: int

    @classmethod
    def parse(cls, said: str | None) -> "Steps":
        kind, _, number = (said or "never:0").partition(":")
        return cls(kind, int(number))

    def __call__(self, kind: str) -> None:
        if kind == self.kind:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    spec: dict[str, Any] = json.loads(sys.argv[1])
    steps = Steps.parse(spec.get("dies"))
    plans = [plan_of(Schedule.model_validate(each), "UTC") for each in spec["schedules"]]
    config = SchedulerConfig.model_validate(spec["scheduler"])
    settings = Settings({each.name: each for each in plans}, config, spec["store"])
    database = open_database(spec["store"], create=False)

    leads = False

    def tell(text: str) -> None:
        nonlocal leads
        leads = leads or text.startswith("leads")
        print(text, file=sys.stderr, flush=True)

    def says(*_: object) -> None:
        if leads:
            steps("statement")

    from sqlalchemy import event

    event.listen(database.engine, "before_cursor_execute", says)

    class Started(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            steps("launch")
            super().__init__(*arguments, **options)
            steps("started")

    scheduler.subprocess.Popen = Started  # type: ignore[misc]
    whole = Scheduler._launch

    def launch(self: Scheduler, firing: Any) -> None:
        whole(self, firing)
        steps("told")

    Scheduler._launch = launch  # type: ignore[method-assign]
    Scheduler(
        database,
        settings,
        lambda: None,
        tell,
        lambda line: print(json.dumps(line), flush=True),
        tuple(spec["program"]),
    ).run()
    database.close()


@dataclass
class Leader:
    """One of them, as a test sees it."""

    process: "subprocess.Popen[bytes]"

    def stop(self) -> str:
        """Ask it to end; what it told people."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=60)
        return said.decode("utf-8")


def start(
    folder: Path,
    store: str,
    *schedules: dict[str, Any],
    program: tuple[str, ...] | None = None,
    dies: str | None = None,
    **options: Any,
) -> Leader:
    """`program`: else `APPENDS`, to the file ``ran`` of the folder."""
    spec = {
        "store": store,
        "schedules": schedules,
        "scheduler": {"logs": str(folder / "logs"), "grace": 1.0} | options,
        "program": program or (sys.executable, "-c", APPENDS, str(folder / "ran")),
        "dies": dies,
    }
    return Leader(
        subprocess.Popen(
            [sys.executable, "-m", "tests.scheduling.leading", json.dumps(spec)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    )


if __name__ == "__main__":
    main()
