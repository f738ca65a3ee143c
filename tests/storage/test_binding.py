"""Sheets of a process beside are those that this one would make, and it ends with its parent."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from dedup.placing import batch_of
from dedup.scheme import DEFAULT
from records import GleaningsError
from storage import binding
from storage.sheets import Sheet
from tests.storage.filling import record

SIZES = (7, 3, 20, 1, 9)


def batches() -> Iterator[Any]:
    number = 0
    for size in SIZES:
        yield batch_of([record(number + at) for at in range(size)])
        number += size


def same(one: Sheet, other: Sheet) -> bool:
    traits = one.traits.arrays, other.traits.arrays
    return traits[0].keys() == traits[1].keys() and all(
        np.array_equal(*both)
        for both in (
            *((getattr(each, name) for each in (one, other)) for name in one.__slots__[:-1]),
            *((each[name] for each in traits) for name in traits[0]),
            (one.traits.tokens, other.traits.tokens),
        )
    )


def beside(parent: psutil.Process) -> list[psutil.Process]:
    alive = [each for each in parent.children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in alive if "storage.binding" in each.cmdline()]


@pytest.mark.parametrize("apart", [2, 5])
def test_a_process_beside_binds_as_this_one_does(
    monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    with binding.bound(batches(), DEFAULT, 6) as sheets:
        here = [*sheets] if len(SIZES) < binding.APART else None
    monkeypatch.setattr(binding, "APART", len(SIZES) + 1)
    with binding.bound(batches(), DEFAULT, 6) as sheets:
        here = [*sheets]
    assert [len(each.keys) for each in here] == [6] * 6 + [4]
    monkeypatch.setattr(binding, "APART", apart)
    with binding.bound(batches(), DEFAULT, 6) as sheets:
        beside = [*sheets]
    assert all(same(one, other) for one, other in zip(here, beside, strict=True))


def test_what_reading_raises_comes_after_all_that_was_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binding, "APART", 1)

    def broken() -> Iterator[Any]:
        yield from batches()
        raise GleaningsError("line 41 cannot be read")

    found: list[int] = []
    bound = binding.bound(broken(), DEFAULT, 6)
    with bound as sheets, pytest.raises(GleaningsError, match="line 41"):
        found.extend(len(sheet.keys) for sheet in sheets)
    assert found == [6] * 6


def test_a_process_that_dies_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "APART", 1)

    def endless() -> Iterator[Any]:
        while True:
            yield from batches()

    with binding.bound(endless(), DEFAULT, 6) as sheets:
        next(sheets)
        (child,) = beside(psutil.Process())
        child.kill()
        with pytest.raises(GleaningsError, match="run the same command again") as raised:
            for _ in sheets:
                pass
    assert "\n" not in str(raised.value)


def test_who_wants_no_more_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "APART", 1)
    with binding.bound(batches(), DEFAULT, 1) as sheets:
        next(sheets)
        assert beside(psutil.Process())
    assert not beside(psutil.Process())


def test_a_killed_import_leaves_no_process(tmp_path: Path) -> None:
    lines = tmp_path / "corpus.jsonl"
    said = ({"id": str(n), "title": f"On {n}", "abstract": "word " * 50} for n in range(60_000))
    lines.write_text("".join(json.dumps(each) + "\n" for each in said))
    command = [sys.executable, "-m", "cli", "import", str(lines)]
    with subprocess.Popen([*command, "--store", f"sqlite:///{tmp_path / 'a.db'}"]) as parent:
        while not (children := beside(psutil.Process(parent.pid))):
            assert parent.poll() is None
            time.sleep(0.01)
        parent.kill()
    psutil.wait_procs(children, timeout=60)
    assert not [each for each in children if each.is_running()]
