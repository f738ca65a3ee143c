"""The gate of related literature, on generated records whose subjects are known."""

import pytest

from tests.quality.floors import read_floors, rows_of
from tests.quality.related import figures

SIZE, SEED = 400, 11


@pytest.fixture(scope="module")
def reached() -> dict[str, float]:
    return figures(SIZE, SEED)


def test_every_figure_of_related_literature_reaches_its_floor(reached: dict[str, float]) -> None:
    rows = rows_of(reached, read_floors()["related"])
    assert {row.name: row.shown for row in rows if not row.met} == {}


def test_few_rare_terms_find_no_less_than_all_terms(reached: dict[str, float]) -> None:
    for name in ("subject_at_10", "kin_at_10"):
        assert reached[name] >= reached[f"plain.{name}"] - 0.005, name
