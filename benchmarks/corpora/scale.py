"""Files of any length for runs of speed and memory, and the truth about them.

Records mix half the sentences of two abstracts of a stock, so that strangers share what papers of
one field share, and no two records share more than that but by plan.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.corpora.citations import SPELLINGS, Printed, printed
from benchmarks.corpora.papers import Paper, citation, paper
from benchmarks.corpora.prose import Language, chinese, english

_STOCK = {"en": 12_000, "zh": 6000}
"""Abstracts in stock: few enough that some records share a source, as papers share an author."""
_UNTITLED = {"en": 0.0, "zh": 0.8}
"""Share of the stock whose title nobody wrote down: a record is then known by one title of two, or
by none."""
_KEPT = 5000
"""Records of which a duplicate may be planted, at any moment."""
_TAIL = " © 2021 A Publisher Ltd. All rights reserved."

FORMS = ("apart", "identical", "shared", "templated")
"""Of records in one bucket; ``apart`` is the same sort of records in no common bucket."""

Planted = tuple[str, str, str]
"""Id of a duplicate, id of what it doubles, and what was done to it."""


def abstracts(
    count: int, seed: int, *, duplicates: float = 0.1, share_zh: float = 0.1
) -> Iterator[tuple[Printed, Planted | None]]:
    """Records of title and abstract, with light near-duplicates planted among them."""
    rng = random.Random(seed)
    stock = {
        language.name: [_stocked(language, rng) for _ in range(min(_STOCK[language.name], count))]
        for language in (english(), chinese())
    }
    kept: list[tuple[str, str, list[str], Language]] = []
    for number in range(count):
        name = f"r{number}"
        if kept and rng.random() < duplicates:
            base, title, sentences, language = rng.choice(kept)
            text, done = _altered(sentences, language, rng)
            yield {"id": name, "title": title, "abstract": text}, (name, base, done)
            continue
        title, sentences, language = _mixed(stock["zh" if rng.random() < share_zh else "en"], rng)
        entry = (name, title, sentences, language)
        if len(kept) < _KEPT:
            kept.append(entry)
        else:
            kept[rng.randrange(_KEPT)] = entry
        text = language.gap.join(sentences)
        yield {"id": name, "title": title, "abstract": text}, None


def _stocked(language: Language, rng: random.Random) -> Paper:
    found = paper(language, rng)
    return replace(found, title="") if rng.random() < _UNTITLED[language.name] else found


def _mixed(stock: list[Paper], rng: random.Random) -> tuple[str, list[str], Language]:
    one, other = rng.choice(stock), rng.choice(stock)
    sentences = [
        sentence
        for source in (one, other)
        for sentence in rng.sample(source.sentences, (len(source.sentences) + 1) // 2)
    ]
    rng.shuffle(sentences)
    return f"{one.title[:80]} {other.title[:80]}".strip(), sentences, one.language


def _altered(sentences: list[str], language: Language, rng: random.Random) -> tuple[str, str]:
    gap = language.gap
    done = rng.choice(("drop", "swap", "case", "tail"))
    if done == "drop" and len(sentences) > 5:
        shortest = min(range(len(sentences)), key=lambda place: len(sentences[place]))
        return gap.join(sentences[:shortest] + sentences[shortest + 1 :]), done
    text = gap.join(sentences)
    if done == "swap":
        pieces = text.split(gap) if gap else list(text)
        for _ in range(max(1, len(pieces) // 60)):
            pieces[rng.randrange(len(pieces))] = rng.choice(pieces)
        return gap.join(pieces), done
    return (text + _TAIL, "tail") if done == "tail" else (text.upper(), "case")


def citations(
    count: int, seed: int, *, duplicates: float = 0.2
) -> Iterator[tuple[Printed, Planted | None]]:
    """Records of title, authors, venue, year, volume and pages alone, some in other spellings."""
    rng = random.Random(seed)
    kept: list[tuple[str, Paper]] = []
    for number in range(count):
        name = f"c{number}"
        if kept and rng.random() < duplicates:
            base, found = rng.choice(kept)
            done = rng.choice(sorted(SPELLINGS))
            yield {"id": name, **SPELLINGS[done](found, rng)}, (name, base, done)
            continue
        found = citation(rng)
        if len(kept) < _KEPT:
            kept.append((name, found))
        else:
            kept[rng.randrange(_KEPT)] = (name, found)
        yield {"id": name, **printed(found)}, None


def one_bucket(count: int, seed: int, form: str) -> Iterator[tuple[Printed, Planted | None]]:
    """Records that all stand in one bucket.

    `form`: ``identical`` in every field but the id; ``shared``, one abstract under titles and
    authors of their own; ``templated``, that abstract with a name and a number filled in;
    ``apart``, an abstract each, to compare with.
    """
    rng = random.Random(seed)
    model = paper(english(), rng, identified=0)
    for number in range(count):
        own = model if form == "identical" else paper(english(), rng, identified=0)
        text = own.abstract if form == "apart" else model.abstract
        if form == "templated":
            text += f" The site was {own.title.split()[-1]} in year {number}."
        yield {**printed(own), "id": f"b{number}", "abstract": text}, None


def write(
    records: Iterator[tuple[Printed, Planted | None]], file: Path, truth: Path | None = None
) -> None:
    """Records as JSON lines; what was planted, if asked, as lines of three columns."""
    planted: list[Planted] = []
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for record, double in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            if double is not None:
                planted.append(double)
    if truth is not None:
        lines = ("\t".join(each) + "\n" for each in planted)
        truth.write_text("".join(lines), "utf-8")
