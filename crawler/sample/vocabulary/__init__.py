"""The words of the sample portal: grammar a language, vocabulary a subject, as data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

SUBJECT_FILES = (
    "earth",
    "agriculture",
    "biology",
    "medicine",
    "education",
    "information",
    "materials",
    "economics",
)
"""In the order of the portal's subject list. A new subject is one file and one entry."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one subject talks about in one language."""

    subject: str
    """The subject's name, in the language."""
    fields: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    """By slot: ``q`` qualities, ``t`` things, ``m`` measures, ``x`` methods, ``d`` data."""


def _load(name: str) -> dict[str, Any]:
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def split_words(text: str, language: str) -> tuple[str, ...]:
    """
    >>> split_words("fault zones, ice cores", "en"), split_words("冰川 冻土", "zh")
    (('fault zones', 'ice cores'), ('冰川', '冻土'))
    """
    return tuple(text.split(", ")) if language == "en" else tuple(text.split())


@cache
def grammar(language: str) -> dict[str, Any]:
    """Templates by the part they play, and lists of names and places. ``zh`` or ``en``."""
    data = _load(f"grammar_{language}")
    places = data["places"].replace(",", "") if language == "zh" else data["places"]
    return data | {
        "places": split_words(places, language),
        "surnames": split_words(data["surnames"], language),
        "given": tuple(data.get("given", "").split()),
    }


@cache
def vocabulary(subject: int, language: str) -> Vocabulary:
    data = _load(SUBJECT_FILES[subject])
    return Vocabulary(
        subject=data[f"name_{language}"],
        fields=split_words(data[f"fields_{language}"], language),
        words={slot: split_words(text, language) for slot, text in data[language].items()},
    )


@cache
def characters(name: str) -> dict[str, Any]:
    """A table of replacements by name: ``traditional``, ``synonyms``, …"""
    table: dict[str, Any] = _load("replacements")[name]
    return table
