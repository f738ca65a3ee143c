"""A Chromium a module: Playwright keeps an event loop running, which no other should meet."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import REQUIRED, Outside, Visit, program, started

_MISSING = "no {}: {} brings it, and this test runs"


@pytest.fixture(scope="module")
def browser_program() -> Path:
    """The Chromium of this machine; the test is skipped where it or Playwright is missing."""
    path, driver = program(), find_spec("playwright")
    if path is None:
        missing = _MISSING.format("Chromium", "`apt install chromium`")
    elif driver is None or find_spec("axe_playwright_python") is None:
        missing = _MISSING.format("Playwright and axe", "`make test`")
    else:
        return path
    assert REQUIRED not in os.environ, missing
    pytest.skip(missing)


@pytest.fixture(scope="module")
def outside(browser_program: Path) -> Iterator[Outside]:
    world = Outside()
    yield world
    world.close()


@pytest.fixture(scope="module")
def chromium(browser_program: Path, outside: Outside) -> Iterator[Any]:
    with started(browser_program, outside) as browser:
        yield browser


@pytest.fixture
def visit(chromium: Any, outside: Outside) -> Iterator[Callable[..., Visit]]:
    """Begins a visit with the settings of a Playwright context; all are ended with the test."""
    visits: list[Visit] = []

    def begin(**context: Any) -> Visit:
        visits.append(Visit(chromium, outside, **context))
        return visits[-1]

    yield begin
    for each in visits:
        each.close()
