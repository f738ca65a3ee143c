"""What records say besides title and abstract: folded, hashed, and listed as in a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.bands import catalogue_keys
from dedup.catalogue import TITLED, Card
from dedup.described import describe
from dedup.digests import of_particulars
from dedup.folded import fold_identifiers
from dedup.names import Person, persons
from dedup.places import Place, fold_place
from dedup.titles import title_tokens

if TYPE_CHECKING:
    import pyarrow as pa

AUTHORS, VENUE, VOLUME, FIRST_PAGE, IDENTIFIERS = 1, 2, 4, 8, 16
"""What evidence compares where both of two records have it."""
LOST = 32
"""Stands with `AUTHORS`: a letter of a name is lost, so that kernels cannot compare them."""

NAMES = 4
"""Few enough to be looked at for every pair; of two lists of three authors who share no word seven
in eight share no bit."""
_63_BITS = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Particulars:
    """Of a batch."""

    digests: NDArray[np.uint64]
    """63 bits, equal for equal ones, the year apart; 0: a record without any."""
    has: NDArray[np.uint8]
    """Which there are: `AUTHORS` and so on, added up."""
    described: NDArray[np.int64]
    """Where the description of each record begins, if it has any of these."""
    descriptions: NDArray[np.int64]
    """See `dedup.described`."""
    names: NDArray[np.uint64]
    """``(n, 4)``: a bit for every word of its authors' names, all where a letter is lost. Who has
    no bit in common with another has no author in common."""
    listed: NDArray[np.int32]
    keys: NDArray[np.int64]
    """Rows, and their buckets, those of whole titles apart."""


class Said(NamedTuple):
    """What a record says, as it is written; None: it does not."""

    title: str | None
    authors: tuple[str, ...]
    year: int | None
    venue: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    identifiers: Mapping[str, str]


def particulars(
    batch: pa.RecordBatch,
    sizes: NDArray[np.int32],
    weights: NDArray[np.float64],
    *,
    lasting: bool = False,
) -> Particulars:
    """See `Particulars`. `sizes`: shingles of the abstracts; a record without an abstract is listed
    by words of its title too. `weights`: of titles, see `Title`. `lasting`: digests are the same
    in every process, and three times as dear; else in this one alone."""
    from dedup.compiled.agreeing import mark_names

    count = batch.num_rows
    hashed = of_particulars if lasting else _passing
    digests, has = np.zeros(count, np.uint64), np.zeros(count, np.uint8)
    wanted = sizes == 0
    for name in ("authors", "venue", "volume", "issue", "pages", "identifiers"):
        column = batch.column(name)
        if column.null_count < count:
            wanted = wanted | _filled(column)
    asked = np.flatnonzero(wanted)
    full, titled = (sizes[asked] > 0).tolist(), (weights[asked] >= TITLED).tolist()
    hashes, parts, cards = [], [], []
    descriptions: list[int] = []
    begins: list[int] = []
    for said, listed in zip(written(batch, asked), zip(titled, full, strict=True), strict=True):
        begins.append(len(descriptions))
        digest, there, card = _of_one(said, *listed, descriptions, hashed)
        hashes.append(digest)
        parts.append(there)
        cards.append(card)
    digests[asked], has[asked] = np.array(hashes, np.uint64), np.array(parts, np.uint8)
    described = np.zeros(count, np.int64)
    described[asked] = begins
    all_described = np.array(descriptions, np.int64)
    names = np.zeros((count, NAMES), np.uint64)
    if has.any():
        mark_names(described, all_described, has, LOST, names)
    counts, keys = catalogue_keys(cards)
    return Particulars(
        digests=digests,
        has=has,
        described=described,
        descriptions=all_described,
        names=names,
        listed=asked.astype(np.int32).repeat(counts),
        keys=keys,
    )


def _filled(column: pa.Array) -> NDArray[np.bool_]:
    """Where a column of strings, lists or maps holds something: neither null nor empty."""
    _, offsets, *_ = column.buffers()
    places = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    filled: NDArray[np.bool_] = (np.diff(places) > 0) & np.asarray(column.is_valid())
    return filled


def _of_one(
    said: Said,
    titled: bool,
    has_abstract: bool,
    descriptions: list[int],
    hashed: Callable[..., int],
) -> tuple[int, int, Card]:
    """Digest, what there is, and what the catalogue reads. Its description goes
    behind all others."""
    people = persons(said.authors)
    place = fold_place(said.year, said.venue, said.volume, said.issue, said.pages)
    known = fold_identifiers(said.identifiers) if said.identifiers else ()
    has = (
        (AUTHORS if people else 0)
        | (VENUE if place.names else 0)
        | (VOLUME if place.volume else 0)
        | (FIRST_PAGE if place.first else 0)
        | (IDENTIFIERS if known else 0)
    )
    digest = 0
    if has or place.issue:
        digest = hashed(people, place, known)
    title = title_tokens(said.title) if people or (titled and not has_abstract) else ()
    if has:
        descriptions += describe(people, place, known)
    return digest, has, Card(title, titled, has_abstract, people, place, known)


def _passing(
    people: tuple[Person, ...], place: Place, identifiers: tuple[tuple[str, str], ...]
) -> int:
    """As `of_particulars`, for this process."""
    return hash((people, place[1:], identifiers)) & _63_BITS | 1


def written(table: pa.RecordBatch | pa.Table, rows: NDArray[np.int64]) -> Iterator[Said]:
    """What some rows say. The table has the columns that `Said` names, each in one chunk."""
    import pyarrow as pa

    taken = pa.array(rows, pa.int64())
    read = {name: _whole(table.column(name)).take(taken) for name in Said._fields}
    columns: dict[str, Any] = {
        name: _strings(read[name]) for name in ("title", "venue", "volume", "issue", "pages")
    }
    columns["year"] = read["year"].to_pylist()
    columns["authors"] = _authors(read["authors"])
    columns["identifiers"] = _identifiers(read["identifiers"])
    return map(Said, *(columns[name] for name in Said._fields))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column if hasattr(column, "buffers") else column.chunk(0)


def _authors(column: pa.ListArray) -> list[tuple[str, ...]]:
    """Strings of each list, empty ones and nulls left out."""
    names = _strings(column.values)
    if all(names):
        return [tuple(names[first:end]) for first, end in _bounds(column)]
    return [tuple(filter(None, names[first:end])) for first, end in _bounds(column)]


def _identifiers(column: pa.MapArray) -> list[dict[str, str]]:
    """Value by kind of each map; of a kind that stands there twice the last one."""
    kinds, values = _strings(column.keys), _strings(column.items)
    return [
        dict(zip(kinds[first:end], values[first:end], strict=True)) if end > first else {}
        for first, end in _bounds(column)
    ]


def _bounds(column: pa.ListArray | pa.MapArray) -> Iterator[tuple[int, int]]:
    """Where the items of each row begin and end; those of a null: nowhere."""
    offsets = np.asarray(column.offsets)
    ends = np.where(column.is_valid(), offsets[1:], offsets[:-1])
    return zip(offsets[:-1].tolist(), ends.tolist(), strict=True)


def _strings(column: pa.StringArray) -> list[str]:
    """Nulls as None."""
    found: list[str] = column.to_numpy(zero_copy_only=False).tolist()
    return found
