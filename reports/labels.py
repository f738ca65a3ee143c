"""The words of a report in its languages. They stand in the templates in English; every other
language is one file of this folder that maps them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from records import UsageError

LANGUAGES = ("en", "zh")
"""The first is the one that the templates are written in."""
_TAGS = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of one language; what a language lacks is said in English."""

    language: str
    messages: Mapping[str, str]
    """By what templates say in English; of a phrase with a number, by the form for many."""
    words: Mapping[str, str]
    """By a word of a closed list: a relation, a stage, why a run ended."""
    reasons: Sequence[tuple[re.Pattern[str], str]]
    """What evidence says: patterns of English clauses, and what they are in this language with the
    groups of the pattern in place of ``{}``. The first that fits counts."""

    @property
    def tag(self) -> str:
        """As HTML names it."""
        return _TAGS[self.language]

    def message(self, text: str) -> str:
        return self.messages.get(text, text)

    def messages_of(self, one: str, many: str, count: int) -> str:
        """Of a phrase with a number: English has two forms, Chinese has one."""
        if self.language == LANGUAGES[0]:
            return one if count == 1 else many
        return self.messages.get(many, many)

    def word(self, text: str) -> str:
        return self.words.get(text, text)

    def reason(self, text: str) -> str:
        """What evidence says: a sentence that is known, else clause by clause."""
        if not self.reasons:
            return text
        whole = self._clause(text)
        if whole is not None:
            return whole
        clauses = text.split(", ")
        return "，".join(self._clause(each) or each for each in clauses)

    def _clause(self, text: str) -> str | None:
        for pattern, said in self.reasons:
            found = pattern.fullmatch(text)
            if found:
                return said.format(*found.groups())
        return None


ENGLISH = Labels(language=LANGUAGES[0], messages={}, words={}, reasons=())


@cache
def labels_of(language: str, *folders: Path) -> Labels:
    """The words of this folder, and those of others besides. Raises UsageError for a language that
    there is not."""
    if language not in LANGUAGES:
        raise UsageError(f"--language {language}: not one of {', '.join(LANGUAGES)}")
    if language == LANGUAGES[0]:
        return ENGLISH
    said = _read(Path(__file__).parent, language)
    others = [_read(folder, language) for folder in folders]
    messages, words = (
        {text: each for one in (said, *others) for text, each in one[table].items()}
        for table in ("messages", "words")
    )
    return Labels(
        language=language,
        messages=messages,
        words=words,
        reasons=[(re.compile(pattern), words) for pattern, words in said["reasons"].items()],
    )


def _read(folder: Path, language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
