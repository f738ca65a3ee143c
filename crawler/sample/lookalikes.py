"""Records that look alike and are not duplicates: one function a kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from crawler.sample.dice import Dice
from crawler.sample.papers import Draft, Paper, paragraphs
from crawler.sample.vocabulary import characters


@dataclass(frozen=True, slots=True)
class Work:
    """A paper with the sentences it is made of."""

    paper: Paper
    draft: Draft


@dataclass(frozen=True, slots=True)
class Lookalike:
    """How a pair comes about: ``make`` writes the later record from the source as prepared and
    from a paper that is otherwise its own; ``prepare`` is what the source must say for that.
    """

    make: Callable[[Work, Work, Dice], Paper]
    prepare: Callable[[Paper, Dice], Paper] = lambda paper, dice: paper
    weight: float = 1.0


def first_part(paper: Paper, dice: Dice) -> Paper:
    if paper.language == "zh":
        return replace(paper, title=f"{paper.title}(Ⅰ):总论")
    return replace(paper, title=f"{paper.title}. Part I: General")


def second_part(source: Work, own: Work, dice: Dice) -> Paper:
    """The same title, authors and journal; another abstract."""
    title = source.paper.title or ""
    head = title.removesuffix("(Ⅰ):总论").removesuffix(". Part I: General")
    paper = source.paper
    number = (
        f"{head}(Ⅱ):{own.draft.topic}"
        if paper.language == "zh"
        else f"{head}. Part II: The role of {own.draft.topic}"
    )
    first = 1 + int((paper.pages or "0").rpartition("-")[2])
    return replace(
        own.paper,
        title=number,
        names=paper.names,
        venue=paper.venue,
        year=paper.year,
        volume=paper.volume,
        issue=paper.issue,
        pages=f"{first}-{first + dice.between(4, 15)}",
    )


def erratum(source: Work, own: Work, dice: Dice) -> Paper:
    """A notice about the source, in its words."""
    paper = source.paper
    zh = paper.language == "zh"
    notice = characters("notices")[paper.language].format(
        title=f"“{paper.title}”",
        year=paper.year,
        issue=paper.issue or 1,
        table=dice.between(1, 6),
    )
    first = dice.between(1, 900)
    return replace(
        paper,
        title=f"“{paper.title}”一文勘误" if zh else f"Erratum: {paper.title}",
        abstract=(notice,),
        headed=False,
        issue=str(int(paper.issue or 1) % 12 + 1),
        pages=f"{first}-{first + 1}",
        cited=None,
    )


def same_methods(source: Work, own: Work, dice: Dice) -> Paper:
    """Another study of the same group: only the sentences on data and methods are shared."""
    shared = dict(source.draft.parts)
    parts = tuple(
        (role, shared.get(role, sentences) if role in ("data", "method") else sentences)
        for role, sentences in own.draft.parts
    )
    mixed = Draft(own.draft.topic, parts)
    return replace(
        own.paper,
        names=source.paper.names,
        abstract=paragraphs(mixed, own.paper.language, False, dice),
    )


def yearly(paper: Paper, dice: Dice) -> Paper:
    """A yearly report, the source of a series."""
    year = paper.year or 2000
    subject = paper.keywords[0]
    if paper.language == "zh":
        return replace(paper, title=f"{year}年{subject}年度报告")
    return replace(paper, title=f"{subject[:1].upper()}{subject[1:]}: annual report for {year}")


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def another_year(source: Work, own: Work, dice: Dice) -> Paper:
    """The report of a later year: the same frame, other figures, some sentences of its own."""
    paper = source.paper
    old = paper.year or 2000
    year = old + dice.between(1, 3)

    def figure(found: re.Match[str]) -> str:
        if "." in found[0]:
            return f"{float(found[0]) * (0.6 + 0.8 * dice.random()):.1f}"
        return str(max(1, int(int(found[0]) * (0.6 + 0.8 * dice.random()))))

    fresh = dict(own.draft.parts)
    parts = tuple(
        (
            role,
            fresh.get(role, ())
            if role in ("gap", "conclusion")
            else tuple(_NUMBER.sub(figure, sentence) for sentence in sentences),
        )
        for role, sentences in source.draft.parts
    )
    return replace(
        paper,
        title=(paper.title or "").replace(str(old), str(year)),
        year=year,
        volume=str(int(paper.volume) + year - old) if paper.volume else None,
        abstract=paragraphs(
            Draft(source.draft.topic, tuple(part for part in parts if part[1])),
            paper.language,
            False,
            dice,
        ),
        cited=None,
    )


def with_boilerplate(paper: Paper, dice: Dice) -> Paper:
    gap = "" if paper.language == "zh" else " "
    notice = gap.join(characters("boilerplate")[paper.language])
    return replace(paper, abstract=(*paper.abstract, notice))


def same_boilerplate(source: Work, own: Work, dice: Dice) -> Paper:
    """Another paper of the journal that prints the same notice under every abstract."""
    paper = with_boilerplate(own.paper, dice)
    return replace(paper, venue=source.paper.venue)


LOOKALIKES: dict[str, Lookalike] = {
    "part": Lookalike(second_part, first_part),
    "erratum": Lookalike(erratum),
    "methods": Lookalike(same_methods),
    "series": Lookalike(another_year, yearly),
    "boilerplate": Lookalike(same_boilerplate, with_boilerplate),
}
"""By kind. None of them makes a duplicate."""
