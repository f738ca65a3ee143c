"""``python -m crawler.sample``."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crawler.sample import Portal

COMMAND = [sys.executable, "-m", "crawler.sample"]


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The running command, and the first word of each line it prints with the last of them."""
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = {}
    for line in process.stdout:
        name, address = line.split()
        said.setdefault(name, address)
        if name == "truth":
            break
    try:
        yield process, said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(number):
    with started("--records", "40", "--seed", "5", "--fault", "slow:0") as (process, said):
        with urllib.request.urlopen(said["truth"]) as answer:
            truth = json.load(answer)
        assert truth["start"][0] == said["start"]
        assert said["start"].startswith(said["portal"] + "/relate_search.aspx?")
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert len(truth["records"]) == 40


def test_it_serves_what_the_class_serves():
    with (
        started("--records", "40", "--markup", "random", "--cache", "40") as (_, said),
        Portal(records=40, markup="random") as portal,
        urllib.request.urlopen(said["start"]) as one,
        urllib.request.urlopen(portal.start[0]) as other,
    ):
        assert one.read() == other.read()


@pytest.mark.parametrize(
    ("options", "status", "word"),
    [(["--markup", "latex"], 2, "latex"), (["--fault", "flood"], 2, "flood")],
)
def test_what_does_not_exist_is_named_in_one_line(options, status, word):
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_ends_with_1_and_one_line():
    with Portal(records=10) as portal:
        done = subprocess.run(
            [*COMMAND, "--port", str(portal.port)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert str(portal.port) in done.stderr
    assert done.stderr.count("\n") == 1
