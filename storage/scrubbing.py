"""What a database keeps of rows that were deleted: nothing, once it was scrubbed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from records import Record
from storage.database import Database

_PIECE = 24
"""Characters of a text that give it away; shorter than what a page of the file holds of it."""
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What was done to the database."""

    vacuumed: bool
    """Written anew whole, since emptied space still held something."""
    remains: int
    """Pieces of text still found in its files: other records say the same."""


def scrub(database: Database, sought: Sequence[Record], *, anew: bool = False) -> Scrubbed:
    """Have the database forget what was deleted, and look through its files for it; where it is
    found, or with `anew`, they are written anew."""
    database.forget_deleted(thorough=False)
    pieces = [*pieces_of(sought)]
    files = database.files()
    vacuumed = anew or _found(files, pieces) > 0
    if vacuumed:
        database.forget_deleted(thorough=True)
    return Scrubbed(vacuumed=vacuumed, remains=_found(files, pieces))


def pieces_of(sought: Iterable[Record]) -> set[bytes]:
    """What to look for in files: titles whole, abstracts in pieces; UTF-8."""
    found: set[bytes] = set()
    for each in sought:
        for text in (each.title or "", each.abstract or each.text):
            text = text.strip()
            step = range(0, max(1, len(text) - _PIECE + 1), _PIECE)
            found.update(text[at : at + _PIECE].encode("utf-8", "replace") for at in step)
    return {piece for piece in found if len(piece) >= _PIECE // 2}


def _found(files: Iterable[Path], pieces: Iterable[bytes]) -> int:
    """How many of the pieces stand in one of the files."""
    left = set(pieces)
    longest = max(map(len, left), default=0)
    count = len(left)
    for path in files:
        held = b""
        with path.open("rb") as file:
            while left and (chunk := file.read(_CHUNK)):
                held += chunk
                left = {piece for piece in left if piece not in held}
                held = held[-longest:]
    return count - len(left)
