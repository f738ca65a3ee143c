"""The tutorial does what it says: its commands, in their order, in an empty folder."""

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
PORTS = "8780", "8781"
"""Of the portal and of the local page in the tutorial; others are free for the test."""


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    kind: str
    """`sh` is run, `text` is what the block before prints, `toml` is a file."""
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    fences = re.findall(r'^```(\w+)(?: title="([^"\n]+)")?\n(.*?)^```$', page, re.S | re.M)
    return [Block(*found) for found in fences]


def script(steps: list[Block], outputs: Path) -> str:
    """One session of a shell; what each block prints, errors too, goes into a file of its own."""
    lines = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, block in enumerate(steps):
        if block.kind == "sh":
            lines += [f"exec > {shlex.quote(str(outputs / str(number)))} 2>&1", block.text]
        elif block.kind == "toml":
            lines += [f"cat > {block.title} <<'GLEAN'", block.text + "GLEAN"]
    return "\n".join([*lines, "wait"])


def as_pattern(shown: str) -> str:
    """What `shown` allows: `…` alone on a line stands for any lines, within one for any text."""
    parts = [
        r"(?:.*\n)*" if line == "…" else re.escape(line.rstrip()).replace("…", ".*") + r"\s*?\n"
        for line in shown.splitlines()
    ]
    return "".join(parts)


def free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def test_the_commands_of_the_tutorial_print_what_it_shows(tmp_path: Path) -> None:
    folder, outputs = tmp_path / "empty", tmp_path / "outputs"
    folder.mkdir()
    outputs.mkdir()
    page = PAGE
    for port in PORTS:
        page = page.replace(port, free_port())
    steps = blocks(page)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "100",
    }
    ended = subprocess.run(
        ["bash", "-c", script(steps, outputs)], cwd=folder, env=environment, timeout=300
    )
    printed = {
        number: (outputs / str(number)).read_text("utf-8")
        for number, block in enumerate(steps)
        if block.kind == "sh" and (outputs / str(number)).exists()
    }
    assert ended.returncode == 0, printed[max(printed)]
    shown = [number for number, block in enumerate(steps) if block.kind == "text"]
    assert len(shown) > 8
    for number in shown:
        pattern = as_pattern(steps[number].text)
        assert re.fullmatch(pattern, printed[number - 1]), printed[number - 1]


def test_what_is_printed_otherwise_is_told() -> None:
    shown = as_pattern("182 unique, … MB\n…\nend\n")
    assert re.fullmatch(shown, "182 unique, 0.8 MB \nfirst\nsecond\nend\n")
    assert not re.fullmatch(shown, "181 unique, 0.8 MB\nend\n")
    assert not re.fullmatch(shown, "182 unique, 0.8 MB\nend\nmore\n")
