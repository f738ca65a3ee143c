"""What somebody should know of an installation, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "note", "warning", "fault"]
SEVERITIES: tuple[Severity, ...] = ("ok", "note", "warning", "fault")
"""From what is as it should be, over what is good to know and what will go wrong, to what keeps
something from working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that ``glean doctor`` looked at."""

    severity: Severity
    what: str
    where: str
    """A file, a source, a host, a schedule, a setting."""
    next: str | None = None
    """What to do. None: nothing."""
