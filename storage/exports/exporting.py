"""An export from its first record to the manifest beside it."""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, select

from storage.database import Database
from storage.exports.aside import FROM, Forming, Piece, helper, in_order
from storage.exports.card import card
from storage.exports.formats import Format
from storage.exports.rows import SLICE, count_of
from storage.exports.selection import Selection
from storage.exports.tally import Tally
from storage.exports.writing import Compression, Measured, compressed
from storage.publishing import published
from storage.schema import state

_YOUNG = 100_000
"""Objects made before Python looks for garbage that holds itself: none of a slice does, and looking
takes a fifth of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is asked for."""

    form: Format
    selection: Selection
    compression: Compression = "none"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the format's writer."""

    def beside(self, out: Path) -> list[Path]:
        """Files that are written besides, in the order in which they appear."""
        target = out.resolve()
        endings = (".card.md", ".manifest.json") if self.form.has_card else (".manifest.json",)
        return [target.with_name(target.name + each) for each in endings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    records: int
    tally: Tally | None
    """None: the format has no card, for which it is counted."""
    size: int
    """Bytes, as they stand in the file."""
    sha256: str
    change_no: int
    """Every change up to this one is in it, and none after."""
    settled_to: int
    """Clusters are those of this change."""
    scheme: str


def write(export: Export, database: Database, out: BinaryIO) -> Exported:
    """Write the records selected, as they stand when it begins.

    Raises UsageError for a source or run that there is not.
    """
    with database.read() as connection:
        export.selection.check(connection)
        counts = count_of(connection)
    forming = Forming(
        form=export.form.name, options=export.options, selection=export.selection, counts=counts
    )
    with ExitStack() as stack:
        connection = stack.enter_context(database.read())
        child = None
        if counts * SLICE >= FROM:
            child = stack.enter_context(helper(database, forming, connection))
        return _write(export, connection, in_order(forming.pieces(connection), counts, child), out)


def _write(
    export: Export, connection: Connection, pieces: Iterator[Piece], out: BinaryIO
) -> Exported:
    at = connection.execute(select(state)).one()
    records, measured = 0, Measured(out)
    form, how = export.form, export.compression
    tally = Tally() if form.has_card else None
    inside = {"codec": how} if form.packs else {}
    with (
        _collecting_rarely(),
        compressed(measured, "none" if form.packs else how) as file,
        form.writer(file, **export.options, **inside) as put,
    ):
        for each in pieces:
            if each.records:
                put(each.data)
            records += each.records
            if tally is not None and each.tally is not None:
                tally.add(each.tally)
    return Exported(
        records=records,
        tally=tally,
        size=measured.size,
        sha256=measured.sha256,
        change_no=at.change_no,
        settled_to=at.settled_to,
        scheme=at.scheme,
    )


def write_file(export: Export, database: Database, out: Path) -> Exported:
    """Write a file that appears under its name when it is whole, before what tells of it: its card,
    and last its manifest. Raises InputError where one of them cannot be written."""
    with ExitStack() as stack:
        beside = {path: stack.enter_context(published(path)) for path in export.beside(out)[::-1]}
        file = stack.enter_context(published(out))
        done = write(export, database, file)
        said = manifest(export, done, out, database)
        texts = [json.dumps(said, ensure_ascii=False, indent=2) + "\n"]
        if done.tally is not None:
            texts.insert(0, card(export.selection, done.tally, said))
        for path, text in zip(export.beside(out), texts, strict=True):
            beside[path].write(text.encode("utf-8"))
    return done


def manifest(export: Export, done: Exported, out: Path, database: Database) -> dict[str, Any]:
    """What a program has to know of an export. Equal stores give equal manifests: no times."""
    return {
        "file": out.resolve().name,
        "format": export.form.name,
        "format_version": export.form.version,
        "compression": export.compression,
        "options": dict(export.options),
        "filters": export.selection.as_json(),
        "records": done.records,
        "bytes": done.size,
        "sha256": done.sha256,
        "store": database.name,
        "change_no": done.change_no,
        "settled_to": done.settled_to,
        "scheme": done.scheme,
        "program": f"gleanings {version('gleanings')}",
    }


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    young, *others = gc.get_threshold()
    gc.set_threshold(_YOUNG, *others)
    try:
        yield
    finally:
        gc.set_threshold(young, *others)
