"""Who lists whom: what a harvest that follows the links meets, and when."""

from collections import deque

import pytest

from crawler.sample.corpus import Corpus


def met_breadth_first(corpus: Corpus, pages: int) -> set[int]:
    met, queue = {0}, deque([0])
    while queue and pages:
        pages -= 1
        for kin in corpus.plan.kin(queue.popleft()):
            if kin not in met:
                met.add(kin)
                queue.append(kin)
    return met


@pytest.mark.parametrize("size", [1, 2, 7, 21, 22, 300, 2_000])
@pytest.mark.parametrize("seed", [7, 8])
def test_links_from_the_first_start_reach_every_record(corpus_of, size, seed):
    assert len(met_breadth_first(corpus_of(size, seed), size)) == size


def test_the_first_start_is_the_record_that_reaches_all(corpus_of):
    assert corpus_of(300).starts()[0] == 0


def test_five_thousand_pages_of_a_large_portal_list_ninety_thousand_records(corpus_of):
    assert len(met_breadth_first(corpus_of(100_000), 5_000)) > 90_000


def test_a_page_lists_others_each_once_and_at_most_twenty(corpus_of):
    corpus = corpus_of(2_000)
    lengths = set()
    for index in range(corpus.size):
        kin = corpus.plan.kin(index)
        lengths.add(len(kin))
        assert index not in kin
        assert len(set(kin)) == len(kin) <= 20
    assert {17, 20} <= lengths


def test_planted_records_are_listed_first(corpus_of):
    plan = corpus_of(2_000).plan
    for index, made in plan.derivation.items():
        assert index in plan.kin(made.source)[: len(plan.planted(made.source))]
        assert plan.kin(index)[0] == made.source or index in plan.derived


def test_kin_are_of_the_same_subject_but_on_the_first_pages(corpus_of):
    plan = corpus_of(2_000).plan
    for index in range(21, plan.size):
        assert {plan.subject[kin] for kin in plan.kin(index)} == {plan.subject[index]}


def test_a_record_is_listed_on_several_pages(corpus_of):
    plan = corpus_of(300).plan
    listed = [kin for index in range(plan.size) for kin in plan.kin(index)]
    assert len(listed) / len(set(listed)) > 10


def test_a_larger_portal_begins_with_the_records_of_a_smaller_one(corpus_of):
    small, large = corpus_of(300), corpus_of(2_000)
    for index in range(300):
        assert small.aid(index) == large.aid(index)
        assert small.plan.derivation.get(index) == large.plan.derivation.get(index)
