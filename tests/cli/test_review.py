"""``glean review``: one key a pair, on a terminal; every answer is a decision at once."""

import fcntl
import io
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from cli.sidebyside import pair_table
from dedup.scheme import DEFAULT
from records import Record
from reports.pairs import pairs_shown
from storage import decisions
from tests.cli.deciding import PAIRS, fill, key, opened
from tests.launching import at_terminal

FIRST, SECOND = ((key(a), key(b)) for a, b in PAIRS)
PROMPTS = re.compile(rb"(q quit|y yes   n no)\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


UNSIZED = {name: said for name, said in os.environ.items() if name not in ("COLUMNS", "LINES")}
"""Without what somebody around the tests says of the terminal's size."""


def reviewed(
    folder: Path, keys: Sequence[bytes], *, columns: int = 100, **environment: str
) -> tuple[int, str]:
    """Run a review on a terminal, one key a prompt; its exit status and all that was shown."""
    return answered(["review", "--who", "Li"], folder, keys, columns, **environment)


def answered(
    command: Sequence[str], folder: Path, keys: Sequence[bytes], columns: int, **environment: str
) -> tuple[int, str]:
    """The same of any command that asks."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    started = subprocess.Popen(
        at_terminal([sys.executable, "-P", "-m", "cli", *command]),
        cwd=folder,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env={**UNSIZED, "TERM": "xterm", **environment},
    )
    os.close(follower)
    shown, pressed = b"", 0
    while more := output(leader, started):
        shown += more
        if pressed < min(len(keys), len(PROMPTS.findall(shown))):
            os.write(leader, keys[pressed])
            pressed += 1
    os.close(leader)
    return started.wait(), shown.decode("utf-8")


def output(leader: int, started: "subprocess.Popen[bytes]") -> bytes:
    """What a program on a terminal shows next; empty: it has ended."""
    if not select.select([leader], [], [], 60)[0]:
        started.kill()
        raise AssertionError("nothing is shown and nothing ends")
    try:
        return os.read(leader, 65536)
    except OSError:  # how a terminal ends that nobody holds any more
        return b""


def decided(folder: Path) -> list[tuple[str, str, str | None]]:
    with opened(folder) as store, store.database.read() as connection:
        return [(one.decision, one.a, one.b) for one in decisions.in_effect(connection)]


def test_every_answer_is_a_decision_with_who_and_why(folder: Path) -> None:
    status, shown = reviewed(folder, [b"y", b"n", b"q"])
    assert status == 0
    assert decided(folder) == [("merge", *FIRST), ("split", *SECOND)]
    with opened(folder) as store:
        (made,) = store.decisions([FIRST[0]])
        found = store.cluster_of(FIRST[1])
    assert (made.decision.who, made.decision.why) == ("Li", "reviewed side by side")
    assert found is not None
    assert found.keys == FIRST
    assert "2 pairs to decide, the most uncertain first" in shown
    assert "2 answers: 1 one work, 1 different works; 0 skipped; 0 pairs left" in shown


def test_an_answer_can_be_undone_also_the_last(folder: Path) -> None:
    status, shown = reviewed(folder, [b"n", b"y", b"u", b"u", b"s", b"N", b"q"])
    assert status == 0
    assert decided(folder) == [("split", *SECOND)]
    with opened(folder) as store:
        (taken_back,) = store.decisions([FIRST[0]])
        assert len(store.decisions([SECOND[0]])) == 2
    assert taken_back.taken_back is not None
    assert "that was the last" in shown
    assert "1 answer: 0 one work, 1 different works; 1 skipped; 1 pair left" in shown


def test_skipping_and_quitting_decide_nothing(folder: Path) -> None:
    status, shown = reviewed(folder, [b"u", b"s", b"\x1b[A", b"x", b"q"])
    assert "nothing to undo" in shown
    assert (status, decided(folder)) == (0, [])
    assert "0 answers: 0 one work, 0 different works; 1 skipped; 2 pairs left" in shown


def test_keys_typed_before_a_pair_is_shown_answer_nothing(folder: Path) -> None:
    reviewed(folder, [b"yyyn", b"q"])
    assert decided(folder) == []


def test_an_interrupted_review_keeps_what_was_answered(folder: Path) -> None:
    status, shown = reviewed(folder, [b"n", b"\x03"])
    assert status == 5
    assert decided(folder) == [("split", *FIRST)]
    assert "1 answer: 0 one work, 1 different works; 0 skipped; 1 pair left" in shown


def test_nothing_decided_is_asked_again(folder: Path) -> None:
    with opened(folder) as store:
        store.decide(decisions.Word(kind="split", a=FIRST[0], b=FIRST[1], who="a", why=""), now=1)
    _, shown = reviewed(folder, [b"q"])
    assert "1 pair to decide" in shown
    assert FIRST[0] not in shown
    assert SECOND[0] in shown


def test_what_differs_is_marked_also_without_colours(folder: Path) -> None:
    _, shown = reviewed(folder, [b"q"], NO_COLOR="1")
    assert "\x1b[1;4m and its estuary\x1b[0m" in shown


def test_a_terminal_is_as_it_was_afterwards(folder: Path) -> None:
    """Canonical mode and echo are what a shell needs back."""
    leader, follower = pty.openpty()
    before = termios.tcgetattr(follower)
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "review"],
        cwd=folder,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**UNSIZED, "TERM": "xterm"},
    )
    shown = b""
    while not PROMPTS.search(shown):
        shown += output(leader, started)
    assert termios.tcgetattr(follower) != before
    os.write(leader, b"q")
    assert started.wait() == 0
    assert termios.tcgetattr(follower) == before
    os.close(follower)
    os.close(leader)


def test_without_a_terminal_the_pairs_can_be_had_as_json(glean: Any, folder: Path) -> None:
    line = glean.fails("review", status=2)
    assert "needs a terminal; glean review --json prints the pairs" in line
    said = glean.json("review", "--json")
    assert list(said) == ["total", "pairs"]
    assert said["total"] == 2
    assert [(each["a"], each["b"]) for each in said["pairs"]] == [FIRST, SECOND]
    assert list(said["pairs"][0]) == ["a", "b", "strength", "relation", "similarity", "evidence"]
    assert said["pairs"][0]["relation"] == "related"
    assert len(glean.json("review", "--json", "--limit", "1")["pairs"]) == 1


# ------------------------------------------------------------------ side by side

CHINESE = {
    "aid:1": Record(
        rank=1,
        key="aid:1",
        title="黄土高原小流域土壤侵蚀研究",
        abstract="本文研究了黄土高原的土壤侵蚀过程,结果表明速率随坡度增加。" * 4,
        authors=("李伟", "张敏"),
        year=2001,
    ),
    "aid:2": Record(
        rank=1,
        key="aid:2",
        title="黄土高原大流域土壤侵蚀研究\x1b[2J",
        abstract="本文研究了黄土高原的土壤侵蚀过程,结果表明总量随坡度增加。" * 4,
        authors=("李伟",),
        year=2002,
    ),
}


def lines_of(columns: int) -> list[str]:
    file = io.StringIO()
    screen = Console(file=file, width=columns, force_terminal=True, color_system="standard")
    (pair,) = pairs_shown([("aid:1", "aid:2")], CHINESE.__getitem__, DEFAULT)
    screen.print(pair_table(pair, columns))
    return file.getvalue().split("\n")


@pytest.mark.parametrize("columns", [20, 40, 83, 84, 100, 133])
def test_chinese_fits_the_terminal_and_both_columns_are_one_width(columns: int) -> None:
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines_of(columns)]
    assert all(cell_len(line) <= columns for line in lines)
    assert all(character in "".join(lines) for character in "黄土高原大流域")
    if columns >= 84:
        starts = [
            cell_len(line[: line.index(second)])
            for second in ("aid:2", "黄土高原大")
            for line in lines
            if second in line
        ]
        assert starts == [starts[0]] * 2


def test_only_characters_that_differ_are_marked_and_controls_are_harmless() -> None:
    shown = "\n".join(lines_of(200))
    assert "\x1b[1;4m小\x1b[0m" in shown
    assert "\x1b[1;4m大\x1b[0m" in shown
    assert "\x1b[2J" not in shown
    assert "\\x1b[2J" in shown


def test_a_narrow_terminal_shows_one_record_below_the_other() -> None:
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines_of(60)]
    keys = [number for number, line in enumerate(lines) if line.startswith("key")]
    assert len(keys) == 2
