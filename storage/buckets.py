"""The bucket index: under which candidate keys text groups stand, and which buckets are full.

A record stands in about thirty buckets, and nearly every one of them is at another place of the
index. One row an entry would touch as many leaves of a large tree for each record, and write them
all; so entries are kept in blocks. What comes is appended to table ``fresh``, a row a page; when
enough of it has come, `storage.shelving` sorts it into the blocks of table ``shelf``.

An entry is two signed 64-bit integers, key and group; the complement of a group says that it left
the bucket. Blocks are sorted by key, and hold no entry of a group that left.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, insert, select

from storage.portable import upsert
from storage.prepared import Prepared
from storage.schema import fresh, saturated, shelf, shelving
from storage.sieve import Sieve

Entries = NDArray[np.int64]
"""``(n, 2)``: keys, and groups or their complements."""

PARTS = 256
"""Of the shelf: runs of keys that are sorted in by themselves."""
PART_BITS = 8
ENTRY = 16
"""Bytes of one."""
_EMPTY: Entries = np.empty((0, 2), np.int64)
LEAST = 1 << 17
"""Entries of which none are sorted into the shelf yet."""
_GROWS = 4
"""What is held is held in arrays, each so many times as long as the next: what comes is sorted in
with few others, and little is looked through."""

_ROWS = Prepared(
    select(fresh.c.id, fresh.c.stamp, fresh.c.entries)
    .where(fresh.c.id >= bindparam("since"))
    .order_by(fresh.c.id)
)
_FRESH = Prepared(select(fresh.c.entries).order_by(fresh.c.id))
_SHELF = Prepared(select(shelf.c.entries).order_by(shelf.c.first))
_APPEND = Prepared(insert(fresh))
_IN_BLOCKS = shelf.c.first.in_(bindparam("first", expanding=True))
_BLOCKS = Prepared(select(shelf.c.first, shelf.c.entries).where(_IN_BLOCKS), "first")
_RANGE = Prepared(
    select(shelf.c.entries)
    .where(shelf.c.first.between(bindparam("low"), bindparam("high")))
    .order_by(shelf.c.first)
)
_SHELVING = Prepared(select(shelving.c.depths, shelving.c.entries))
_ANY_SATURATED = Prepared(select(saturated.c.key).limit(1))
_EVERY_SATURATED = Prepared(select(saturated.c.key))
_SATURATED = Prepared(
    select(saturated.c.key).where(saturated.c.key.in_(bindparam("key", expanding=True))), "key"
)


@dataclass(frozen=True, slots=True)
class Shelving:
    """How the shelf is divided."""

    depths: NDArray[np.uint8]
    """Of each part: how many first bits of a key name its block."""
    entries: int


def shelving_of(connection: Connection) -> Shelving:
    rows = _SHELVING.all(connection)
    if not rows:
        return Shelving(np.full(PARTS, PART_BITS, np.uint8), 0)
    depths, entries = rows[0]
    return Shelving(np.frombuffer(depths, np.uint8), entries)


def fresh_rows(connection: Connection, since: int = -(1 << 62)) -> Sequence[tuple[int, int, bytes]]:
    """Id, stamp and entries of what is fresh, from an id on; else all of it, set aside or not."""
    rows: Sequence[tuple[int, int, bytes]] = _ROWS.all(connection, since=since)
    return rows


def part_of(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The part of the shelf that each key belongs to."""
    parts: NDArray[np.int64] = (keys >> np.int64(64 - PART_BITS)) + np.int64(PARTS // 2)
    return parts


def bounds(part: int) -> dict[str, int]:
    """The least and the greatest key that may stand in a part."""
    low = (part - PARTS // 2) << (64 - PART_BITS)
    return {"low": low, "high": low + (1 << (64 - PART_BITS)) - 1}


def block_of(keys: NDArray[np.int64], depths: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The least key that may stand in the block of each key; `depths`: one for each."""
    low = np.uint64(64) - depths.astype(np.uint64)
    firsts: NDArray[np.int64] = ((keys.view(np.uint64) >> low) << low).view(np.int64)
    return firsts


def as_entries(data: bytes) -> Entries:
    entries: Entries = np.frombuffer(data, np.int64).reshape(-1, 2)
    return entries


def as_bytes(entries: Entries) -> bytes:
    return entries.tobytes()


def last_said(entries: Entries) -> Entries:
    """Of each key and group what was said last, sorted by key and group."""
    groups = np.where(entries[:, 1] < 0, ~entries[:, 1], entries[:, 1])
    order = _by_key_and_group(entries[:, 0], groups)
    keys, groups = entries[order, 0], groups[order]
    last = np.ones(len(order), np.bool_)
    last[:-1] = (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1])
    return entries[order[last]]


def _by_key_and_group(keys: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """`numpy.lexsort`, of runs that are sorted by key already: these are merged, and only what
    stands under one key with others is sorted by group."""
    order: NDArray[np.int64] = np.argsort(keys, kind="stable")
    by_key = keys[order]
    alike = np.zeros(len(keys), np.bool_)
    alike[1:] = by_key[1:] == by_key[:-1]
    alike[:-1] |= alike[1:]
    some = order[alike]
    order[alike] = some[np.lexsort((groups[some], keys[some]))]
    return order


def every_entry(connection: Connection) -> Entries:
    """The whole index, sorted by key and group."""
    rows = [*_SHELF.all(connection), *_FRESH.all(connection)]
    found = last_said(np.concatenate([_EMPTY, *(as_entries(data) for (data,) in rows)]))
    return found[found[:, 1] >= 0]


class Buckets:
    """The index as one thread sees it: what is fresh is held, the shelf is asked.

    What it holds is true of the transaction that it is asked in: before anything else it reads what
    has come since, and where the last row that it read is gone or another, all that is fresh.
    """

    def __init__(self) -> None:
        self._sifts = False
        self._sieve: Sieve | None = None
        self._forget()

    @contextmanager
    def sifting(self) -> Iterator[None]:
        """While very many keys are asked for, have those that stand nowhere told in memory."""
        self._sifts = True
        try:
            yield
        finally:
            self._sifts, self._sieve = False, None

    def _forget(self) -> None:
        self._sieve = None
        self._last: tuple[int, int] | None = None
        self._sorted: list[Entries] = []
        self._keys: list[NDArray[np.int64]] = []
        """First columns of `_sorted`, side by side in memory."""
        self._aside = False
        self.came = 0
        """Entries that were appended here; set to 0 by whoever sorts them in."""
        self.waiting = 0
        """Entries in no part of the shelf yet, nor set aside for one."""

    @property
    def may_be_due(self) -> bool:
        """Whether something may have to be sorted into the shelf."""
        return self._aside or self.waiting >= LEAST

    def catch_up(self, connection: Connection) -> None:
        """Read what has come since."""
        if self._last is not None:
            rows = fresh_rows(connection, self._last[0])
            if rows and rows[0][:2] == self._last:
                self._take(rows[1:])
                return
            self._forget()
        self._sieve = None  # what came may have been sorted in meanwhile
        self._take(fresh_rows(connection))

    def resume(self, connection: Connection) -> None:
        """After a step of `storage.shelving` in this transaction, that began with `catch_up`:
        nobody else has written, and what the sieve holds is true."""
        rows = [] if self._last is None else fresh_rows(connection, self._last[0])
        if not rows or rows[0][:2] != self._last:
            sieve, came = self._sieve, self.came
            self._forget()
            self._take(fresh_rows(connection))
            self._sieve, self.came = sieve, came

    @property
    def wants_sieve(self) -> bool:
        """Whether it is time for `make_sieve`."""
        return self._sifts and (self._sieve is None or self._sieve.is_coarse)

    def make_sieve(self, connection: Connection) -> None:
        """Read all that stands anywhere: of a million records for two seconds, under no lock."""
        self.catch_up(connection)
        sieve = Sieve(2 * (shelving_of(connection).entries + sum(map(len, self._sorted))))
        for keys in self._keys:
            sieve.add(keys)
        for part in range(PARTS):
            blocks = _RANGE.all(connection, **bounds(part))
            sieve.add(as_entries(b"".join([data for (data,) in blocks]))[:, 0].copy())
        self._sieve = sieve

    def _take(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        if not rows:
            return
        self._last = rows[-1][:2]
        self.waiting += sum(len(data) for number, _, data in rows if number > 0) // ENTRY
        self._aside |= rows[0][0] < 0
        self._sorted.append(_by_key(as_entries(b"".join([data for _, _, data in rows]))))
        if self._sieve is not None:
            self._sieve.add(self._sorted[-1][:, 0].copy())
        while len(self._sorted) > 1 and len(self._sorted[-2]) < _GROWS * len(self._sorted[-1]):
            later = self._sorted.pop()
            self._sorted[-1] = _by_key(np.concatenate([self._sorted[-1], later]))
        kept = min(len(self._keys), len(self._sorted) - 1)
        self._keys[kept:] = [np.ascontiguousarray(each[:, 0]) for each in self._sorted[kept:]]

    def between(self, connection: Connection, low: int, high: int) -> Entries:
        """What stands under the keys from `low` to `high`, sorted by key and group."""
        self.catch_up(connection)
        blocks = [as_entries(data) for (data,) in _RANGE.all(connection, low=low, high=high)]
        found = np.concatenate([_EMPTY, *blocks, *self._sorted])
        keys = found[:, 0]
        said = last_said(found[(keys >= low) & (keys <= high)])
        return said[said[:, 1] >= 0]

    def all_holders(self, connection: Connection, keys: Collection[int]) -> dict[int, set[int]]:
        """The groups in each of the buckets, saturated ones too; empty ones are missing."""
        held: dict[int, set[int]] = {}
        for key, group in self.held(connection, np.array(sorted(keys), np.int64)).tolist():
            held.setdefault(key, set()).add(group)
        return held

    def held(self, connection: Connection, wanted: NDArray[np.int64]) -> Entries:
        """What stands under some keys, saturated ones too, sorted by key and group. `wanted`:
        sorted, each once."""
        if not len(wanted):
            return _EMPTY
        self.catch_up(connection)  # first: what leaves it stands on the shelf by then
        if self._sieve is not None:
            wanted = wanted[self._sieve.may_hold(wanted)]
        blocks = self._shelved(connection, wanted)
        shelved = _under(wanted, blocks, np.ascontiguousarray(blocks[:, 0]))
        ours = zip(self._sorted, self._keys, strict=True)
        came = [_under(wanted, entries, its_keys) for entries, its_keys in ours]
        if not any(map(len, came)):
            return shelved
        said = last_said(np.concatenate([shelved, *came]))
        return said[said[:, 1] >= 0]

    def holders(self, connection: Connection, keys: Collection[int]) -> dict[int, set[int]]:
        """The groups in each of the buckets that are not saturated; empty ones are missing."""
        return self.all_holders(connection, set(keys) - saturated_among(connection, keys))

    def _shelved(self, connection: Connection, wanted: NDArray[np.int64]) -> Entries:
        """The blocks in which keys stand, in order."""
        shelving = shelving_of(connection)
        if not shelving.entries:
            return _EMPTY
        blocks = block_of(wanted, shelving.depths[part_of(wanted)])
        rows = _BLOCKS.among(connection, blocks.tolist())
        rows.sort()
        return as_entries(b"".join([entries for _, entries in rows]))

    def append(self, connection: Connection, entries: Entries) -> None:
        """Note what comes and what leaves, in a writing transaction."""
        if not len(entries):
            return
        self.catch_up(connection)
        last = self._last[0] if self._last is not None else 0
        row = {"id": max(last, 0) + 1, "stamp": secrets.randbits(62), "entries": as_bytes(entries)}
        _APPEND.run(connection, **row)
        self.came += len(entries)

    def add(self, connection: Connection, groups: Mapping[int, Iterable[int]]) -> None:
        """Put groups into their buckets."""
        held = {group: [*{*keys}] for group, keys in groups.items()}
        keys = np.array([*chain.from_iterable(held.values())], np.int64)
        sizes = [len(each) for each in held.values()]
        said = np.array([*held], np.int64).repeat(sizes)
        self.append(connection, _by_key(np.stack((keys, said), axis=1)))

    def remove(self, connection: Connection, group: int, keys: Collection[int], limit: int) -> None:
        """Take a group out of its buckets; those that fall to `limit` groups are noted."""
        self.append(connection, np.array([(key, ~group) for key in keys], np.int64).reshape(-1, 2))
        full = saturated_among(connection, keys)
        if full:
            held = self.all_holders(connection, full)
            note(connection, [key for key in full if len(held.get(key, ())) <= limit])


def _by_key(entries: Entries) -> Entries:
    """Entries sorted by key, those of a key as they came."""
    return entries[np.argsort(entries[:, 0], kind="stable")]


def _under(wanted: NDArray[np.int64], entries: Entries, keys: NDArray[np.int64]) -> Entries:
    """Entries under the wanted keys, of some sorted by key; `keys`: theirs."""
    first, end = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    sizes = end - first
    return entries[spans(first, sizes)] if sizes.any() else _EMPTY


def spans(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start on, so many of them, one span after the other.

    >>> spans(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = np.cumsum(sizes)
    whole = np.arange(int(ends[-1]) if len(ends) else 0)
    numbers: NDArray[np.int64] = whole + (starts - ends + sizes).repeat(sizes)
    return numbers


def saturated_among(connection: Connection, keys: Iterable[int] | None) -> set[int]:
    """Those of the buckets that are noted as saturated; None: of all."""
    if not _ANY_SATURATED.all(connection):
        return set()  # as in most stores
    if keys is None:
        return {key for (key,) in _EVERY_SATURATED.all(connection)}
    return {key for (key,) in _SATURATED.among(connection, keys)}


def note(connection: Connection, keys: Iterable[int]) -> None:
    """Note buckets that crossed the line, upwards or downwards."""
    upsert(connection, saturated, [{"key": key, "settled": 0} for key in keys])
