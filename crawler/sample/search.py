"""The portal's search service: which records a page of results lists, and what it says of them."""

from dataclasses import dataclass
from functools import cached_property

from crawler.sample.corpus import Corpus
from crawler.sample.layout import operator_of
from crawler.sample.papers import Paper
from crawler.sample.truth import record_truth

PAPER = "/paper/{aid}"
SEARCH = "/search"
SIZE = 10
"""Records a page."""
_FIELDS = ("title", "authors", "venue", "year", "abstract", "aid")


@dataclass(frozen=True, slots=True)
class Hit:
    """One record as a page of results lists it."""

    href: str
    title: str
    authors: tuple[str, ...]
    venue: str
    year: int
    abstract: str
    """In one paragraph."""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results. Numbers count from 1."""

    hits: tuple[Hit, ...]
    page: int
    pages: int
    total: int
    ms: int
    operator: str
    licence: str

    @property
    def first(self) -> int:
        return (self.page - 1) * SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1


class Search:
    """All records that have what a search service shows: a title, authors, a venue, an abstract."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    @cached_property
    def found(self) -> list[int]:
        """Their numbers, in the order of the results."""
        papers = ((index, self._corpus.paper(index)) for index in range(self._corpus.size))
        return [index for index, paper in papers if _is_whole(paper)]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.found) // SIZE))

    def results(self, page: int) -> Results | None:
        """None: there is no such page."""
        if not 1 <= page <= self.pages:
            return None
        listed = self.found[(page - 1) * SIZE : page * SIZE]
        runs = operator_of(0)
        return Results(
            hits=tuple(map(self._hit, listed)),
            page=page,
            pages=self.pages,
            total=len(self.found),
            ms=20 + page * 37 % 400,
            operator=runs.name,
            licence=runs.licence,
        )

    def truth(self) -> list[dict[str, object]]:
        """What a reader of all its pages should find, in order: ``url`` (its path), title, authors,
        venue, year and abstract, under the names and in the words of the records' truth."""
        found = []
        for index in self.found:
            said = record_truth(self._corpus, index)
            kept = {name: said[name] for name in _FIELDS}
            found.append({"url": PAPER.format(aid=said["aid"]), **kept})
        return found

    def _hit(self, index: int) -> Hit:
        paper = self._corpus.paper(index)
        assert paper.title is not None
        assert paper.venue is not None
        assert paper.year is not None
        return Hit(
            href=PAPER.format(aid=self._corpus.aid(index)),
            title=paper.title,
            authors=paper.authors,
            venue=paper.venue,
            year=paper.year,
            abstract=" ".join(paper.abstract),
        )


def _is_whole(paper: Paper) -> bool:
    return bool(paper.title and paper.names and paper.venue and paper.year and paper.abstract)
