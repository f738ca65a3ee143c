"""``glean serve`` as a user starts it, and what a test asks it besides the browser."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")


@dataclass(frozen=True)
class Served:
    """A local page that listens."""

    url: str
    """Its address without a slash at the end."""
    enter: str
    """The address with which answers are taken."""

    def json(self, path: str) -> Any:
        with urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def served(folder: Path, store: str) -> Iterator[Served]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "serve", "--port", "0", "--write", "--store", store],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    try:
        said, addresses = "", []
        while len(addresses) < 2 and (line := child.stdout.readline()):
            said += line
            addresses += _ADDRESS.findall(line)
        assert len(addresses) == 2, said
        yield Served(addresses[0].rstrip("/"), addresses[1])
    finally:
        child.send_signal(signal.SIGTERM)
        rest, _ = child.communicate(timeout=30)
    assert (child.returncode, rest) == (0, "")


def views(page: Served) -> dict[str, str]:
    """A path of every view, where the store has something for it to show."""
    cluster = page.json("/clusters.json")["clusters"][0]
    members = page.json(f"/cluster.json?id={cluster['id']}")["members"]
    a, b = cluster["canonical"], members[0]["record"]["key"]
    waiting = page.json("/quarantine.json")["quarantine"][0]["page"]
    return {
        "start": "/",
        "advanced": "/advanced",
        "similar": f"/similar?id={quote(a)}",
        "record": f"/record?id={quote(a)}",
        "why": f"/why?a={quote(a)}&b={quote(b)}",
        "clusters": "/clusters",
        "cluster": f"/cluster?id={cluster['id']}",
        "review": "/review",
        "runs": "/runs",
        "sources": "/sources",
        "quarantine": "/quarantine",
        "page": f"/quarantine/page?id={waiting}",
    }
