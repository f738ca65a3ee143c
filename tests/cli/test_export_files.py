"""``glean export`` to files: whole ones only, with what tells of them beside."""

import gzip
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from storage import open_store, takedowns
from tests.launching import with_room

FORMATS = ("jsonl", "csv", "parquet", "ris", "bibtex")


def bytes_of(harvested: Any, *words: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cli", "export", *words],
        cwd=harvested.glean.folder,
        capture_output=True,
        check=True,
    )
    return done.stdout


def manifest(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(Path(f"{path}.manifest.json").read_text("utf-8"))
    return said


@pytest.mark.parametrize("name", FORMATS)
def test_a_manifest_tells_of_the_file(harvested: Any, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"records.{name}"
    done = harvested.glean("export", name, "--unique", "--source", "portal", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    said, data = manifest(out), out.read_bytes()
    unique = harvested.run["records"] - harvested.run["duplicates"]
    assert done.stderr == f"wrote {unique:,} records to {out}\n"
    assert (said["file"], said["format"], said["records"]) == (out.name, name, unique)
    assert (said["bytes"], said["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert said["settled_to"] == said["change_no"] > 0
    assert said["store"].startswith("sqlite:///")
    assert said["filters"] == {
        **{"unique": True, "sources": ["portal"], "languages": []},
        **{"first_year": None, "last_year": None, "since": None},
    }
    names = {each.name for each in tmp_path.iterdir()}
    card = {f"{out.name}.card.md"} if name == "parquet" else set()
    assert names == {out.name, f"{out.name}.manifest.json"} | card


def test_a_card_tells_people_of_the_data_set(harvested: Any, tmp_path: Path) -> None:
    out = tmp_path / "records.parquet"
    harvested.glean("export", "parquet", "--language", "zh", "--out", str(out))
    card = Path(f"{out}.card.md").read_text("utf-8")
    rows = pq.read_table(out).to_pylist()
    assert f"\n{len(rows):,} bibliographic records" in card
    assert 'language: ["zh"]' in card
    assert f"| zh | {len(rows):,} | 100.0% |" in card
    assert f"| portal | {len(rows):,} |" in card
    for licence in {row["licence"] for row in rows if row["licence"]}:
        assert f"| {licence} |" in card
    assert any(row["licence"] for row in rows)
    for name in pq.read_schema(out).names:
        assert f"| `{name}` |" in card
    assert not any(row["title"] in card for row in rows if row["title"])


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_the_bytes_that_stdout_gets(harvested: Any, tmp_path: Path, name: str) -> None:
    out = tmp_path / "records"
    harvested.glean("export", name, "--out", str(out))
    assert out.read_bytes() == bytes_of(harvested, name) != b""


def test_the_filters_are_those_of_the_lines(harvested: Any) -> None:
    lines = [json.loads(line) for line in bytes_of(harvested, "jsonl").splitlines()]
    asked = {
        ("--language", "zh"): lambda each: each["language"] == "zh",
        ("--year", "2010-2015"): lambda each: 2010 <= (each["year"] or 0) <= 2015,
        ("--year", "-2010"): lambda each: each["year"] and each["year"] <= 2010,
        ("--since", "1"): lambda _: True,
        ("--source", "portal", "--source", "portal"): lambda _: True,
    }
    for words, fits in asked.items():
        got = [json.loads(line) for line in bytes_of(harvested, "jsonl", *words).splitlines()]
        assert got == [each for each in lines if fits(each)]
        assert got


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("jsonl", "--source", "nowhere"), "portal"),
        (("csv", "--since", "99"), "glean runs"),
        (("ris", "--year", "last"), "2010-2020"),
        (("ris", "--year", "2020-2010"), "ends before"),
        (("bibtex", "--year", "-"), "2010-2020"),
        (("parquet", "--out", "a.parquet.gz"), "inside"),
        (("jsonl", "--out", "a.jsonl.gz", "--compress", "zst"), "name it"),
        (("jsonl", "--compress", "rar"), "rar"),
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(
    harvested: Any, words: tuple[str, ...], said: str
) -> None:
    assert said in harvested.glean.fails("export", *words, status=2)
    assert not [*harvested.glean.folder.glob("a.*")]


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.jsonl.gz", ()), ("a.jsonl", ("--compress", "gz")), ("a.jsonl.zst", ())],
)
def test_what_is_compressed_holds_the_same(
    harvested: Any, tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    out = tmp_path / name
    for _ in range(2):
        before = out.read_bytes() if out.exists() else None
        harvested.glean("export", "jsonl", *words, "--out", str(out))
        assert before in (None, out.read_bytes())
    data = out.read_bytes()
    assert manifest(out)["sha256"] == hashlib.sha256(data).hexdigest()
    if name.endswith("zst"):
        read = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    else:
        read = gzip.decompress(data)
    assert read == bytes_of(harvested, "jsonl")
    assert manifest(out)["compression"] == ("zst" if name.endswith("zst") else "gz")


def test_stdout_is_compressed_when_asked_for(harvested: Any) -> None:
    plain = bytes_of(harvested, "ris")
    assert gzip.decompress(bytes_of(harvested, "ris", "--compress", "gz")) == plain


def test_csv_takes_its_own_options(harvested: Any, tmp_path: Path) -> None:
    out = tmp_path / "records.csv"
    harvested.glean("export", "csv", "--bom", "--formulas", "--out", str(out))
    assert out.read_bytes().startswith("\ufeffid,cluster,".encode())
    assert manifest(out)["options"] == {"bom": True, "formulas": True}


@pytest.mark.parametrize("name", ["csv", "parquet", "jsonl"])
def test_dedup_finds_in_an_export_what_the_store_says(
    harvested: Any, tmp_path: Path, name: str
) -> None:
    out = tmp_path / f"records.{name}"
    harvested.glean("export", name, "--out", str(out))
    done = harvested.glean("dedup", str(out), "--out", str(tmp_path / "found"))
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "found" / "clusters.jsonl").read_text("utf-8").splitlines()
    found = {frozenset(json.loads(line)["ids"]) for line in lines}
    clusters: dict[str, set[str]] = {}
    for line in bytes_of(harvested, "jsonl").splitlines():
        each = json.loads(line)
        if each["cluster"]:
            clusters.setdefault(each["cluster"], set()).add(each["id"])
    assert found == {frozenset(ids) for ids in clusters.values()}


def test_card_and_manifest_are_never_written_over_something_else(harvested: Any) -> None:
    folder = harvested.glean.folder
    for name in ("a.parquet.card.md", "a.parquet.manifest.json"):
        (folder / name).mkdir()
        harvested.glean.fails("export", "parquet", "--out", "a.parquet", status=2)
        (folder / name).rmdir()
    assert not (folder / "a.parquet").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_is_noted_for_takedowns(harvested: Any, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"records.{name}"
    harvested.glean("export", name, "--out", str(out))
    url = f"sqlite:///{harvested.glean.folder / 'glean.db'}"
    with open_store(url) as store, store.database.read() as connection:
        assert str(out) in [each.path for each in takedowns.copies(connection)]


HANGS = """
import sys
from storage.exports import exporting
from cli import main
real = exporting.in_order
def hanging(*arguments):
    for some in real(*arguments):
        yield some
        print("begun", flush=True)
        sys.stdin.read()
exporting.in_order = hanging
main(sys.argv[1:])
"""


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_an_export_that_is_killed_leaves_what_was_there(
    harvested: Any, tmp_path: Path, name: str, number: int
) -> None:
    out = tmp_path / f"records.{name}"
    harvested.glean("export", name, "--unique", "--out", str(out))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    started = subprocess.Popen(
        [sys.executable, "-P", "-c", HANGS, "export", name, "--out", str(out)],
        cwd=harvested.glean.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"begun\n"
    started.send_signal(number)
    started.communicate()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("[!.]*")} == before
    if number == signal.SIGKILL:
        assert [*tmp_path.glob(".*.partial")]
        harvested.glean("export", name, "--out", str(out))
        assert manifest(out)["records"] == harvested.run["records"]
    assert [*tmp_path.glob(".*")] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_is_told_in_one_line_and_leaves_what_was_there(
    harvested: Any, tmp_path: Path, name: str
) -> None:
    out = tmp_path / f"records.{name}"
    out.write_text("old")
    done = subprocess.run(
        with_room(40_000, [sys.executable, "-P", "-m", "cli", "export", name, "--out", str(out)]),
        cwd=harvested.glean.folder,
        capture_output=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.decode("utf-8").splitlines()
    assert "cannot be written" in line
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert out.read_text() == "old"


def test_a_pipe_gets_parquet_whole(harvested: Any) -> None:
    read = pq.read_table(io.BytesIO(bytes_of(harvested, "parquet")))
    assert read.num_rows == harvested.run["records"]


@pytest.mark.parametrize("words", [("parquet",), ("jsonl", "--compress", "gz")])
def test_a_terminal_gets_no_bytes_that_are_no_text(harvested: Any, words: tuple[str, ...]) -> None:
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli", "export", *words],
            cwd=harvested.glean.folder,
            env={**os.environ, "TERM": "xterm"},
            stdout=theirs,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert b"--out" in done.stderr
