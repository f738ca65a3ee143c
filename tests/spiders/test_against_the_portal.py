"""Pages of the sample portal, whose mark-ups were made without knowledge of the reader, read as
their truth says; the reader's source names nothing that only one mark-up has."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import spiders.pages
from crawler.sample import MARKUPS
from crawler.sample.corpus import Corpus
from crawler.sample.printing import print_page
from crawler.sample.truth import page_truth
from records import as_json
from spiders.pages import read

CORPUS = Corpus(200, 5)
PAGES = range(0, 200, 13)
FIELDS = (
    *("rank", "native_id", "title", "authors", "venue", "year", "volume", "issue", "pages"),
    *("abstract", "cited_by", "free_pdf"),
)
LINKED = [name for name in MARKUPS if name not in ("text", "bare")]
URL = "http://portal.example/relate_search.aspx?aid="


def collapsed(value: Any) -> Any:
    """Texts compared with white space collapsed: what HTML shows as one space is one."""
    if isinstance(value, str):
        return " ".join(value.split())
    return [collapsed(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("markup", LINKED)
def test_every_field_of_every_record_is_read_as_the_portal_says_it(markup: str) -> None:
    for index in PAGES:
        printed = print_page(CORPUS, "similar", index, markup)
        page = read(printed.body, url=URL + CORPUS.aid(index))
        truth = page_truth(CORPUS, index)
        assert page.problems == (), (index, page.problems)
        assert page.stated_total == len(page.records) == len(truth)
        for said, wanted in zip(as_json(page.records), truth, strict=True):
            for name in FIELDS:
                if name in wanted:
                    assert collapsed(said[name]) == collapsed(wanted[name]), (index, name)


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_footer_is_a_record_of_its_own_and_no_part_of_an_abstract(markup: str) -> None:
    for index in PAGES:
        page = read(print_page(CORPUS, "similar", index, markup).body, url=URL)
        assert page.footer is not None
        assert page.footer.operator
        assert re.fullmatch(r"\w+ICP备\d+号(-\d+)?", page.footer.licence or "")
        assert all("ICP" not in (each.abstract or "") for each in page.records)


@pytest.mark.parametrize("markup", LINKED)
def test_an_article_page_is_a_page_of_one_record_with_the_key_it_has_in_lists(markup: str) -> None:
    for index in PAGES:
        aid = CORPUS.aid(index)
        printed = print_page(CORPUS, "article", index, markup)
        url = f"http://portal.example/view_abstract.aspx?aid={aid}"
        page = read(printed.body, url=url)
        (only,) = page.records
        assert (only.rank, only.key, page.stated_total) == (1, f"aid:{aid.lower()}", None)


@pytest.mark.parametrize("markup", ["table", "random", "text"])
def test_a_page_cut_anywhere_never_reads_as_whole(markup: str) -> None:
    printed = print_page(CORPUS, "similar", 3, markup)
    whole = read(printed.body, url=URL)
    for end in range(0, len(printed.body) - 200, 997):
        page = read(printed.body[:end], url=URL)
        assert not page.ok or page.records == whole.records, end


def test_the_reader_names_no_class_id_or_nesting() -> None:
    folder = Path(spiders.pages.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not names_a_place(node.value), f"{path.name}: {node.value!r}"


def names_a_place(text: str) -> bool:
    """Whether a string looks like a selector: by class, by id, or by nesting."""
    return bool(
        re.search(
            r"@(class|id)\b|^\.(?!toml$)[a-z][\w-]*$|^#[a-z][\w-]*$|//[a-z]+\[|[a-z] > [a-z]", text
        )
    )


@pytest.mark.parametrize(
    "selector", ["//td[2]", "//*[@class='x']", ".result", "#main", "div > table", "@id='a'"]
)
def test_a_planted_selector_would_be_noticed(selector: str) -> None:
    assert names_a_place(selector)
