"""Who keeps a run: host, process, and when that process began, since numbers are given again."""

import os
import socket
from pathlib import Path

from records import Firing
from storage.firings import LOST_AFTER


def owner_of(process: int) -> str:
    """A process of this machine, in words that no other has."""
    return f"{socket.gethostname()}:{process}:{_began(process) or 0}"


def process_of(owner: str) -> int | None:
    """The number of a process of this machine, where it still is; None: it is not, or is
    another's."""
    host, process, began = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    return int(process) if _began(int(process)) == int(began) else None


def is_alive(firing: Firing, now: int) -> bool:
    """Whether the keeper of a run still is: of one elsewhere only its heartbeat tells."""
    if firing.owner is None:
        return False
    if firing.owner.rsplit(":", 2)[0] == socket.gethostname():
        return process_of(firing.owner) is not None
    return now - (firing.heartbeat_at or 0) < LOST_AFTER


def _began(process: int) -> int | None:
    """When a process began, as the kernel counts; None: there is none, or it is only to be reaped.
    0 where the kernel does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2]
    except OSError:
        return None if Path("/proc/self/stat").exists() else _signalled(process)
    state, *others = fields.split()
    return None if state in "ZX" else int(others[18])


def _signalled(process: int) -> int | None:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0
    return 0
