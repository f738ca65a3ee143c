"""Patterns on RE2, which takes time in proportion to the text whatever the pattern."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

LONGEST = 500
"""Characters of a pattern."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, compiled."""

    text: str
    _compiled: Any

    @property
    def groups(self) -> int:
        """How many groups it has, the whole match not counted."""
        return int(self._compiled.groups)

    def found(self, text: str, group: int) -> str | None:
        """What the group has at the first match; None where there is none."""
        match = self._compiled.search(
            text.encode("utf-8", "replace")
        )  # in bytes: no offsets to tell
        found = match.group(group) if match else None
        return found.decode("utf-8", "replace") if found is not None else None

    def split(self, text: str) -> list[str]:
        """What stands between matches."""
        ends = [(match.start(), match.end()) for match in self._compiled.finditer(text)]
        starts = [0, *(end for _, end in ends)]
        return [
            text[a:b] for a, b in zip(starts, [*(start for start, _ in ends), None], strict=True)
        ]


@lru_cache(maxsize=4096)
def pattern(text: str) -> Pattern:
    """Raises ValueError, in words, for what is too long or no pattern of RE2."""
    if len(text) > LONGEST:
        raise ValueError(f"a pattern of {len(text)} characters; {LONGEST} is the most")
    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(text, re2.compile(text, options))
    except re2.error as error:
        said = error.args[0] if error.args else error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise ValueError(f"{text!r} is no pattern that RE2 takes: {words}") from None
