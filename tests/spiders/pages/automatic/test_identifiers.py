"""What names a work anywhere is told where it is printed or linked; citations are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Record
from spiders.pages import read
from spiders.pages.automatic.identifiers import citations, identifiers, is_isbn

TITLES = ("Sediments of northern lakes", "A survey of river basins", "Melting of polymers")
TEXT = "This is what the abstract of the work says about it, at some length and to the point."


def of_page(*extras: str) -> list[Record]:
    items = "".join(
        f"<li><h3><a href=/w/{n}>{title}</a></h3><p>{TEXT} {n}</p><div>{extra}</div></li>"
        for n, (title, extra) in enumerate(zip(TITLES, extras, strict=True))
    )
    return list(read(f"<ul>{items}</ul>", url="https://a.example/", profile="auto").records)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("doi:10.1234/abc-5.", {"doi": "10.1234/abc-5"}),
        ("DOI 10.1234/abc(5)", {"doi": "10.1234/abc(5)"}),
        ("(doi: 10.1234/abc.)", {"doi": "10.1234/abc"}),
        ("10.1234/abc.5", {"doi": "10.1234/abc.5"}),
        ("<a href=https://doi.org/10.1234%2Fabc>DOI</a>", {"doi": "10.1234/abc"}),
        ("<a href=/doi/full/10.1234/abc?x=1>Full text</a>", {"doi": "10.1234/abc"}),
        ("ISBN 978-3-16-148410-0", {"isbn": "9783161484100"}),
        ("ISBN: 3 16 148410 X", {"isbn": "316148410X"}),
        ("ISBN 978-3-16-148410-1", {}),
        ("PMID: 1234567", {"pmid": "1234567"}),
        ("<a href=https://pubmed.ncbi.nlm.nih.gov/123/>PubMed</a>", {"pmid": "123"}),
        ("PMCID: PMC123456", {"pmcid": "PMC123456"}),
        ("arXiv:2101.01234v2 [cs.CL]", {"arxiv": "2101.01234"}),
        ("<a href=http://arxiv.org/abs/hep-th/9901001>abs</a>", {"arxiv": "hep-th/9901001"}),
        ("version 10.1234 of 2011", {}),
    ],
)
def test_an_identifier_is_found_in_text_and_links(printed: str, expected: dict[str, str]) -> None:
    records = of_page(printed, "none", "none")
    assert [dict(record.identifiers) for record in records] == [expected, {}, {}]


def test_links_to_several_works_name_none_of_them() -> None:
    links = ["https://doi.org/10.1234/a", "https://doi.org/10.1234/b"]
    assert identifiers([], links) == {}
    assert identifiers(["doi:10.1234/c"], links) == {"doi": "10.1234/c"}


@pytest.mark.parametrize(
    ("printed", "total"),
    [
        ("<a href=/cites>Cited by 1,204</a>", 1204),
        ("31 citations", 31),
        ("被引：12", 12),
        ("被引频次: 7", 7),
        ("Citations: 0", 0),
        ("Cited in many reviews", None),
        ("Citation styles 5", None),
    ],
)
def test_citations_are_counted_where_they_are_printed(printed: str, total: int | None) -> None:
    cited = of_page(printed, "none", "none")[0].cited_by
    assert (cited.total if cited else None) == total


def test_a_column_says_how_often_each_was_cited() -> None:
    rows = "".join(
        f"<tr><td><a href=/w/{n}>{title}, a study of the same</a></td><td>{n * 1204:,}</td></tr>"
        for n, title in enumerate(TITLES * 2)
    )
    said = read(
        f"<p>6 results</p><table><tr><th>Title</th><th>Cited by</th></tr>{rows}</table>",
        profile="auto",
    )
    assert [r.cited_by and r.cited_by.total for r in said.records] == [n * 1204 for n in range(6)]


@given(st.text(max_size=80))
def test_any_text_is_looked_at(text: str) -> None:
    assert set(identifiers([text], [text])) <= {"doi", "isbn", "pmid", "pmcid", "arxiv"}
    cited = citations([text])
    assert cited is None or cited.total >= 0


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(0, 11))
def test_an_isbn_with_one_digit_changed_is_none(digits: list[int], at: int) -> None:
    last = -sum(d * (3 if n % 2 else 1) for n, d in enumerate(digits)) % 10
    right = "".join(map(str, [*digits, last]))
    wrong = right[:at] + str((int(right[at]) + 1) % 10) + right[at + 1 :]
    assert (is_isbn(right), is_isbn(wrong)) == (True, False)
