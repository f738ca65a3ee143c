"""The pages of the docs in a real Chromium, opened from disk as a reader opens them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.chromium import Visit
from tests.test_site import build, copied


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    project = copied(tmp_path_factory.mktemp("docs"))
    assert build(project).returncode == 0
    every = (project / "build" / "site").glob("*.html")
    return sorted(page for page in every if page.name != "404.html")  # that one is a server's


def test_pages_ask_for_files_alone_and_are_without_fault(
    pages: list[Path], visit: Callable[..., Visit]
) -> None:
    seen = visit()
    for page in pages:
        seen.open(page.as_uri())
    assert len(seen.asked) > len(pages)
    assert [address for address in seen.asked if not address.startswith("file:")] == []
    assert seen.troubles == []


def test_the_search_finds_without_a_server(pages: list[Path], visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.open(pages[0].with_name("index.html").as_uri())
    seen.page.keyboard.press("Control+k")
    seen.page.wait_for_timeout(1_000)  # its box stands in a closed shadow tree: nothing tells
    seen.page.keyboard.type("How duplicates are decided", delay=30)
    seen.page.wait_for_timeout(1_000)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/deduplication.html*")
    assert [address for address in seen.asked if not address.startswith("file:")] == []
    assert seen.troubles == []
