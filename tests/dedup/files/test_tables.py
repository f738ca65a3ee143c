"""CSV and Parquet in: rows accounted for, and written as objects."""

import csv
import datetime
import decimal
import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.files import csvs, parquet
from dedup.files.intake import Intake
from dedup.files.opening import open_input
from records import InputError


def table(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def flat(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "authors": "; ".join(each["authors"])} for each in objects]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_gives_what_the_same_lines_of_json_give(
    work: Any, make_paper: Any, monkeypatch: pytest.MonkeyPatch, mark: bytes
) -> None:
    rows = flat([make_paper(n % 4, id=f"x{n}", note='a "b",\r\nc\n中') for n in range(9)])
    plain = work(work.put("in.jsonl", rows), out="plain")
    monkeypatch.setattr(csvs, "ROWS", 2)
    done = work(work.put("in.csv", mark + table(rows)))
    assert done.stable() == plain.stable()
    assert done.unique == [{**each, "year": str(each["year"])} for each in plain.unique]


def test_csv_may_be_compressed(work: Any, make_paper: Any) -> None:
    content = table(flat([make_paper(n % 2, id=f"x{n}") for n in range(3)]))
    plain = work(work.put("in.csv", content), out="plain")
    done = work(work.put("in.csv.gz", gzip.compress(content)))
    assert done.stable() == plain.stable()
    assert done.unique == plain.unique


CELLS = st.text(st.sampled_from('ab,"\n\r é\u2028'), max_size=5)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_csv_wrote_is_what_is_read(cells: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "title"), *cells])
    found = [row for _, row in csvs._Table(io.BytesIO(out.getvalue().encode()), "x")]
    assert found == [list(each) for each in cells]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"5,a title", "line 4 has 2 cells under 3 names"),
        (b"5,a,b,c", "line 4 has 4 cells under 3 names"),
        (b"5,\xff,b", "line 4 is not UTF-8"),
        (b'5,"a"b,c', "line 4 is no row of CSV"),
        (b",a,b", "line 4 has no id"),
        (b'5,"never closed,b', "line 4 is no row of CSV"),
    ],
)
def test_a_bad_row_is_named_and_may_be_left_out(work: Any, line: bytes, words: str) -> None:
    path = work.put("in.csv", b'id,title,abstract\n1,"two\nlines",b\n' + line + b"\n9,a,b\n")
    with pytest.raises(InputError, match=rf"in\.csv: {words}"):
        work(path)
    assert work.names == {"in.csv"}
    done = work(path, skip_bad=True)
    assert [each["id"] for each in done.unique] == ["1", "9"][: 1 if b"never" in line else 2]
    assert done.run["skipped_lines"][0]["line"] == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,title,id\n1,a,2\n", "names the column 'id' twice"),
        (b"1,a title,an abstract\n", "its first line names no column id"),
        (b"id;title\n1;a\n", "its first line names no column id"),
        (b"id,name\n1,a\n", "has neither a column title nor abstract"),
        ("id,title\n1,a\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_csv_without_its_columns_is_refused(work: Any, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=rf"in\.csv: .*{words}"):
        work(work.put("in.csv", content), skip_bad=True)
    assert work.names == {"in.csv"}


@pytest.mark.parametrize("content", [b"", b"id,title\n", b"\n\n"])
def test_a_csv_without_rows_holds_no_records(work: Any, content: bytes) -> None:
    assert work(work.put("in.csv", content)).outcome.records == 0


def test_nuls_and_surrogates_in_csv_are_replaced_and_counted(work: Any) -> None:
    done = work(work.put("in.csv", b"id,title\n1,a\x00b\n2,\xed\xa0\x80\n"))
    assert done.run["replaced"] == 2
    assert [each["title"] for each in done.unique] == ["a\ufffdb", "\ufffd"]


def test_a_csv_that_changes_while_it_is_read_is_noticed(work: Any) -> None:
    path = work.put("in.csv", b"id,title\n1,a\n2,b\n")
    source = csvs.CsvTable(open_input(path, work.folder / "spool"), Intake())
    rows = sum(batch.num_rows for batch in source.batches())
    path.write_bytes(b"id,title\n1,a\n2,c\n")
    with pytest.raises(InputError, match="changed while"):
        source.again(pa.array([True] * rows).to_numpy(False), io.BytesIO(), [], lambda *_: None)


def put_parquet(path: Path, rows: list[dict[str, Any]], **more: Any) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, **more), path, row_group_size=4)
    return path


