"""What a reader of the portal's pages should find, as JSON types under the contract's names."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from crawler.sample.addresses import start_address, subject_id
from crawler.sample.corpus import Corpus, Planted
from crawler.sample.papers import Paper


def record_truth(corpus: Corpus, index: int) -> dict[str, Any]:
    """One record as a reader should print it, and ``work``: the aid of what it duplicates, or its
    own. Two records are duplicates exactly if their ``work`` is equal.

    White space other than HTML's own stands as printed (U+00A0, U+3000, U+2028); compare with
    white space collapsed.
    """
    paper = corpus.paper(index)
    return {
        "aid": corpus.aid(index),
        "work": corpus.aid(corpus.work(index)),
        "pcid": subject_id(corpus.seed, corpus.plan.subject[index]),
        "language": paper.language,
        "title": paper.title,
        "authors": list(paper.authors),
        "venue": paper.venue,
        "year": paper.year,
        "volume": paper.volume,
        "issue": paper.issue,
        "pages": paper.pages,
        "abstract": "\n".join(paper.abstract) or None,
        "cited_by": _cited_by(paper),
        "free_pdf": paper.free_pdf,
    }


def _cited_by(paper: Paper) -> dict[str, int] | None:
    if paper.cited is None:
        return None
    own, others = paper.cited
    return {"total": own + others, "self": own, "others": others}


def page_truth(corpus: Corpus, index: int) -> list[dict[str, Any]]:
    """The records that a page of kin lists, each with its ``rank``, in order."""
    return [
        {"rank": rank, **record_truth(corpus, kin)}
        for rank, kin in enumerate(corpus.plan.kin(index), 1)
    ]


def article_truth(corpus: Corpus, index: int) -> dict[str, Any]:
    """What a reader of the record's own page should find: there it has keywords, but neither
    counts of citations nor a free PDF.
    """
    keywords = list(corpus.paper(index).keywords)
    record = record_truth(corpus, index)
    return {"rank": 1, **record, "cited_by": None, "free_pdf": False, "keywords": keywords}


def start_paths(corpus: Corpus) -> list[str]:
    """Addresses without host: the first record of each subject; the first of them reaches all."""
    return [
        start_address(corpus.seed, index, corpus.plan.subject[index], corpus.paper(index).language)
        for index in corpus.starts()
    ]


def pair_json(pair: Planted) -> dict[str, Any]:
    return asdict(pair)


def truth_json(corpus: Corpus, url: str) -> Iterator[str]:
    """The whole truth as JSON text, a piece a record or pair."""
    yield '{"records": ['
    for index in range(corpus.size):
        comma = ",\n" if index else "\n"
        yield comma + json.dumps(record_truth(corpus, index), ensure_ascii=False)
    yield '\n],\n"duplicates": ['
    for at, pair in enumerate(corpus.planted()):
        yield (",\n" if at else "\n") + json.dumps(pair_json(pair))
    starts = json.dumps([url + path for path in start_paths(corpus)])
    yield f'\n],\n"start": {starts}}}\n'
