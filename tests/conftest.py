"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import REQUIRED, Server, binaries

# The quick suite is a gate, and asks the same cases every time; chance has its place in the soak,
# where the seed is printed, and wherever HYPOTHESIS_PROFILE=default is set.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Commands that run in processes of their own keep what Python compiles of them, as users' do: else
# each of hundreds compiles every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running server; the test is skipped where PostgreSQL is not installed."""
    programs = binaries()
    if programs is None:
        assert REQUIRED not in os.environ, "no initdb and postgres are installed"
        pytest.skip("PostgreSQL is not installed")
    server = Server(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()
