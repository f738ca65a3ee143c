"""``glean import``: records of files stored, matched and settled, each once."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli import main
from dedup.batch import deduplicate_records
from storage import open_store
from tests.storage.filling import Filler
from tests.storage.invariants import check
from tests.storage.settled import some_record


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    dice = random.Random(3)
    found = {each.key: each for each in (some_record(dice) for _ in range(900))}
    file = tmp_path / "corpus.jsonl"
    said = (
        {
            "id": f"{each.key}-{number}",
            "title": each.title,
            "abstract": each.abstract,
            "year": 1990 + number % 3,
            "doi": f"10.1000/{number}" if number % 5 == 0 else None,
        }
        for number, each in enumerate([*found.values()] * 30)
    )
    file.write_text("".join(json.dumps(each) + "\n" for each in said))
    return file


def bring(*arguments: str, capsys: Any) -> tuple[int, dict[str, Any]]:
    status = main(["import", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_an_import_equals_storing_page_by_page_and_deduplicating_at_once(
    lines: Path, tmp_path: Path, capsys: Any
) -> None:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    status, said = bring(str(lines), "--store", address, capsys=capsys)
    count = len(lines.read_text().splitlines())
    assert (status, said["records"], said["new"], said["finished"]) == (0, count, count, True)
    with open_store(address) as store, open_store("sqlite://", create=True) as other:
        check(store, settled=True)
        records = list(store.records())
        clusters = sorted(store.clusters(), key=lambda cluster: cluster.id)
        filler = Filler(other)
        for page, first in enumerate(range(0, len(records), 20)):
            filler.add(page, records[first : first + 20])
        other.settle()
        assert sorted(other.clusters(), key=lambda cluster: cluster.id) == clusters
    assert len(records) == count
    assert list(deduplicate_records(records).clusters) == clusters
    assert clusters


def test_a_file_imported_again_changes_nothing(lines: Path, tmp_path: Path, capsys: Any) -> None:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    bring(str(lines), "--store", address, capsys=capsys)
    with open_store(address) as store:
        before = [store.readings(each.key) for each in store.records()]
        runs, settled = store.runs(), store.settled_to()
    copy = lines.rename(tmp_path / "renamed.jsonl")
    status, said = bring(str(copy), "--store", address, capsys=capsys)
    assert (status, said["run"], said["stored"], said["new"]) == (0, None, 0, 0)
    with open_store(address) as store:
        assert [store.readings(each.key) for each in store.records()] == before
        assert (store.runs(), store.settled_to()) == (runs, settled)


def test_a_killed_import_goes_on_as_the_same_run(lines: Path, tmp_path: Path, capsys: Any) -> None:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    script = (
        "import storage.bringing\n"
        "storage.bringing.AT_ONCE = 50\n"
        "from cli import main\n"
        f"main(['import', {str(lines)!r}, '--store', {address!r}])\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], cwd=Path.cwd())
    while _pages(address) < 3:
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("storage.bringing.AT_ONCE", 50)
        status, said = bring(str(lines), "--store", address, capsys=capsys)
    count = len(lines.read_text().splitlines())
    assert status == 0
    assert 0 < said["stored"] <= count - 150
    with open_store(address) as store:
        check(store, settled=True)
        assert [run.finished for run in store.runs()] == [True]
        assert len(list(store.records())) == count


def _pages(address: str) -> int:
    file = address.removeprefix("sqlite:///")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM page").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # it is being made


def test_bad_lines_are_left_out_and_named_where_that_is_asked_for(
    lines: Path, tmp_path: Path, capsys: Any
) -> None:
    with lines.open("a") as file:
        file.write('{"id": 1.5}\n')
    address = f"sqlite:///{tmp_path / 'a.db'}"
    assert main(["import", str(lines), "--store", address]) == 1
    assert "--skip-bad" in capsys.readouterr().err
    assert main(["import", str(lines), "--store", address, "--skip-bad", "--json"]) == 5
    said = capsys.readouterr()
    assert json.loads(said.out)["skipped"] == 1
    assert "corpus.jsonl: line" in said.err
