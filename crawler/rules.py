"""What the profiles of sites mean for those who fetch and read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.config import Config
from records import UsageError
from spiders.pages.known import Profiles, profiles_of
from spiders.pages.profile import AUTOMATIC


@dataclass(frozen=True, slots=True)
class Rules:
    """What pages are read by."""

    profiles: str = ""
    """The user's folder of profiles; empty: there is none."""
    named: Mapping[str, str] = field(default_factory=dict)
    """By a source's name, the profile that its pages are read by; others are chosen by page."""


def rules_of(config: Config) -> Rules:
    """What a configuration says that pages are read by.

    Raises ConfigError for a user's profile that does not load, UsageError for a source's that does
    not exist.
    """
    known = profiles_of(config.reading.profiles)
    named = {source.name: source.profile for source in config.source if source.profile}
    for source, profile in named.items():
        if profile != AUTOMATIC:
            try:
                known.named(profile)
            except UsageError as error:
                raise UsageError(f"source {source}: {error}") from None
    return Rules(config.reading.profiles, named)


def require_allowed(profiles: Profiles, urls: Iterable[str]) -> None:
    """Raise UsageError where one of the addresses is on a host that is not fetched."""
    for url in urls:
        profile = profiles.forbids(url)
        if profile is not None:
            raise UsageError(
                f"{urlsplit(url).hostname}: is not fetched: profile {profile.name} says that its "
                "robots.txt forbids these pages; save them with your browser and use glean read, "
                "or glean harvest --from-files"
            )
