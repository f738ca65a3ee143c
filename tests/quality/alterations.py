"""What sources do to a paper: the same paper, printed otherwise. One function a kind.

Titles are altered as abstracts are where a source would do so to both.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from benchmarks.corpora.citations import SPELLINGS, Printed, printed
from benchmarks.corpora.papers import Paper
from benchmarks.corpora.prose import traditional_of

_Words = TypeVar("_Words", str, tuple[str, ...])
Alteration = Callable[[Paper, random.Random], Printed]

_FULL_WIDTH = {point: point + 0xFEE0 for point in range(0x21, 0x7F)} | {0x20: 0x3000}
_HEADINGS = {"zh": ("摘要：", "【摘要】", "摘 要 "), "en": ("Abstract: ", "ABSTRACT ", "Summary: ")}
_LABELS = {
    "zh": ("【目的】", "【方法】", "【结果】", "【结论】"),
    "en": ("Objective: ", "Methods: ", "Results: ", "Conclusions: "),
}
_BOILERPLATE = {
    "zh": "本文版权归作者所有，未经许可不得转载。",
    "en": " This is an open access article distributed under the terms of a licence that permits"
    " unrestricted use, provided the original work is properly cited.",
}
_COPYRIGHT = {
    "zh": "版权所有 © 2016 某某编辑部",
    "en": " (C) 2016 The Society for Studies. Published by A Publisher Ltd. All rights reserved.",
}
_KEYWORDS = {"zh": "关键词：{}；{}；{}", "en": " Key words: {}; {}; {}"}
_SLIPS = str.maketrans("lIO0m", "1l0On")


def _in(table: Mapping[str, _Words], paper: Paper) -> _Words:
    return table["zh" if paper.language.name == "zh" else "en"]


def _words(text: str, paper: Paper) -> tuple[list[str], str]:
    gap = " " if paper.language.name in ("en", "am") else ""
    return (text.split(" ") if gap else list(text)), gap


def identical(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper)


def entities(paper: Paper, rng: random.Random) -> Printed:
    """Letters as numbers, all that are not ASCII and some others; spaces that do not break."""
    letters = [
        f"&#{ord(letter)};" if not letter.isascii() or rng.random() < 0.12 else letter
        for letter in paper.abstract
    ]
    text = "".join(letters).replace(" ", "&nbsp;", 3)
    return printed(paper, abstract=text, title=paper.title.replace(" ", "&nbsp;", 1))


def full_width(paper: Paper, rng: random.Random) -> Printed:
    """Letters, digits and spaces as wide as ideographs; half width where they were wide."""
    wide = paper.abstract.replace("，", ",").replace("。", ". ").translate(_FULL_WIDTH)
    return printed(paper, abstract=wide, title=paper.title.translate(_FULL_WIDTH))


def case(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper, abstract=paper.abstract.upper(), title=paper.title.upper())


def whitespace(paper: Paper, rng: random.Random) -> Printed:
    """Broken into lines, doubled and invisible spaces."""
    words, gap = _words(paper.abstract, paper)
    ends = (gap * 2 or "\u200b", "\n" if gap else "\u3000", "\u00a0" if gap else "\u200b")
    text = "".join(word + (rng.choice(ends) if rng.random() < 0.15 else gap) for word in words)
    return printed(paper, abstract=f"\n  {text} ", title=f" {paper.title} ")


def prefix(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper, abstract=f"{rng.choice(_in(_HEADINGS, paper))}{paper.abstract}")


def latex(paper: Paper, rng: random.Random) -> Printed:
    """Markup and LaTeX around words and numbers."""
    words, gap = _words(paper.abstract, paper)
    for place in rng.sample(range(len(words)), max(2, len(words) // 15)):
        form = rng.choice((r"\textit{{{}}}", "<i>{}</i>", "<sub>{}</sub>", r"{{\bf {}}}"))
        words[place] = form.format(words[place])
    text = re.sub(r"(\d+)%", r"$\1\\%$", gap.join(words))
    return printed(paper, abstract=f"<jats:p>{text}</jats:p>")


def headings(paper: Paper, rng: random.Random) -> Printed:
    labels, sentences = _in(_LABELS, paper), list(paper.sentences)
    for label, place in zip(labels, range(0, len(sentences), 2), strict=False):
        sentences[place] = label + sentences[place]
    return printed(paper, abstract=paper.language.gap.join(sentences))


def copyright_line(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper, abstract=f"{paper.abstract}{_in(_COPYRIGHT, paper)}")


def keywords(paper: Paper, rng: random.Random) -> Printed:
    words, gap = _words(paper.title, paper)
    size = 1 if gap else 2
    picked = (gap.join(words[at : at + size]) for at in rng.sample(range(len(words) - 1), 3))
    return printed(paper, abstract=paper.abstract + _in(_KEYWORDS, paper).format(*picked))


def boilerplate(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper, abstract=f"{paper.abstract}{_in(_BOILERPLATE, paper)}")


def _changed(paper: Paper, rng: random.Random, share: float) -> Printed:
    """A share of the words written anew, dropped or doubled, as a copy editor would."""
    words, gap = _words(paper.abstract, paper)
    others, _ = _words(paper.language.sentence(rng) * 3, paper)
    for place in rng.sample(range(len(words)), max(1, int(len(words) * share))):
        words[place] = rng.choice((rng.choice(others), rng.choice(others), ""))
    return printed(paper, abstract=gap.join(word for word in words if word))


def words_changed(paper: Paper, rng: random.Random) -> Printed:
    return _changed(paper, rng, 0.03)


def many_words_changed(paper: Paper, rng: random.Random) -> Printed:
    return _changed(paper, rng, 0.09)


def _without(paper: Paper, rng: random.Random, lost: int) -> Printed:
    kept = sorted(rng.sample(range(len(paper.sentences)), len(paper.sentences) - lost))
    return printed(paper, abstract=paper.language.gap.join(paper.sentences[at] for at in kept))


def sentence_lost(paper: Paper, rng: random.Random) -> Printed:
    return _without(paper, rng, 1)


def sentences_lost(paper: Paper, rng: random.Random) -> Printed:
    return _without(paper, rng, max(2, len(paper.sentences) // 4))


def _cut(paper: Paper, rng: random.Random, share: float, mark: str) -> Printed:
    text = paper.abstract
    return printed(paper, abstract=text[: int(len(text) * share)].rstrip() + mark)


def end_lost(paper: Paper, rng: random.Random) -> Printed:
    return _cut(paper, rng, rng.uniform(0.8, 0.95), rng.choice(("…", "...", "")))


def truncated(paper: Paper, rng: random.Random) -> Printed:
    return _cut(paper, rng, rng.uniform(0.55, 0.75), rng.choice(("…", "...", " [...]")))


def little_left(paper: Paper, rng: random.Random) -> Printed:
    return _cut(paper, rng, rng.uniform(0.2, 0.4), rng.choice(("…", "...")))


def scanned(paper: Paper, rng: random.Random) -> Printed:
    """Letters that a scanner takes for others; in scripts without them, letters lost."""
    letters = [
        (letter.translate(_SLIPS) if letter.isascii() else "") if rng.random() < 0.02 else letter
        for letter in paper.abstract
    ]
    return printed(paper, abstract="".join(letters))


def traditional(paper: Paper, rng: random.Random) -> Printed:
    table = traditional_of()
    text, title = paper.abstract.translate(table), paper.title.translate(table)
    names = [name.translate(table) for name in paper.authors]
    return printed(paper, abstract=text, title=title, authors=names)


def _upon(paper: Paper, before: Printed) -> Paper:
    """A paper that was printed once, to be altered again."""
    text, title = str(before["abstract"]), str(before["title"])
    return replace(paper, sentences=(text,), title=title)


def edited_and_framed(paper: Paper, rng: random.Random) -> Printed:
    """A copy editor, then a publisher's line, then an export that knows capitals alone."""
    once = _upon(paper, words_changed(paper, rng))
    twice = _upon(once, rng.choice((copyright_line, boilerplate, keywords))(once, rng))
    return rng.choice((case, full_width, prefix))(twice, rng)


