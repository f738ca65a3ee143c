"""What happens to a text on its way into another database: one function a kind.

These are the portal's own; what finds duplicates shares no code and no table with them, so the
portal stays an independent witness. Some kinds no folding of characters undoes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from crawler.sample.dice import Dice
from crawler.sample.papers import Paper
from crawler.sample.vocabulary import characters

Abstract = tuple[str, ...]
"""Paragraphs."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """One way in which a duplicate differs from its original."""

    alter: Callable[[Paper, Dice], Paper]
    weight: float = 1.0
    languages: tuple[str, ...] = ("zh", "en")
    labelled: bool = False
    """Whether it needs an abstract in labelled sections."""


def _each(paper: Paper, change: Callable[[str], str], *, title: bool) -> Paper:
    return replace(
        paper,
        abstract=tuple(change(text) for text in paper.abstract),
        title=change(paper.title) if title and paper.title else paper.title,
    )


def _with_last(paper: Paper, text: str, dice: Dice) -> Paper:
    """The text appended: to the last paragraph, or as one of its own."""
    if dice.chance(0.5):
        return replace(paper, abstract=(*paper.abstract, text))
    gap = "" if paper.language == "zh" else " "
    return replace(paper, abstract=(*paper.abstract[:-1], paper.abstract[-1] + gap + text))


def exact(paper: Paper, dice: Dice) -> Paper:
    return paper


_ENTITIES = {"<": "&lt;", ">": "&gt;", "%": "&#37;", "–": "&#8211;", "'": "&#39;", ".": "&#46;"}


def entities(paper: Paper, dice: Dice) -> Paper:
    """Escaped once too often: the reader of the page sees ``&lt;``."""

    def change(text: str) -> str:
        text = text.replace("&", "&amp;")
        text = "".join(
            _ENTITIES[char] if char in _ENTITIES and dice.chance(0.6) else char for char in text
        )
        if paper.language == "en":
            return re.sub(" ", lambda _: "&nbsp;" if dice.chance(0.08) else " ", text)
        return "".join(f"&#x{ord(char):X};" if dice.chance(0.03) else char for char in text)

    return _each(paper, change, title=True)


def spacing(paper: Paper, dice: Dice) -> Paper:
    """Odd white space, and full-width forms of letters, digits and signs."""

    def change(text: str) -> str:
        out = []
        for char in text:
            if char == " " and dice.chance(0.25):
                char = dice.pick(("\u00a0", "\u2003", " \u00a0", "\u3000"))
            elif "!" <= char <= "~" and char not in "&<" and dice.chance(0.3):
                char = chr(ord(char) + 0xFEE0)
            elif char in "。," and dice.chance(0.4):
                char += dice.pick(("\u3000", " ", "\u00a0"))
            out.append(char)
        return "".join(out).rstrip()

    return _each(paper, change, title=True)


def case(paper: Paper, dice: Dice) -> Paper:
    upper_abstract = dice.chance(0.4)
    changed = _each(paper, str.upper if upper_abstract else str.title, title=False)
    return replace(changed, title=paper.title and paper.title.upper())


@cache
def _traditional() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in characters("traditional")["pairs"].split()}


def traditional(paper: Paper, dice: Dice) -> Paper:
    return _each(paper, lambda text: text.translate(_traditional()), title=True)


def headings(paper: Paper, dice: Dice) -> Paper:
    """The heading of the abstract printed as part of it."""
    heading = dice.pick(characters("headings")[paper.language])
    abstract = (heading + paper.abstract[0], *paper.abstract[1:])
    return replace(paper, abstract=abstract, headed=False)


def copyright_line(paper: Paper, dice: Dice) -> Paper:
    line = dice.pick(characters("copyright")[paper.language])
    return _with_last(paper, line.format(year=paper.year, venue=paper.venue), dice)


def keyword_line(paper: Paper, dice: Dice) -> Paper:
    line = dice.pick(characters("keywords")[paper.language])
    words = dice.pick(("; ", ";", ", ")).join(paper.keywords)
    return _with_last(paper, line.format(words=words), dice)


_SENTENCE = {"zh": re.compile(r"[^。]*。|[^。]+$"), "en": re.compile(r".+?[.?](?:\s+|$)|.+$", re.S)}


def sentences(text: str, language: str) -> list[str]:
    """
    >>> sentences("One rose by 2.5%. Two fell.", "en"), sentences("甲。乙。", "zh")
    (['One rose by 2.5%. ', 'Two fell.'], ['甲。', '乙。'])
    """
    return _SENTENCE[language].findall(text)


def _longest(paper: Paper) -> int:
    """Which paragraph is the longest."""
    return max(range(len(paper.abstract)), key=lambda at: len(paper.abstract[at]))


def dropped(paper: Paper, dice: Dice) -> Paper:
    """One sentence is missing, never the first."""
    which = _longest(paper)
    parts = sentences(paper.abstract[which], paper.language)
    if len(parts) > 1:
        del parts[dice.between(1, len(parts) - 1)]
    text = "".join(parts).rstrip(" ")
    return replace(paper, abstract=(*paper.abstract[:which], text, *paper.abstract[which + 1 :]))


_BEFORE_ZH = frozenset("为由以与及的在对被将把可使让")
"""Where a copy-editor's word fits into a Chinese sentence."""


