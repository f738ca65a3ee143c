"""One way to come by a field: where it stands, and which part of what stands there it is."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from spiders.pages.names import people
from spiders.pages.selected.pattern import Pattern, pattern
from spiders.pages.selected.selector import Selector, selector
from spiders.pages.selected.shown import Part, own_text
from spiders.pages.spacing import one_line

MOST = 20
"""Tries of one field, and selectors of one list."""


class Table(BaseModel):
    """A table of a profile: unknown keys are errors, and nothing is taken for another type."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        arbitrary_types_allowed=True,
        populate_by_name=True,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write text in quotes")
    return value


def as_list(value: Any) -> Any:
    """What a file writes as a list, or as the one thing that would stand in it."""
    if isinstance(value, list):
        if len(value) > MOST:
            raise ValueError(f"a list of {len(value)}; {MOST} is the most")
        return tuple(value)
    return value if isinstance(value, tuple) else (value,)


Css = Annotated[Selector, PlainValidator(lambda value: selector(_text(value)))]
Re2 = Annotated[Pattern, PlainValidator(lambda value: pattern(_text(value)))]
Selectors = Annotated[tuple[Css, ...], BeforeValidator(as_list)]


class Try(Table):
    """Where a field may stand. Written as text alone, it is the selector."""

    select: Css | None = None
    """The elements; within the record, for what is of the page within the page. Left out: the
    record itself, or the page."""
    attribute: str = ""
    """What to take of an element; empty: its text."""
    own: bool = False
    """Its text without that of the elements within it."""
    parameter: str = ""
    """Of an address: the value of this parameter."""
    pattern: Re2 | None = None
    """Is searched in what was taken, which else counts for nothing. Lines of a text stand apart by
    `\\n`."""
    group: int | None = Field(default=None, ge=0, le=20)
    """Which group of the pattern is the field; left out: the first, or the whole match where there
    is none."""
    decode: Literal["", "percent", "base64"] = ""
    """How what was found is written."""
    split: Re2 | None = None
    """Of authors and keywords: what stands between two of them. Left out: each element is one."""
    people: bool = False
    """Of authors: a text is taken apart as lists of names are."""

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        return {"select": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> "Try":
        if self.pattern is None and self.group is not None:
            raise ValueError("group is of a pattern, and there is none")
        if self.pattern is not None and (self.group or 0) > self.pattern.groups:
            raise ValueError(
                f"group {self.group} of a pattern that has {self.pattern.groups} groups"
            )
        if self.own and self.attribute:
            raise ValueError("own is of a text, and attribute is none")
        return self

    def values(self, part: Part) -> Iterator[str]:
        """What it finds in a record, or in the page, in page order; never empty texts. Lines of a
        text are separated by a line feed."""
        for element in part.elements if self.select is None else part.find(self.select):
            found = self._of(element, part)
            if found:
                yield found

    def _of(self, element: etree._Element, part: Part) -> str | None:
        if self.attribute:
            found: str | None = element.get(self.attribute)
        elif self.own:
            found = own_text(element)
        else:
            found = part.text(element)
        if found and self.parameter:
            found = _parameter(found, self.parameter)
        if found and self.pattern is not None:
            group = self.group if self.group is not None else min(self.pattern.groups, 1)
            found = self.pattern.found(found, group)
        if found and self.decode:
            found = _decoded(found, self.decode)
        return found.strip() if found else None

    def several(self, part: Part) -> Iterator[str]:
        """`values`, each taken apart where it is a list."""
        for value in self.values(part):
            if self.people:
                yield from people(value)
            elif self.split is not None:
                yield from self.split.split(value)
            else:
                yield value


Tries = Annotated[tuple[Try, ...], BeforeValidator(as_list)]


def first_of(tries: Sequence[Try], part: Part) -> str | None:
    """The first value that any of the tries finds, in their order."""
    for one in tries:
        for value in one.values(part):
            return value
    return None


def all_of(tries: Sequence[Try], part: Part) -> tuple[str, ...]:
    """Everything that the first try finds which finds anything, lists taken apart."""
    for one in tries:
        found = [words for value in one.several(part) if (words := one_line(value))]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _parameter(address: str, name: str) -> str | None:
    try:
        given = parse_qsl(urlsplit(address).query)
    except ValueError:
        return None
    return next((value for key, value in given if key.lower() == name.lower()), None)


def _decoded(text: str, how: str) -> str | None:
    if how == "percent":
        return unquote(text)
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.urlsafe_b64decode(padded.replace("+", "-").replace("/", "_")).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
