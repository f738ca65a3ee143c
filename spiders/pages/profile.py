"""Sites as data: one TOML file a site, validated when it is loaded."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from records import ConfigError
from spiders.pages.decoding import encoding_named
from spiders.pages.selected.layout import Layout
from spiders.pages.selected.tries import Table

AUTOMATIC = "auto"
"""The name under which a page is read that no profile recognises."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""What a profile may be called: its file is called so too."""
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot name a profile; write small letters, digits and dashes, at most 64"
        )
    if name == AUTOMATIC:
        raise ValueError(f"{AUTOMATIC} is what pages without a profile are read by; write another")
    return name


def _host_pattern(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError(
            f"{host!r} is no host; write example.org, or *.example.org for all below it"
        )
    return host


def _encoding(name: str) -> str:
    if encoding_named(name) is None:
        raise ValueError(f"{name!r} is no encoding that pages are in")
    return name


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Addresses(Table):
    """`[addresses]`: how the addresses of a site of the similar-literature family say what they
    lead to. Its pages are read by their landmarks, and need no layout."""

    similar: str = Field(pattern=r"^[\w.-]+$")
    """Last part of the path of a page that lists an article's kin, lower-case."""
    article: str = Field(pattern=r"^[\w.-]+$")
    """The same, of an article's own page."""
    native_id: str = Field(pattern=r"^\w+$")
    """Parameter that names the article."""
    carried: list[str] = Field(default_factory=list)
    """Parameters that a list's address keeps from any other address of its site."""
    filters: list[str] = Field(default_factory=list)
    """Those of them that say what part of the site is asked."""
    asked: list[str] = Field(default_factory=list)
    """Parameters that a link is asked for with, where the site needs no more of those it writes:
    so that a page is fetched from one address whichever of its links was met first. Empty: all."""


class Politeness(Table):
    """`[politeness]`: what the site asks of a harvest."""

    delay: float = Field(default=0.0, ge=0, le=86_400, allow_inf_nan=False)
    """Least seconds between two requests to its hosts; `[network] delay` and robots.txt may ask
    for more."""


class Profile(Table):
    """What is known of one site."""

    name: Annotated[str, AfterValidator(_name)]
    """Small letters, digits and dashes; the file is called so too."""
    namespace: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{0,31}$")
    """Makes the native id a record's key on every host; left out: it means nothing elsewhere, and
    records are known by their addresses."""
    hosts: Annotated[
        tuple[Annotated[str, AfterValidator(_host_pattern)], ...], BeforeValidator(_tuple)
    ] = ()
    """`example.org`, `*.example.org` for every host below it, `127.0.0.1:8000` where the port
    matters."""
    harvest: bool = True
    """False: the site is not fetched, as its robots.txt forbids the pages; saved pages are read."""
    session: bool = False
    """True: addresses of records hold for one session, or one search, and are no keys; records
    without a native id are known by their texts."""
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    """What the pages are in, whatever they say. Left out: found out, page by page."""
    politeness: Politeness = Politeness()
    """`[politeness]`, below."""
    holds_from: date | None = None
    """Of a profile with `[addresses]`: first day on which pages looked like this."""
    holds_until: date | None = None
    """Of a profile with `[addresses]`: day from which they did not."""
    addresses: Addresses | None = None
    """`[addresses]`, below."""
    layout: Annotated[tuple[Layout, ...], BeforeValidator(_tuple)] = Field(
        default=(), max_length=50
    )
    """`[[layout]]`, below, once or several times."""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "Profile":
        if (self.addresses is None) == (not self.layout):
            raise ValueError("write either [addresses] or one [[layout]] or more")
        if self.layout and (self.holds_from or self.holds_until):
            raise ValueError("holds_from and holds_until: write from and until in each [[layout]]")
        spans = sorted(
            (one.holds_from or date.min, one.holds_until or date.max) for one in self.layout
        )
        for (start, end), (after, _) in pairwise(spans):
            if after < end:
                raise ValueError(
                    f"layout: the one from {after} begins while the one from {start} holds; "
                    "write its until"
                )
        return self

    def is_of_host(self, url: str | None) -> bool:
        """Whether an address is on one of its hosts."""
        host, port = _host_of(url)
        return host is not None and any(_matches(own, host, port) for own in self.hosts)

    def is_of_wider_host(self, url: str | None) -> bool:
        """Whether it is only by a `*.` that an address is on one of its hosts."""
        host, port = _host_of(url)
        exact = [own for own in self.hosts if not own.startswith("*.")]
        return host is None or not any(_matches(own, host, port) for own in exact)

    def holds(self, day: date) -> bool:
        """Whether a profile without layouts is right for pages of a day."""
        return (self.holds_from is None or self.holds_from <= day) and (
            self.holds_until is None or day < self.holds_until
        )

    def layouts(self, day: date) -> list[Layout]:
        """The layouts that a page of a day may have, likeliest first: on the day of a change two.

        Where none held, the newest of those before, else the oldest.
        """
        newest = sorted(self.layout, key=lambda one: one.holds_from or date.min, reverse=True)
        held = [one for one in newest if one.holds(day)]
        before = [one for one in newest if (one.holds_from or date.min) <= day]
        return held or before[:1] or newest[-1:]


def profile_from_toml(text: str, file: str) -> Profile:
    """Raises ConfigError naming file, key, and what is wrong."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else error
        raise ConfigError(f"{file}: {said}; mend that line") from None
    except ValidationError as error:
        raise ConfigError(f"{file}: {_in_words(error.errors(include_url=False)[0])}") from None


def _in_words(error: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    what = str(error["msg"]).removeprefix("Value error, ")
    what = " ".join(what.split())
    if error["type"] == "extra_forbidden":
        what = "there is no such key"
    return f"{key}: {what}; mend it or take it out" if key else f"{what}; mend it"


@lru_cache(maxsize=256)
def _host_of(url: str | None) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(url or "")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        host = parts.hostname
    except ValueError:
        return None, None
    return (host.rstrip(".") if host else None), port


def _matches(own: str, host: str, port: int | None) -> bool:
    """
    >>> _matches("*.a.org", "b.a.org", 80), _matches("*.a.org", "a.org", 80)
    (True, False)
    >>> _matches("127.0.0.1:8000", "127.0.0.1", 8000), _matches("127.0.0.1:8000", "127.0.0.1", 80)
    (True, False)
    """
    name, colon, number = own.rpartition(":")
    if colon and number.isdigit() and not own.endswith("]"):
        if port != int(number):
            return False
        own = name
    own = own.strip("[]")
    return host.endswith(own[1:]) if own.startswith("*.") else host == own