def edited_and_cut(paper: Paper, rng: random.Random) -> Printed:
    return truncated(_upon(paper, words_changed(paper, rng)), rng)


def traditional_and_edited(paper: Paper, rng: random.Random) -> Printed:
    once = _upon(paper, traditional(paper, rng))
    return rng.choice((words_changed, end_lost, prefix, copyright_line))(once, rng)


def no_abstract(paper: Paper, rng: random.Random) -> Printed:
    return printed(paper, abstract=None)


def other_abstract(paper: Paper, rng: random.Random) -> Printed:
    """The paper itself, with the abstract of another: some catalogues slip by a row."""
    other = replace(paper, sentences=tuple(paper.language.abstract(rng)))
    return printed(other)


TIERS: Mapping[str, Mapping[str, Alteration]] = {
    "surface": {
        "identical": identical,
        "entities": entities,
        "full_width": full_width,
        "case": case,
        "whitespace": whitespace,
        "prefix": prefix,
        "latex": latex,
    },
    "light": {
        "headings": headings,
        "copyright": copyright_line,
        "keywords": keywords,
        "boilerplate": boilerplate,
        "words_changed": words_changed,
        "sentence_lost": sentence_lost,
        "end_lost": end_lost,
        "edited_and_framed": edited_and_framed,
    },
    "heavy": {
        "many_words_changed": many_words_changed,
        "sentences_lost": sentences_lost,
        "truncated": truncated,
        "scanned": scanned,
        "edited_and_cut": edited_and_cut,
    },
    "script": {"traditional": traditional, "traditional_and_edited": traditional_and_edited},
    "partial": {
        "no_abstract": no_abstract,
        "little_left": little_left,
        "other_abstract": other_abstract,
    },
    "citation": SPELLINGS,
}
"""Kinds by how hard they are to see through."""
