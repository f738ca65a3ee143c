"""Files of a store's text that a command made: the store notes them, for a takedown to name."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from cli.terminal import say
from records import StoreError

if TYPE_CHECKING:
    from storage import SqlStore


def note_copy(opened: "SqlStore", path: Path, kind: str) -> None:
    """Where the store may only be read it is said instead."""
    from storage.backups import note

    try:
        note(opened, path, kind, now=time.time_ns() // 1000)
    except StoreError:
        say(
            f"{path}: is not noted in the store, which takes no writes; a takedown will not name it"
        )
