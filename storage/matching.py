"""The bucket index and the matches in it, kept up to date as records come and change.

Records equal in all that evidence reads form one text group; buckets and evidence see groups.
Every function runs in a writing transaction of the caller's: look-up and insert under one lock, or
two near-duplicates that arrive together miss each other.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select

from dedup.evidence import Folded, borderline, decide, fold_record
from dedup.scheme import Scheme
from records import Evidence, Record
from storage import buckets
from storage.content import record_of
from storage.portable import insert_new
from storage.schema import content, match, record, text_group, unsettled
from storage.signing import Signed, sign

_CACHED_GROUPS = 2_000


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
    """Finds and keeps the matches of one store; holds what it folded last.

    A text group's id comes from its folded text, so what is remembered cannot go stale.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._folded: OrderedDict[int, Folded] = OrderedDict()

    def apply(self, connection: Connection, changes: Sequence[Change]) -> int:
        """Bring index and matches up to records that changed; returns how many matches are new.

        The rows of ``record`` name their new groups already; contents of old readings still stand.
        """
        arrived = {c.signed.group: c for c in changes if c.signed is not None}
        left = {
            c.old_group: c.old for c in changes if c.old_group is not None and c.old is not None
        }
        mark(connection, {*arrived, *left})
        self._drop_empty(connection, {g: r for g, r in left.items() if g not in arrived})
        known = set(
            connection.execute(select(text_group.c.id).where(text_group.c.id.in_(arrived)))
            .scalars()
            .all()
        )
        fresh = {group: change for group, change in arrived.items() if group not in known}
        return self._insert(connection, fresh) if fresh else 0

    def _insert(self, connection: Connection, fresh: Mapping[int, Change]) -> int:
        signed = {group: c.signed for group, c in fresh.items() if c.signed is not None}
        pairs = self._candidates(connection, signed)
        involved = {group for pair in pairs for group in pair}
        for group in involved & fresh.keys():
            self._remember(group, fold_record(fresh[group].record, self.scheme))
        self._load(connection, involved)
        rows = []
        for a, b in pairs:
            evidence = decide(self._folded[a], self._folded[b], self.scheme)
            if evidence is not None:
                rows.append(match_row(a, b, evidence, self.scheme))
        connection.execute(
            insert(text_group),
            [{"id": g, "self_same": int(s.self_same)} for g, s in signed.items()],
        )
        buckets.add(connection, {g: s.keys for g, s in signed.items()})
        if rows:
            connection.execute(insert(match), rows)
        return len(rows)

    def _candidates(
        self, connection: Connection, signed: Mapping[int, Signed]
    ) -> list[tuple[int, int]]:
        """Pairs of groups that share a bucket, one of them new; each pair once, a < b.

        A bucket that these groups fill beyond `Scheme.saturation` is noted, and makes none.
        """
        arriving: dict[int, set[int]] = {}
        for group, s in signed.items():
            for key in s.keys:
                arriving.setdefault(key, set()).add(group)
        full = buckets.saturated_among(connection, arriving)
        held = buckets.holders(connection, arriving.keys() - full)
        pairs: set[tuple[int, int]] = set()
        crossed = []
        for key in arriving.keys() - full:
            new, others = arriving[key], held.get(key, set()) | arriving[key]
            if len(others) > self.scheme.saturation:
                crossed.append(key)
            else:
                pairs.update((min(a, b), max(a, b)) for a in new for b in others if a != b)
        buckets.note(connection, crossed)
        return sorted(pairs)

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
        for group in groups.keys() - populated:
            self._drop(connection, group, groups[group])

    def _drop(self, connection: Connection, group: int, was: Record) -> None:
        touching = or_(match.c.a == group, match.c.b == group)
        neighbours = {
            other
            for pair in connection.execute(select(match.c.a, match.c.b).where(touching))
            for other in pair
        }
        mark(connection, neighbours)
        connection.execute(delete(match).where(touching))
        keys = sign(was, self.scheme).keys
        buckets.remove(connection, group, keys, self.scheme.saturation)
        connection.execute(delete(text_group).where(text_group.c.id == group))

    def folded(self, connection: Connection, groups: Iterable[int]) -> dict[int, Folded]:
        """The folded text of each group."""
        wanted = set(groups)
        self._load(connection, wanted)
        return {group: self._folded[group] for group in wanted}

    def _load(self, connection: Connection, groups: set[int]) -> None:
        missing = []
        for group in groups:
            if group in self._folded:
                self._folded.move_to_end(group)  # what is needed now is not what goes
            else:
                missing.append(group)
        if missing:
            one = (
                select(func.min(record.c.id))
                .where(record.c.text_group.in_(missing))
                .group_by(record.c.text_group)
            )
            rows = connection.execute(
                select(record.c.text_group, record.c.key, content)
                .join(content, content.c.id == record.c.content)
                .where(record.c.id.in_(one))
            )
            for row in rows.mappings():
                self._remember(row["text_group"], fold_record(record_of(dict(row)), self.scheme))
        while len(self._folded) > _CACHED_GROUPS + len(groups):
            self._folded.popitem(last=False)

    def _remember(self, group: int, folded: Folded) -> None:
        self._folded[group] = folded
        self._folded.move_to_end(group)


def mark(connection: Connection, groups: Iterable[int]) -> None:
    """Have the components of these groups looked at when the store is settled."""
    insert_new(connection, unsettled, [{"text_group": group} for group in groups])


def match_row(a: int, b: int, evidence: Evidence, scheme: Scheme) -> dict[str, object]:
    """The row that keeps what two groups say about each other."""
    return {
        "a": a,
        "b": b,
        "relation": evidence.relation,
        "similarity": evidence.similarity,
        "strength": evidence.strength,
        "borderline": int(borderline(evidence, scheme)),
        "refused": 0,
    }
