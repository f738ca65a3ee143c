"""The bucket index and the matches in it, kept up to date as records come and change.

Records equal in all that evidence reads form one text group; buckets and evidence see groups.
Every function runs in a writing transaction of the caller's: look-up and insert under one lock, or
two near-duplicates that arrive together miss each other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from dedup.placing import Worded, batch_of, columns_of
from dedup.scheme import Scheme
from records import Record
from storage import buckets, generations, shelving
from storage.arrivals import Arrivals, candidates
from storage.buckets import Buckets
from storage.content import record_of, wording_of
from storage.portable import new_rows
from storage.prepared import Prepared
from storage.schema import content, decision, match, record, text_group, unsettled
from storage.signing import Signed, sign_all

if TYPE_CHECKING:
    from dedup.traits import Memory, Traits

_MARK = Prepared(new_rows(unsettled))
_ADD_GROUP = Prepared(insert(text_group))
_ADD_MATCH = Prepared(new_rows(match))
_KNOWN = Prepared(
    select(text_group.c.id).where(text_group.c.id.in_(bindparam("id", expanding=True))), "id"
)
_ANY_DECISION = Prepared(select(decision.c.id).limit(1))
_SPOKEN = (record.c.text_group, record.c.id.label("record_id"), record.c.key, *content.c)
_WORDED = Prepared(
    select(*_SPOKEN)
    .join(content, content.c.id == record.c.content)
    .where(record.c.text_group.in_(bindparam("text_group", expanding=True))),
    "text_group",
)
_NAMES = [column.name for column in _SPOKEN]


@dataclass(frozen=True, slots=True)
class Change:
    """A record whose text is new, has changed, or is gone."""

    record: Record
    """As it is now; gone: as it was."""
    old: Record | None
    """As it was before; None: it is new."""
    old_group: int | None
    signed: Signed | None
    """None: the record is gone."""


class Matcher:
    """Finds and keeps the matches of one store, for one thread."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.buckets = Buckets()
        self.is_warm = False
        self.was_asked = False
        """Whether near-duplicates were asked for."""
        self.beside: Scheme | None = None
        """Of the generation of the index that is being made: what comes and goes is noted for it
        too."""
        self._memory: Memory | None = None

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """While very many records come, have what tells them from others in memory."""
        from dedup.traits import Memory

        self._memory = Memory(self.scheme)
        try:
            with self.buckets.sifting():
                yield
        finally:
            self._memory = None

    def remember(self, groups: Sequence[int], traits: "Traits") -> None:
        """What tells the records of some groups from others, a row each."""
        if self._memory is not None:
            self._memory.add(groups, traits)

    def warm(self, connection: Connection) -> None:
        """Have at hand what the first page would wait for, under no lock: the kernels, and what is
        fresh of the bucket index."""
        from dedup.verdicts import judge_few

        said = "This abstract is there to have the kernels compared, and it says nothing. " * 3
        some = [Record(rank=1, key="", title="On warmth", abstract=said)] * 2
        ends = np.arange(2, dtype=np.int32)
        judge_few(columns_of(batch_of(some), self.scheme), ends[:1], ends[1:])
        self.buckets.all_holders(connection, {0})
        self.is_warm = True

    def apply(self, connection: Connection, changes: Sequence[Change]) -> int:
        """Bring index and matches up to records that changed; returns how many matches are new.

        The rows of ``record`` name their new groups already; contents of old readings still stand.
        """
        arrived = {c.signed.group: c for c in changes if c.signed is not None}
        left = {
            c.old_group: c.old for c in changes if c.old_group is not None and c.old is not None
        }
        self._drop_empty(connection, {g: r for g, r in left.items() if g not in arrived})
        # all of them: of a group that is known the records that are looked at later may be gone
        self._note_beside(connection, [change.record for change in arrived.values()], gone=False)
        known = self._known(connection, arrived)
        fresh = {group: change for group, change in arrived.items() if group not in known}
        signed = {group: c.signed for group, c in fresh.items() if c.signed is not None}
        said = {group: c.record for group, c in fresh.items()}
        rows = self._insert(connection, Arrivals.of(signed), lambda groups: said) if fresh else []
        touched = {*arrived, *left}
        if not _ANY_DECISION.all(connection):
            # a record that comes alone, like no other, stands alone
            arrivals = Counter(c.signed.group for c in changes if c.signed is not None)
            came = {c.signed.group for c in changes if c.signed is not None and c.old is None}
            alone = {group for group in came & fresh.keys() if arrivals[group] == 1}
            touched -= alone - _ends(rows) - left.keys()
        mark(connection, touched)
        return len(rows)

    def admit(
        self,
        connection: Connection,
        arrivals: Arrivals,
        several: Collection[int],
        said: Callable[[Collection[int]], Mapping[int, Worded]],
    ) -> int:
        """What `apply` does for records that are new, by their groups, of which some may stand;
        `several`: those of more than one of the records; `said`: records of some groups."""
        if self.beside is not None:
            worded = said(arrivals.groups.tolist())
            self._note_beside(connection, [*worded.values()], gone=False)
        known = self._known(connection, arrivals.groups.tolist())
        fresh = arrivals.without(known)
        rows = self._insert(connection, fresh, said)
        alone = set[int]()
        if not _ANY_DECISION.all(connection):
            alone = set(fresh.groups.tolist()) - {*several} - _ends(rows)
        mark(connection, set(arrivals.groups.tolist()) - alone)
        return len(rows)

    def _known(self, connection: Connection, groups: Collection[int]) -> set[int]:
        return {group for (group,) in _KNOWN.among(connection, groups)}

    def _insert(
        self,
        connection: Connection,
        fresh: Arrivals,
        said: Callable[[Collection[int]], Mapping[int, Worded]],
    ) -> list[dict[str, Any]]:
        """Put groups that are not stored into index and matches; the rows of ``match``. `said`:
        records of some of the groups, asked for those that meet others."""
        index, most = self.buckets, self.scheme.saturation
        pairs, crossed = candidates(connection, index, fresh.entries, most)
        buckets.note(connection, crossed)
        pairs = self._likely(connection, pairs)
        rows = self.judge(connection, pairs.tolist(), said(np.unique(pairs).tolist()))
        groups = zip(fresh.groups.tolist(), fresh.self_same.astype(np.int64).tolist(), strict=True)
        _ADD_GROUP.each(connection, ("id", "self_same"), [*groups])
        index.append(connection, fresh.entries)
        _ADD_MATCH.many(connection, rows)
        return rows

    def _likely(self, connection: Connection, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the pairs that are not told to be different by what is remembered."""
        memory = self._memory
        if memory is None or not len(pairs):
            return pairs
        from dedup.traits import traits_of

        unknown = [] if memory.is_full else memory.unknown(np.unique(pairs).tolist())
        if rows := self._rows(connection, unknown):
            worded = batch_of([wording_of(row) for row in rows.values()])
            memory.add([*rows], traits_of(columns_of(worded, self.scheme)))
        return memory.likely(pairs)

    def judge(
        self,
        connection: Connection,
        pairs: Sequence[tuple[int, int]],
        known: Mapping[int, Worded] | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of ``match`` that pairs of groups make. `known`: records of some groups. Of a
        group without records, which a damaged index may lead to, there are none."""
        asked = {group for pair in pairs for group in pair}
        worded = {group: each for group, each in (known or {}).items() if group in asked}
        for group, row in self._rows(connection, asked - worded.keys()).items():
            worded[group] = wording_of(row)
        groups = sorted(worded)
        at = {group: place for place, group in enumerate(groups)}
        there = [(at[a], at[b]) for a, b in pairs if a in at and b in at]
        if not there:
            return []
        from dedup.verdicts import judge_few

        columns = columns_of(batch_of([worded[group] for group in groups]), self.scheme)
        ends = np.array(there, np.int32)
        found = judge_few(columns, ends[:, 0], ends[:, 1])
        return [
            {
                "a": groups[a],
                "b": groups[b],
                "relation": relation,
                "similarity": similarity,
                "strength": strength,
                "borderline": int(borderline),
                "refused": 0,
            }
            for a, b, relation, similarity, strength, borderline in found.plainly(self.scheme)
        ]

    def worded(self, connection: Connection, groups: Collection[int]) -> dict[int, Record]:
        """A record of each group, of those that have any."""
        return {group: record_of(row) for group, row in self._rows(connection, groups).items()}

    def _rows(
        self, connection: Connection, groups: Collection[int]
    ) -> dict[int, Mapping[str, Any]]:
        """Of each group that has a record, its least record's key and wording."""
        rows = sorted(_WORDED.among(connection, groups), key=itemgetter(0, 1), reverse=True)
        return {row[0]: dict(zip(_NAMES, row, strict=True)) for row in rows}

    def tidy(self, connection: Connection) -> None:
        """Sort a part of what is fresh into the shelf, where it is time."""
        if self.buckets.may_be_due:
            shelving.keep_pace(connection, self.buckets.waiting, self.buckets.came)
            self.buckets.came = 0

    def _drop_empty(self, connection: Connection, groups: Mapping[int, Record]) -> None:
        """Take groups that no record is in any more out of index and matches."""
        if not groups:
            return
        populated = set(
            connection.execute(
                select(record.c.text_group).where(record.c.text_group.in_(groups)).distinct()
            )
            .scalars()
            .all()
        )
        gone = sorted(groups.keys() - populated)
        self._note_beside(connection, [groups[group] for group in gone], gone=True)
        signed = sign_all([groups[group] for group in gone], self.scheme)
        for group, was in zip(gone, signed, strict=True):
            self._drop(connection, group, was)

    def _drop(self, connection: Connection, group: int, was: Signed) -> None:
        touching = or_(match.c.a == group, match.c.b == group)
        neighbours = {
            other
            for pair in connection.execute(select(match.c.a, match.c.b).where(touching))
            for other in pair
        }
        mark(connection, neighbours)
        connection.execute(delete(match).where(touching))
        self.buckets.remove(connection, group, was.keys, self.scheme.saturation)
        connection.execute(delete(text_group).where(text_group.c.id == group))

    def _note_beside(
        self, connection: Connection, records: Sequence[Worded], *, gone: bool
    ) -> None:
        """`records`: one of each group that came, or that is gone."""
        if self.beside is not None:
            entries = [
                (key, ~each.group if gone else each.group)
                for each in sign_all(records, self.beside)
                for key in each.keys
            ]
            generations.note(connection, np.array(entries, np.int64).reshape(-1, 2))

    def keys_of(self, connection: Connection, groups: Collection[int]) -> dict[int, set[int]]:
        """The buckets that groups stand in."""
        worded = self.worded(connection, groups)
        signed = sign_all([*worded.values()], self.scheme)
        return {group: set(each.keys) for group, each in zip(worded, signed, strict=True)}


def _ends(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """Groups that stand in a match."""
    return {end for row in rows for end in (row["a"], row["b"])}


def mark(connection: Connection, groups: Iterable[int]) -> None:
    """Have the components of these groups looked at when the store is settled."""
    _MARK.each(connection, ("text_group",), [(group,) for group in groups])
