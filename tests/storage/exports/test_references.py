"""RIS and BibTeX, read by the libraries that others read them with."""

import re
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import given

from storage.exports import bibtex, ris
from storage.exports.citing import inverted, one_line
from storage.exports.rows import Row
from tests.storage.exports.rowing import records, row

ARTICLE = {
    "title": "基于{CNN}的 50 % \\alpha & x_1 ~ y^2 # \"q\" -- ``a'' <b> | $5",
    "authors": ("McAdams J. E.", "朱某彪", "Research and Development"),
    "venue": "Acta A & B",
    "year": 2019,
    "volume": "12",
    "issue": "3",
    "pages": "3832-3843",
    "abstract": "一。\n\nER  - \nTY  - BOOK\n@article{x, title={y}}",
    "keywords": ("machine learning", "深度学习"),
    "language": "zh",
    "identifiers": {"doi": "10.1/a_b;c(1)", "pmid": "77"},
    "url": "http://h/a_b?c=%20&d=1;e",
    "cluster": "c0f1e",
    "operator": "甲公司",
    "licence": "京ICP备1号",
}


def read_ris(*rows: Row) -> list[dict[str, Any]]:
    text = b"".join(map(ris.reference, rows)).decode("utf-8")
    return rispy.loads(text)


def read_bibtex(*rows: Row) -> list[dict[str, Any]]:
    """Fields of each entry, decoded but for those that stand verbatim, authors one by one."""
    text = b"".join(map(bibtex.entry, rows)).decode("utf-8")
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    assert len(library.blocks) == len(rows)
    found = []
    for entry in library.entries:
        verbatim = {
            name: entry.pop(name).value for name in ("url", "doi", "page-url") if name in entry
        }
        split = SeparateCoAuthors().transform_entry(entry, library)
        authors = (
            [_decoded(each) for each in split.fields_dict["author"].value]
            if "author" in split
            else []
        )
        split.pop("author", None)
        decoded = LatexDecodingMiddleware().transform_entry(split, library)
        said = {field.key: field.value for field in decoded.fields}
        found.append(
            {"ID": entry.key, "kind": entry.entry_type, **said, **verbatim, "author": authors}
        )
    return found


def _decoded(text: str) -> str:
    said, wrong = LatexDecodingMiddleware()._transform_python_value_string(text)
    assert not wrong
    return said


def test_a_reference_of_ris_says_what_the_record_says() -> None:
    (said,) = read_ris(row(**ARTICLE))
    assert said == {
        "type_of_reference": "JOUR",
        "id": "aid:1",
        "title": ARTICLE["title"],
        "authors": ["McAdams, J. E.", "朱某彪", "Research and Development"],
        "year": "2019",
        "secondary_title": "Acta A & B",
        "volume": "12",
        "number": "3",
        "start_page": "3832",
        "end_page": "3843",
        "abstract": "一。 ER  - TY  - BOOK @article{x, title={y}}".replace("  ", " "),
        "language": "zh",
        "keywords": ["machine learning", "深度学习"],
        "doi": "10.1/a_b;c(1)",
        "notes": ["pmid: 77"],
        "urls": ["http://h/a_b?c=%20&d=1%3Be"],
        "custom1": "c0f1e",
        "custom2": "aid:1",
        "custom3": "http://h/page?a=1;b=2",
        "custom4": "3",
        "custom5": "test 1",
        "custom6": "京ICP备1号",
        "custom7": "here; there",
        "custom8": "2",
        "name_of_database": "here",
        "database_provider": "甲公司",
        "access_date": "2025-10-09T08:53:20Z",
    }


def test_an_entry_of_bibtex_says_what_the_record_says() -> None:
    (said,) = read_bibtex(row(**ARTICLE))
    assert said == {
        "ID": "aid:1",
        "kind": "article",
        "title": ARTICLE["title"],
        "author": ["McAdams, J. E.", "朱某彪", "Research and Development"],
        "journal": "Acta A & B",
        "year": "2019",
        "volume": "12",
        "number": "3",
        "pages": "3832–3843",
        "abstract": "一。 ER - TY - BOOK @article{x, title={y}}",
        "keywords": "machine learning, 深度学习",
        "language": "zh",
        "doi": "10.1/a_b;c(1)",
        "identifiers": "pmid: 77",
        "url": ARTICLE["url"],
        "record": "aid:1",
        "cluster": "c0f1e",
        "canonical": "aid:1",
        "source": "here",
        "sources": "here; there",
        "readings": "2",
        "run": "3",
        "page-url": "http://h/page?a=1;b=2",
        "urldate": "2025-10-09",
        "fetched": "2025-10-09T08:53:20Z",
        "reader": "test 1",
        "operator": "甲公司",
        "licence": "京ICP备1号",
    }


@given(said=records)
def test_whatever_a_page_says_comes_back_from_ris(said: dict[str, Any]) -> None:
    first, last = read_ris(row(**said), row(key="aid:2"))
    assert last["id"] == "aid:2"
    for name, tag in (("title", "title"), ("abstract", "abstract"), ("venue", "secondary_title")):
        assert first.get(tag, "") == one_line(said[name] or "")
    assert first.get("authors", []) == [*filter(None, map(inverted, said["authors"]))]
    assert first.get("keywords", []) == [*filter(None, map(one_line, said["keywords"]))]
    assert first.get("doi", "") == one_line(said["identifiers"].get("doi", ""))
    urls = first.get("urls", [""])
    assert [each.replace("%3B", ";") for each in urls] == [
        one_line(said["url"] or "").replace("%3B", ";")
    ]


@given(said=records)
def test_whatever_a_page_says_comes_back_from_bibtex(said: dict[str, Any]) -> None:
    first, last = read_bibtex(row(**said), row(key="aid:2"))
    assert last["ID"] == "aid:2"
    for name in ("title", "abstract", "venue"):
        field = "journal" if name == "venue" else name
        assert first.get(field, "") == one_line(said[name] or "")
    assert first["author"] == [*filter(None, map(inverted, said["authors"]))]
    assert first.get("doi", "") == bibtex.verbatim(said["identifiers"].get("doi", ""))
    assert first.get("url", "") == bibtex.verbatim(said["url"] or "")


@given(said=records)
def test_braces_of_an_entry_are_in_pairs_for_bibtex_which_knows_no_escapes(
    said: dict[str, Any],
) -> None:
    depth = 0
    for brace in re.findall("[{}]", bibtex.entry(row(**said)).decode("utf-8")):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("key", ["AID:1", "a b", "a,b", "a{b", "https://h/?a=1", "文", "a%b", ""])
def test_a_key_that_bibtex_would_misread_is_cited_by_a_hash(key: str) -> None:
    assert re.fullmatch("key-[0-9a-f]{16}", bibtex.cite_key(key))


def test_keys_that_differ_by_case_alone_are_cited_apart() -> None:
    assert len({bibtex.cite_key(key).casefold() for key in ("aid:A", "aid:a", "AID:a")}) == 3
