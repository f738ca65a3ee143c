"""Several processes that open a new store at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Server

OPENS = """
import sys
import alembic.command
from storage import open_store
print(flush=True)
sys.stdin.readline()
with open_store(sys.argv[1], create=True) as store:
    print(store.settled_to())
"""


@pytest.mark.parametrize("back_end", ["file", "postgresql"])
def test_processes_that_open_a_new_store_at_once_all_have_it(
    back_end: str, tmp_path: Path, postgresql: Server
) -> None:
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    if back_end == "postgresql":
        url = postgresql.url(postgresql.new_database())
    several = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in several:
        assert each.stdout is not None
        each.stdout.readline()
    for each in several:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    ended = [(each.communicate(timeout=60), each.returncode) for each in several]
    assert ended == [(("0\n", ""), 0)] * 4
