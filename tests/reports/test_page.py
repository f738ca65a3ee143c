"""The page shows the figures, asks nothing of anywhere, and obeys no harvested text."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from lxml import html

from records import InputError, Problem, Record
from reports import gather, render, write_report
from reports.page import CompiledTemplates, safe_link
from storage import SqlStore


def page_of(store: SqlStore) -> Any:
    store.settle()
    return html.document_fromstring(render(gather(store)))


def add_hostile(shelf: Any, text: str) -> None:
    twins = [
        Record(
            rank=number,
            key=f"aid:{number}{text}",
            native_id=str(number),
            title=text,
            authors=(text,),
            venue=text,
            url="javascript:alert(1)",
            abstract=f"{text} the same words stand in both of these two abstracts, as they must",
            language=text,
        )
        for number in (1, 2)
    ]
    shelf.add(twins)
    shelf.add([], problems=(Problem(code="captcha", severity="error", message=text),))


def test_harvested_text_stays_text(store: SqlStore, shelf: Any, hostile: str) -> None:
    add_hostile(shelf, hostile)
    page = page_of(store)
    assert page.xpath("//script | //img | //iframe | //object | //form") == []
    assert len(page.xpath("//style")) == 1
    assert len(page.xpath("//meta[@http-equiv]")) == 1
    handlers = [name for element in page.iter() for name in element.attrib if name[:2] == "on"]
    assert handlers == []
    assert "49" not in page.xpath("string(//section[@id='largest']//h3)")


def test_control_characters_show_as_escapes(store: SqlStore, shelf: Any, hostile: str) -> None:
    add_hostile(shelf, hostile)
    store.settle()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", render(gather(store)))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert safe_link(address) is None


def test_a_web_address_becomes_a_link_that_says_nothing_of_us(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    links = page_of(store).xpath("//a[not(starts-with(@href, '#'))]")
    assert links
    for link in links:
        assert link.get("href").startswith("https://portal.example/view_abstract.aspx?aid=")
        assert "noreferrer" in link.get("rel")


def test_nothing_is_fetched_from_anywhere(store: SqlStore, shelf: Any) -> None:
    shelf.fill(60)
    store.settle()
    text = render(gather(store))
    page = html.document_fromstring(text)
    assert page.xpath("//link | //*[@src] | //*[@srcset] | //*[@style]") == []
    style = page.xpath("string(//style)")
    assert not re.search(r"@import|url\((?!#)", style)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; ")
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_first_screen_states_the_figures(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    lead = " ".join(page_of(store).xpath("string(//p[@class='lead'])").split())
    figures = gather(store)
    assert f"Of 200 records, {figures.unique} are unique works" in lead


def test_every_link_within_the_page_leads_somewhere(store: SqlStore, shelf: Any) -> None:
    page = page_of(store)
    targets = {href[1:] for href in page.xpath("//nav/a/@href")}
    assert targets == set(page.xpath("//section/@id"))


def test_an_empty_store_has_a_page(store: SqlStore) -> None:
    page = page_of(store)
    assert "The store is empty" in page.xpath("string(//p[@class='lead'])")


def test_charts_stand_beside_the_numbers_they_draw(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    page = page_of(store)
    charts = page.xpath("//figure//svg[@role='img']")
    assert len(charts) == 4
    for chart in charts:
        names = chart.get("aria-labelledby").split()
        named = [page.xpath(f"string(//*[@id='{each}'])") for each in names]
        assert all(named)
        assert len(named) == 2
        assert chart.xpath("ancestor::figure//details//table")


def test_equal_figures_give_equal_bytes(store: SqlStore, shelf: Any) -> None:
    shelf.fill(60)
    store.settle()
    assert render(gather(store)) == render(gather(store))


def test_a_report_replaces_the_one_before(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    write_report(gather(store), path)
    assert path.read_text("utf-8") == render(gather(store))
    assert [each.name for each in tmp_path.glob("*report.html*")] == ["report.html"]


def test_a_report_that_cannot_be_written_says_so(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing/report\.html: cannot be written"):
        write_report(gather(store), tmp_path / "missing" / "report.html")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="folder: cannot be written"):
        write_report(gather(store), tmp_path / "folder")
    assert sorted(each.name for each in tmp_path.glob(".*")) == []


def test_templates_are_compiled_once_and_again_when_they_change(tmp_path: Path) -> None:
    templates, kept = {"page": "Hello {{ name }}"}, tmp_path / "kept"

    def page() -> str:
        cache = CompiledTemplates(kept)
        environment = Environment(loader=DictLoader(templates), bytecode_cache=cache)
        return environment.get_template("page").render(name="reader")

    assert page() == "Hello reader"
    (code,) = kept.iterdir()
    written = code.stat().st_mtime_ns
    assert page() == "Hello reader"
    assert code.stat().st_mtime_ns == written
    templates["page"] = "Goodbye {{ name }}"
    assert page() == "Goodbye reader"
    code.write_bytes(code.read_bytes()[:-9])
    assert page() == "Goodbye reader"
    assert list(kept.iterdir()) == [code]


def test_templates_that_cannot_be_kept_are_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = CompiledTemplates(tmp_path / "file")
    environment = Environment(loader=DictLoader({"page": "Hello"}), bytecode_cache=cache)
    assert environment.get_template("page").render() == "Hello"
