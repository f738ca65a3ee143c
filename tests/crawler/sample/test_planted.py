"""What is planted is what the truth says, measured by shingles of the test's own."""

import itertools
import statistics
from collections import Counter, defaultdict

import pytest

from crawler.sample.alterations import ALTERATIONS
from crawler.sample.lookalikes import LOOKALIKES
from crawler.sample.papers import Paper

CHARACTERS_CHANGED = {"entities", "spacing", "traditional"}
"""Kinds whose texts share little until they are folded."""


def shingles(paper: Paper) -> set[tuple[str, ...]]:
    """Runs of three characters (zh) or three words (en) of the abstract."""
    text = "\n".join(paper.abstract).lower()
    if paper.language == "zh":
        tokens = [char for char in text if char.isalnum()]
    else:
        tokens = "".join(char if char.isalnum() else " " for char in text).split()
    return {tuple(tokens[at : at + 3]) for at in range(len(tokens) - 2)}


def jaccard(a: Paper, b: Paper) -> float:
    one, other = shingles(a), shingles(b)
    return len(one & other) / len(one | other) if one | other else 0.0


@pytest.fixture(scope="module")
def similarities(corpus_of):
    """By kind: exact Jaccard of every planted pair of a portal of 4,000."""
    corpus = corpus_of(4_000)
    found = defaultdict(list)
    for index, made in corpus.plan.derivation.items():
        found[made.kind].append(jaccard(corpus.paper(made.source), corpus.paper(index)))
    return found


def test_every_kind_is_planted(similarities):
    assert set(similarities) == set(ALTERATIONS) | set(LOOKALIKES)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_about_a_tenth_of_the_records_are_duplicates(corpus_of, seed):
    corpus = corpus_of(2_000, seed)
    kinds = Counter(pair.duplicate for pair in corpus.planted())
    assert 0.08 < kinds[True] / corpus.size < 0.13
    assert 0.02 < kinds[False] / corpus.size < 0.05


def test_exact_duplicates_say_the_same_under_another_aid(corpus_of):
    corpus = corpus_of(2_000)
    for index, made in corpus.plan.derivation.items():
        if made.kind == "exact":
            assert corpus.paper(index) == corpus.paper(made.source)
            assert corpus.aid(index) != corpus.aid(made.source)


def test_every_other_duplicate_differs_from_its_original(corpus_of):
    corpus = corpus_of(2_000)
    same = [
        made.kind
        for index, made in corpus.plan.derivation.items()
        if made.kind != "exact" and corpus.paper(index) == corpus.paper(made.source)
    ]
    assert len(same) <= 2  # a scan that happens to be clean


@pytest.mark.parametrize("kind", sorted(set(ALTERATIONS) - CHARACTERS_CHANGED))
def test_near_duplicates_are_near(similarities, kind):
    assert min(similarities[kind]) > 0.4
    assert statistics.median(similarities[kind]) > 0.55


@pytest.mark.parametrize("kind", sorted(CHARACTERS_CHANGED))
def test_some_near_duplicates_are_far_until_they_are_folded(similarities, kind):
    assert min(similarities[kind]) < 0.7


@pytest.mark.parametrize("kind", sorted(LOOKALIKES))
def test_lookalikes_stay_below_duplicates(similarities, kind):
    assert max(similarities[kind]) < 0.75


def test_some_lookalikes_share_much(similarities):
    assert max(similarities["series"]) > 0.5
    assert min(similarities["boilerplate"]) > 0.1
    assert statistics.median(similarities["methods"]) > 0.08


def test_unrelated_records_of_one_subject_share_little(corpus_of):
    corpus = corpus_of(4_000)
    plan = corpus.plan
    for members, language in itertools.product(plan.members, ("zh", "en")):
        papers = [
            corpus.paper(index)
            for index in members
            if not plan.planted(index) and corpus.paper(index).language == language
        ]
        sets = [shingles(paper) for paper in papers if paper.abstract][:60]
        for one, other in itertools.combinations(sets, 2):
            assert len(one & other) / len(one | other) < 0.17


def test_parts_and_errata_keep_authors_and_journal(corpus_of):
    corpus = corpus_of(4_000)
    for index, made in corpus.plan.derivation.items():
        source, paper = corpus.paper(made.source), corpus.paper(index)
        if made.kind in ("part", "erratum"):
            assert (paper.names, paper.venue) == (source.names, source.venue)
        if made.kind == "part":
            assert paper.title.split()[0][:3] == source.title.split()[0][:3]
            assert ("Part II" in paper.title) or ("Ⅱ" in paper.title)
        if made.kind == "erratum":
            assert source.title in paper.title
        if made.kind == "series":
            assert paper.title.replace(str(paper.year), str(source.year)) == source.title
            assert paper.year > source.year


def test_a_chain_of_copies_has_one_original(corpus_of):
    corpus = corpus_of(4_000)
    for index, made in corpus.plan.derivation.items():
        assert made.source not in corpus.plan.derivation
        assert made.source < index
        assert corpus.work(index) == (made.source if made.kind in ALTERATIONS else index)
