"""How good related literature is: precision at 10 on the sample portal's records, whose subjects
and kin are known, beside plain BM25 over all terms of the same index.

``subject``: share of the first ten that are of the asked record's subject. ``kin``: that the portal
lists on the asked record's page, or that list it on theirs; its kin are neighbours by subject, not
by words: of a large portal few can be found by anybody. Records of one work count once, those of
the asked work never.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from crawler.sample.corpus import Corpus
from crawler.sample.truth import record_truth
from records import Record
from storage import SqlStore, open_store
from storage.content import record_id
from storage.fulltext import View
from storage.terms import record_terms
from tests.storage.filling import Filler

FIRST = 10
_PAGE = 20
_SPARE = 6
"""Hits for a place: of works that stand there several times."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A portal's records as they stand in a store, indexed."""

    corpus: Corpus
    store: SqlStore
    records: tuple[Record, ...]
    """By number."""
    numbers: dict[str, int]
    """By key."""
    ids: dict[int, int]
    """Numbers by id."""


def filled(store: SqlStore, size: int, seed: int) -> Asked:
    corpus = Corpus(size, seed)
    said = tuple(_record(record_truth(corpus, number)) for number in range(size))
    filler = Filler(store)
    for start in range(0, size, _PAGE):
        filler.add(start, said[start : start + _PAGE])
    store.settle()
    store.refresh()
    numbers = {each.key: number for number, each in enumerate(said)}
    ids = {record_id(key): number for key, number in numbers.items()}
    return Asked(corpus, store, said, numbers, ids)


def _record(truth: dict[str, Any]) -> Record:
    return Record(
        rank=1,
        key=f"aid:{truth['aid'].casefold()}",
        title=truth["title"],
        abstract=truth["abstract"],
        authors=tuple(truth["authors"]),
        year=truth["year"],
        venue=truth["venue"],
    )


def figures(size: int, seed: int) -> dict[str, float]:
    """Each from 0 to 1; ``plain.``: of BM25 over all terms."""
    with open_store("sqlite://", create=True) as store:
        asked = filled(store, size, seed)
        ours = _precisions(asked, lambda number: _ours(asked, number))
        view = store._related_index.view()
        plain = _precisions(asked, lambda number: _plain(asked, view, number))
    return ours | {f"plain.{name}": value for name, value in plain.items()}


def _ours(asked: Asked, number: int) -> Iterable[int]:
    found = asked.store.related(key=asked.records[number].key, limit=FIRST * 2)
    return (asked.numbers[each.key] for each in found)


def _plain(asked: Asked, view: View, number: int) -> Iterable[int]:
    terms = list(Counter(record_terms(asked.records[number])))
    return [asked.ids[found] for found, _ in view.search(terms, FIRST * _SPARE)]


def _precisions(asked: Asked, answer: Callable[[int], Iterable[int]]) -> dict[str, float]:
    corpus, subjects = asked.corpus, asked.corpus.plan.subject
    listed = [frozenset(corpus.plan.kin(number)) for number in range(corpus.size)]
    by_subject, by_kin = [], []
    for number in range(corpus.size):
        works: dict[int, int] = {}
        for found in answer(number):
            if corpus.work(found) != corpus.work(number):
                works.setdefault(corpus.work(found), found)
        first = list(works.values())[:FIRST]
        by_subject.append(sum(subjects[each] == subjects[number] for each in first) / FIRST)
        kin = [each in listed[number] or number in listed[each] for each in first]
        by_kin.append(sum(kin) / FIRST)
    return {"subject_at_10": fmean(by_subject), "kin_at_10": fmean(by_kin)}
