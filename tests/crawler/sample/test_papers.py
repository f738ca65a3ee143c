"""What the records look like."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sample.addresses import aid_of, index_of
from crawler.sample.corpus import Corpus
from crawler.sample.papers import traits
from crawler.sample.truth import record_truth


@pytest.fixture(scope="module")
def papers(corpus_of):
    corpus = corpus_of(2_000)
    return [corpus.paper(index) for index in range(corpus.size)]


def test_half_of_the_records_are_chinese(papers):
    assert 0.45 < Counter(paper.language for paper in papers)["zh"] / len(papers) < 0.55


def test_abstracts_are_as_long_as_real_ones(corpus_of):
    corpus = corpus_of(2_000)
    for index in range(corpus.size):
        paper = corpus.paper(index)
        if not paper.abstract or corpus.plan.planted(index):
            continue
        text = "".join(paper.abstract)
        size = len(text) if paper.language == "zh" else len(text.split())
        low, high = (150, 410) if paper.language == "zh" else (110, 240)
        assert low <= size <= high


def test_no_slot_of_a_template_is_left_open(papers):
    for paper in papers:
        assert not re.search(r"[{}|\0]", f"{paper.title}{paper.abstract}{paper.venue}")


def test_anything_but_the_id_can_be_missing(papers):
    for field in ("title", "names", "venue", "volume", "issue", "abstract", "cited"):
        missing = sum(not getattr(paper, field) for paper in papers)
        assert 0 < missing < len(papers) / 2


def test_some_records_are_titles_alone(papers):
    assert any(paper.title and not paper.names and not paper.abstract for paper in papers)


@pytest.mark.parametrize("sign", ["\u2028", "\uff0c", "【目的】", "Objective", "本文责任编辑"])
def test_oddities_occur(papers, sign):
    assert any(sign in text for paper in papers for text in paper.abstract)


def test_authors_are_printed_one_a_person(corpus_of):
    corpus = corpus_of(2_000)
    for index in range(300):
        for author in record_truth(corpus, index)["authors"]:
            assert re.fullmatch(r"[\u4e00-\u9fff]{2,4}|[\w'. -]+ [A-Z]\.( [A-Z]\.)?", author)


def test_equal_seeds_give_equal_records_and_others_do_not():
    one, same, other = Corpus(50, 1), Corpus(50, 1), Corpus(50, 2)
    assert [one.paper(at) for at in range(50)] == [same.paper(at) for at in range(50)]
    assert {one.aid(at) for at in range(50)}.isdisjoint(other.aid(at) for at in range(50))


def test_an_aid_leads_back_to_its_record_in_either_case(corpus_of):
    corpus = corpus_of(2_000)
    for index in (0, 1, 1_999):
        assert corpus.find(corpus.aid(index)) == corpus.find(corpus.aid(index).lower()) == index
    assert corpus.find("0" * 32) is None
    assert corpus.find(Corpus(5_000, 7).aid(4_000)) is None


@given(seed=st.integers(0, 2**40), index=st.integers(0, 2**32 - 1))
def test_every_number_has_an_aid_that_leads_back(seed, index):
    assert index_of(seed, aid_of(seed, index)) == index
    assert index_of(seed + 1, aid_of(seed, index)) is None


def test_the_first_record_is_whole():
    assert all(traits(seed, 0).lack == "" for seed in range(20))
