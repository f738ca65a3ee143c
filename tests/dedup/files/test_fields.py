"""Fields as inputs spell them become the columns that the engine reads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus import schema
from dedup.files.fields import FIELDS, read_columns


def read(*objects: dict[str, Any], dirty: bool = False) -> list[dict[str, Any]]:
    """The rows of some objects, without ``old`` and what is absent."""
    names = {name for each in objects for name in each}
    values = {name: [each.get(name) for each in objects] for name in FIELDS if name in names}
    batch = read_columns(values, len(objects), dirty=dirty).batch
    assert batch is not None
    assert batch.schema == schema()
    batch.validate(full=True)
    return [
        {name: value for name, value in row.items() if value not in (None, []) and name != "old"}
        for row in batch.to_pylist()
    ]


def test_every_field_has_its_column() -> None:
    (row,) = read(
        {
            "id": "a",
            "title": "T",
            "abstract": "A",
            "authors": ["X Y", "Z"],
            "year": 2001,
            "venue": "V",
            "volume": "7",
            "issue": "2",
            "pages": "1-9",
            "doi": "10.1000/x",
            "language": "en",
            "url": 7,
        }
    )
    assert row == {
        "id": "a",
        "title": "T",
        "abstract": "A",
        "authors": ["X Y", "Z"],
        "year": 2001,
        "venue": "V",
        "volume": "7",
        "issue": "2",
        "pages": "1-9",
        "identifiers": [("doi", "10.1000/x")],
        "language": "en",
    }


def test_other_names_stand_in_where_the_first_says_nothing() -> None:
    rows = read(
        {"id": 1, "journal": "J", "number": 3, "lang": "zh"},
        {"id": 2, "venue": "V", "journal": "J", "issue": "", "number": "4", "language": None},
    )
    assert rows == [
        {"id": "1", "venue": "J", "issue": "3", "language": "zh"},
        {"id": "2", "venue": "V", "issue": "4"},
    ]


@pytest.mark.parametrize(
    ("value", "year"),
    [
        *((2001, 2001), ("2001", 2001), (" 2001 ", 2001), (2001.0, 2001), ("2001.0", 2001)),
        *(("2001-05-03", 2001), ("", None), ("n.d.", None), ("20010503", None), (None, None)),
        (float("nan"), None),
    ],
)
def test_a_year_is_a_number_or_text_that_holds_one(value: Any, year: int | None) -> None:
    assert read({"id": 1, "year": value})[0].get("year") == year


def test_texts_that_hold_no_year_are_counted() -> None:
    values = {"id": ["a", "b", "c"], "year": ["n.d.", "", "1999"]}
    assert read_columns(values, 3, dirty=False).years_unread == 1


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        *((["A", None, "B"], ["A", "B"]), ("A; B", ["A; B"]), ("", []), ([], []), (None, [])),
        (["A"], ["A"]),
    ],
)
def test_authors_are_a_list_or_one_text(authors: Any, names: list[str]) -> None:
    assert read({"id": 1, "authors": authors})[0].get("authors", []) == names


def test_a_number_may_stand_for_volume_issue_and_pages() -> None:
    (row,) = read({"id": 2**60, "volume": 7, "issue": 2.0, "pages": 117})
    assert row == {"id": str(2**60), "volume": "7", "issue": "2", "pages": "117"}


def test_identifiers_of_a_store_are_read_and_a_doi_joins_them() -> None:
    rows = read(
        {"id": 1, "identifiers": {"pmid": 77, "doi": "10.1/a", "none": None}},
        {"id": 2, "identifiers": {"pmid": "8"}, "doi": "10.1/b"},
        {"id": 3, "identifiers": "a column of something else"},
    )
    assert rows[0]["identifiers"] == [("pmid", "77"), ("doi", "10.1/a")]
    assert rows[1]["identifiers"] == [("pmid", "8"), ("doi", "10.1/b")]
    assert "identifiers" not in rows[2]


@pytest.mark.parametrize("dirty", [False, True])
def test_nuls_are_replaced_wherever_they_stand(dirty: bool) -> None:
    values = {
        "id": ["a\0", "b"],
        "title": ["x", "\0y\0"],
        "authors": [["p"], ["q\0"]],
        "doi": ["10.1/\0", None],
        "text": [None, "\0"],
    }
    found = read_columns(values, 2, dirty=dirty)
    assert found.batch is not None
    assert found.replaced == 6
    assert "\0" not in repr(found.batch.to_pylist())


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.one_of(st.none(), st.text(max_size=3), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=2),
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)


@given(st.lists(OBJECTS, min_size=1, max_size=5))
def test_what_an_object_says_does_not_depend_on_its_neighbours(objects: list[Any]) -> None:
    together = read_all(objects)
    alone = [read_all([each]) for each in objects]
    bad = {row: reason for row, (_, each) in enumerate(alone) for reason in each.values()}
    assert together[1] == bad
    if not bad:
        assert together[0] == [rows[0] for rows, _ in alone]


def read_all(objects: list[dict[str, Any]]) -> tuple[list[Any], dict[int, str]]:
    names = {name for each in objects for name in each}
    values = {name: [each.get(name) for each in objects] for name in FIELDS if name in names}
    found = read_columns(values, len(objects), dirty=False)
    rows = [] if found.batch is None else found.batch.to_pylist()
    said = [{name: value for name, value in row.items() if value} for row in rows]
    return said, dict(found.bad)
