"""Figures of saved pages, counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.quality.pages import figures, found_rows, page_folders

ROWS = ["Lakes of the north, 2004", "Rivers of the south, 2011"]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "one.html").write_text("", "utf-8")
    rows = '"Lakes of the north",2004\n"Rivers of the south",2011\n,\n'
    (tmp_path / "one.records.csv").write_bytes(rows.encode("cp1252"))
    return tmp_path


def page(*texts: str) -> dict[str, Any]:
    return {"one.html": {"records": [{"text": text} for text in texts]}}


def test_rows_that_were_read_alone_are_found() -> None:
    assert found_rows(ROWS, [f"1. {ROWS[0]}", f"2. {ROWS[1]} PDF"]) == 2


def test_a_text_finds_one_row_at_most() -> None:
    assert found_rows([ROWS[0], ROWS[0]], [ROWS[0]]) == 1


def test_a_text_that_swallows_three_rows_finds_none() -> None:
    assert found_rows(["a b c d", "e f g h", "i j k l"], ["a b c d e f g h i j k l"]) == 0


def test_a_page_read_whole_scores_1_everywhere(tables: Path) -> None:
    assert set(figures(tables, page(*ROWS)).values()) == {1.0}


def test_a_page_that_was_not_read_scores_0(tables: Path) -> None:
    assert figures(tables, {})["record_f1"] == 0


def test_what_is_no_record_costs_precision_alone(tables: Path) -> None:
    said = figures(tables, page(*ROWS, "Home and about", "Terms of use"))
    assert (said["record_precision"], said["record_recall"]) == (0.5, 1.0)
    assert said["pages_perfect"] == 0


def test_truth_by_hand_tells_fields_totals_and_next_pages(tmp_path: Path) -> None:
    record = {"title": "Lakes", "url": "/a?b=1", "abstract_or_snippet": "Of the north."}
    truth = {"records": [record], "total": 12, "next_page": "?page=2"}
    (tmp_path / "one.truth.json").write_text(json.dumps(truth), "utf-8")
    read = {
        "records": [
            {"title": "Lakes", "url": "http://x.example/a?b=1", "abstract": "of thenorth."}
        ],
        "stated_total": 12,
        "next_url": "http://x.example/?page=2",
    }
    assert set(figures(tmp_path, {"one.html": read}).values()) == {1.0}
    assert figures(tmp_path, {"one.html": {**read, "stated_total": 1}})["totals"] == 0
    assert figures(tmp_path, {"one.html": {"records": []}})["titles"] == 0


def test_sets_of_pages_lie_in_a_folder_or_are_it(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "other").mkdir()
    (folder / "one.records.csv").write_text("Lakes,2004\n", "utf-8")
    assert page_folders(folder) == page_folders(tmp_path) == [folder]
