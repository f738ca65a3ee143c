"""One job: a command in a session of its own, what it writes, and how it is ended."""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

_MOST_LOGGED = 32 << 20
"""Bytes of a log; a job that writes more has gone wrong, and the disk is others' too."""
_MOST_PRINTED = 1 << 20
"""Bytes of the last line that is kept of what it prints."""
_PR_SET_PDEATHSIG = 1
_LINGERS = 5.0
"""Seconds for which what a dead job left open is still read."""

Why = Literal["asked", "time", "memory"]


def _tie_to_parent() -> None:
    """In the child, before it becomes `glean`: end when the keeper dies, whatever killed it; and be
    what the kernel kills first where memory runs out."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("600")


class Job:
    """A running command. What it says goes to `log`; the last line it prints is kept."""

    def __init__(self, command: Sequence[str], log: Path, *, grace: float) -> None:
        """`grace`: seconds between asking and killing. Raises OSError where no process can be
        made."""
        self.began = time.monotonic()
        self.ended_for: Why | None = None
        """Why it was asked to end."""
        self._grace = grace
        self._killed_at: float | None = None
        self._log = _Log(log)
        self._printed = b""
        self._process = subprocess.Popen(
            [*command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_tie_to_parent,  # safe: there are no threads here
        )
        self._pipes = selectors.DefaultSelector()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._pipes.register(pipe, selectors.EVENT_READ)

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None: it runs."""
        return self._process.poll()

    @property
    def printed(self) -> bytes:
        """The last line of what it printed."""
        return self._printed.strip().rpartition(b"\n")[2]

    def wait(self, seconds: float) -> None:
        """Read what it writes for so long, or until it ended."""
        until = time.monotonic() + seconds
        while self.status is None and (left := until - time.monotonic()) > 0:
            self._read(min(left, 0.5))

    def end(self, why: Why) -> None:
        """Ask it to end; once its time for that is over, end it."""
        now = time.monotonic()
        if self.ended_for is None:
            self.ended_for = why
            self._killed_at = now + self._grace
            self._log.say(f"asked to end: {why}")
            self._process.send_signal(signal.SIGTERM)
        elif self._killed_at is not None and now >= self._killed_at:
            self._killed_at = None
            self._log.say(f"killed: it did not end within {self._grace:g} s")
            self._kill()

    def close(self) -> None:
        """Once it ended: end what it left running, and read what is left of what they wrote."""
        self._kill()
        until = time.monotonic() + _LINGERS
        while self._pipes.get_map() and time.monotonic() < until:
            self._read(0.1)
        self._pipes.close()
        self._log.close()

    def memory(self) -> int:
        """Bytes that its processes hold together; 0 where the system does not tell."""
        return sum(map(_resident, _session(self._process.pid)))

    def _kill(self) -> None:
        # readers have process groups of their own, and its session
        for process in {self._process.pid, *_session(self._process.pid)}:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)

    def _read(self, seconds: float) -> None:
        if not self._pipes.get_map():
            time.sleep(min(seconds, 0.05))
        for key, _ in self._pipes.select(seconds):
            pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
            data = pipe.read(1 << 16)
            if not data:
                self._pipes.unregister(pipe)
                continue
            self._log.write(data)
            if pipe is self._process.stdout:
                self._printed = (self._printed + data)[-_MOST_PRINTED:]


class _Log:
    """A file that may fail and may be full, and never stops the job."""

    def __init__(self, path: Path) -> None:
        self._left = _MOST_LOGGED
        self._file: IO[bytes] | None = None
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)

    def say(self, text: str) -> None:
        self.write(f"[{text}]\n".encode())

    def write(self, data: bytes) -> None:
        if self._file is None or self._left <= 0:
            return
        with suppress(OSError):
            self._file.write(data[: self._left])
        self._left -= len(data)
        if self._left <= 0:
            with suppress(OSError):
                self._file.write(b"\n[what follows was not kept: the log has its size]\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def _resident(process: int) -> int:
    """Bytes; what it shares with others is counted in parts."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
