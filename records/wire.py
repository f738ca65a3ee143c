"""Nouns to JSON and back, times and texts as they are stored."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from records.nouns import (
    Address,
    Citations,
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


def iso_time(microseconds: int) -> str:
    """
    >>> iso_time(0), iso_time(1_500_000)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.replace(tzinfo=None).isoformat() + "Z"


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
