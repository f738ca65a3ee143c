"""Write the pictures of the docs again: report and local page of a store of synthetic records.

``make screenshots``; needs Chromium, and a font for Chinese (Noto Sans CJK). The records are those
of the sample portal, the same every time; what differs from machine to machine are fonts.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import program
from tests.browser.serving import served
from tests.browser.stores import store_of_the_portal

IMAGES = Path(__file__).parent / "images"
RECORDS = 400
SIZE = {"width": 1120, "height": 780}
SEARCHED = "sediment"
STORE = "sqlite:///glean.db"


def main() -> None:
    chromium = program()
    if chromium is None:
        sys.exit("screenshots: no Chromium is installed; apt install chromium")
    with TemporaryDirectory() as spare, sync_playwright() as playwright:
        folder = Path(spare)
        store_of_the_portal(folder / "glean.db", RECORDS)
        for command in (["refresh"], ["report", "--out", "report.html"]):
            _glean(folder, command)
        options = ["--no-sandbox", "--hide-scrollbars"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        take(browser, (folder / "report.html").as_uri(), "report")
        with served(folder, STORE) as page:
            take(browser, f"{page.url}/?q={SEARCHED.replace(' ', '+')}", "search")
            take(browser, page.enter, "review")
        browser.close()


def _glean(folder: Path, command: list[str]) -> None:
    root = Path(__file__).parents[1]
    subprocess.run(
        [sys.executable, "-P", "-m", "cli", *command],
        cwd=folder,
        env={"PYTHONPATH": str(root), "PATH": ""},
        check=True,
    )


def take(browser: Browser, address: str, name: str) -> None:
    """The first screen of a page, as ``docs/images/NAME.png``."""
    page = browser.new_page(viewport=SIZE, color_scheme="light", locale="en-GB")
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()
    print(f"wrote docs/images/{name}.png")


if __name__ == "__main__":
    main()
