"""Commands of ours in processes of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    status: int
    output: str
    """What it wrote to stdout; its stderr was ours."""
    interrupted: bool
    """We were asked to stop while it ran, and asked it."""


def run_glean(arguments: Sequence[str]) -> Ended:
    """Run ``glean`` with this interpreter and wait for it; Ctrl-C and SIGTERM are handed on.

    The child has a process group of its own, so that it hears of a Ctrl-C once.
    """
    command = [sys.executable, "-P", "-m", "cli", *arguments]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0)
    output, interrupted = b"", False
    while True:
        try:
            output += child.communicate()[0] or b""
            break
        except KeyboardInterrupt:
            interrupted = True
            if child.poll() is None:
                os.kill(child.pid, signal.SIGTERM)
    status = child.returncode if child.returncode >= 0 else 1
    return Ended(status, output.decode("utf-8"), interrupted)
