"""``glean serve``: started, asked, and ended."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from cli import main
from tests.cli.deciding import fill


def test_the_page_is_served_where_it_says_until_it_is_told_to_end(tmp_path: Path) -> None:
    fill(tmp_path)
    served = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "serve", "--port", "0", "--write"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        address = served.stdout.readline().split()[-1]
        entrance = served.stdout.readline().split()[-1]
        assert address.startswith("http://127.0.0.1:")
        assert entrance.startswith(f"{address}enter?token=")
        with urlopen(f"{address}sources.json") as answer:
            assert b'"records": 6' in answer.read()
        with urlopen(f"{address}") as answer:
            assert b"glean refresh" in answer.read()
        with socket.socket() as other:
            port = int(address.rstrip("/").rpartition(":")[2])
            assert other.connect_ex(("127.0.0.1", port)) == 0
        assert (
            main(["serve", "--port", str(port), "--store", f"sqlite:///{tmp_path}/glean.db"]) == 1
        )
    finally:
        served.send_signal(signal.SIGTERM)
        _, said = served.communicate(timeout=30)
    assert (served.returncode, said) == (0, "")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--host", "example.org"), 2, "is no IP address"),
        (("--host", "192.0.2.1"), 1, "--port"),
        (("--store", "sqlite:///none.db"), 1, "there is no store"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--port", "0", *words]) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
