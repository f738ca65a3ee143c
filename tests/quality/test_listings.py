"""The gate that needs no data: generated result pages, what they hold known."""

import random
from collections import Counter
from urllib.parse import urlsplit

import pytest

from benchmarks.corpora.layouts import LAYOUTS
from benchmarks.corpora.listings import Listing, listing
from records import ResultPage
from spiders.pages import read
from tests.quality.floors import read_floors, rows_of

PAGES_A_LAYOUT = 6
WITH_PEOPLE = {"cards", "items", "rows", "three rows", "definitions", "headings", "broken lines"}
"""Layouts that print the authors of every record."""


def read_listing(page: Listing) -> ResultPage:
    return read(page.html, url="https://site.example/find", profile="auto")


def add_figures(right: Counter[str], of: Counter[str], page: Listing, said: ResultPage) -> None:
    next_url = urlsplit(said.next_url or "")
    answers = {
        "count_exact": len(said.records) == len(page.records),
        "totals": said.stated_total == page.total,
        "next_pages": f"{next_url.path}?{next_url.query}" == (page.next_url or "?"),
        "footers": said.footer is not None and said.footer.operator == "Example Press",
    }
    for name, answer in answers.items():
        right[name] += answer
        of[name] += 1
    by_title = {record.title: record for record in said.records}
    for work in page.records:
        record = by_title.get(work.title)
        fields = {
            "titles": record is not None,
            "addresses": record is not None and (record.url or "").endswith(work.url),
        }
        if work.snippet:
            fields["abstracts"] = record is not None and record.abstract == work.snippet
        if page.layout in WITH_PEOPLE:
            fields["authors"] = record is not None and record.authors == work.authors
        for name, answer in fields.items():
            right[name] += answer
            of[name] += 1


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for layout in LAYOUTS:
        for number in range(PAGES_A_LAYOUT):
            page = listing(random.Random(f"{layout} {number}"), layout)
            add_figures(right, of, page, read_listing(page))
    return {name: right[name] / count for name, count in of.items()}


def test_every_figure_of_generated_pages_reaches_its_floor(figures: dict[str, float]) -> None:
    rows = rows_of(figures, read_floors()["listings"])
    assert {row.name: row.shown for row in rows if not row.met or row.floor is None} == {}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_holds_each_of_its_records_once(layout: str) -> None:
    page = listing(random.Random(f"{layout} once"), layout)
    for work in page.records:
        assert page.html.count(f'"{work.url}"') + page.html.count(f"={work.url}>") >= 1
    assert len({work.url for work in page.records}) == len(page.records)


def test_equal_seeds_make_equal_pages_and_others_others() -> None:
    first, same, other = (listing(random.Random(seed)) for seed in (1, 1, 2))
    assert first == same != other
