"""The command as users start it, and a folder that a harvest has filled."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cli import main
from crawler.sample import Portal

CONFIG = """\
[store]
url = "sqlite:///glean.db"

[network]
delay = 0.0
retries = 0
allow = ["{host}"]

[[source]]
name = "portal"
start = {starts}
depth = {depth}
pages = 500
"""


OF_ITS_OWN = ("harvest", "demo", "reparse", "release")
"""Commands that start processes or a reactor."""


@dataclass(frozen=True)
class Glean:
    """``glean`` in one folder: in a process of its own where it needs one, else in this one."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        if arguments and arguments[0] not in OF_ITS_OWN:
            return self.here(*arguments, stdin=stdin)
        return self.apart(*arguments, stdin=stdin)

    def apart(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        done = self.start(*arguments)
        out, err = done.communicate(stdin)
        return subprocess.CompletedProcess(
            arguments, done.returncode, out.decode("utf-8"), err.decode("utf-8")
        )

    def here(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        """The same by a call of the entry point: its streams, folder and environment are ours."""
        streams = [io.TextIOWrapper(io.BytesIO(each), "utf-8") for each in (stdin, b"", b"")]
        with pytest.MonkeyPatch.context() as patch, chdir(self.folder):
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            for name in ("GLEAN_STORE", "GLEAN_CONFIG", "COLUMNS"):
                patch.delenv(name, raising=False)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            status = main(arguments)
        said = []
        for stream in streams[1:]:
            stream.flush()
            said.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(arguments, status, *said)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        names = ("PATH", "HOME", "PYTHONPATH")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "cli", *arguments],
            cwd=self.folder,
            env={**kept, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def json(self, *arguments: str, status: int = 0) -> Any:
        """The one object that a command prints."""
        done = self(*arguments)
        assert done.returncode == status, done.stderr
        assert done.stdout.count("\n") == 1
        return json.loads(done.stdout)

    def fails(self, *arguments: str, status: int, stdin: bytes = b"") -> str:
        """The one line that a command which fails says."""
        done = self(*arguments, stdin=stdin)
        assert done.returncode == status, (done.stdout, done.stderr)
        (line,) = done.stderr.splitlines()
        assert line.startswith("glean: ")
        return line


@pytest.fixture(scope="session")
def glean_in() -> Callable[[Path], Glean]:
    """``glean`` in a folder."""
    return Glean


@pytest.fixture
def glean(tmp_path: Path) -> Glean:
    return Glean(tmp_path)


def write_config(folder: Path, portal: Portal, *, depth: int = 1, more: str = "") -> Path:
    path = folder / "glean.toml"
    host = portal.url.removeprefix("http://")
    starts = json.dumps(portal.start)
    path.write_text(CONFIG.format(host=host, starts=starts, depth=depth) + more, "utf-8")
    return path


@pytest.fixture(scope="session")
def configure() -> Callable[..., Path]:
    """Writes a glean.toml for a portal."""
    return write_config


@dataclass(frozen=True)
class Harvested:
    """A folder that one harvest has filled."""

    glean: Glean
    portal: Portal
    run: dict[str, Any]
    """What the harvest printed."""


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvested]:
    """Shared by tests that only read it."""
    folder = tmp_path_factory.mktemp("harvested")
    with Portal(300, 7) as portal:
        write_config(folder, portal)
        glean = Glean(folder)
        run = glean.json("harvest", "--json")
        yield Harvested(glean, portal, run)
