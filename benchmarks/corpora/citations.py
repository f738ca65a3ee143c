"""One citation in other catalogues' spellings: what they do to names, venues, pages and titles."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from unicodedata import normalize

from benchmarks.corpora.papers import Paper

Printed = dict[str, object]
"""A record's fields as `glean dedup` reads them."""


def printed(paper: Paper, **changed: object) -> Printed:
    """A paper as it stands in a file; `changed` are fields printed otherwise."""
    found: Printed = {
        "title": paper.title,
        "abstract": paper.abstract or None,
        "authors": paper.authors,
        "year": paper.year,
        "venue": paper.venue,
        "volume": paper.volume,
        "issue": paper.issue,
        "pages": paper.pages,
        "doi": paper.doi,
    }
    return {**found, **changed}


def _initials(given: str, dot: str) -> str:
    return "".join(part[0] + dot for part in given.replace(".", "").split())


def family_first(paper: Paper, rng: random.Random) -> Printed:
    """``Lee, A. B.``, one a person."""
    names = [f"{family}, {_initials(given, '. ').strip()}" for given, family in paper.people]
    return printed(paper, authors=names)


def run_together(paper: Paper, rng: random.Random) -> Printed:
    """``Lee AB; Ek B``, one string for all, in letters without accents."""
    names = "; ".join(f"{family} {_initials(given, '')}" for given, family in paper.people)
    return printed(paper, authors=[_plain(names)])


def first_alone(paper: Paper, rng: random.Random) -> Printed:
    """The first author of several, without the rest."""
    return printed(paper, authors=paper.authors[:1], doi=None)


def abbreviated(paper: Paper, rng: random.Random) -> Printed:
    """``J. Appl. Opt.``, no issue, last page cut to what changes."""
    words = [word for word in (paper.venue or "").split() if word not in ("of", "and")]
    cut = [word if len(word) < 5 else f"{word[: rng.choice((3, 4))]}." for word in words]
    return printed(paper, venue=" ".join(cut), issue=None, pages=_short_pages(paper.pages))


def titled_otherwise(paper: Paper, rng: random.Random) -> Printed:
    """Every word begun with a capital, a full stop, a slip of the pen; no DOI."""
    words = paper.title.title().split(" ")
    place = max(range(len(words)), key=lambda at: len(words[at]))
    word = words[place]
    at = rng.randrange(2, len(word) - 2)
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return printed(paper, title=" ".join(words) + ".", doi=None)


def translated(paper: Paper, rng: random.Random) -> Printed:
    """``[Title]. [Article]``, as catalogues mark a title that is not the original."""
    return printed(paper, title=f"[{paper.title}]. [Article]", doi=None, issue=None)


def resolved(paper: Paper, rng: random.Random) -> Printed:
    """The DOI as an address, and hardly anything else."""
    if paper.doi is None:
        return abbreviated(paper, rng)
    address = f"https://doi.org/{paper.doi.upper()}"
    return printed(paper, doi=address, volume=None, issue=None, pages=None, venue=None)


def a_year_later(paper: Paper, rng: random.Random) -> Printed:
    """The year of print where the other has that of the first look online."""
    later = family_first(replace(paper, year=(paper.year or 2000) + 1), rng)
    return {**later, "doi": None}


SPELLINGS: Mapping[str, Callable[[Paper, random.Random], Printed]] = {
    "names_reversed": family_first,
    "names_run_together": run_together,
    "one_name": first_alone,
    "venue_abbreviated": abbreviated,
    "title_misspelt": titled_otherwise,
    "title_marked": translated,
    "identifier_alone": resolved,
    "next_year": a_year_later,
}


def _plain(text: str) -> str:
    return normalize("NFKD", text).encode("ascii", "ignore").decode()


def _short_pages(pages: str | None) -> str | None:
    if pages is None:
        return None
    first, _, last = pages.partition("-")
    shared = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return f"{first}-{last[shared:]}" if len(first) == len(last) else pages
