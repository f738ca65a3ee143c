"""A copy of the whole store, as it is at one moment, while whatever else goes on."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from records import StoreError, UsageError
from storage.publishing import aside, sweep, to_disk
from storage.schema import state
from storage.takedowns import note_copy

if TYPE_CHECKING:
    from storage.sql import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup that was made."""

    path: str
    size: int
    """Bytes."""
    change_no: int
    """Every change up to this one is in it; later ones may be."""


def back_up(store: "SqlStore", target: Path, *, overwrite: bool, now: int) -> BackedUp:
    """Copy a store to a file that appears under its name when it is whole and on the disk.

    Raises UsageError where a file is there already, unless it may be replaced; StoreError where it
    cannot be written.
    """
    target = target.resolve()
    if target.exists() and not overwrite:
        raise UsageError(f"{target}: is there already; name another file, or say --overwrite")
    with store.database.read() as connection:
        change_no = connection.execute(select(state.c.change_no)).scalar_one()
    partial = aside(target)
    sweep(target)
    try:
        store.database.back_up(partial)
        to_disk(partial)
        size = partial.stat().st_size
        if overwrite:
            partial.replace(target)
        else:
            os.link(partial, target)  # over none that has come meanwhile
        to_disk(target.parent)
    except FileExistsError as error:
        raise UsageError(f"{target}: is there by now; name another file") from error
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}; make room") from error
    finally:
        partial.unlink(missing_ok=True)
    note(store, target, "backup", now=now)
    return BackedUp(path=str(target), size=size, change_no=change_no)


def note(store: "SqlStore", path: Path, kind: str, *, now: int) -> None:
    """Have a takedown name a file that holds this store's text. Raises StoreError."""
    with store.database.write() as connection:
        note_copy(connection, str(path.resolve()), kind, now=now)
