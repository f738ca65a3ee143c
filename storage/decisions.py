"""What people decide of records: made, taken back, and kept with who, when and why.

Decisions are about keys, so they outlive the records: one about a record that is gone waits for it
to come back. Those in effect never contradict one another, which is seen to when one is made.
Every function runs in a transaction of the caller's. What writes marks nothing: who calls it
settles what it touched, as `storage.deciding` does.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    func,
    insert,
    or_,
    select,
    update,
)

from dedup.clusters import contradiction
from records import Decision, DecisionRefused, UsageError, iso_time, storable
from storage.content import record_id
from storage.pages import next_change
from storage.schema import cluster, decision, record

Kind = Literal["merge", "split", "canonical"]

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Who took a decision back, when (microseconds UTC) and why (may be empty)."""

    who: str
    when: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision, with what became of it."""

    id: int
    """The change number that it was made under."""
    decision: Decision
    taken_back: Withdrawal | None
    """None: it is in effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person says: a decision, or that it no longer holds."""

    kind: Kind
    a: str
    b: str | None
    """None for ``canonical``."""
    who: str
    why: str

    def __post_init__(self) -> None:
        """Raises UsageError where it names one record twice."""
        if self.a == self.b:
            raise UsageError(f"{self.a}: is named twice; name two records")

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the records it names."""
        return (self.a,) if self.b is None else (self.a, self.b)

    @property
    def typed(self) -> str:
        """As it is typed after ``glean``."""
        return " ".join((self.kind, *self.keys))


def make(connection: Connection, word: Word, *, now: int) -> tuple[Made, bool]:
    """Put a decision into effect; the one that is, and whether it is new.

    One that is in effect already is not made again, unless it is a `canonical` that a later one
    overrules. Raises UsageError for a key that no record has, DecisionRefused for what contradicts
    decisions in effect, naming them.
    """
    word = _stored_form(word)
    for key in word.keys:
        _check_known(connection, key)
    standing = _standing(connection, word)
    if standing is not None and not _overruled(connection, word):
        return standing, False
    made = _decision(word, _later_than_all(connection, now))
    against = contradiction(near(connection, word.keys), made)
    if against:
        raise DecisionRefused(_refusal(word, against))
    if standing is not None:
        _withdraw(connection, standing, word, made.when)
    number = next_change(connection)
    row = {"id": number, "kind": word.kind, "a": word.a, "b": word.b}
    row |= {"who": word.who, "made_at": made.when, "why": word.why}
    connection.execute(insert(decision), row)
    return Made(id=number, decision=made, taken_back=None), True


def take_back(connection: Connection, word: Word, *, now: int) -> Made:
    """End a decision in effect, on the word of `word.who`; it stays on record.

    Raises UsageError where there is none.
    """
    word = _stored_form(word)
    standing = _standing(connection, word)
    if standing is None:
        raise UsageError(
            f"{word.typed}: is not decided, nothing can be taken back; glean export decisions "
            "lists what is"
        )
    next_change(connection)
    return _withdraw(connection, standing, word, now)


def _stored_form(word: Word) -> Word:
    """Ends in their order, texts as any database takes them."""
    a, b = word.a, word.b
    if b is not None and b < a:
        a, b = b, a
    return replace(word, a=a, b=b, who=storable(word.who)[0], why=storable(word.why)[0])


def _check_known(connection: Connection, key: str) -> None:
    known = select(record.c.id).where(record.c.id == record_id(key))
    if connection.execute(known).first() is None:
        raise UsageError(f"{key}: no record has this key; glean export jsonl lists them")


def _decision(word: Word, when: int) -> Decision:
    return Decision(decision=word.kind, a=word.a, b=word.b, who=word.who, when=when, why=word.why)


def _later_than_all(connection: Connection, now: int) -> int:
    """The later of two canonical records wins, also where the clock was set back."""
    newest = connection.execute(select(func.max(decision.c.made_at))).scalar()
    return now if newest is None else max(now, int(newest) + 1)


