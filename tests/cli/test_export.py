"""``glean export jsonl``: one record a line, whole files only."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def test_every_record_is_a_line_with_its_key_as_id(harvested: Any) -> None:
    done = harvested.glean("export", "jsonl")
    assert done.returncode == 0
    records = lines(done.stdout)
    aids = {f"aid:{aid.casefold()}" for aid in harvested.portal.truth.aids}
    assert {each["id"] for each in records} == aids
    assert all(each["id"] == each["key"] for each in records)
    first, *_, cluster, canonical = records[0]
    assert (first, cluster, canonical) == ("id", "cluster", "canonical")


def test_unique_keeps_one_record_of_each_cluster(harvested: Any) -> None:
    everything = lines(harvested.glean("export", "jsonl").stdout)
    unique = lines(harvested.glean("export", "jsonl", "--unique").stdout)
    assert [each["id"] for each in unique] == [
        each["id"] for each in everything if each["id"] == each["canonical"]
    ]
    assert len(everything) - len(unique) == harvested.run["duplicates"]
    for each in everything:
        assert (each["cluster"] is None) or (each["canonical"] in {u["id"] for u in unique})


def test_the_same_store_gives_the_same_bytes(harvested: Any, tmp_path: Path) -> None:
    out = tmp_path / "records.jsonl"
    done = harvested.glean("export", "jsonl", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_text("utf-8") == harvested.glean("export", "jsonl").stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"records.jsonl", "records.jsonl.manifest.json"}


def test_a_file_that_was_there_is_replaced(harvested: Any, tmp_path: Path) -> None:
    out = tmp_path / "records.jsonl"
    out.write_text("old")
    assert harvested.glean("export", "jsonl", "--unique", "--out", str(out)).returncode == 0
    assert lines(out.read_text("utf-8"))


def test_a_link_is_written_through(harvested: Any, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "records.jsonl")
    assert harvested.glean("export", "jsonl", "--out", str(tmp_path / "link")).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert lines((tmp_path / "records.jsonl").read_text("utf-8"))


def test_a_device_is_not_replaced_by_a_file(harvested: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harvested.glean.fails("export", "jsonl", "--out", str(pipe), status=2)
    harvested.glean.fails("report", "--out", str(pipe), status=2)
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    "name",
    [
        *("glean.db", "./glean.db", "glean.db-wal", "glean.db-shm", "glean.db.lock-settle"),
        *("glean.toml", "link", "archive/page.jsonl"),
    ],
)
@pytest.mark.parametrize("command", [("export", "jsonl"), ("report",), ("report", "--json")])
def test_store_settings_and_archive_are_never_written_over(
    harvested: Any, command: tuple[str, ...], name: str
) -> None:
    folder = harvested.glean.folder
    link = folder / "link"
    link.unlink(missing_ok=True)
    link.symlink_to("glean.db")
    before = (folder / "glean.toml").read_bytes()
    assert "in the way" in harvested.glean.fails(*command, "--out", name, status=2)
    assert (folder / "glean.toml").read_bytes() == before
    assert harvested.glean.json("status", "--json")["records"] == harvested.run["records"]
    assert link.is_symlink()


def test_a_file_of_start_addresses_is_never_written_over(harvested: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{harvested.glean.folder / 'glean.db'}"
    (tmp_path / "seeds.txt").write_text("http://h/\n")
    config = tmp_path / "glean.toml"
    config.write_text(
        f'[store]\nurl = {json.dumps(url)}\n[[source]]\nname = "s"\nstart_file = "seeds.txt"\n',
        "utf-8",
    )
    out = str(tmp_path / "seeds.txt")
    line = harvested.glean.fails("export", "jsonl", "--config", str(config), "--out", out, status=2)
    assert "start_file" in line
    assert (tmp_path / "seeds.txt").read_text() == "http://h/\n"


def test_a_dash_is_standard_output(harvested: Any) -> None:
    done = harvested.glean("export", "jsonl", "--out", "-")
    assert done.stdout == harvested.glean("export", "jsonl").stdout
    assert not (harvested.glean.folder / "-").exists()


def test_the_text_of_a_block_is_null_where_fields_hold_it(harvested: Any) -> None:
    records = lines(harvested.glean("export", "jsonl").stdout)
    assert {each["text"] for each in records if each["title"] or each["abstract"]} == {None}
    assert all(each["text"] != "" for each in records)


def test_an_output_that_is_full_is_a_failure_in_one_line(harvested: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli", "export", "jsonl"],
            cwd=harvested.glean.folder,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert done.stderr == b"glean: output: No space left on device\n"


@pytest.mark.parametrize("out", [".", "missing/records.jsonl"])
def test_a_place_that_is_none_is_a_usage_error(harvested: Any, out: str) -> None:
    harvested.glean.fails("export", "jsonl", "--out", out, status=2)


def test_an_unknown_format_is_a_usage_error(harvested: Any) -> None:
    assert "endnote" in harvested.glean.fails("export", "endnote", status=2)


def test_a_reader_that_has_enough_is_no_failure(harvested: Any) -> None:
    command = f"{sys.executable} -P -m cli export jsonl; echo status $? >&2"
    started = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=harvested.glean.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert started.stdout is not None
    started.stdout.readline()
    started.stdout.close()
    _, err = started.communicate()
    assert err == b"status 0\n"
