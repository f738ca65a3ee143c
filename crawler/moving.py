"""Files of the archive written anew beside the old ones, and files that go.

A closed file is never changed in place. While the new one is made the store says so, pages are led
to it once it is whole and listed, and only then the old one goes; whoever is killed on the way is
gone on from. For one process at a time: under the lock ``takedown``.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from storage import SqlStore, manifest, takedowns
from storage.archive import Place, body_digest, exchange_in
from storage.rewriting import PARTIAL, beside, free_name, members_of, rewrite

_LED_AT_ONCE = 500
"""Pages led to a new file in one transaction."""
_NOTHING = ""
"""What a file becomes of which no member is left."""


def write_anew(
    store: SqlStore,
    archive: Path,
    file: str,
    *,
    replaced: Mapping[int, bytes] | None = None,
    left_out: Collection[int] = (),
    pages: Sequence[int] = (),
) -> str:
    """Write a file anew with some members replaced, or some left out, by their positions; returns
    its new name. `pages`: ids of all that stand in it, where they are known.

    Raises OSError where the archive cannot be written; the file is then as it was.
    """
    new = free_name(archive, file)
    with store.database.write() as connection:
        takedowns.begin_move(connection, file, new)
    listed, places = rewrite(archive, file, new, replaced or {}, left_out)
    manifest.add(archive, listed)
    digests = {at: body_digest(exchange_in(member).body) for at, member in (replaced or {}).items()}
    _lead_over(store, archive, file, places, digests, pages)
    return new


def remove(store: SqlStore, archive: Path, file: str, pages: Sequence[int]) -> None:
    """Let a file go with all that is in it. `pages`: as `write_anew`. Raises OSError."""
    with store.database.write() as connection:
        takedowns.begin_move(connection, file, _NOTHING)
    _lead_over(store, archive, file, _nowhere(archive, file), {}, pages)


def _nowhere(archive: Path, file: str) -> dict[int, Place | None]:
    if not (archive / file).exists():
        return {}
    return {place.position: None for place, _ in members_of(archive / file)}


def _lead_over(
    store: SqlStore,
    archive: Path,
    old: str,
    places: Mapping[int, Place | None],
    digests: Mapping[int, str],
    pages: Sequence[int] = (),
) -> None:
    """Lead the pages of a file to the whole new one, and remove the old: first out of the manifest,
    or a kill would leave it listed and gone."""
    for start in range(0, len(pages), _LED_AT_ONCE):
        among = pages[start : start + _LED_AT_ONCE]
        with store.database.write() as connection:
            takedowns.lead(connection, old, places, digests, _LED_AT_ONCE, among)
    led = not pages
    while led:
        with store.database.write() as connection:
            led = bool(takedowns.lead(connection, old, places, digests, _LED_AT_ONCE))
    manifest.strike(archive, old)
    (archive / old).unlink(missing_ok=True)
    with store.database.write() as connection:
        takedowns.end_move(connection, old)


def recover_moves(store: SqlStore, archive: Path) -> None:
    """Go on where somebody was killed while a file was written anew. Raises OSError."""
    with store.database.read() as connection:
        moves = takedowns.moves(connection)
    listed = manifest.load(archive)
    for old, new in moves:
        if new == _NOTHING:
            _lead_over(store, archive, old, _nowhere(archive, old), {})
        elif new not in listed:  # not whole: the old one stands, and is begun again
            (archive / new).unlink(missing_ok=True)
            (archive / (new + PARTIAL)).unlink(missing_ok=True)
            with store.database.write() as connection:
                takedowns.end_move(connection, old)
        else:
            _go_on(store, archive, old, new)


def _go_on(store: SqlStore, archive: Path, old: str, new: str) -> None:
    """Where the new file is whole."""
    places: dict[int, Place | None] = {}
    digests = {}
    if (archive / old).exists():
        for before, was, found in beside(archive, old, new):
            places[before.position] = found and found[0]
            if found is not None and found[1] != was:
                digests[before.position] = body_digest(exchange_in(found[1]).body)
    _lead_over(store, archive, old, places, digests)
