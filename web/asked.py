"""What an address asks for, within bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records import UsageError

LONGEST = 4_000
"""Characters of one value."""
MOST_VALUES = 50
"""Values of one name."""


class AskedWrongly(UsageError):
    """An address asks for what nothing can be asked for; says what it may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of an address: names with their values, in order."""

    values: Mapping[str, Sequence[str]]
    language: str = "en"
    """Of the labels."""
    may_write: bool = False
    """Whether whoever asks has shown the token."""

    def text(self, name: str) -> str:
        """Empty: nothing is said. Raises AskedWrongly."""
        said = self.values.get(name, [""])[0].strip()
        if len(said) > LONGEST:
            raise AskedWrongly(f"{name}: is longer than {LONGEST:,} characters; shorten it")
        return said

    def needed(self, name: str) -> str:
        """As `text`, and something must be said."""
        said = self.text(name)
        if not said:
            raise AskedWrongly(f"{name}: is missing; follow a link of this page to come here")
        return said

    def several(self, name: str) -> tuple[str, ...]:
        said = self.values.get(name, [])
        if len(said) > MOST_VALUES or any(len(each) > LONGEST for each in said):
            raise AskedWrongly(f"{name}: is too much; at most {MOST_VALUES} values are taken")
        return tuple(each.strip() for each in said if each.strip())

    def number(self, name: str, *, least: int, most: int) -> int | None:
        """None: nothing is said. Raises AskedWrongly."""
        said = self.text(name)
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and len(said) < 20):
            raise AskedWrongly(f"{name}: is no number; write one from {least:,} to {most:,}")
        if not least <= int(said) <= most:
            raise AskedWrongly(f"{name}: is not from {least:,} to {most:,}")
        return int(said)

    def counted(self, name: str, default: int, *, most: int) -> int:
        """A number from 1."""
        return self.number(name, least=1, most=most) or default
