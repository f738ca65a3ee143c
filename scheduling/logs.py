"""Files of what jobs write: one a run, in a folder a schedule."""

import re
from contextlib import suppress
from pathlib import Path

from records import Firing
from scheduling.moments import stamp_of

_NAME = re.compile(r"\d{8}T\d{6}Z-\d+\.log")


def log_of(folder: Path, firing: Firing) -> Path:
    """Where the output of a run goes; names sort by fire time.

    The number is that of the run, since two fire times may lie within a second.
    """
    return folder.absolute() / firing.schedule / f"{stamp_of(firing.fire_time)}-{firing.id}.log"


def old_logs(folder: Path, *, before: int) -> list[Path]:
    """Logs of runs that nothing was written to since a moment, microseconds UTC; what is named
    otherwise is somebody else's."""
    found = []
    for path in folder.glob("*/*.log"):
        with suppress(OSError):
            if _NAME.fullmatch(path.name) and path.stat().st_mtime * 1e6 < before:
                found.append(path)
    return found


def remove_old(folder: Path, *, before: int) -> int:
    """Remove such logs; how many."""
    removed = 0
    for path in old_logs(folder, before=before):
        with suppress(OSError):
            path.unlink()
            removed += 1
    return removed


def tail_of(path: Path, lines: int) -> list[str]:
    """The last lines of a log. Raises OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 400 * lines, 0))
        text = file.read().decode("utf-8", "replace")
    return text.splitlines()[-lines:]
