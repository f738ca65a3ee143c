"""The profiles that pages are read by: those that ship, and those of the user's folder."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from records import ConfigError, UsageError
from spiders.pages.profile import AUTOMATIC, NAME, Profile, profile_from_toml

DEFAULT_FOLDER = "profiles"
"""Where a user's profiles are, beside the settings."""
SHIPPED = Path(__file__).with_name("profiles")
"""Where the profiles are that ship, each with a folder of pages to test it with."""
MOST_BYTES = 1 << 20
"""Of one profile's file."""


class Profiles:
    """Profiles, each name once. Never changed: many readings share one."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        """Of two with one name the later counts."""
        self._by_name = {profile.name: profile for profile in profiles}

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._by_name.values())

    @property
    def names(self) -> list[str]:
        return sorted(self._by_name)

    def named(self, name: str) -> Profile:
        """Raises UsageError for a name that does not exist, with those that do."""
        if name not in self._by_name:
            there = ", ".join((*self.names, AUTOMATIC))
            raise UsageError(f"profile {name!r} does not exist; there are: {there}")
        return self._by_name[name]

    def of_host(self, url: str | None) -> list[Profile]:
        """Those that have the host of an address; exact hosts before others."""
        found = [profile for profile in self if profile.is_of_host(url)]
        return sorted(found, key=lambda one: one.is_of_wider_host(url))

    def least_delay(self, url: str | None) -> float:
        """Seconds that the profiles of an address's host ask for between two requests at least."""
        return max((one.politeness.delay for one in self.of_host(url)), default=0.0)

    def forbids(self, url: str | None) -> Profile | None:
        """The profile by which the host of an address is not fetched; None: there is none."""
        return next((one for one in self.of_host(url) if not one.harvest), None)

    def families(self, day: date) -> list[Profile]:
        """Those read by landmarks, of the layouts that held on a day."""
        return [one for one in self if one.addresses is not None and one.holds(day)]

    @cached_property
    def guarded(self) -> list[Profile]:
        """Those by whose guards pages of unknown hosts are known."""
        return [one for one in self if any(layout.guard.tells for layout in one.layout)]

    def with_folder(self, folder: Path) -> "Profiles":
        """These and those of a folder, whose files take the place of namesakes here.

        Raises ConfigError for a file that is no profile, or not named as it says it is.
        """
        try:
            files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
        except OSError as error:
            raise ConfigError(f"{folder}: cannot be read: {error.strerror}") from error
        return self.with_files(files)

    def with_files(self, files: Iterable[Path]) -> "Profiles":
        """These and those of files, as `with_folder`."""
        return Profiles([*self, *map(profile_of_file, files)])


def profile_of_file(file: Path) -> Profile:
    """The profile of a file, which bears its name.

    Raises ConfigError, naming file, key, and what is wrong.
    """
    if not NAME.fullmatch(file.stem):
        raise ConfigError(
            f"{file}: cannot be a profile's file; name it with small letters, digits and dashes"
        )
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{file}: is too large for a profile")
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    profile = profile_from_toml(text, file.name)
    if profile.name != file.stem:
        raise ConfigError(
            f"{file}: name: is {profile.name!r}; write {file.stem!r}, or name the file after it"
        )
    return profile


@cache
def shipped() -> Profiles:
    """Every profile that ships."""
    return Profiles([]).with_folder(SHIPPED)


def profiles_of(folder: str) -> Profiles:
    """Those that ship, and those of the user's folder; empty: there is none. A folder of the
    default's name need not exist.

    Raises ConfigError.
    """
    path = Path(folder).absolute()
    if not folder or (path.name == DEFAULT_FOLDER and not path.exists()):
        return shipped()
    return _with(path)


@cache
def _with(folder: Path) -> Profiles:
    return shipped().with_folder(folder)
