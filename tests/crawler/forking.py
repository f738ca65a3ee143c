"""Harvests that begin at once: each a process of its own, forked from one that has loaded all that
a harvest needs, for tests that begin very many.

``python -m tests.crawler.forking`` reads settings files, a line each; for each a child does what
``glean harvest portal`` does. It prints the child's number, and once that has ended, its status.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from cli import main as glean


def _warm() -> None:
    """Import what a harvest imports; its reactor is each child's own."""
    import scrapy.crawler

    import cli.harvesting
    import crawler.feed
    import crawler.handler
    import crawler.run
    import crawler.settings
    import spiders.similar
    from storage import open_store
    from tests.storage.filling import Filler, record

    assert scrapy.crawler
    assert cli.harvesting
    assert crawler.feed
    assert crawler.handler
    assert crawler.run
    assert crawler.settings
    assert spiders.similar
    with open_store("sqlite://", create=True) as store:
        Filler(store).add(0, [record(1), record(2)])
        store.settle()


def main() -> None:
    _warm()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            with Path(f"{line.strip()}.log").open("ab") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            os._exit(glean(["harvest", "portal", "--json", "--config", line.strip()]))
        os.write(1, f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


class Forked:
    """A harvest under way, for tests."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        self._said = process.stdout
        self.pid = int(self._said.readline())

    def has_ended(self) -> bool:
        return bool(select.select([self._said], [], [], 0)[0])

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> int:
        """Its status."""
        self.send_signal(signal.SIGKILL)
        return int(self._said.readline())


class Forker:
    """The process, for tests. A context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(self, config: Path) -> Forked:
        """Begin a harvest of source ``portal``; kill it before the next one begins."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{config}\n".encode())
        return Forked(self._process)


if __name__ == "__main__":
    main()