def _standing(connection: Connection, word: Word) -> Made | None:
    same_end = decision.c.b.is_(None) if word.b is None else decision.c.b == word.b
    query = _all().where(
        decision.c.kind == word.kind, decision.c.a == word.a, same_end, _in_effect()
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _made(row)


def _overruled(connection: Connection, word: Word) -> bool:
    """Whether a record that is to be canonical stands in a cluster of which another is."""
    if word.kind != "canonical":
        return False
    each = record_id(word.a)
    query = (
        select(cluster.c.canonical)
        .join(record, record.c.cluster == cluster.c.least)
        .where(record.c.id == each)
    )
    canonical = connection.execute(query).scalar()
    return canonical is not None and canonical != each


def _refusal(word: Word, against: Sequence[Decision]) -> str:
    named = "; ".join(
        f"{one.decision} {one.a} {one.b} ({one.who}, {iso_time(one.when)[:10]})" for one in against
    )
    return (
        f"{word.typed}: contradicts what is decided: {named}; take that back first, by the same "
        "words with --undo"
    )


def _withdraw(connection: Connection, standing: Made, word: Word, now: int) -> Made:
    values = {"undone_at": now, "undone_by": word.who, "undone_why": word.why}
    connection.execute(update(decision).where(decision.c.id == standing.id).values(values))
    return replace(standing, taken_back=Withdrawal(who=word.who, when=now, why=word.why))


# ------------------------------------------------------------------ asking


def in_effect(connection: Connection) -> Iterator[Decision]:
    """All decisions that hold, oldest first."""
    rows = connection.execute(_all().where(_in_effect())).mappings()
    return (_made(row).decision for row in rows)


def naming(connection: Connection, keys: Collection[str]) -> list[Made]:
    """Decisions that name one of these keys, those taken back too, oldest first."""
    found: dict[int, Made] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _CHUNK):
        some = ordered[start : start + _CHUNK]
        query = _all().where(or_(decision.c.a.in_(some), decision.c.b.in_(some)))
        found |= {row["id"]: _made(row) for row in connection.execute(query).mappings()}
    return [found[number] for number in sorted(found)]


def of_groups(connection: Connection, groups: Sequence[int]) -> list[Decision]:
    """Decisions in effect whose first record is in one of these text groups, oldest first."""
    query = (
        _all()
        .join(record, record.c.key == decision.c.a)
        .where(record.c.text_group.in_(groups), _in_effect())
    )
    return [_made(row).decision for row in connection.execute(query).mappings()]


def merged_with(connection: Connection, groups: Sequence[int]) -> set[int]:
    """Text groups that a merge in effect ties to one of these."""
    far = record.alias()
    reached: set[int] = set()
    for here, there in ((decision.c.a, decision.c.b), (decision.c.b, decision.c.a)):
        query = (
            select(far.c.text_group)
            .join(decision, there == far.c.key)
            .join(record, record.c.key == here)
            .where(record.c.text_group.in_(groups), decision.c.kind == "merge", _in_effect())
        )
        reached.update(connection.execute(query).scalars())
    return reached


def groups_of(connection: Connection, keys: Iterable[str]) -> set[int]:
    """The text groups of those of the keys that records have."""
    ids = [record_id(key) for key in keys]
    return set(
        connection.execute(select(record.c.text_group).where(record.c.id.in_(ids))).scalars()
    )


def count(connection: Connection) -> int:
    """How many are in effect."""
    query = select(func.count()).select_from(decision).where(_in_effect())
    return int(connection.execute(query).scalar_one())


def near(connection: Connection, keys: Iterable[str]) -> list[Decision]:
    """Decisions in effect about records that merges make one with these: no others can be
    contradicted by one about these."""
    found: dict[int, Decision] = {}
    reached = set(keys)
    fresh = set(reached)
    while fresh:
        made = [each for each in naming(connection, fresh) if each.taken_back is None]
        found |= {each.id: each.decision for each in made}
        ends = {
            end
            for each in made
            if each.decision.decision == "merge"
            for end in (each.decision.a, each.decision.b)
            if end is not None
        }
        fresh = ends - reached
        reached |= fresh
    return [found[number] for number in sorted(found)]


def _all() -> Select[Any]:
    return select(*decision.c).order_by(decision.c.id)


def _in_effect() -> ColumnElement[bool]:
    return decision.c.undone_at.is_(None)


def _made(row: RowMapping) -> Made:
    taken_back = None
    if row["undone_at"] is not None:
        taken_back = Withdrawal(who=row["undone_by"], when=row["undone_at"], why=row["undone_why"])
    said = Decision(
        decision=row["kind"],
        a=row["a"],
        b=row["b"],
        who=row["who"],
        when=row["made_at"],
        why=row["why"],
    )
    return Made(id=row["id"], decision=said, taken_back=taken_back)
