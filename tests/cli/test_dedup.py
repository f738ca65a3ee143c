"""``glean dedup``: files in, results out, statuses as the contract has them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.deduplicating import StageMeter
from dedup.compiled.warm import warm
from dedup.files.account import PACKAGES
from dedup.files.writing import RESULTS

ABSTRACT = (
    "Sediment of the lower river was sampled in three seasons, and the carbon that it holds was "
    "weighed after drying. Floods moved most of it within nine days; the reservoir upstream kept "
    "a third, and the share that reached the coast fell with every dam that was built."
)
OTHER = (
    "We ask how pupils of mountain villages learn to read two scripts at once. Teachers kept "
    "diaries over a year, and tests were given before and after; those who began with the older "
    "script were slower at first, and made fewer mistakes when both were mixed on one page."
)
RECORDS = [
    {"id": 2, "title": "Carbon of a river", "abstract": ABSTRACT, "lang": "en", "note": [1]},
    {"id": "b", "title": "Two scripts at once", "abstract": OTHER, "year": "2001"},
    {"id": 1, "title": "Carbon of a river", "abstract": ABSTRACT.upper() + " © 2020 A Press."},
]


@pytest.fixture(scope="module", autouse=True)
def compiled_kernels() -> None:
    """An installation has them; a checkout whose kernels have changed compiles them, and says
    so once, on whatever command comes first."""
    warm()


@pytest.fixture
def folder(glean: Any) -> Path:
    put(glean.folder / "in.jsonl", RECORDS)
    folder: Path = glean.folder
    return folder


def put(path: Path, objects: list[Any]) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), "utf-8")


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def told(stderr: str) -> list[str]:
    """What a command says but how far it is: that comes by the clock, on a busy machine more often
    than never."""
    return [line for line in stderr.splitlines() if not line.startswith("dedup: ")]


def test_what_repeats_is_found_and_what_to_keep_is_written(glean: Any, folder: Path) -> None:
    done = glean("dedup", "in.jsonl", "--out", "out")
    assert (done.returncode, told(done.stderr)) == (0, [])
    first, second, third = done.stdout.splitlines()
    assert first == "3 records: 2 unique, 1 repeats another, 1 cluster"
    assert second.startswith("read ")
    assert "records/s" in second
    assert third == "wrote out: unique.jsonl, clusters.jsonl, matches.jsonl, report.html"
    out = folder / "out"
    assert {path.name for path in out.iterdir()} == set(RESULTS)
    (cluster,) = lines(out / "clusters.jsonl")
    assert list(cluster) == ["cluster", "canonical", "ids"]
    assert cluster["ids"] == ["1", "2"]
    unique = lines(out / "unique.jsonl")
    assert unique == [each for each in RECORDS if str(each["id"]) in ("b", cluster["canonical"])]
    assert "<html" in (out / "report.html").read_text("utf-8")
    assert json.loads((out / "report.json").read_bytes())["records"] == 3


def test_the_account_of_a_run_has_every_key(glean: Any, folder: Path) -> None:
    glean("dedup", "in.jsonl", "--out", "out")
    run = json.loads((folder / "out" / "run.json").read_bytes())
    assert run["started"].endswith("Z")
    assert run["ended"] >= run["started"]
    stages = [each["stage"] for each in run["stages"]]
    assert stages[0] == "read"
    assert stages[-2:] == ["write", "report"]
    assert run["peak_memory_bytes"] > 1_000_000
    assert (run["records"], run["unique"], run["clusters"], run["old_records"]) == (3, 2, 1, None)
    size = (folder / "in.jsonl").stat().st_size
    assert run["bytes"] == size
    (read,) = run["inputs"]
    assert read == {
        "path": "in.jsonl",
        "format": "jsonl",
        "compression": None,
        "bytes": size,
        "records": 3,
    }
    assert set(run["versions"]) == {"python", *PACKAGES}
    assert run["settings"]["threshold"] == 0.7
    assert (run["skipped"], run["skipped_lines"], run["replaced"]) == (0, [], 0)


def test_bad_lines_end_the_command_or_are_left_out(glean: Any, folder: Path) -> None:
    with (folder / "in.jsonl").open("a") as file:
        file.write("no json\n" * 7)
    said = glean.fails("dedup", "in.jsonl", "--out", "out", status=1)
    assert said.startswith("glean: in.jsonl: line 4 is not JSON")
    assert not (folder / "out").exists()
    done = glean("dedup", "in.jsonl", "--out", "out", "--skip-bad")
    assert done.returncode == 5
    said = told(done.stderr)
    assert said[0].startswith("left out: in.jsonl: line 4 is not JSON")
    assert said[5] == "left out: 2 more lines, see out/run.json"
    assert len(lines(folder / "out" / "unique.jsonl")) == 2


def test_what_stands_in_the_way_is_a_slip_of_usage(glean: Any, folder: Path) -> None:
    assert glean("dedup", "in.jsonl", "--out", "out").returncode == 0
    before = (folder / "out" / "run.json").read_bytes()
    assert "--overwrite" in glean.fails("dedup", "in.jsonl", "--out", "out", status=2)
    assert "is no folder" in glean.fails("dedup", "in.jsonl", "--out", "in.jsonl", status=2)
    assert "named twice" in glean.fails("dedup", *["in.jsonl"] * 2, "--out", "two", status=2)
    assert "--out" in glean.fails("dedup", "in.jsonl", status=2)
    assert glean("dedup", "--out", "out").returncode == 2
    assert (folder / "out" / "run.json").read_bytes() == before
    assert glean("dedup", "in.jsonl", "--out", "out", "--overwrite").returncode == 0
    assert (folder / "out" / "run.json").read_bytes() != before


def test_a_folder_in_use_is_a_lock_that_is_held(glean: Any, folder: Path) -> None:
    import fcntl

    (folder / "out").mkdir()
    held = os.open(folder / "out", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        said = glean.fails("dedup", "in.jsonl", "--out", "out", status=4)
    finally:
        os.close(held)
    assert "another process writes to it" in said


def test_files_that_cannot_be_read_are_told_in_one_line(glean: Any, folder: Path) -> None:
    for name in ("gone.jsonl", "gone.csv", "."):
        assert glean.fails("dedup", name, "--out", "out", status=1).startswith(f"glean: {name}: ")
    said = glean.fails("dedup", "in.jsonl", "--out", "out", "--against", "gone", status=1)
    assert said.startswith("glean: gone: cannot be read")
    said = glean.fails("dedup", "in.jsonl", "--out", "out", "--decisions", "gone", status=1)
    assert said.startswith("glean: gone: cannot be read")
    said = glean.fails("dedup", "in.jsonl", "--out", "out", "--against", "mysql://x/y", status=1)
    assert "no store is kept there" in said
    assert {path.name for path in folder.iterdir()} == {"in.jsonl"}


def test_an_empty_file_gives_empty_results(glean: Any, folder: Path) -> None:
    (folder / "empty.jsonl").write_bytes(b"")
    done = glean("dedup", "empty.jsonl", "--out", "out")
    assert (done.returncode, told(done.stderr)) == (0, [])
    assert done.stdout.startswith("0 records: 0 unique, 0 repeat another, 0 clusters")
    assert (folder / "out" / "unique.jsonl").read_bytes() == b""
    assert json.loads((folder / "out" / "report.json").read_bytes())["records"] == 0


def test_what_is_new_beside_a_folder_of_results(glean: Any, folder: Path) -> None:
    glean("dedup", "in.jsonl", "--out", "out")
    put(folder / "new.jsonl", [{**RECORDS[0], "id": "b"}, {"id": "n", "title": "New one here"}])
    done = glean("dedup", "new.jsonl", "--out", "added", "--against", "out")
    assert done.stdout.startswith("2 records, beside 2 old ones: 1 unique, 1 repeats another")
    assert [each["id"] for each in lines(folder / "added" / "unique.jsonl")] == ["n"]
    (cluster,) = lines(folder / "added" / "clusters.jsonl")
    assert cluster["canonical"].startswith("old:")
    assert json.loads((folder / "added" / "run.json").read_bytes())["settings"]["against"] == "out"


def test_what_is_new_beside_a_store(harvested: Any, tmp_path: Path) -> None:
    exported = harvested.glean("export", "jsonl").stdout
    (tmp_path / "export.jsonl").write_text(exported, "utf-8")
    store = f"sqlite:///{harvested.glean.folder / 'glean.db'}"
    done = harvested.glean(
        "dedup", str(tmp_path / "export.jsonl"), "--out", str(tmp_path / "out"), "--against", store
    )
    assert (done.returncode, told(done.stderr)) == (0, [])
    records = exported.count("\n")
    assert done.stdout.startswith(f"{records} records, beside {records} old ones: ")
    run = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert run["old_records"] == records
    in_store = {key for line in lines(tmp_path / "out" / "clusters.jsonl") for key in line["ids"]}
    assert any(key.startswith("old:") for key in in_store)


def test_decisions_are_followed_and_unknown_ids_counted(glean: Any, folder: Path) -> None:
    put(
        folder / "decisions.jsonl",
        [
            {"decision": "split", "a": "1", "b": "2", "who": "me", "when": None, "why": "I saw"},
            {"decision": "merge", "a": "x", "b": "y", "who": "me", "when": None, "why": ""},
        ],
    )
    done = glean("dedup", "in.jsonl", "--out", "out", "--decisions", "decisions.jsonl")
    assert done.returncode == 0
    assert told(done.stderr) == ["2 ids of decisions not among the records"]
    assert lines(folder / "out" / "clusters.jsonl") == []
    assert {each["state"] for each in lines(folder / "out" / "matches.jsonl")} == {"refused"}


def test_the_threshold_of_the_settings_counts(glean: Any, folder: Path) -> None:
    (folder / "mine.toml").write_text("[dedup]\nthreshold = 0.9\n")
    assert glean("dedup", "in.jsonl", "--out", "out", "--config", "mine.toml").returncode == 0
    run = json.loads((folder / "out" / "run.json").read_bytes())
    assert run["settings"]["threshold"] == 0.9
    (folder / "mine.toml").write_text("[dedup]\nthreshold = 9\n")
    args = ("dedup", "in.jsonl", "--out", "two", "--config", "mine.toml")
    assert "dedup.threshold" in glean.fails(*args, status=2)


def test_a_pipe_may_be_an_input(glean: Any, folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "cli", "dedup", "/dev/stdin", "--out", "out"]
    done = subprocess.run(
        command, cwd=folder, input=(folder / "in.jsonl").read_bytes(), capture_output=True
    )
    assert (done.returncode, told(done.stderr.decode())) == (0, [])
    assert len(lines(folder / "out" / "unique.jsonl")) == 2


def test_no_room_for_a_copy_of_a_pipe_is_told_and_leaves_nothing(folder: Path) -> None:
    command = f"ulimit -f 8; exec '{sys.executable}' -P -m cli dedup /dev/stdin --out out"
    done = subprocess.run(["sh", "-c", command], cwd=folder, input=b"x" * 99_999,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(b"glean: out/.glean-dedup.partial/input-0: cannot be written: ")
    assert done.stderr.count(b"\n") == 1
    assert {path.name for path in folder.iterdir()} == {"in.jsonl"}


def test_stages_are_told_while_they_last(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter(range(1000, 9000, 7))
    with StageMeter(live=False, clock=lambda: next(clock)) as meter:
        meter.update("read", 1200, 0)
        meter.update("compare", 5, 70)
        meter.update("write", 0, 0)
    assert capsys.readouterr().err.splitlines() == [
        "dedup: read: 1,200 records",
        "dedup: compare: 5 of 70",
        "dedup: write",
    ]