def test_parquet_gives_what_the_same_lines_of_json_give(
    work: Any, make_paper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_paper(n % 4, id=n, more={"a": [n]}) for n in range(9)]
    plain = work(work.put("in.jsonl", rows), out="plain")
    monkeypatch.setattr(parquet, "ROWS", 2)
    done = work(put_parquet(work.folder / "in.parquet", rows))
    assert done.stable() == plain.stable()
    assert done.unique == plain.unique
    assert work(put_parquet(work.folder / "unnamed", rows), out="o").unique == plain.unique


def test_parquet_of_other_types_reads_and_is_written_as_objects(work: Any) -> None:
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    columns = pa.table(
        {
            "id": pa.array([1, 2], pa.uint32()),
            "title": pa.array(["a", "b"]).dictionary_encode(),
            "abstract": pa.array([b"bytes", None], pa.binary()),
            "year": pa.array([1999.0, float("nan")]),
            "volume": pa.array([7.0, None]),
            "at": pa.array([moment, None], pa.timestamp("ns", "UTC")),
            "price": pa.array([decimal.Decimal("1.50"), None]),
            "raw": pa.array([b"\xff\x00", None], pa.binary()),
            "lasts": pa.array([datetime.timedelta(seconds=1.5), None]),
        }
    )
    pq.write_table(columns, work.folder / "in.parquet")
    first, second = work(work.folder / "in.parquet").unique
    assert first == {
        "id": 1,
        "title": "a",
        "abstract": "bytes",
        "year": 1999.0,
        "volume": 7.0,
        "at": "2020-01-02T03:04:05Z",
        "price": "1.50",
        "raw": "/wA=",
        "lasts": 1.5,
    }
    assert (second["id"], second["year"], second["at"]) == (2, None, None)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"key": 1, "title": "a"}], "has no column id"),
        ([{"id": 1, "name": "a"}], "has neither a column title nor abstract"),
        ([{"id": None, "title": "a"}], "line 1 has no id"),
        ([{"id": "a", "title": 1}], "line 1 title is a number, not text"),
        ([{"id": "a", "title": "b"}] * 2, "line 2 has the id 'a', as line 1 has"),
    ],
)
def test_parquet_without_what_it_needs_is_refused(
    work: Any, rows: list[dict[str, Any]], words: str
) -> None:
    path = put_parquet(work.folder / "in.parquet", rows)
    with pytest.raises(InputError, match=rf"in\.parquet: {words}"):
        work(path)
    assert work.names == {"in.parquet"}


def test_a_column_twice_in_parquet_is_refused(work: Any) -> None:
    columns = pa.table([pa.array([1]), pa.array(["a"]), pa.array([2])], ["id", "title", "id"])
    pq.write_table(columns, work.folder / "in.parquet")
    with pytest.raises(InputError, match="names the column 'id' twice"):
        work(work.folder / "in.parquet")


@pytest.mark.parametrize("how", ["cut", "head alone", "flipped", "empty"])
def test_broken_parquet_is_named_and_nothing_written(work: Any, make_paper: Any, how: str) -> None:
    path = put_parquet(work.folder / "in.parquet", [make_paper(n) for n in range(40)])
    whole = path.read_bytes()
    middle = len(whole) // 3
    broken = {
        "cut": whole[:-100],
        "head alone": whole[:4],
        "flipped": whole[:middle] + bytes(200) + whole[middle + 200 :],
        "empty": b"",
    }[how]
    path.write_bytes(broken)
    with pytest.raises(InputError, match=r"in\.parquet: .*anew"):
        work(path, skip_bad=True)
    assert work.names == {"in.parquet"}


def test_kinds_of_files_may_be_mixed_as_one_corpus(work: Any, make_paper: Any) -> None:
    lines = work.put("a.jsonl", [make_paper(1), make_paper(2)])
    rows = work.put("b.csv", table(flat([make_paper(1, id="c1"), make_paper(3, id="c3")])))
    columns = put_parquet(work.folder / "c.parquet", [make_paper(n, id=f"p{n}") for n in (2, 4)])
    done = work(lines, rows, columns)
    assert done.clusters == [["c1", "r1"], ["p2", "r2"]]
    assert [each["id"] for each in done.unique] == ["c1", "c3", "p2", "p4"]
    assert [each["records"] for each in done.run["inputs"]] == [2, 2, 2]
