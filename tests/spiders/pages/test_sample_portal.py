"""The sample portal's mark-ups were drawn by another hand: each reads as its truth has it."""

import re
from typing import Any

import pytest

from crawler.sample.corpus import Corpus
from crawler.sample.markups import MARKUPS
from crawler.sample.printing import Printed, print_page
from crawler.sample.truth import page_truth, record_truth
from records import ResultPage, as_json
from spiders.pages import read

CORPUS = Corpus(150, 23)
PAGES = range(0, 150, 10)
FIELDS = (
    *("rank", "title", "authors", "venue", "year", "volume", "issue", "pages", "abstract"),
    *("language", "cited_by", "free_pdf"),
)
FLAT = ("text", "bare")


def spaced(value: Any) -> Any:
    """White space collapsed, as the truth asks for."""
    if isinstance(value, str):
        return " ".join(value.split())
    return [spaced(item) for item in value] if isinstance(value, list) else value


def reading(printed: Printed, kind: str, aid: str) -> ResultPage:
    declared = re.search(r"charset=([\w-]+)", printed.content_type)
    url = f"http://portal.example/{kind}.aspx?aid={aid}&pcid=5B"
    return read(printed.body, url=url, charset=declared[1] if declared else None)


@pytest.mark.parametrize("markup", [name for name in MARKUPS if name != "bare"])
def test_every_listed_record_is_read_as_the_truth_has_it(markup: str) -> None:
    for index in PAGES:
        page = reading(
            print_page(CORPUS, "similar", index, markup), "relate_search", CORPUS.aid(index)
        )
        truth = page_truth(CORPUS, index)
        assert page.ok
        assert page.stated_total == len(page.records) == len(truth)
        for wanted, said in zip(truth, as_json(page.records), strict=True):
            assert {name: spaced(said[name]) for name in FIELDS} == {
                name: spaced(wanted[name]) for name in FIELDS
            }
            if markup not in FLAT:
                assert said["native_id"] == wanted["aid"]


def test_text_without_ranks_and_titles_keeps_every_abstract_in_its_place() -> None:
    for index in PAGES:
        page = reading(
            print_page(CORPUS, "similar", index, "bare"), "relate_search", CORPUS.aid(index)
        )
        assert page.ok
        abstracts = {record.rank: spaced(record.abstract) for record in page.records}
        for wanted in page_truth(CORPUS, index):
            if wanted["abstract"]:
                assert abstracts[wanted["rank"]] == spaced(wanted["abstract"])


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_article_has_the_key_that_it_has_in_lists(markup: str) -> None:
    for index in PAGES:
        aid = CORPUS.aid(index)
        page = reading(print_page(CORPUS, "article", index, markup), "view_abstract", aid)
        assert page.ok
        assert page.stated_total is None
        (record,) = page.records
        assert (record.rank, record.key) == (1, f"aid:{aid.lower()}")
        wanted, said = record_truth(CORPUS, index), as_json(record)
        for name in ("title", "authors", "venue", "year", "volume", "issue", "pages", "abstract"):
            assert spaced(said[name]) == spaced(wanted[name])


FAULTS = {
    "captcha": {"captcha"},
    "soft-404": {"not-found"},
    "empty": set(),
    "wrong-total": {"total-mismatch"},
    "wrong-charset": {"charset-mismatch"},
    "cut-page": {"total-mismatch", "truncated"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("markup", [name for name in MARKUPS if name not in FLAT])
def test_a_fault_is_a_problem_of_its_own(markup: str, fault: str) -> None:
    for index in PAGES[::4]:
        printed = print_page(CORPUS, "similar", index, markup, fault)
        page = reading(printed, "relate_search", CORPUS.aid(index))
        assert {problem.code for problem in page.problems} == FAULTS[fault]
        if fault in ("captcha", "soft-404", "empty"):
            assert page.records == ()
