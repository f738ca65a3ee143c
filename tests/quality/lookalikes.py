"""Works that look alike and are not the same. One function a kind: it makes two records of a paper,
or of a paper and another."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from benchmarks.corpora.citations import Printed, printed
from benchmarks.corpora.papers import Paper, paper

Lookalike = Callable[[Paper, Paper, random.Random], tuple[Printed, Printed]]


def erratum(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """A notice about the paper, by its authors, a little later."""
    chinese = one.language.name == "zh"
    title = f"《{one.title}》一文的更正" if chinese else f"Erratum to: {one.title}"
    said = "原文中有误，特此更正。" if chinese else "In the original article, Table 2 was in error."
    notice = replace(one, year=(one.year or 2000) + 1, doi=None, pages="99-99")
    return printed(one), printed(notice, title=title, abstract=rng.choice((said, None)))


def parts(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """Parts 1 and 2 of one work: one team, one introduction."""
    endings = rng.choice(
        (("（一）", "（二）"), ("（上）", "（下）"))
        if one.language.name == "zh"
        else ((". Part I", ". Part II"), (" (1)", " (2)"), (": part 1", ": part 2"))
    )
    shared = one.sentences[: len(one.sentences) // 3]
    second = replace(
        one, sentences=shared + other.sentences[len(shared) :], pages="1201-1210", doi=None
    )
    first = printed(one, title=one.title + endings[0])
    return first, printed(second, title=one.title + endings[1])


def yearly(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """A report that comes every year: one form, other numbers."""
    year = one.year or 2000
    form = "{}年{}年度报告" if one.language.name == "zh" else "{1}: annual report {0}"
    words = [
        str(rng.randint(2, 99)) if word.strip("%,.").isdigit() else word
        for word in one.abstract.split(" ")
    ]
    first = printed(one, title=form.format(year, one.title))
    later = replace(one, year=year + 1, doi=None, volume=str(int(one.volume or 1) + 1))
    title = form.format(year + 1, one.title)
    return first, printed(later, title=title, abstract=" ".join(words))


def templated(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """One letter form filled in by two teams: a case, a place, a species."""
    return _filled(one, one), _filled(other, one)


def _filled(own: Paper, model: Paper) -> Printed:
    """The sentences of a model with a paper's own names in every second one."""
    chinese = own.language.name == "zh"
    name = own.title[:3] if chinese else max(own.title.split(), key=len).title()
    kind = own.title[-5:-1] if chinese else own.people[0][1][::-1].lower() + "ia"
    form = "{}地区{}的调查" if chinese else "A checklist of {1} in {0}"
    aside = "在{}，" if chinese else "In {}, "
    sentences = [
        aside.format(name) + sentence if place % 2 else sentence
        for place, sentence in enumerate(model.sentences)
    ]
    text = own.language.gap.join(sentences)
    return printed(own, title=form.format(name, kind), abstract=text)


def series(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """`templated` by one team in one year."""
    people = {"authors": one.authors, "year": one.year, "doi": None}
    first, second = templated(one, other, rng)
    return first | people, second | people


def nameless(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """`templated` where nobody is named."""
    first, second = templated(one, other, rng)
    return first | {"authors": [], "doi": None}, second | {"authors": [], "doi": None}


def shared_methods(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """Two papers of one team, a third of the abstracts equal."""
    third = len(one.sentences) // 3
    sentences = other.sentences[:third] + one.sentences[third : 2 * third] + other.sentences[third:]
    second = replace(other, sentences=sentences, people=one.people, year=one.year)
    return printed(one), printed(second)


def preprint(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """The manuscript on a server and the article in a journal: related, each its own record."""
    early = replace(
        one,
        venue=rng.choice(("bioRxiv", "arXiv", "SSRN Electronic Journal")),
        year=(one.year or 2000) - 1,
        volume=None,
        issue=None,
        pages=None,
        doi=f"10.1101/{rng.getrandbits(32):08x}",
        sentences=one.sentences[:-1],
    )
    return printed(replace(one, doi=f"10.2222/{rng.getrandbits(32):08x}")), printed(early)


def attached(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """Another paper's abstract under a record's own title and authors."""
    return printed(one), printed(replace(other, sentences=one.sentences))


def same_title(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """One short title, two teams, two works."""
    title = "引言与综述" if one.language.name == "zh" else " ".join(one.title.split()[:3])
    return printed(one, title=title), printed(other, title=title)


def neighbours(one: Paper, other: Paper, rng: random.Random) -> tuple[Printed, Printed]:
    """Two papers of one team that follow each other in one issue, without abstracts."""
    first, last = (int(page) for page in (one.pages or "1-2").split("-"))
    pages = f"{last + 1}-{2 * last - first + 1}"
    second = replace(
        other,
        people=one.people,
        venue=one.venue,
        year=one.year,
        volume=one.volume,
        issue=one.issue,
        pages=pages,
    )
    return printed(one, abstract=None), printed(second, abstract=None)


KINDS: Mapping[str, Lookalike] = {
    "erratum": erratum,
    "parts": parts,
    "yearly": yearly,
    "templated": templated,
    "nameless": nameless,
    "series": series,
    "shared_methods": shared_methods,
    "preprint": preprint,
    "attached": attached,
    "same_title": same_title,
    "neighbours": neighbours,
}

_GENERIC = ("Front Matter", "Back Matter", "Editorial Board", "Book Reviews", "编者按", "目录")


def generic(count: int, rng: random.Random) -> Iterator[Printed]:
    """Pages of a journal that are no works: one title, many issues, often nothing else."""
    for number in range(count):
        found: Printed = {"title": _GENERIC[number % len(_GENERIC)], "venue": "Studies Quarterly"}
        if rng.random() < 0.6:
            found |= {"year": rng.randint(1980, 2020), "volume": str(rng.randint(1, 40))}
        yield found


def empty(count: int, rng: random.Random) -> Iterator[Printed]:
    """Records of which nothing was read, or a year and a venue at most."""
    for _ in range(count):
        found: Printed = {"title": rng.choice((None, "", " "))}
        if rng.random() < 0.4:
            found |= {"year": rng.randint(2000, 2003), "venue": "Studies Quarterly"}
        yield found


def unrelated(one: Paper, rng: random.Random) -> Paper:
    """Another paper in the same language, of which as much is known."""
    other = paper(one.language, rng, identified=0.3 if one.venue else 0)
    if one.venue:
        return other
    return replace(other, venue=None, volume=None, issue=None, pages=None)
