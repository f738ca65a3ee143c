"""Files of the archive that a killed harvest left open: closed and listed by whoever comes."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from records import LockHeld
from storage import SqlStore, takedowns
from storage.archive import Archive, being_written


@dataclass(slots=True)
class Closing:
    """What closing brought."""

    closed: list[str] = field(default_factory=list)
    """Files that were open, as they are called now."""
    left: list[str] = field(default_factory=list)
    """Files that stay open, each with the reason."""


def close_left_open(store: SqlStore, archive: Path) -> Closing:
    """Close files that a killed harvest left; those of a running one are named.

    Raises StoreError where the archive cannot be written.
    """
    told = Closing()
    known: set[str] = set()
    with store.database.read() as connection:
        sources = takedowns.sources(connection)
    for source in sources:
        files = being_written(archive, source)
        known.update(files)
        if not files:
            continue
        with suppress(LockHeld), store.database.lock(f"harvest {source}"):
            Archive(archive, source).recover()
            told.closed += [name for name in files if (archive / name).exists()]
            continue
        told.left += [f"{name}: is being written by a harvest of {source}" for name in files]
    strange = {path.stem for path in archive.glob("*.warc.gz.open")} - known
    told.left += [f"{name}: is open, and of no source of this store" for name in sorted(strange)]
    return told
