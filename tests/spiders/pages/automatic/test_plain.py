"""Result pages of which only the text is left."""

import random

import pytest

from benchmarks.corpora.listings import listing
from spiders.pages import read
from spiders.pages.guard import FLOOR
from spiders.pages.markup import stream_of_html

TITLES = (
    "Sediments of northern lakes",
    "A survey of river basins and what they carry",
    "Melting of polymers under shear",
    "Seismic velocity below the plain",
    "Water balance of paddy soils in summer",
)
TEXT = (
    "What the abstract says of the work, its methods and its results, at more length than a title "
    "ever has, so that it is known by it. Number "
)


def flattened(numbered: bool, total: str = "About 1,204 results") -> str:
    lines = ["Home | Help", total]
    for number, title in enumerate(TITLES, start=1):
        lines += [f"{number}. {title}" if numbered else title, "Ada Abbott; Omar Osei"]
        lines += [f"{TEXT}{number}.", f"Lake Review, {2000 + number}", ""]
    return "\n".join([*lines, "Next page", "© 2020 Lake Library"])


@pytest.mark.parametrize("profile", [None, "auto"])
@pytest.mark.parametrize("numbered", [True, False])
def test_records_are_told_by_what_repeats(numbered: bool, profile: str | None) -> None:
    said = read(flattened(numbered), profile=profile)
    assert said.profile == "auto"
    assert said.confidence >= FLOOR
    assert [record.title for record in said.records] == list(TITLES)
    assert [record.abstract for record in said.records] == [f"{TEXT}{n}." for n in range(1, 6)]
    assert {record.authors for record in said.records} <= {("Ada Abbott", "Omar Osei"), ()}
    assert [record.year for record in said.records] == [2001, 2002, 2003, 2004, 2005]
    assert said.stated_total == 1204
    assert said.problems == ()


def test_a_text_without_records_is_none() -> None:
    said = read("\n".join(f"{TEXT * 2}{n}" for n in range(30)), profile="auto")
    assert said.records == ()
    assert [problem.code for problem in said.problems] == ["not-recognised"]


def test_years_among_filters_do_not_count_records() -> None:
    text = flattened(False).replace("Home | Help", "2019\n12 works\n2020\n31 works\n2021\n8 works")
    assert len(read(text, profile="auto").records) == 5


def test_nearly_all_records_of_flattened_markup_are_found() -> None:
    asked = found = 0
    for number in range(12):
        page = listing(random.Random(f"flat {number}"), "cards")
        said = read(stream_of_html(page.html).text, profile="auto")
        titles = {record.title for record in said.records}
        asked += len(page.records)
        found += sum(work.title in titles for work in page.records)
    assert found > 0.8 * asked
