"""Templates to sentences. The template language is described in ``vocabulary/grammar_en.toml``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from crawler.sample.dice import Dice
from crawler.sample.vocabulary import grammar, vocabulary

Part = str | tuple[str, ...] | Callable[[Dice], str]
Template = tuple[Part, ...]

ROLES = ("background", "gap", "aim", "data", "method", "result", "conclusion", "series")

_SLOT = re.compile(r"\{(\w+)\}|\[([^\]]*)\]")
_TOPIC = "\0"
"""Stands in a compiled template where the paper's own topic goes."""

_NUMBERS: dict[str, Callable[[Dice], str]] = {
    "pct": lambda dice: f"{dice.between(21, 987) / 10}%",
    "n": lambda dice: str(dice.between(13, 990)),
    "n2": lambda dice: str(dice.between(1000, 4000)),
    "k": lambda dice: str(dice.between(2, 12)),
    "f": lambda dice: f"{dice.between(11, 6999) / 100}",
    "s": lambda dice: f"{dice.between(1, 99) / 100}",
    "r": lambda dice: f"0.{dice.between(31, 98)}",
    "pv": lambda dice: dice.pick(("0.05", "0.01", "0.001")),
    "y": lambda dice: str(dice.between(1981, 2024)),
}


def _years(language: str) -> Callable[[Dice], str]:
    dash, end = ("—", "年") if language == "zh" else ("–", "")

    def years(dice: Dice) -> str:
        first = dice.between(1971, 2012)
        return f"{first}{dash}{first + dice.between(3, 12)}{end}"

    return years


@dataclass(frozen=True, slots=True)
class Scene:
    """One subject in one language: everything its papers are written from."""

    language: str
    subject: str
    titles: tuple[Template, ...]
    roles: dict[str, tuple[Template, ...]]
    venues: tuple[Template, ...]
    institutes: tuple[Template, ...]
    qualities: tuple[str, ...]
    things: tuple[str, ...]

    def topic(self, dice: Dice) -> str:
        """What a paper is about: a quality and a thing."""
        gap = "" if self.language == "zh" else " "
        return f"{dice.pick(self.qualities)}{gap}{dice.pick(self.things)}"

    def title(self, dice: Dice, topic: str) -> str:
        return capitalised(fill(dice.pick(self.titles), dice, topic))

    def sentences(self, role: str, count: int, dice: Dice, topic: str) -> list[str]:
        """That many sentences of one role, no template twice."""
        templates = dice.some(self.roles[role], count)
        return [capitalised(fill(template, dice, topic)) for template in templates]


def capitalised(sentence: str) -> str:
    """
    >>> capitalised("deep faults in McAllen"), capitalised("深部断裂")
    ('Deep faults in McAllen', '深部断裂')
    """
    return sentence[:1].upper() + sentence[1:]


def compiled(template: str, words: dict[str, tuple[str, ...]], language: str) -> Template:
    """A template as parts: fixed text, a tuple to pick from, or a number to throw.

    A slot inside a choice is not looked at.
    """
    parts: list[Part] = []
    end = 0
    for found in _SLOT.finditer(template):
        if fixed := template[end : found.start()]:
            parts.append(fixed)
        end = found.end()
        slot, options = found.groups()
        if options is not None:
            parts.append(tuple(options.split("|")))
        elif slot == "topic":
            parts.append(_TOPIC)
        elif slot == "yr":
            parts.append(_years(language))
        else:
            parts.append(_NUMBERS[slot] if slot in _NUMBERS else words[slot])
    if rest := template[end:]:
        parts.append(rest)
    return tuple(parts)


def fill(template: Template, dice: Dice, topic: str = "") -> str:
    throw = dice.random
    out = []
    for part in template:
        if type(part) is tuple:
            out.append(part[int(throw() * len(part))])
        elif type(part) is str:
            out.append(topic if part == _TOPIC else part)
        else:
            out.append(part(dice))  # type: ignore[operator]
    return "".join(out)


@cache
def scene(subject: int, language: str) -> Scene:
    speech, lexicon = grammar(language), vocabulary(subject, language)
    words = lexicon.words | {"p": speech["places"], "field": lexicon.fields}

    def templates(name: str) -> tuple[Template, ...]:
        return tuple(compiled(text, words, language) for text in speech[name])

    return Scene(
        language=language,
        subject=lexicon.subject,
        titles=templates("titles"),
        roles={role: templates(role) for role in ROLES},
        venues=templates("venues"),
        institutes=templates("institutes"),
        qualities=lexicon.words["q"],
        things=lexicon.words["t"],
    )
