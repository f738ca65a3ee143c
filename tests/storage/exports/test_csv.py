"""CSV: what a spreadsheet is kept from, and that nothing is lost by it."""

import csv
import io
from functools import partial
from typing import Any

import pytest
from hypothesis import given

from storage.exports import csvs
from storage.exports.columns import COLUMNS, Column
from storage.exports.rows import Row
from tests.storage.exports.rowing import records, row, texts

FORMULAS = (
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "\n=1", " =1", "\u3000@x"),
    *("＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", '=HYPERLINK("http://h")', "\ufeff=1"),
    *("'=1", "''+1", "\u200b=1", "\t", "\rx"),
)
HARMLESS = ("", "a=b", "3-4", "1+1", "x@y.z", "'tis", "（=1）", "中文", "\\=1", '"=1"', " a")


def written(*rows: Row, **options: Any) -> str:
    out = io.BytesIO()
    with csvs.table(out, **options) as put:
        put(csvs.lines(**options)(rows))
    return out.getvalue().decode("utf-8")


def cells(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stands_behind_an_apostrophe_in_cells_and_header(text: str) -> None:
    columns = [Column(text, "text", lambda row: row.record["title"], "")]
    head, line = csv.reader(io.StringIO(written(row(title=text), columns=columns), newline=""))
    assert head == line == [f"'{text}"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_as_it_is_when_asked_for(text: str) -> None:
    (said,) = cells(written(row(title=text, keywords=(text,)), formulas=True))
    assert said["title"] == said["keywords"] == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_is_not_touched(text: str) -> None:
    (said,) = cells(written(row(title=text)))
    assert said["title"] == text


@pytest.mark.parametrize("name", ["authors", "keywords"])
def test_a_list_that_begins_with_a_formula_is_guarded(name: str) -> None:
    (said,) = cells(written(row(**{name: ("=1", "b")})))
    assert said[name] == "'=1; b"


def test_names_of_identifiers_and_sources_are_guarded_too() -> None:
    (said,) = cells(written(row(identifiers={"=1": "x"}, licence="@x", key="-1")))
    assert (said["identifiers"], said["licence"], said["id"]) == ("'=1: x", "'@x", "'-1")


def test_no_column_is_named_like_a_formula() -> None:
    assert [csvs.guarded(each.name) for each in COLUMNS] == [each.name for each in COLUMNS]


@given(text=texts)
def test_a_guard_can_be_taken_off(text: str) -> None:
    assert csvs.unguarded(csvs.guarded(text)) == text


@given(said=records)
def test_every_text_comes_back(said: dict[str, Any]) -> None:
    for formulas in (True, False):
        read = cells(written(row(**said), formulas=formulas))[0]
        back = str if formulas else csvs.unguarded
        for name in ("title", "abstract", "venue", "url"):
            assert back(read[name]) == (said[name] or "")
        assert read["year"] == ("" if said["year"] is None else str(said["year"]))


def test_a_byte_order_mark_stands_first_when_asked_for() -> None:
    assert written(row(), bom=True) == "\ufeff" + written(row())
    assert not written(row()).startswith("\ufeff")


def test_lines_end_as_the_standard_says_and_text_with_breaks_is_quoted() -> None:
    text = written(row(title="a\rb", abstract="c\nd", venue='e"f'))
    assert text.count("\r\n") == 2
    assert '"a\rb"' in text
    assert '"e""f"' in text


def test_a_byte_order_mark_and_nothing_else_differs_by_slices() -> None:
    out = io.BytesIO()
    encode = csvs.lines()
    with csvs.table(out) as put:
        for _ in range(3):
            put(encode([row()]))
    assert out.getvalue().decode("utf-8") == written(row(), row(), row())
    assert partial(written)().count("\n") == 1
