"""``glean report --sample``: answers are kept, state a precision, and decide nothing by
themselves."""

from pathlib import Path
from typing import Any

import pytest

from storage import decisions, open_store
from tests.cli.deciding import opened
from tests.cli.test_review import answered
from tests.contracts.test_sampling import twins
from tests.storage.filling import Filler

SAMPLE = ["report", "--sample", "3", "--who", "Li"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_store(f"sqlite:///{tmp_path / 'glean.db'}", create=True) as store:
        filler = Filler(store)
        for number in range(4):
            filler.add(number + 1, twins(number))
        store.settle()
    return tmp_path


def decided(folder: Path) -> list[str]:
    with opened(folder) as store, store.database.read() as connection:
        return [one.decision for one in decisions.in_effect(connection)]


def test_answers_are_kept_and_gone_on_with(folder: Path, glean: Any) -> None:
    status, shown = answered(SAMPLE, folder, [b"y", b"q"], 100)
    assert status == 0
    assert "3 pairs drawn at random (seed 1) from 4 that clusters rest on: 3 to be looked" in shown
    assert "precision 100.0%, between 20.7% and 100.0% (Wilson, 95%): 1 of 1 pair" in shown
    status, shown = answered(SAMPLE, folder, [b"n", b"n", b"s", b"q"], 100)
    assert "2 to be looked at" in shown
    assert "noted; nothing was decided" in shown
    assert (status, decided(folder)) == (0, [])
    said = glean.json("report", "--json")["precision"]
    assert (said["right"], said["wrong"], said["left"]) == (1, 1, 1)
    assert (said["precision"], said["who"], said["population"]) == (0.5, ["Li"], 4)
    page = (folder / "report.html").read_text("utf-8")
    assert "a precision of <b>50 %</b>, between <b>9.5 %</b> and <b>90.5 %</b>" in page


def test_a_no_is_made_a_split_where_the_person_says_so(folder: Path) -> None:
    status, shown = answered(SAMPLE, folder, [b"n", b"y", b"u", b"n", b"y", b"q"], 100)
    assert status == 0
    assert "split taken back" in shown
    assert decided(folder) == ["split"]
    assert "0 of 1 pair are one work; 2 not answered" in shown


def test_a_sample_needs_a_terminal_and_a_file(folder: Path, glean: Any) -> None:
    assert "needs a terminal" in glean.fails("report", "--sample", "3", status=2)
    assert "--out" in glean.fails("report", "--sample", "3", "--json", status=2)