def edited(paper: Paper, dice: Dice) -> Paper:
    """Copy-edited: 2 to 8 % of the words (zh: characters) come in or go out."""
    share = 0.02 + 0.06 * dice.random()
    insertions = characters("edits")[paper.language]

    def english(text: str) -> str:
        out = []
        for word in text.split(" "):
            if not dice.chance(share):
                out.append(word)
            elif dice.chance(0.6) or not word.isalpha():
                out += [dice.pick(insertions), word]
        return " ".join(out)

    def chinese(text: str) -> str:
        places = [at for at, char in enumerate(text) if char in _BEFORE_ZH]
        wanted = max(1, int(share * len(text) / 2.5))  # an insertion is two or three long
        for at in sorted(dice.some(places, min(wanted, len(places))), reverse=True):
            text = text[:at] + dice.pick(insertions) + text[at:]
        return text

    return _each(paper, chinese if paper.language == "zh" else english, title=False)


def truncated(paper: Paper, dice: Dice) -> Paper:
    """Cut after 55 to 85 %, as lists of results cut."""
    text = ("" if paper.language == "zh" else " ").join(paper.abstract)
    cut = int(len(text) * (0.55 + 0.3 * dice.random()))
    return replace(paper, abstract=(text[:cut].rstrip() + dice.pick(("…", "...")),))


@cache
def _slips(language: str) -> tuple[tuple[str, str], ...]:
    text = characters("typing")[language]
    if language == "zh":
        return tuple((pair[0], pair[1]) for pair in text.split())
    pairs = (pair.partition("=") for pair in text.split())
    return tuple((seen, read) for seen, _, read in pairs)


def scanned(paper: Paper, dice: Dice) -> Paper:
    """Read by machine from paper: letters mistaken, characters lost."""
    slips = _slips(paper.language)
    rate = 0.4 if paper.language == "zh" else 0.012

    def change(text: str) -> str:
        for seen, read in slips:
            pieces = text.split(seen)
            text = pieces[0] + "".join(
                (read if dice.chance(rate) else seen) + piece for piece in pieces[1:]
            )
        return "".join(char for char in text if not dice.chance(0.006))

    return _each(paper, change, title=False)


@cache
def _synonyms(language: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in characters("synonyms")[language].split())
    return {word: other for word, _, other in pairs}


@cache
def _synonym_pattern(language: str) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, _synonyms(language)), key=len, reverse=True))
    return re.compile(words if language == "zh" else rf"\b(?:{words})\b")


def synonyms(paper: Paper, dice: Dice) -> Paper:
    """Words swapped for others of the same meaning. No folding undoes it."""
    table = _synonyms(paper.language)
    pattern = _synonym_pattern(paper.language)
    return _each(paper, lambda text: pattern.sub(lambda m: table[m[0]], text), title=False)


def reordered(paper: Paper, dice: Dice) -> Paper:
    """Two neighbouring sentences swapped. No folding undoes it."""
    which = _longest(paper)
    parts = [part.rstrip(" ") for part in sentences(paper.abstract[which], paper.language)]
    if len(parts) > 1:
        at = dice.between(0, len(parts) - 2)
        parts[at], parts[at + 1] = parts[at + 1], parts[at]
    text = ("" if paper.language == "zh" else " ").join(parts)
    return replace(paper, abstract=(*paper.abstract[:which], text, *paper.abstract[which + 1 :]))


def labels(paper: Paper, dice: Dice) -> Paper:
    """Section labels in the other language. No folding undoes it."""
    pairs = characters("labels")["pairs" if paper.language == "zh" else "back"]

    def change(text: str) -> str:
        for label, other in pairs:
            text = re.sub(rf"(^|[【\[。. ]){label}(?=[】\]:])", rf"\g<1>{other}", text)
        return text

    return _each(paper, change, title=False)


ALTERATIONS: dict[str, Alteration] = {
    "exact": Alteration(exact, weight=3),
    "entities": Alteration(entities),
    "spacing": Alteration(spacing),
    "case": Alteration(case, languages=("en",), weight=1.5),
    "traditional": Alteration(traditional, languages=("zh",), weight=1.5),
    "headings": Alteration(headings),
    "copyright": Alteration(copyright_line),
    "keywords": Alteration(keyword_line),
    "dropped": Alteration(dropped),
    "edited": Alteration(edited),
    "truncated": Alteration(truncated),
    "scanned": Alteration(scanned),
    "synonyms": Alteration(synonyms),
    "reordered": Alteration(reordered),
    "labels": Alteration(labels, labelled=True, weight=2),
}
"""By kind. Every one of them makes a duplicate."""
