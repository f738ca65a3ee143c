"""Sites as data: one TOML file a site, validated when it is loaded."""

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from records import ConfigError, UsageError

AUTOMATIC = "auto"
"""The name under which a page is read that no profile recognises."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Addresses(_Table):
    """How a site's addresses say what they lead to."""

    similar: str = Field(pattern=r"^[\w.-]+$")
    """Last part of the path of a page that lists an article's kin, lower-case."""
    article: str = Field(pattern=r"^[\w.-]+$")
    native_id: str = Field(pattern=r"^\w+$")
    carried: list[str] = []
    """Parameters that a list's address keeps from any other address of its site."""
    filters: list[str] = []
    asked: list[str] = []
    """Parameters that a link is asked for with, where the site needs no more of those it writes:
    so that a page is fetched from one address whichever of its links was met first. Empty: all."""


class Profile(_Table):
    """What is known of one site."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    namespace: str | None = None
    """Makes the native id a record's key on every host; None: it means nothing elsewhere."""
    hosts: list[str] = []
    holds_from: date | None = None
    """First day on which pages looked like this. None: always have."""
    holds_until: date | None = None
    """Day from which they did not."""
    addresses: Addresses

    def is_of_host(self, url: str | None) -> bool:
        """Whether an address is on one of its hosts."""
        return _host(url) in self.hosts

    def holds(self, day: date) -> bool:
        return (self.holds_from is None or self.holds_from <= day) and (
            self.holds_until is None or day < self.holds_until
        )


def profile_from_toml(text: str, file: str) -> Profile:
    """Raises ConfigError naming file, key, and what is wrong."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}; mend that line") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{file}: {key}: {first['msg']}; mend it or take it out") from None


@cache
def profiles() -> dict[str, Profile]:
    """Every profile that ships, by name."""
    folder = resources.files(__package__).joinpath("profiles")
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = [
        profile_from_toml(file.read_text("utf-8"), file.name)
        for file in files
        if file.name.endswith(".toml")
    ]
    return {profile.name: profile for profile in found}


def candidates(name: str | None, url: str | None, fetched: date | None) -> list[Profile]:
    """The profiles that may be right for a page, likeliest first.

    Named: that one alone, whatever its dates. Else those whose hosts match the address, then
    those known by their guard, of the layouts that held on the day. Raises UsageError for a name
    that does not exist.
    """
    known = profiles()
    if name is not None and name != AUTOMATIC:
        if name not in known:
            there = ", ".join((*known, AUTOMATIC))
            raise UsageError(f"profile {name!r} does not exist; there are: {there}")
        return [known[name]]
    day = fetched or date.today()
    held = [profile for profile in known.values() if profile.holds(day)]
    own = [profile for profile in held if profile.is_of_host(url)]
    return own + [profile for profile in held if not profile.hosts]


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
