"""What a site's result pages look like between two days, as a profile says it."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from spiders.pages.selected.tries import Css, Selectors, Table, Tries, as_list

FieldName = Literal[
    "native_id", "rank", "title", "url", "similar_url", "abstract", "authors", "venue", "year",
    "volume", "issue", "pages", "date", "keywords", "cited_by", "free_pdf",
]  # fmt: skip
IdentifierName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class Mark(Table):
    """Something by which a page is known. Written as text alone, it is a selector."""

    select: Css | None = None
    """Selects anything of the page."""
    text: str = Field(default="", max_length=200)
    """These words stand on the page; case and white space are no matter."""

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        return {"select": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_of_both(self) -> "Mark":
        if (self.select is None) == (not self.text.strip()):
            raise ValueError('write a selector, or { text = "words" }')
        return self

    @cached_property
    def words(self) -> str:
        """The text as it is looked for."""
        return "".join(self.text.lower().split())

    def __str__(self) -> str:
        return self.select.text if self.select is not None else f"the words {self.text!r}"


Marks = Annotated[tuple[Mark, ...], BeforeValidator(as_list)]


class Guard(Table):
    """`[layout.guard]`: which pages are real result pages."""

    required: Marks = ()
    """All of these stand on a real result page. With a selector among them, pages of unknown hosts
    are known by it."""
    empty: Marks = ()
    """Any of these says that there are no records."""
    captcha: Marks = ()
    """Any of these stands on a page that asks for proof of being human."""
    login: Marks = ()
    """Any of these stands on a page that asks for a login."""
    missing: Marks = ()
    """Any of these stands on a page that says that there is no such page."""

    @property
    def tells(self) -> bool:
        """Whether it tells pages of the site from all others."""
        return any(mark.select is not None for mark in self.required)


class Fields(Table):
    """`[layout.fields]`: a list of tries each, of which the first counts that finds anything."""

    native_id: Tries = ()
    """What the site calls the record; with the profile's `namespace` it is the record's key."""
    rank: Tries = ()
    """The record's own number; left out: its place on the page."""
    title: Tries = ()
    """In one line."""
    url: Tries = ()
    """Where the record is; relative addresses are resolved."""
    similar_url: Tries = ()
    """The list of the record's kin, which a harvest follows."""
    abstract: Tries = ()
    """Several elements, or lines, are paragraphs. A leading "Abstract" is taken off."""
    authors: Tries = ()
    """Several elements are one person each; `split` or `people` takes a text apart."""
    venue: Tries = ()
    """Journal, book or site it appeared in."""
    year: Tries = ()
    """The first four digits that are a year."""
    volume: Tries = ()
    """As printed, without white space."""
    issue: Tries = ()
    """The same."""
    pages: Tries = ()
    """The same: `102-109`."""
    date: Tries = ()
    """As printed."""
    keywords: Tries = ()
    """Several elements are one each; `split` takes a text apart."""
    cited_by: Tries = ()
    """How often it was cited; the first number counts."""
    free_pdf: Tries = ()
    """Whatever is found: there is one."""
    identifiers: dict[IdentifierName, Tries] = Field(default_factory=dict)
    """`[layout.fields.identifiers]`: tries by the identifier's name, such as `doi`."""

    @model_validator(mode="after")
    def _lists_are_lists(self) -> "Fields":
        for name in Fields.model_fields:
            for one in () if name == "identifiers" else getattr(self, name):
                if one.people and name != "authors":
                    raise ValueError(f"{name}: people is of authors alone")
                if one.split is not None and name not in ("authors", "keywords"):
                    raise ValueError(f"{name}: split is of authors and keywords alone")
        return self


class Layout(Table):
    """One `[[layout]]`."""

    holds_from: date | None = Field(default=None, alias="from")
    """First day on which pages looked like this. Left out: always have."""
    holds_until: date | None = Field(default=None, alias="until")
    """Day from which they did not. Left out: they do. Where one layout ends and the next begins,
    pages of that day may be of either, and the guards tell."""
    record: Css
    """Selects each record; one within another is a part of it."""
    goes_on: bool = False
    """A record goes on over the elements behind it, up to the next record: rows of a table, `dt`
    and `dd`."""
    without: Selectors = ()
    """Adverts, blocks of other kinds: neither records nor part of a record's text."""
    required: tuple[FieldName, ...] | None = None
    """Fields that at least one record of a page must have, or the page fails its check. Left out:
    `title`, where it is among the fields."""
    total: Tries = ()
    """How many records there are."""
    total_counts: Literal["search", "page", "about"] = "search"
    """What the total counts. Of the page, it must be the number of records read; of the search, a
    walk through its pages ends when it has listed as many, unless it is an estimate (``about``)."""
    stated_ms: Tries = ()
    """How long the search took: `0.12 s`, `34 ms`; a number alone is seconds."""
    next: Tries = ()
    """The address of the next page."""
    query: Tries = ()
    """The words that were searched."""
    footer: Css | None = None
    """The page's foot. Where it is not found, the page is cut."""
    navigation: Css | None = None
    """Links of the page's head, or what holds them."""
    guard: Guard = Guard()
    """`[layout.guard]`, below."""
    fields: Fields
    """`[layout.fields]`, below."""

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("required"), list):
            return {**value, "required": tuple(value["required"])}
        return value

    @model_validator(mode="after")
    def _is_sound(self) -> "Layout":
        start, end = self.holds_from, self.holds_until
        if start is not None and end is not None and start >= end:
            raise ValueError(f"from {start} until {end} is no day at all")
        for name in self.required or ():
            if not getattr(self.fields, name):
                raise ValueError(f"required: {name} is not among the fields")
        return self

    @cached_property
    def wanted(self) -> tuple[FieldName, ...]:
        """Fields that at least one record of a page must have."""
        if self.required is not None:
            return self.required
        return ("title",) if self.fields.title else ()

    def holds(self, day: date) -> bool:
        """Whether pages of a day looked like this, of the day of a change too."""
        return (self.holds_from is None or self.holds_from <= day) and (
            self.holds_until is None or day <= self.holds_until
        )
