"""Parquet, as the tools load it that it is for."""

import errno
import io
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from storage.exports import parquet
from storage.exports.columns import COLUMNS
from storage.exports.rows import Row
from storage.exports.writing import Measured
from tests.storage.exports.rowing import records, row

FULL = {
    "title": "基于\n=1",
    "abstract": "…",
    "authors": ("朱某彪", "袁某"),
    "year": 2019,
    "language": "zh",
    "identifiers": {"doi": "10.1/x", "pmid": "7"},
    "licence": "京ICP备1号",
    "cluster": "c1",
}
FETCHED = datetime(2025, 10, 9, 8, 53, 20)


def written(path: Path, *slices: Sequence[Row], **options: Any) -> str:
    encode = parquet.batch()
    with path.open("wb") as out, parquet.file(out, **options) as put:
        for each in slices:
            put(encode(each))
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Of two records: one that says much, one that says nothing."""
    return written(tmp_path / "r.parquet", [row(**FULL), row(key="aid:2")])


def test_the_schema_is_stable() -> None:
    assert [f"{field.name}: {field.type}" for field in parquet.schema()] == [
        *("id: string", "cluster: string", "canonical: string", "title: string"),
        *("abstract: string", "authors: list<item: string>", "venue: string", "year: int64"),
        *("volume: string", "issue: string", "pages: string", "date: string", "language: string"),
        *(
            "keywords: list<item: string>",
            "sections: list<item: struct<label: string, text: string>>",
        ),
        *("doi: string", "identifiers: map<string, string>", "native_id: string", "url: string"),
        *("similar_url: string", "cited_total: int64", "cited_self: int64", "cited_others: int64"),
        *("free_pdf: bool", "text: string", "rank: int64", "source: string", "run: int64"),
        *("page_url: string", "fetched_at: timestamp[us]", "reader: string", "operator: string"),
        *("licence: string", "sources: list<item: string>", "readings: int64"),
    ]


def test_a_field_says_in_the_file_what_it_means(file: str) -> None:
    for each, field in zip(COLUMNS, pq.read_schema(file), strict=True):
        assert field.metadata[b"meaning"].decode("utf-8") == each.meaning


def test_pyarrow_reads_it(file: str) -> None:
    first, second = pq.read_table(file).to_pylist()
    assert first["authors"] == ["朱某彪", "袁某"]
    assert first["identifiers"] == [("doi", "10.1/x"), ("pmid", "7")]
    assert (first["doi"], first["year"], first["cluster"]) == ("10.1/x", 2019, "c1")
    assert (first["fetched_at"], first["sources"]) == (FETCHED, ["here", "there"])
    assert (second["title"], second["authors"], second["identifiers"]) == (None, [], [])
    assert (second["year"], second["cluster"], second["free_pdf"]) == (None, None, False)


def test_pandas_reads_it(file: str) -> None:
    frame = pandas.read_parquet(file)
    assert list(frame.columns) == [each.name for each in COLUMNS]
    assert frame["title"][0] == FULL["title"]
    assert [*frame["authors"][0]] == ["朱某彪", "袁某"]
    assert frame["identifiers"][0] == [("doi", "10.1/x"), ("pmid", "7")]
    assert frame["fetched_at"][0].to_pydatetime() == FETCHED
    assert frame["title"].isna().tolist() == [False, True]


BY_DUCKDB = """
import json, sys
import duckdb
read = duckdb.read_parquet(sys.argv[1])
asked = "SELECT id, authors[1], identifiers['pmid'], fetched_at, year FROM read WHERE doi <> ''"
print(json.dumps([read.columns, len(read.fetchall()), duckdb.sql(asked).fetchall()], default=str))
"""


def test_duckdb_reads_it(file: str) -> None:
    """In a process of its own: in a long one it tells at the end of objects that it lost."""
    done = subprocess.run(
        [sys.executable, "-c", BY_DUCKDB, file], capture_output=True, text=True, check=True
    )
    columns, rows, found = json.loads(done.stdout)
    assert columns == [each.name for each in COLUMNS]
    assert rows == 2
    assert found == [["aid:1", "朱某彪", "7", str(FETCHED), 2019]]


def test_polars_reads_it(file: str) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed: 180 MB for one test")
    frame = polars.read_parquet(file)
    assert frame.columns == [each.name for each in COLUMNS]
    assert frame["authors"].to_list() == [["朱某彪", "袁某"], []]
    assert frame["fetched_at"].to_list()[0] == FETCHED
    assert frame["year"].to_list() == [2019, None]


@given(rows=st.lists(records, max_size=4))
def test_whatever_a_page_says_comes_back(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    read = pq.read_table(written(path, [row(**each) for each in rows])).to_pylist()
    for said, back in zip(rows, read, strict=True):
        for name in ("title", "abstract", "venue", "url", "year"):
            assert back[name] == said[name]
        assert tuple(back["authors"]) == said["authors"]
        assert dict(back["identifiers"]) == said["identifiers"]


def test_row_groups_are_bounded_and_the_slices_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 4)
    rows = [row(key=f"aid:{number}") for number in range(10)]
    path = written(tmp_path / "a.parquet", rows[:2], rows[2:4], rows[4:6], rows[6:8], rows[8:])
    groups = pq.ParquetFile(path).metadata
    assert [groups.row_group(place).num_rows for place in range(groups.num_row_groups)] == [4, 4, 2]
    assert pq.read_table(path)["id"].to_pylist() == [each.record["key"] for each in rows]


def test_a_row_group_of_long_texts_is_written_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BYTES", 10_000)
    long = [row(abstract="x" * 6_000)]
    assert pq.ParquetFile(written(tmp_path / "a.parquet", long, long, long)).num_row_groups == 2


@pytest.mark.parametrize(
    ("codec", "stands"), [("none", "UNCOMPRESSED"), ("gz", "GZIP"), ("zst", "ZSTD")]
)
def test_it_is_compressed_inside(tmp_path: Path, codec: str, stands: str) -> None:
    path = written(tmp_path / "a.parquet", [row(**FULL)], codec=codec)
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == stands


def test_none_at_all_is_a_whole_file(tmp_path: Path) -> None:
    assert pq.read_table(written(tmp_path / "a.parquet")).num_rows == 0


class Full(io.RawIOBase):
    """A disk without room after so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, data: Any) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(data)


def fill(room: int) -> None:
    encode = parquet.batch()
    with parquet.file(Measured(Full(room))) as put:
        for number in range(200):
            put(encode([row(key=f"aid:{number}", abstract=f"{number}" * 100)]))


@pytest.mark.parametrize("room", [0, 200, 5_000])
def test_a_full_disk_is_raised_by_whichever_thread_writes(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 1)
    with pytest.raises(OSError, match="No space"):
        fill(room)
    assert not [each for each in threading.enumerate() if each.name.startswith("parquet")]
