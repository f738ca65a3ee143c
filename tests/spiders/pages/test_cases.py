"""Golden pages: a folder each, with the page, how it was met, and all that it says.

The pages are reconstructions, written for these tests. To add one, add a folder with ``page.html``
or ``page.txt`` and ``meta.json``, and write ``expected.json`` by hand or from `glean read`, read
through word by word.
"""

import json
from pathlib import Path

import pytest

from records import as_json
from spiders.pages import read
from spiders.pages.known import shipped

CASES = sorted(Path(__file__).parent.glob("cases/*/meta.json"))


@pytest.mark.parametrize("meta", CASES, ids=lambda path: path.parent.name)
def test_a_page_reads_as_expected(meta: Path) -> None:
    met = json.loads(meta.read_text("utf-8"))
    (path,) = meta.parent.glob("page.*")
    page = read(path.read_bytes(), url=met.get("url"), charset=met.get("charset"))
    expected = json.loads((meta.parent / "expected.json").read_text("utf-8"))
    assert as_json(page) == expected


@pytest.mark.parametrize("name", [one.name for one in shipped() if one.addresses])
def test_every_family_has_a_page_of_its_own(name: str) -> None:
    expected = [json.loads(meta.with_name("expected.json").read_text("utf-8")) for meta in CASES]
    assert any(page["profile"] == name and page["records"] for page in expected)
