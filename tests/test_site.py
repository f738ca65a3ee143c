"""The docs as a site: built strictly, whole, and asking nothing of any other host."""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

ROOT = Path(__file__).parents[1]
LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "link": "href",
    "object": "data",
    "form": "action",
}
"""What a browser asks for by itself, or sends to, and where the element says it."""
METADATA = {"canonical", "prev", "next"}
"""Links of a page's head that no browser fetches."""


def build(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
    )


def copied(folder: Path) -> Path:
    """The folder, with a copy of the docs in it: a build writes beside them."""
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "zensical.toml", folder)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("docs"))


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    built = build(project)
    assert built.returncode == 0, built.stdout + built.stderr
    return project / "build" / "site"


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    pages = sorted(site.glob("**/*.html"))
    assert len(pages) > 10
    for page in pages:
        for element in html.parse(page).iter(*LOADED):
            if METADATA & set(element.get("rel", "").split()):
                continue
            address = urlsplit(element.get(LOADED[element.tag], ""))
            assert not address.netloc, f"{page.name}: {address.geturl()}"
            assert address.scheme in {"", "data"}, f"{page.name}: {address.geturl()}"
    for sheet in site.glob("**/*.css"):
        text = sheet.read_text("utf-8")
        assert "@import" not in text, sheet.name
        assert "url(http" not in text, sheet.name
        assert "url(//" not in text, sheet.name


def test_every_link_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    places = {
        page.resolve(): set(html.parse(page).xpath("//@id | //@name"))
        for page in site.glob("**/*.html")
    }
    for page in places:
        if page.name == "404.html":
            continue
        for href in html.parse(page).xpath("//a/@href"):
            address = urlsplit(href)
            if address.scheme or address.netloc:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            assert target.exists(), f"{page.name}: {href}"
            if address.fragment and target in places:
                assert unquote(address.fragment) in places[target], f"{page.name}: {href}"


def test_every_page_is_in_the_navigation_and_nothing_but_pages_is_published(site: Path) -> None:
    home = html.parse(site / "index.html")
    listed = {urlsplit(href).path.removeprefix("./") for href in home.xpath("//nav//a/@href")}
    pages = {page.with_suffix(".html").name for page in (ROOT / "docs").glob("*.md")}
    assert pages - {"index.html"} <= listed
    assert not list(site.glob("**/*.py"))


def test_a_link_that_leads_nowhere_fails_the_build(project: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    page = broken / "docs" / "index.md"
    page.write_text(page.read_text("utf-8") + "\n[gone](gone.md)\n", "utf-8")
    assert build(broken).returncode != 0
