"""A file of decisions: each line checked, and held against those before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from dedup.clusters import contradiction
from dedup.files.opening import reading
from records import Decision, InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOM = b"\xef\xbb\xbf"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a JSONL file, in its order.

    `who`, `when` and `why` may be absent. Raises InputError for a line that is no decision, and for
    one that contradicts earlier ones, naming them.
    """
    import orjson

    found: list[Decision] = []
    lines: dict[int, int] = {}
    ties = _Ties()
    with reading(str(path)):
        data = path.read_bytes().removeprefix(_BOM)
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            decision = _decision(orjson.loads(line))
        except ValueError as error:  # orjson's own is one
            reason = "is not JSON" if isinstance(error, orjson.JSONDecodeError) else str(error)
            raise InputError(f"{path}: line {number} {reason}; mend or remove it") from None
        if not ties.take(decision):
            near = [one for one in found if ties.near(one, decision)]
            against = [lines[id(one)] for one in contradiction(near, decision)]
            raise InputError(
                f"{path}: line {number} contradicts {_named(against)}; remove one of them"
            )
        lines[id(decision)] = number
        found.append(decision)
    return found


class _Ties:
    """Which records decisions make one or keep apart: what a new one contradicts is found without
    a look at all before it."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._size: dict[str, int] = {}
        self._strangers: dict[str, set[str]] = defaultdict(set)

    def take(self, decision: Decision) -> bool:
        """Whether a decision agrees with all before it; if so it counts from now on."""
        if decision.b is None:
            return True
        first, second = self._root(decision.a), self._root(decision.b)
        if decision.decision == "split":
            if first == second:
                return False
            self._strangers[first].add(second)
            self._strangers[second].add(first)
            return True
        if second in self._strangers[first]:
            return False
        if first != second:
            self._join(first, second)
        return True

    def near(self, one: Decision, other: Decision) -> bool:
        """Whether one decision is about a record that is one with a record of another."""
        ends = {self._root(key) for key in (other.a, other.b) if key is not None}
        return self._root(one.a) in ends or (one.b is not None and self._root(one.b) in ends)

    def _join(self, first: str, second: str) -> None:
        weights = [self._size.get(root, 1) + len(self._strangers[root]) for root in (first, second)]
        if weights[0] < weights[1]:
            first, second = second, first
        self._parent[second] = first
        self._size[first] = self._size.get(first, 1) + self._size.pop(second, 1)
        for stranger in self._strangers.pop(second):
            self._strangers[stranger].discard(second)
            self._strangers[stranger].add(first)
            self._strangers[first].add(stranger)

    def _root(self, key: str) -> str:
        root = key
        while root in self._parent:
            root = self._parent[root]
        while key != root:
            self._parent[key], key = root, self._parent[key]
        return root


def _named(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {', '.join(map(str, sorted(lines)))}"


def _decision(value: Any) -> Decision:
    """Raises ValueError, in words."""
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")
    kind = value.get("decision")
    if kind not in ("merge", "split", "canonical"):
        raise ValueError("has no decision of merge, split or canonical")
    decided: Literal["merge", "split", "canonical"] = kind
    a, b = _id(value, "a"), _id(value, "b")
    if a is None:
        raise ValueError("has no id a")
    if (b is None) != (decided == "canonical"):
        raise ValueError("has an id b" if b is not None else "has no id b")
    if a == b:
        raise ValueError("names one id twice")
    return Decision(
        decision=decided,
        a=a,
        b=b,
        who=_words(value, "who"),
        when=_when(value.get("when")),
        why=_words(value, "why"),
    )


def _id(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
        raise ValueError(f"has an id {name} that is no text or whole number")
    return str(found)


def _words(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"has a {name} that is no text")
    return found or ""


def _when(value: Any) -> int:
    """Microseconds UTC; absent: before all others.

    >>> _when("1970-01-01T00:00:01Z"), _when(None)
    (1000000, 0)
    """
    if value is None:
        return 0
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("has a when that is no time such as 2026-11-23T09:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def ids_of(decisions: Iterable[Decision]) -> set[str]:
    """The ids that decisions name."""
    return {key for one in decisions for key in (one.a, one.b) if key is not None}
