"""Where compiled kernels are kept, and when they are made."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dedup
from dedup.compiled import compiled, kept

SMALL = """
from dedup.compiled import compiled

@compiled
def twice(number: int) -> int:
    return 2 * number

print(twice(21), sum(twice.stats.cache_hits.values()))
"""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with places of its own for kernels: ``beside`` and ``user``."""
    monkeypatch.setattr(kept.SETTINGS, "CACHE_DIR", str(tmp_path / "beside"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    kept.folder.cache_clear()
    yield tmp_path
    kept.folder.cache_clear()


def test_a_folder_is_made_once_and_says_that_kernels_are_compiled(
    places: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = kept.folder()
    assert found is not None
    assert found.parent == places / "beside"
    assert "compiling kernels: once" in caplog.text
    caplog.clear()
    kept.folder.cache_clear()
    assert kept.folder() == found
    assert caplog.text == ""


def test_where_the_installation_cannot_be_written_the_user_keeps_them(places: Path) -> None:
    (places / "beside").write_text("in the way of a folder")
    found = kept.folder()
    assert found is not None
    assert found.parent == places / "user" / "gleanings"


def test_a_user_s_folder_begins_with_what_was_installed(
    places: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    installed = kept.folder()
    assert installed is not None
    (installed / "kernel").write_text("compiled")
    caplog.clear()
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != installed and may(path, mode))
    kept.folder.cache_clear()
    own = kept.folder()
    assert own is not None
    assert own.parent == places / "user" / "gleanings"
    assert (own / "kernel").read_text() == "compiled"
    assert caplog.text == ""


def test_where_nothing_can_be_written_kernels_work_and_it_is_said(
    places: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("beside", "user"):
        (places / name).write_text("in the way of a folder")
    assert kept.folder() is None
    assert "NUMBA_CACHE_DIR" in caplog.text

    @compiled
    def thrice(number: int) -> int:
        return 3 * number

    assert thrice(14) == 42


def test_states_that_are_long_gone_are_forgotten(places: Path) -> None:
    former, recent = (places / "beside" / f"kernels-{name}" for name in ("former", "recent"))
    for each in (former, recent):
        each.mkdir(parents=True)
    os.utime(former, (0, 0))
    kept.folder()
    assert not former.exists()
    assert recent.exists()


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("compiled/hashes.py", True),
        ("hashing.py", True),
        ("words.py", True),
        ("files/csvs.py", False),
    ],
)
def test_a_state_is_that_of_all_a_kernel_is_made_from(
    changed: str, matters: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Path(dedup.__file__).parent
    copied = tmp_path / "dedup"
    shutil.copytree(ours, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(kept, "__file__", str(copied / "compiled" / "kept.py"))
    before = kept._state()
    with (copied / changed).open("a") as out:
        out.write("\n# changed\n")
    assert (kept._state() != before) is matters


def test_processes_that_compile_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    script = tmp_path / "small.py"
    script.write_text(SMALL)
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path / "kernels"),
        "PYTHONPATH": str(Path(dedup.__file__).parent.parent),
    }

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True
        )

    for each in [start(), start(), start()]:
        assert each.communicate()[0].startswith("42")
    assert start().communicate()[0].split() == ["42", "1"]


def test_all_kernels_that_the_engine_calls_are_compiled_when_installed() -> None:
    script = """
import ast, json
from importlib import import_module
from pathlib import Path
import dedup
from dedup.compiled.warm import warm

warm()
kernels = {}
here = Path(dedup.__file__).parent
for path in [*here.glob("*.py"), *here.glob("files/*.py")]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dedup.compiled."):
            for name in (each.name for each in node.names):
                found = getattr(import_module(node.module), name)
                if hasattr(found, "signatures"):
                    kernels[name] = len(found.signatures)
print(json.dumps(kernels))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    compiled_ones = json.loads(done.stdout)
    assert {"plain_lines", "read_abstracts", "sign_all", "align_titles", "connected"} <= set(
        compiled_ones
    )
    assert set(compiled_ones.values()) == {1}
