"""What may come as a corpus, and what is refused."""

from typing import Any

import pyarrow as pa
import pytest

from dedup import Engine, deduplicate
from dedup.corpus import COLUMNS, schema
from records import InputError
from tests.dedup.corpora import corpus
from tests.dedup.test_engine import assert_same


@pytest.fixture
def rows(writer) -> list[dict[str, Any]]:
    said = [*corpus(writer), {"id": "é" * 9, "abstract": "田地" * 40}, {"id": "last"}]
    for number, row in enumerate(said[::3]):
        row |= {"identifiers": [("doi", f"10.1000/{number % 5}")], "pages": f"{number}-9"}
    return said


def plain_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema())


def test_the_columns_are_those_that_are_named():
    assert tuple(schema().names) == COLUMNS


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"title": ["x"]}, "no column 'id'"),
        ({"id": ["a"], "year": [1999]}, "neither 'title' nor 'abstract'"),
        ({"id": ["a", None], "title": ["x", "y"]}, "no id"),
        ({"id": ["a"], "title": [["x"]]}, "column 'title'"),
        ({"id": ["a"], "title": ["x"], "year": [2**40]}, "column 'year'"),
        ({"id": ["a"], "title": ["x"], "year": [1999.5]}, "column 'year'"),
        ({"id": ["a"], "title": ["x"], "year": ["soon"]}, "column 'year'"),
        ({"id": ["a"], "title": ["x"], "authors": ["x; y"]}, "column 'authors'"),
        ({"id": ["a"], "title": ["x"], "identifiers": [{"doi": "10.1/x"}]}, "column 'identifiers'"),
        ({"id": ["a"], "title": [b"\xff\xfe"]}, "column 'title'"),
        ({"id": ["a", "a"], "title": ["x", "y"]}, "two records have the id 'a'"),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_one_line(columns, said):
    with pytest.raises(InputError, match=said) as refused:
        deduplicate(pa.table(columns))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["id", "title", "abstract"])
def test_a_column_that_stands_there_twice_is_refused(name):
    names = ["id", "title", "abstract", name]
    batch = pa.RecordBatch.from_arrays([pa.array(["x"])] * 4, names)
    with pytest.raises(InputError, match=f"two columns '{name}'"):
        Engine(threads=1).add(batch)


NOT_TEXT = [b"\xff", b"\xe4\xb8", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"x\x80"]


def strings(*values: bytes) -> pa.Array:
    """A column of strings, whatever its bytes are."""
    return pa.array(values, pa.binary()).view(pa.string())


@pytest.mark.parametrize("value", NOT_TEXT)
@pytest.mark.parametrize("name", ["id", "title", "abstract", "text", "venue", "pages"])
def test_bytes_that_are_no_text_are_refused_and_not_read(name, value):
    good = strings(b"a", b"b", b"c")
    columns = {"id": good, "title": good, name: strings(b"a", value, b"c")}
    batch = pa.RecordBatch.from_arrays(list(columns.values()), list(columns))
    with pytest.raises(InputError, match=f"column '{name}'"):
        Engine(threads=1).add(batch)


def test_bytes_that_are_no_text_are_refused_in_lists_and_maps_too():
    bad = strings(b"\xff")
    spans = pa.array([0, 1], pa.int32())
    columns = {
        "authors": pa.ListArray.from_arrays(spans, bad),
        "identifiers": pa.MapArray.from_arrays(spans, strings(b"doi"), bad),
    }
    for name, column in columns.items():
        said = [pa.array(["a"]), pa.array(["x"]), column]
        batch = pa.RecordBatch.from_arrays(said, ["id", "title", name])
        with pytest.raises(InputError, match=f"column '{name}'"):
            Engine(threads=1).add(batch)


def test_offsets_that_lead_nowhere_are_refused():
    offsets = pa.array([0, 900, 3], pa.int32()).buffers()[1]
    damaged = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"abc")])
    batch = pa.RecordBatch.from_arrays([pa.array(["a", "b"]), damaged], ["id", "title"])
    with pytest.raises(InputError, match="damaged"):
        Engine(threads=1).add(batch)


@pytest.mark.parametrize("table", [schema().empty_table(), pa.table({"id": [], "title": []})])
def test_an_empty_table_has_no_cluster_and_all_figures(table):
    table = table.cast(
        pa.schema([pa.field(name, schema().field(name).type) for name in table.column_names])
    )
    found = deduplicate(table)
    some = deduplicate(pa.table({"id": ["a"], "title": ["On ants"]}))
    assert (len(found.clusters), len(found.matches), len(found.unique)) == (0, 0, 0)
    assert found.clusters.schema == some.clusters.schema
    assert found.matches.schema == some.matches.schema
    assert found.unique.type == pa.bool_()
    assert found.figures.keys() == some.figures.keys()
    assert found.figures["records"] == 0


def test_an_engine_that_is_given_nothing_and_one_given_empty_batches_say_the_same():
    engine = Engine(threads=1)
    engine.add(pa.RecordBatch.from_pylist([], schema=schema()))
    assert_same(engine.finish(), Engine(threads=1).finish())


def as_large(table: pa.Table) -> pa.Table:
    large, lists, maps = (
        pa.large_string(),
        pa.list_(pa.large_string()),
        schema().field("identifiers"),
    )
    types = [
        large if field.type == pa.string() else lists if field.name == "authors" else field.type
        for field in table.schema
    ]
    assert maps.type in types
    return table.cast(pa.schema(zip(table.column_names, types, strict=True)))


def as_dictionaries(table: pa.Table) -> pa.Table:
    columns = [
        column.dictionary_encode() if column.type == pa.string() else column
        for column in table.columns
    ]
    return pa.table(columns, table.column_names)


def as_bytes(table: pa.Table) -> pa.Table:
    columns = [c.cast(pa.binary()) if c.type == pa.string() else c for c in table.columns]
    return pa.table(columns, table.column_names)


def in_chunks_with_offsets(table: pa.Table) -> pa.Table:
    """Chunks that begin within their buffers, some of them empty."""
    twice = pa.concat_tables([table, table]).combine_chunks()
    half, size = len(table) // 2, len(table)
    parts = [twice.slice(size, 0), twice.slice(size, half), twice.slice(half, size - half)]
    return pa.concat_tables(parts)


def with_other_columns(table: pa.Table) -> pa.Table:
    table = table.append_column("kept for later", pa.array(range(len(table))))
    return table.select(list(reversed(table.column_names)))


def without_null_columns(table: pa.Table) -> pa.Table:
    kept = [name for name in table.column_names if table[name].null_count < len(table)]
    return table.select(kept)


def with_columns_of_nothing(table: pa.Table) -> pa.Table:
    columns = [
        c if c.null_count < len(c) else pa.chunked_array([pa.nulls(len(c))]) for c in table.columns
    ]
    return pa.table(columns, table.column_names)


def with_long_years(table: pa.Table) -> pa.Table:
    place = table.column_names.index("year")
    return table.set_column(place, "year", table["year"].cast(pa.int64()))


SHAPES = [
    as_large,
    as_dictionaries,
    as_bytes,
    in_chunks_with_offsets,
    with_other_columns,
    without_null_columns,
    with_columns_of_nothing,
    with_long_years,
]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_records_in_another_shape_of_columns_say_the_same(rows, shape):
    table = plain_table(rows)
    shaped = shape(table)
    expected, found = deduplicate(table, threads=1), deduplicate(shaped, threads=2)
    assert len(expected.clusters) > 9
    assert_same(found, expected)
    assert found.unique.equals(expected.unique)
