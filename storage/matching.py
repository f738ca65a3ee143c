"""The bucket index and the matches in it, kept up to date as records come and change.

Records equal in all that evidence reads form one text group; buckets and evidence see groups.
Every function runs in a writing transaction of the caller's: look-up and insert under one lock, or
two near-duplicates that arrive together miss each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from dedup.placing import batch_of, columns_of
from dedup.scheme import Scheme
from records import Record
from storage import buckets, shelving
from storage.buckets import Buckets
from storage.content import record_of
from storage.portable import new_rows
from storage.prepared import Prepared
from storage.schema import content, decision, match, record, text_group, unsettled
from storage.signing import Signed, sign_all

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
        known = {group for (group,) in _KNOWN.among(connection, arrived)}
        fresh = {group: change for group, change in arrived.items() if group not in known}
        rows = self._insert(connection, fresh) if fresh else []
        touched = {*arrived, *left}
        if not _ANY_DECISION.all(connection):
            # a record that comes alone, like no other, stands alone
            arrivals = Counter(c.signed.group for c in changes if c.signed is not None)
            matched = {end for row in rows for end in (row["a"], row["b"])}
            came = {c.signed.group for c in changes if c.signed is not None and c.old is None}
            alone = {group for group in came & fresh.keys() if arrivals[group] == 1}
            touched -= alone - matched - left.keys()
        mark(connection, touched)
        return len(rows)

    def _insert(self, connection: Connection, fresh: Mapping[int, Change]) -> list[dict[str, Any]]:
        signed = {group: c.signed for group, c in fresh.items() if c.signed is not None}
        pairs = self._candidates(connection, signed)
        rows = self.judge(connection, pairs, {group: c.record for group, c in fresh.items()})
        _ADD_GROUP.many(
            connection, [{"id": g, "self_same": int(s.self_same)} for g, s in signed.items()]
        )
        self.buckets.add(connection, {g: s.keys for g, s in signed.items()})
        _ADD_MATCH.many(connection, rows)
        return rows

    def _candidates(
        self, connection: Connection, signed: Mapping[int, Signed]
    ) -> list[tuple[int, int]]:
        """Pairs of groups that share a bucket, one of them new; each pair once, a < b.

        A bucket that these groups fill beyond `Scheme.saturation` is noted, and makes none.
        """
        everyone = {key for each in signed.values() for key in each.keys}
        full = buckets.saturated_among(connection, everyone)
        held = self.buckets.all_holders(connection, everyone - full)
        counted = Counter(chain.from_iterable(each.keys for each in signed.values()))
        shared = {key for key, count in counted.items() if count > 1} - full | held.keys()
        arriving: dict[int, set[int]] = {key: set() for key in shared}
        for group, each in signed.items():
            for key in shared.intersection(each.keys):
                arriving[key].add(group)
        pairs: set[tuple[int, int]] = set()
        crossed = []
        for key, new in arriving.items():
            others = held.get(key, set()) | new
            if len(others) > self.scheme.saturation:
                crossed.append(key)
            else:
                pairs.update((min(a, b), max(a, b)) for a in new for b in others if a != b)
        buckets.note(connection, crossed)
        return sorted(pairs)

    def judge(
        self,
        connection: Connection,
        pairs: Sequence[tuple[int, int]],
        known: Mapping[int, Record] | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of ``match`` that pairs of groups make. `known`: records of some groups."""
        if not pairs:
            return []
        from dedup.verdicts import judge_few

        worded = self.worded(connection, {group for pair in pairs for group in pair}, known or {})
        groups = sorted(worded)
        columns = columns_of(batch_of([worded[group] for group in groups]), self.scheme)
        at = {group: place for place, group in enumerate(groups)}
        ends = np.array([(at[a], at[b]) for a, b in pairs], np.int32)
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

    def worded(
        self, connection: Connection, groups: Collection[int], known: Mapping[int, Record]
    ) -> dict[int, Record]:
        """A record of each group, of those that have any."""
        found = {group: known[group] for group in groups if group in known}
        rows = _WORDED.among(connection, set(groups) - found.keys())
        least = {row[0]: row for row in sorted(rows, key=itemgetter(0, 1), reverse=True)}
        for group, row in least.items():
            found[group] = record_of(dict(zip(_NAMES, row, strict=True)))
        return found

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

    def keys_of(self, connection: Connection, groups: Collection[int]) -> dict[int, set[int]]:
        """The buckets that groups stand in."""
        worded = self.worded(connection, groups, {})
        signed = sign_all([*worded.values()], self.scheme)
        return {group: set(each.keys) for group, each in zip(worded, signed, strict=True)}


def mark(connection: Connection, groups: Iterable[int]) -> None:
    """Have the components of these groups looked at when the store is settled."""
    _MARK.many(connection, [{"text_group": group} for group in groups])
