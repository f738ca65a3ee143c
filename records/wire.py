"""Nouns to JSON and back, times and texts as they are stored."""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, overload

from records.nouns import (
    Address,
    Citations,
    Firing,
    Footer,
    Link,
    Problem,
    Query,
    Record,
    ResultPage,
    Section,
)


def as_json(value: Any) -> Any:
    """Nouns as JSON types, with the contract's names and order.

    >>> as_json(Citations(total=3, own=1, others=2))
    {'total': 3, 'self': 1, 'others': 2}
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if (names := _names(kind)) is not None:
        return {
            said: item if type(item := getattr(value, name)) in _PLAIN else as_json(item)
            for name, said in names
        }
    if isinstance(value, (list, tuple)):
        return [item if type(item) in _PLAIN else as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    return value


_PLAIN = frozenset({str, int, float, bool, type(None)})


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...] | None:
    """A noun's attributes, each with what JSON calls it, in order; those that JSON leaves out are
    not among them. None: the type is no noun's."""
    if not is_dataclass(kind):
        return None
    named = ((f.name, f.metadata.get("json", f.name)) for f in fields(kind))
    return tuple((name, said) for name, said in named if said is not None)


def record_from_json(value: Mapping[str, Any]) -> Record:
    """The record that `as_json` (or `content_of`, with key and rank added) came from.

    Unknown names are ignored. Raises KeyError without ``key``.
    """
    known = {f.name for f in fields(Record)}
    data = {name: item for name, item in value.items() if name in known and item is not None}
    data["key"] = value["key"]
    data.setdefault("rank", 1)
    for name in ("authors", "keywords"):
        data[name] = tuple(data.get(name, ()))
    data["sections"] = tuple(Section(**part) for part in data.get("sections", ()))
    if cited := data.get("cited_by"):
        data["cited_by"] = Citations(
            total=cited["total"], own=cited["self"], others=cited["others"]
        )
    return Record(**data)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@overload
def iso_time(microseconds: int) -> str: ...
@overload
def iso_time(microseconds: int | None) -> str | None: ...
def iso_time(microseconds: int | None) -> str | None:
    """None stays None.

    >>> iso_time(0), iso_time(1_500_000)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    if microseconds is None:
        return None
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def moment(said: str) -> int:
    """Microseconds UTC of a day, or of a day and time; without a zone it is UTC. Raises ValueError.

    >>> moment("1970-01-02"), moment("1970-01-01T01:00+01:00")
    (86400000000, 0)
    """
    found = datetime.fromisoformat(said)
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def firing_json(firing: Firing) -> dict[str, Any]:
    """A fire time as JSON: moments in words, seconds that it took."""
    fields = asdict(firing)
    for name in ("fire_time", "since", "begins"):
        fields[name] = iso_time(fields[name])
    for name in ("started_at", "heartbeat_at", "ended_at"):
        fields[name.removesuffix("_at")] = iso_time(fields.pop(name))
    both = firing.started_at is not None and firing.ended_at is not None
    took = round(((firing.ended_at or 0) - (firing.started_at or 0)) / 1e6, 3) if both else None
    return {**fields, "seconds": took}


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> tuple[str, int]:
    """Text without NULs and lone surrogates (each becomes U+FFFD), and how many there were.

    >>> storable("a\\x00b")
    ('a\\ufffdb', 1)
    """
    return _UNSTORABLE.subn("\ufffd", text)


def page_from_json(value: Mapping[str, Any]) -> ResultPage:
    """The page that `as_json` came from; ``found``, which `as_json` leaves out, may be added."""
    data = dict(value)
    data["query"] = Query(**data["query"])
    data["records"] = tuple(record_from_json(each) for each in data["records"])
    data["navigation"] = tuple(Link(**each) for each in data["navigation"])
    data["problems"] = tuple(Problem(**each) for each in data["problems"])
    data["found"] = tuple(Address(**each) for each in data.get("found", ()))
    if footer := data["footer"]:
        links = tuple(Link(**each) for each in footer["links"])
        data["footer"] = Footer(**{**footer, "links": links})
    return ResultPage(**data)
