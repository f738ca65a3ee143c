"""What one harvest keeps to."""

from collections.abc import Callable
from dataclasses import dataclass

from storage.revisits import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a harvest keeps to."""

    source: str
    depth: int
    budget: int | None
    """Pages of the whole run; None: no limit."""
    delay: int
    """Microseconds between requests to a host."""
    concurrency: int
    retries: int
    least: Callable[[str], int] = lambda host: 0
    """Microseconds that a host's profile asks for between two requests at least."""
    span: Span | None = None
    """Between which intervals pages are asked for again; None: they are fetched once."""
    reader: str = ""
    """Name and version of the reader: a page that another one read is asked for whole."""
    quarantine: float = 1.0
    """Share of the pages of a sitting in quarantine beyond which it ends."""
