"""What is exported: every record once, as the store shows it, and none that was not asked for."""

import io
import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from pyarrow import parquet as pq
from sqlalchemy import Connection

from records import Footer, UsageError, as_json
from storage import SqlStore
from storage.decisions import Word
from storage.exports.exporting import Export, write
from storage.exports.formats import FORMATS
from storage.exports.rows import Row, Slices, count_of
from storage.exports.selection import Selection
from tests.storage.filling import Filler, abstract, record, similar

FOOTER = Footer(operator="甲公司", licence="京ICP备1号", text="甲公司 京ICP备1号")


def slices(connection: Connection, selection: Selection) -> Iterator[list[Row]]:
    counts = count_of(connection)
    return map(Slices(connection, selection, counts).read, range(counts))


def every(store: SqlStore, **asked: Any) -> list[Row]:
    with store.database.read() as connection:
        return [row for some in slices(connection, Selection(**asked)) for row in some]


def exported(store: SqlStore, name: str, **asked: Any) -> bytes:
    out = io.BytesIO()
    export = Export(form=FORMATS[name], selection=Selection(**asked))
    write(export, store.database, out)
    return out.getvalue()


def keys(rows: list[Row]) -> list[str]:
    return [row.record["key"] for row in rows]


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Two sources over three runs, two languages and none, two works of two records each."""
    here, there = Filler(store), Filler(store, "there")
    languages = ("zh", "en", None)
    for number in range(1, 10):
        years = {} if number % 4 == 0 else {"year": 2000 + number}
        said = record(number, language=languages[number % 3], **{"year": None, **years})
        (here if number % 2 else there).add(number, [said], footer=FOOTER if number < 6 else None)
    there.add(50, [record(1), record(3, keywords=("k",), identifiers={"doi": "10.1/x"})])
    here.run = here.begin(fresh=True)
    here.add(60, [record(20, text=abstract(2)), record(21, text=abstract(5)), record(2), record(9)])
    store.settle()
    return store


def test_a_row_is_the_record_as_shown_with_the_page_it_is_shown_from(filled: SqlStore) -> None:
    rows = {row.record["key"]: row for row in every(filled)}
    shown = {each.key: each for each in filled.records()}
    assert rows.keys() == shown.keys()
    for key, row in rows.items():
        assert row.record == {**as_json(shown[key]), "text": shown[key].text or None}
        assert list(row.record) == list(as_json(shown[key]))
        readings = filled.readings(key)
        assert row.provenance in [each.provenance for each in readings if each.record == shown[key]]
        assert row.readings == len(readings)
        assert row.sources == sorted({each.provenance.source for each in readings})
        cluster = filled.cluster_of(key)
        assert row.cluster == (cluster and cluster.id)
        assert row.canonical == (cluster.canonical if cluster else key)


def test_a_row_names_who_runs_the_site_by_the_page_it_is_shown_from(filled: SqlStore) -> None:
    signed = {similar(number).url for number in range(6)}
    rows = every(filled)
    for row in rows:
        is_signed = row.provenance.url in signed
        said = (FOOTER.operator, FOOTER.licence) if is_signed else (None, None)
        assert (row.operator, row.licence) == said
    assert 0 < sum(row.operator is not None for row in rows) < len(rows)


def selections() -> Iterator[dict[str, Any]]:
    names = ("unique", "sources", "languages", "first_year", "last_year", "since")
    values = (
        *((False, True), ((), ("here",), ("there",), ("here", "there"))),
        *(((), ("zh",), ("zh", "en"), ("xx",)), (None, 2005), (None, 2006), (None, 1, 2, 3)),
    )
    return (dict(zip(names, each, strict=True)) for each in product(*values))


def is_asked_for(row: Row, first_run: int, asked: dict[str, Any]) -> bool:
    year, language = row.record["year"], row.record["language"]
    return (
        (not asked["unique"] or row.canonical == row.record["key"])
        and (not asked["sources"] or bool({*asked["sources"]} & {*row.sources}))
        and (not asked["languages"] or language in asked["languages"])
        and (asked["first_year"] is None or (year is not None and year >= asked["first_year"]))
        and (asked["last_year"] is None or (year is not None and year <= asked["last_year"]))
        and (asked["since"] is None or first_run >= asked["since"])
    )


def test_any_selection_is_a_filter_over_everything(filled: SqlStore) -> None:
    rows = every(filled)
    met = {key: min(each.provenance.run for each in filled.readings(key)) for key in keys(rows)}
    sizes = set()
    for asked in selections():
        expected = [row for row in rows if is_asked_for(row, met[row.record["key"]], asked)]
        assert every(filled, **asked) == expected
        sizes.add(len(expected))
    assert {0, len(rows)} < sizes


def test_slices_make_no_difference(filled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = every(filled)
    for size in (1, 2, len(whole)):
        monkeypatch.setattr("storage.exports.rows.SLICE", size)
        assert every(filled) == whole
        assert every(filled, unique=True, languages=("zh",)) == [
            row
            for row in whole
            if row.canonical == row.record["key"] and row.record["language"] == "zh"
        ]


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_arrival_makes_no_difference(
    name: str, new_filler: Callable[[], Filler], store: SqlStore
) -> None:
    pages = {
        number: [record(number, language="zh"), record(number + 100, text=abstract(number))]
        for number in range(1, 8)
    }
    made = set()
    for filler, order in (
        (Filler(store), [*pages]),
        (new_filler(), [*reversed(pages)]),
        (new_filler(), [4, 2, 7, 1, 6, 3, 5]),
    ):
        for number in order:
            filler.now = 1_000_000 * number
            filler.add(number, pages[number], footer=FOOTER)
        filler.store.settle()
        made.add(exported(filler.store, name) + exported(filler.store, name, unique=True))
    assert len(made) == 1


def test_until_it_is_settled_a_work_keeps_one_record(store: SqlStore, filler: Filler) -> None:
    """Where the canonical record is gone, the least of those left stands in for it."""
    text = abstract(1)
    for number in (1, 2, 3):
        filler.add(number, [record(number, text=text, title="On the one")])
    store.settle()
    (cluster,) = store.clusters()
    last = max(cluster.keys)
    store.decide(Word(kind="canonical", a=last, b=None, who="me", why="it is"), now=9)
    assert {row.canonical for row in every(store)} == {last}
    gone = int(last.removeprefix("aid:"), 16)
    filler.add(gone, [record(77)])
    assert last not in keys(every(store))
    (kept,) = {row.canonical for row in every(store) if row.cluster is not None}
    assert kept == min(key for key in cluster.keys if key != last)
    assert [row.canonical for row in every(store, unique=True) if row.cluster] == [kept]


def test_none_at_all_is_an_export_too(store: SqlStore) -> None:
    assert exported(store, "jsonl") == b""
    assert pq.read_table(io.BytesIO(exported(store, "parquet"))).num_rows == 0


@pytest.mark.parametrize("asked", [{"sources": ("here", "nowhere")}, {"since": 99}])
def test_a_source_or_run_that_never_was_is_a_usage_error(
    filled: SqlStore, asked: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match=r"nowhere.*here, there|99.*glean runs"):
        exported(filled, "jsonl", **asked)


def test_lines_and_columns_say_the_same(filled: SqlStore) -> None:
    lines = [json.loads(line) for line in exported(filled, "jsonl").split(b"\n") if line]
    columns = pq.read_table(io.BytesIO(exported(filled, "parquet"))).to_pylist()
    for line, row in zip(lines, columns, strict=True):
        for name in ("id", "cluster", "canonical", "title", "abstract", "authors", "year"):
            assert line[name] == row[name]
        of = line["provenance"]
        assert of["fetched_at"] == row["fetched_at"].isoformat() + "Z"
        assert of["url"] == row["page_url"]
        for name in ("source", "run", "reader", "operator", "licence", "sources", "readings"):
            assert of[name] == row[name]
        assert dict(row["identifiers"]) == line["identifiers"]
        assert row["doi"] == line["identifiers"].get("doi")


def test_an_export_is_of_one_moment(filled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    if filled.url == "sqlite://":
        pytest.skip("a store in memory has one connection")
    monkeypatch.setattr("storage.exports.rows.SLICE", 2)
    before = every(filled)
    seen: list[Row] = []
    with filled.database.read() as connection:
        for some in slices(connection, Selection()):
            if not seen:
                Filler(filled).add(70, [record(70), record(71)])
            seen += some
    assert seen == before
    assert len(every(filled)) == len(before) + 2
